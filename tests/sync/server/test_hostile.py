"""Bodies and disks that mean harm."""

from __future__ import annotations

import http.client
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard

from app.sync import protocol as p
from app.sync.server.bodies import decompress
from app.sync.server.intake import Intake
from app.sync.server.problems import Refused as ServerRefused
from tests.sync.server.harness import Device, Refused, Server, new_server

POSTS = ("/v1/enrol", "/v1/challenge", "/v1/session", "/v1/push", "/v1/numbers")


def test_random_and_mutated_bodies_are_refused_politely(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    valid = p.encode(p.Push(segments=[device.segment(device.new_scope())]))
    bodies = [chance.randbytes(chance.randrange(200)) for _ in range(60)]
    for _ in range(60):
        mutated = bytearray(valid)
        mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        bodies.append(bytes(mutated))
    bodies += [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\x91" * 100_000, b""]
    for number, body in enumerate(bodies):
        status, _, answer = device.raw("POST", POSTS[number % 5] if number < 60 else "/v1/push", body)
        assert status in (200, 400), (seed, number, status)
        assert b"Traceback" not in answer
    assert device.feed()


def test_too_large_is_refused_before_it_is_read(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    big = bytes(p.MAX_BODY + 1)
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        head = f"POST /v1/push HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n"
        raw.sendall(f"{head}Content-Type: {p.MEDIA_TYPE}\r\nContent-Length: {len(big)}\r\n\r\n".encode())
        assert raw.recv(12) == b"HTTP/1.1 413"
    for said in ("99999999999999999999", "-1", "x"):
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(f"{head}Content-Type: {p.MEDIA_TYPE}\r\nContent-Length: {said}\r\n\r\n".encode())
            assert raw.recv(10) == b"HTTP/1.1 4"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"authorization": f"Bearer {device.token}", "content-type": p.MEDIA_TYPE}
    chunks = (bytes(1024 * 1024) for _ in range(9))
    try:
        connection.request("POST", "/v1/push", chunks, headers, encode_chunked=True)
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server hung up on us while we were still sending, as it may
    finally:
        connection.close()


def test_compressed_bodies_are_taken_and_bombs_are_not(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    scope = device.new_scope()
    packed = zstandard.ZstdCompressor().compress(p.encode(p.Push(segments=[device.segment(scope, bytes(9000))])))
    zstd = {"content-encoding": "zstd"}
    status, _, body = device.raw("POST", "/v1/push", packed, zstd)
    assert (status, len(p.decode(p.PushResult, body).receipts)) == (200, 1)
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(500_000_000))
    assert len(bomb) < 100_000
    assert device.raw("POST", "/v1/push", bomb, zstd)[0] == 413
    for damaged in (packed[:-3], b"not zstd", b"", packed[:20] + b"\xff" * 30):
        assert device.raw("POST", "/v1/push", damaged, zstd)[0] == 400
    assert device.raw("POST", "/v1/push", packed, {"content-encoding": "gzip"})[0] == 415
    assert device.raw("POST", "/v1/push", packed, {"content-type": "text/html"})[0] == 415


def test_decompression_stops_at_the_limit() -> None:
    at_limit = zstandard.ZstdCompressor().compress(bytes(p.MAX_BODY))
    assert len(decompress(at_limit)) == p.MAX_BODY
    with pytest.raises(ServerRefused):
        decompress(zstandard.ZstdCompressor().compress(bytes(p.MAX_BODY + 1)))


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=" + "9" * 30, "limit=1e9", "after=²", "after=1%00"])
def test_absurd_parameters_are_refused(server: Server, agency: str, query: str) -> None:
    device = server.enrolled(agency)
    encoded = query.replace("²", "%C2%B2")
    assert device.raw("GET", f"/v1/feed?{encoded}")[0] == 400


def test_a_body_that_breaks_off_is_no_mistake_of_ours(
    server: Server, agency: str, capsys: pytest.CaptureFixture[str]
) -> None:
    device = server.enrolled(agency)
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        head = f"POST /v1/push HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n"
        raw.sendall(f"{head}Content-Type: {p.MEDIA_TYPE}\r\nContent-Length: 1000\r\n\r\nhalf".encode())
    while 'route="/v1/push"' not in server.parts.metrics.text():
        device.feed()  # the server notices in its own time
    assert 'route="/v1/push",status="400"' in server.parts.metrics.text()
    assert "unexpected_error" not in "".join(capsys.readouterr())


def test_unknown_paths_and_methods_are_problems(server: Server) -> None:
    stranger = Device(server.port)
    for method, path, expected in (("GET", "/v2/feed", 404), ("DELETE", "/v1/feed", 405), ("GET", "/v1/../x", 404)):
        status, headers, body = stranger.raw(method, path)
        assert (status, headers["content-type"]) == (expected, p.PROBLEM_TYPE)
        assert p.decode_problem(body).status == expected


def test_a_mistake_of_ours_shows_nothing(
    server: Server, agency: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    device = server.enrolled(agency)
    segment = device.segment(device.new_scope(), b"canary-sealed")

    def broken(*_: Any) -> None:
        raise KeyError("canary-secret")

    with monkeypatch.context() as patched:
        patched.setattr(Intake, "_add_segment", broken)
        status, _, body = device.raw("POST", "/v1/push", p.encode(p.Push(segments=[segment])))
    assert (status, p.decode_problem(body).code) == (500, "internal")
    logged = "".join(capsys.readouterr())
    assert "KeyError" in logged
    assert "canary" not in logged + body.decode()
    assert "Traceback" not in logged + body.decode()
    assert len(device.send(segment).receipts) == 1


def test_logs_hold_only_opaque_ids(server: Server, agency: str, capsys: pytest.CaptureFixture[str]) -> None:
    device = server.enrolled(agency, "Canary Person", ("SUP",), ("supervisors",))
    scope = device.new_scope()
    device.send(device.segment(scope, b"canary-sealed"))
    device.chains.clear()
    device.send(device.segment(scope, b"canary-fork"))
    with pytest.raises(Refused):
        Device(server.port).enrol("CANA-RYCA-NARY")
    logged = "".join(capsys.readouterr())
    assert "fork_alarm" in logged and device.device_id in logged
    assert "canary" not in logged.lower()
    assert device.token not in logged


def test_a_full_disk_answers_507_and_keeps_what_was_received(tmp_path: Path) -> None:
    """The store's page limit is what SQLite reports as a full disk."""
    server = new_server(tmp_path / "server", page_limit=400)
    try:
        device = server.enrolled(server.add_agency())
        scope = device.new_scope()
        receipts: list[p.Receipt] = []
        segments: list[p.Segment] = []
        with pytest.raises(Refused) as refused:
            for _ in range(50):
                segments.append(device.segment(scope, secrets.token_bytes(60_000)))
                receipts += device.send(segments[-1]).receipts
        assert (refused.value.status, refused.value.code) == (507, "store_full")
        assert len(receipts) >= 5
        assert device.segments() == segments[:-1]
        server.restart()
        device.move_to(server.port)
        assert device.segments() == segments[:-1]
        server.stop()
        server.settings = replace(server.settings, page_limit=None)
        server.start()
        device.move_to(server.port)
        assert device.send(segments[-1]).receipts[0].number == len(receipts) + 1
        assert device.send(*segments[:-1]).receipts == receipts
    finally:
        server.stop()


def test_probes_and_counters(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    device.send(device.segment(device.new_scope()))
    assert device.raw("GET", "/healthz")[2] == b"ok\n"
    assert device.raw("GET", "/readyz")[2] == b"ready\n"
    counters = device.raw("GET", "/metrics")[2].decode()
    assert 'haven_segments_total{outcome="received"} 1' in counters
    assert 'haven_requests_total{route="/v1/push",status="200"} 2' in counters
    assert device.device_id not in counters


def test_a_small_request_is_not_held_up_by_the_network_stack(server: Server, agency: str) -> None:
    """Without TCP_NODELAY on accepted connections each answer waits 40 ms for an acknowledgement."""
    device = server.enrolled(agency)
    device.raw("GET", "/healthz")
    best = min(timed(lambda: device.raw("GET", "/healthz")) for _ in range(10))
    assert best < 0.03


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_who_is_not_a_member_cannot_send_much(server: Server) -> None:
    stranger = Device(server.port)
    assert stranger.raw("POST", "/v1/enrol", bytes(p.MAX_SMALL_BODY + 1))[0] == 413
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        head = f"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Type: {p.MEDIA_TYPE}\r\n"
        raw.sendall(f"{head}Content-Length: {p.MAX_SMALL_BODY + 1}\r\n\r\n".encode())
        assert raw.recv(12) == b"HTTP/1.1 413"  # without waiting for the body
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        chunk = b"ffff\r\n" + bytes(0xFFFF) + b"\r\n"
        raw.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 2)
        assert raw.recv(12) == b"HTTP/1.1 413"  # without knowing how much is still to come
    bomb = zstandard.ZstdCompressor().compress(bytes(p.MAX_SMALL_BODY + 1))
    assert stranger.raw("POST", "/v1/challenge", bomb, {"content-encoding": "zstd"})[0] == 413


def test_a_body_that_drips_is_cut_off(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server", body_seconds=0.2)
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
            raw.sendall(f"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Type: {p.MEDIA_TYPE}\r\n".encode())
            raw.sendall(b"Content-Length: 100\r\n\r\nx")
            assert raw.recv(12) == b"HTTP/1.1 408"
    finally:
        server.stop()
