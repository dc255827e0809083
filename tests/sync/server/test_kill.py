"""A server process that is killed loses nothing that it gave a receipt for; one that is asked to stop stops tidily."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import secrets
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.sync import protocol as p
from app.sync.server import verifying
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore
from tests.sync.server.harness import Device, Server, new_server

ROOT = Path(__file__).resolve().parents[3]


@contextlib.contextmanager
def process(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The real command in a process of its own; yields it and its port."""
    command = [sys.executable, "-W", "error", "-m", "app.sync.server", "--data", str(folder), "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, *more], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        try:
            announced = json.loads(running.stdout.readline())
            assert announced["event"] == "serving"
            yield running, announced["port"]
        finally:
            running.kill()


@pytest.fixture
def device(tmp_path: Path) -> Device:
    """An enrolled device of a server that is not running."""
    server: Server = new_server(tmp_path / "server")
    made = server.enrolled(server.add_agency())
    server.stop()
    return made


def test_no_receipted_segment_is_lost_to_kill_9(tmp_path: Path, device: Device) -> None:
    """Pushes run while the process is killed at a random moment; every receipt is honoured by the next process."""
    chance = random.Random(secrets.randbits(32))
    scope = ""
    waiting: list[p.Segment] = []
    receipts: dict[int, p.Receipt] = {}
    for _ in range(4):
        with process(tmp_path / "server") as (running, port):
            device.move_to(port)
            scope = scope or device.new_scope()
            again = device.send(*waiting).receipts  # what was in flight when the last process died
            receipts |= {receipt.number: receipt for receipt in again}
            killer = threading.Timer(chance.uniform(0.01, 0.25), running.kill)
            killer.start()
            with contextlib.suppress(OSError, http.client.HTTPException):
                while True:
                    waiting = [device.segment(scope, secrets.token_bytes(200))]
                    receipts |= {receipt.number: receipt for receipt in device.send(*waiting).receipts}
            killer.join()
            assert running.wait(10) == -signal.SIGKILL
    assert len(receipts) > 4
    with process(tmp_path / "server") as (_, port):
        device.move_to(port)
        items = [item for item in device.all_items() if item.kind == "segment"]
        stored = {item.number: p.decode(p.Segment, item.body) for item in items}
        assert len(stored) == len(items)
        for number, receipt in receipts.items():
            assert p.segment_hash(stored[number]) == receipt.hash
        assert len(stored) - len(receipts) <= 1  # at most the one that was in flight
    store = EmbeddedStore(Settings(data=tmp_path / "server"))
    with store.reading() as connection:
        assert verifying.find_faults(connection) == []
    store.close()


def test_asked_to_stop_it_stops_tidily(tmp_path: Path, device: Device) -> None:
    with process(tmp_path / "server") as (running, port):
        device.move_to(port)
        device.send(device.segment(device.new_scope()))
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert running.wait(12) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < 8
    names = {path.name for path in (tmp_path / "server").iterdir()}
    assert "store.db-wal" not in names  # the log was folded into the file


def test_asked_to_stop_it_says_so_to_the_proxy_and_goes_on_answering_for_a_while(
    tmp_path: Path, device: Device
) -> None:
    with process(tmp_path / "server", "--drain", "600") as (running, port):
        device.move_to(port)
        scope = device.new_scope()
        assert device.raw("GET", "/readyz")[2] == b"ready\n"
        running.send_signal(signal.SIGTERM)
        while device.raw("GET", "/readyz")[0] == 200:
            assert running.poll() is None
        status, headers, body = device.raw("GET", "/readyz")
        assert (status, p.decode_problem(body).code, headers["retry-after"]) == (503, "unavailable", "5")
        assert len(device.send(device.segment(scope)).receipts) == 1
        running.send_signal(signal.SIGTERM)  # asked twice, it does not wait
        assert running.wait(12) in (0, -signal.SIGTERM)


def test_with_a_certificate_it_speaks_only_tls_1_3(tmp_path: Path, device: Device) -> None:
    certificate, key = make_certificate(tmp_path)
    with process(tmp_path / "server", "--certificate", str(certificate), "--key", str(key)) as (_, port):
        trusting = ssl.create_default_context(cafile=str(certificate))
        connection = http.client.HTTPSConnection("localhost", port, context=trusting, timeout=10)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
        connection.close()
        trusting.maximum_version = ssl.TLSVersion.TLSv1_2
        older = http.client.HTTPSConnection("localhost", port, context=trusting, timeout=10)
        with pytest.raises(ssl.SSLError):
            older.request("GET", "/healthz")
        older.close()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "server.pem", folder / "server-key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
