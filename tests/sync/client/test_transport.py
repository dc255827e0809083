"""What answers instead of the server, and what a person is told: real sockets that misbehave."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.sync import protocol
from app.sync.client import cutting, problems
from app.sync.client.problems import ServerProblem
from app.sync.client.session import ask, read_reply
from app.sync.client.transport import Call, HttpTransport
from app.sync.protocol import Challenge
from tests.sync.client.certificates import TlsServer

Serve = Callable[..., str]


class Hostile:
    """Listens on a free port and answers every request with the same bytes, drop by drop when asked to."""

    def __init__(self, answer: bytes, drops: float = 0.0, endless: bool = False, first: bytes = b"") -> None:
        self._answer, self._drops, self._endless, self._first = answer, drops, endless, first
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1/challenge"

    def close(self) -> None:
        """Stop and wait."""
        self._stopping.set()
        # Closing alone does not wake an accept.
        with socket.create_connection(self._socket.getsockname()):
            pass
        self._thread.join(10)
        self._socket.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            connection, _ = self._socket.accept()
            with connection:
                try:
                    connection.settimeout(5)
                    self._receive(connection)
                    self._send(connection)
                except OSError:
                    continue

    @staticmethod
    def _receive(connection: socket.socket) -> None:
        """The whole request: closing before it was read would reset the connection and take the answer with it."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            if not (more := connection.recv(65536)):
                return
            heard += more
        head, _, body = heard.partition(b"\r\n\r\n")
        named = re.search(rb"(?i)content-length: (\d+)", head)
        while named and len(body) < int(named[1]) and (more := connection.recv(65536)):
            body += more

    def _send(self, connection: socket.socket) -> None:
        if not self._drops:
            connection.sendall(self._answer)
            while self._endless and not self._stopping.is_set():
                connection.sendall(b"x" * 65536)
            return
        connection.sendall(self._first)
        for at in range(len(self._answer)):
            if self._stopping.wait(self._drops):
                return
            connection.sendall(self._answer[at : at + 1])


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a misbehaving server; its address."""
    running: list[Hostile] = []

    def start(answer: bytes, **how: object) -> str:
        running.append(Hostile(answer, **how))  # type: ignore[arg-type]
        return running[-1].url

    yield start
    for one in running:
        one.close()


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    """A transport with little patience."""
    made = HttpTransport(deadline_seconds=1.0, stall_seconds=0.5)
    yield made
    made.close()


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer."""
    named = {"content-type": protocol.MEDIA_TYPE} | {name.replace("_", "-"): text for name, text in headers.items()}
    lines = "".join(f"{name}: {text}\r\n" for name, text in named.items())
    return f"HTTP/1.1 {status}\r\n{lines}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body


RIGHT = protocol.encode(Challenge(nonce=bytes(32), server_time=1))
PAGE = b"<html><script>location='/login'</script>"

ANSWERS = {
    "a portal's page": (http(PAGE, content_type="text/html; charset=utf-8"), problems.PORTAL),
    "a portal's redirect": (http(b"", "302 Found", location="http://127.0.0.1:9/"), problems.PORTAL),
    "a portal's redirect with a page": (http(PAGE, "307 Moved", content_type="text/html"), problems.PORTAL),
    "a proxy's page": (http(PAGE, "413 Too Large", content_type="text/html"), problems.INTERCEPTED),
    "a page that calls itself MessagePack": (http(PAGE), problems.NONSENSE),
    "garbage": (http(b"\xc1\xff\x00" * 50), problems.NONSENSE),
    "another message": (http(protocol.encode(protocol.ChallengeAsked("0" * 32))), problems.NONSENSE),
    "half a message": (http(RIGHT[:-3]), problems.NONSENSE),
    "nothing at all": (b"", problems.UNREACHABLE),
    "half an answer": (http(RIGHT)[:-3], problems.UNREACHABLE),
    "half a head": (http(RIGHT).split(b"content-length")[0], problems.UNREACHABLE),
    "half a head of a packed answer": (b"HTTP/1.1 200 OK\r\ncontent-type: application/msg", problems.UNREACHABLE),
    "a portal's page of no length": (b"HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\n" + PAGE, problems.PORTAL),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", problems.UNREACHABLE),
    "a gateway's page": (http(PAGE, "502 Bad Gateway", content_type="text/html"), problems.UNREACHABLE),
    "network sign-in required": (http(PAGE, "511 Sign-in", content_type="text/html"), problems.PORTAL),
    "a problem that is none": (http(PAGE, "400 Bad", content_type=protocol.PROBLEM_TYPE), problems.INTERCEPTED),
    "another compression": (http(RIGHT, content_encoding="gzip"), problems.INTERCEPTED),
    "broken compression": (http(RIGHT, content_encoding="zstd"), problems.NONSENSE),
    "a bomb": (http(zstandard.compress(bytes(200_000_000)), content_encoding="zstd"), problems.TOO_MUCH),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_wrong_answer_has_its_sentence(serve: Serve, transport: HttpTransport, name: str) -> None:
    answer, text = ANSWERS[name]
    with pytest.raises(EnvironmentProblem) as caught:
        ask(transport, Call("POST", serve(answer), b"?"), Challenge)
    assert caught.value.text == text
    assert "127.0.0.1" not in str(caught.value)


def test_the_right_answer_is_taken(serve: Serve, transport: HttpTransport) -> None:
    assert ask(transport, Call("GET", serve(http(RIGHT))), Challenge).server_time == 1
    packed = http(zstandard.compress(RIGHT), content_encoding="zstd")
    assert ask(transport, Call("GET", serve(packed)), Challenge).server_time == 1


def test_what_is_asked_ahead_comes_beside(serve: Serve, transport: HttpTransport) -> None:
    right, wrong = (transport.begin(Call("GET", serve(answer))) for answer in (http(RIGHT), b""))
    assert read_reply(right.reply(), Challenge).server_time == 1
    with pytest.raises(EnvironmentProblem) as caught:
        wrong.reply()
    assert caught.value.text == problems.UNREACHABLE


def test_what_is_asked_ahead_is_asked_before_anybody_waits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)
        patient = HttpTransport()
        coming = patient.begin(Call("GET", f"http://127.0.0.1:{listening.getsockname()[1]}/v1/feed"))
        connection, _ = listening.accept()
        with connection:
            assert connection.recv(65536).startswith(b"GET /v1/feed ")
            connection.sendall(http(RIGHT))
            assert read_reply(coming.reply(), Challenge).server_time == 1
        patient.close()


