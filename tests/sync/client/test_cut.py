"""A connection that breaks off after any byte, in either direction: nothing is lost, nothing comes twice.

`HAVEN_CUTS` says how many places are tried each way; the seed is printed and `HAVEN_SEED` replays it.
"""

from __future__ import annotations

import os
import random
import secrets
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.models.agency import Organization
from app.models.local.tables import LoggedChange
from app.models.vocab import Role
from app.sync.client import problems
from app.sync.client.engine import SyncEngine
from app.sync.client.transport import Call, HttpTransport, Reply, Transport
from tests.sync.client.test_chunks import MOST, attach, errands
from tests.sync.conftest import Agency, Recruit, Station
from tests.sync.test_two_vaults import a_portal, all_sync

CUTS = int(os.environ.get("HAVEN_CUTS", "6"))


class CuttingProxy:
    """Passes bytes on to a port until so many have gone up, or come down, then cuts every connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._left: dict[str, int] = {}
        self.passed = {"up": 0, "down": 0}
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._accepting = self._begin(self._accept)

    def cut_after(self, way: str, count: int) -> None:
        """From now on so many bytes pass that way."""
        with self._lock:
            self._left = {way: count}
            self.passed = {"up": 0, "down": 0}

    def close(self) -> None:
        """Cut everything and wait."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._cut()
        for thread in self._threads:
            thread.join(10)

    def _begin(self, work: object, *given: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=given)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._socket.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            with self._lock:
                self._open += [near, far]
            self._begin(self._pass, near, far, "up")
            self._begin(self._pass, far, near, "down")

    def _pass(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                allowed, is_last = self._allow(way, len(data))
                target.sendall(data[:allowed])
                if is_last:
                    self._cut()
                    return
            target.shutdown(socket.SHUT_WR)

    def _allow(self, way: str, count: int) -> tuple[int, bool]:
        with self._lock:
            left = self._left.get(way, 2**62)
            allowed = min(left, count)
            self._left[way] = left - allowed
            self.passed[way] += allowed
            return allowed, allowed < count or left == allowed

    def _cut(self) -> None:
        with self._lock:
            gone, self._open = self._open, []
        for one in gone:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def through(port: int) -> HttpTransport:
    """The real transport, by way of a port of this computer."""

    class Through(HttpTransport):
        def exchange(self, call: Call) -> Reply:
            parts = urlsplit(call.url)
            url = parts._replace(netloc=f"127.0.0.1:{port}").geturl()
            return super().exchange(Call(call.method, url, call.body, call.token))

    return Through(stall_seconds=20)


def one_round(station: Station, port: int) -> str:
    transport = through(port)
    try:
        return SyncEngine(station.vault, transport, station.clock).run_once().trouble
    finally:
        transport.close()


@pytest.mark.parametrize("way", ["up", "down"])
def test_cut_after_any_byte(agency: Agency, recruit: Recruit, way: str) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker, supervisor, worker)
    seed = int(os.environ.get("HAVEN_SEED", secrets.randbits(32)))
    print(f"HAVEN_SEED={seed}")  # noqa: T201  (shown when the test fails)
    chance = random.Random(seed)
    proxy = CuttingProxy(agency.server.port)
    kept, cut = [], 0
    try:
        whole = 0
        for number in range(CUTS + 1):
            supervisor.write(Organization(name=f"From the supervisor {number}"))
            supervisor.sync()
            worker.write(Organization(name=f"From the worker {number}"))
            data = chance.randbytes(3000)
            kept.append((attach(worker, data), data))
            proxy.cut_after(way, chance.randrange(1, whole) if whole else 2**62)
            trouble = one_round(worker, proxy.port)
            assert trouble in ("", problems.UNREACHABLE), trouble
            cut += bool(trouble)
            whole = whole or proxy.passed[way]
    finally:
        proxy.close()
    assert cut, "no connection was cut"
    all_sync(worker, supervisor)
    assert worker.contents() == supervisor.contents()
    names = supervisor.ask(lambda session: session.scalars(select(Organization.name)).all())
    assert len(names) == len(set(names)) == 2 * (CUTS + 1)
    dots = supervisor.ask(lambda session: session.scalars(select(LoggedChange.dot)).all())
    assert len(dots) == len(set(dots))
    for sealed, data in kept:
        assert supervisor.vault.attachments.read_whole(sealed, MOST) == data
    assert errands(worker) == 0 == errands(supervisor)


def test_behind_a_portal_nothing_but_the_question_who_is_there_is_sent(agency: Agency, recruit: Recruit) -> None:
    worker = recruit(agency, "Wanda Worker")
    worker.write(Organization(name="Shelter"))
    sent: list[Call] = []

    def portal(real: Transport, call: Call) -> Reply:
        sent.append(call)
        return a_portal(real, call)

    worker.transport.fault = portal
    report = worker.engine.run_once()
    assert report.trouble == problems.PORTAL and report.offline
    assert [(call.url.rpartition("/")[2], call.token) for call in sent] == [("challenge", None)]
    assert 0 < worker.engine.next_delay(report) <= 5
    worker.transport.fault = None
    worker.sync()