def test_what_is_asked_ahead_and_not_wanted_is_cut_off(serve: Serve) -> None:
    patient = HttpTransport(deadline_seconds=600, stall_seconds=600)
    coming = patient.begin(Call("GET", serve(http(RIGHT), drops=300.0)))
    coming.drop()
    patient.close()
    with pytest.raises(EnvironmentProblem):
        coming.reply()
    assert "haven-ahead" not in {thread.name for thread in threading.enumerate()}, "nothing goes on asking"


def test_an_endless_body_is_cut_off(serve: Serve, transport: HttpTransport) -> None:
    endless = b"HTTP/1.1 200 OK\r\ncontent-type: application/msgpack\r\n\r\n"
    patient = HttpTransport(deadline_seconds=60)
    with pytest.raises(EnvironmentProblem) as caught:
        ask(patient, Call("GET", serve(endless, endless=True)), Challenge)
    patient.close()
    assert caught.value.text == problems.TOO_MUCH


@pytest.mark.parametrize("drops", [0.05, 2.0])
def test_a_slow_server_is_given_up(serve: Serve, transport: HttpTransport, drops: float) -> None:
    slow = http(RIGHT * 20)
    url = serve(slow, drops=drops)
    began = time.monotonic()
    with pytest.raises(EnvironmentProblem) as caught:
        ask(transport, Call("GET", url), Challenge)
    assert caught.value.text == problems.TOO_SLOW
    assert time.monotonic() - began < 2.5


def test_a_body_that_trickles_is_given_up(serve: Serve, transport: HttpTransport) -> None:
    slow = b"x" * 500
    url = serve(b"\r\n" + slow, drops=0.03, first=http(b"")[:-2].replace(b"length: 0", b"length: 502"))
    with pytest.raises(EnvironmentProblem) as caught:
        ask(transport, Call("GET", url), Challenge)
    assert caught.value.text == problems.TOO_SLOW


def test_a_short_deadline_is_kept_while_a_long_one_runs(
    serve: Serve, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "_watch", cutting._Watch())  # one that does not happen to wake up soon anyway
    patient = HttpTransport(deadline_seconds=600, stall_seconds=600)
    coming = patient.begin(Call("GET", serve(http(RIGHT), drops=300.0)))
    with pytest.raises(EnvironmentProblem) as caught:
        ask(transport, Call("GET", serve(http(RIGHT * 20), drops=0.05)), Challenge)
    assert caught.value.text == problems.TOO_SLOW
    coming.drop()
    patient.close()


def test_all_deadlines_are_watched_by_one_thread(serve: Serve, transport: HttpTransport) -> None:
    def watching() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "haven-deadlines"]

    ask(transport, Call("GET", serve(http(RIGHT))), Challenge)
    first = watching()
    for _ in range(3):
        ask(transport, Call("GET", serve(http(RIGHT))), Challenge)
    assert watching() == first and cutting._watch._thread in first


def test_nobody_there(transport: HttpTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", "https://nowhere.invalid/"):
        with pytest.raises(EnvironmentProblem) as caught:
            transport.exchange(Call("GET", url))
        assert caught.value.text == problems.UNREACHABLE


def test_a_problem_of_the_server_keeps_its_code_and_its_wait(serve: Serve, transport: HttpTransport) -> None:
    problem = protocol.Problem(type="x", title="Wait", status=429, code="too_many_requests")
    answer = http(
        protocol.encode_problem(problem), "429 Too Many", content_type=protocol.PROBLEM_TYPE, retry_after="17"
    )
    with pytest.raises(ServerProblem) as caught:
        ask(transport, Call("GET", serve(answer)), Challenge)
    assert (caught.value.code, caught.value.retry_after) == ("too_many_requests", 17)
    assert caught.value.text == problems.BUSY


@pytest.mark.parametrize(
    "url",
    ["http://server.example.org/", "ftp://server.example.org/", "https://", "nonsense", "https://a:b@c/", "http://[::"],
)
def test_no_address_or_an_unprotected_one_is_refused(transport: HttpTransport, url: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        transport.exchange(Call("GET", url))
    assert caught.value.field == "server"


def test_only_the_pinned_authority_is_believed(tmp_path: Path, transport: HttpTransport) -> None:
    with TlsServer(tmp_path, http(RIGHT)) as server:
        pinned = HttpTransport(server.certificate)
        assert ask(pinned, Call("GET", server.url), Challenge).server_time == 1
        pinned.close()
        with pytest.raises(HavenError) as caught:
            transport.exchange(Call("GET", server.url))
        assert caught.value.text == problems.UNTRUSTED
