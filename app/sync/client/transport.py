"""HTTP, and the only importer of the HTTP client.

Why urllib3: it is maintained (2.8 in 2026), synchronous like the engine's own thread, has pooling, TLS and streamed
bodies that can be bounded, and brings no dependency. httpx has had no release since 2024-12; niquests brings its own
fork of urllib3 under the same import name, with HTTP/2 and 3 that any proxy on the way may break; aiohttp needs an
event loop that nothing else here has.

What is guarded: certificates are verified, a pinned certificate authority may stand instead of the system's, plain
HTTP goes to this computer only, redirects are not followed (a captive portal's first trick), no exchange outlives its
deadline, and no body is larger than the protocol allows, before or after decompression.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import urllib3
import zstandard
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import BaseHTTPResponse, HTTPResponse

from app.errors import RuleBroken
from app.sync import protocol
from app.sync.client import problems
from app.sync.client.cutting import Cut, Deadline
from app.sync.client.problems import BadAnswer, Offline
from app.words import mark

# It would write the address of what it could not read to standard error.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)

_CHUNK = 64 * 1024
_LARGEST_WINDOW = 8 * 1024 * 1024
_WORTH_COMPRESSING = 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LONGEST_WAIT = 24 * 3600
_LONGEST_LINE = 1024


@dataclass(frozen=True)
class Call:
    """One request: where to, with which body, as whom."""

    method: str
    url: str
    body: bytes | None = None
    token: str | None = None


@dataclass(frozen=True)
class Reply:
    """What came back, already decompressed. `retry_after` is in seconds, 0 when not said."""

    status: int
    content_type: str
    body: bytes
    retry_after: int = 0


class Transport(Protocol):
    """Carries a call to the server and its reply back. Raises Offline or BadAnswer."""

    def exchange(self, call: Call) -> Reply:
        """The reply, whatever its status."""

    def begin(self, call: Call) -> Coming:
        """Ask now, or when the reply is wanted: whoever can do so asks while other work goes on."""
        return Coming(lambda: self.exchange(call))

    def close(self) -> None:
        """Let go of every connection."""


class Coming:
    """A reply that is asked for when it is wanted."""

    def __init__(self, exchange: Callable[[], Reply]) -> None:
        self._exchange = exchange

    def reply(self) -> Reply:
        """The reply, waited for. Raises what the exchange raises."""
        return self._exchange()

    def drop(self) -> None:
        """It is not wanted any more."""


class _Beside(Coming):
    """A reply that a thread of its own asks for at once."""

    def __init__(self, exchange: Callable[[], Reply]) -> None:
        super().__init__(exchange)
        self._cut = Cut()
        self._found: Reply | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="haven-ahead", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self._cut:
                self._found = self._exchange()
        except BaseException as error:  # whatever it is, it belongs to whoever waits
            self._error = error

    def reply(self) -> Reply:
        """The reply, waited for. Raises what the exchange raised."""
        self._thread.join()
        if self._found is None:
            raise self._error or Offline(problems.UNREACHABLE)
        return self._found

    def drop(self) -> None:
        """End what is under way."""
        self._cut.cut()
        self._thread.join()


class HttpTransport(Transport):
    """The real transport. `deadline_seconds` bounds one whole exchange, `stall_seconds` each wait within it."""

    def __init__(
        self,
        ca_file: Path | None = None,
        *,
        deadline_seconds: float = 120.0,
        stall_seconds: float = 30.0,
    ) -> None:
        self._pool = urllib3.PoolManager(
            num_pools=2,
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(ca_file) if ca_file is not None else None,
            timeout=urllib3.Timeout(connect=min(10.0, stall_seconds), read=stall_seconds),
            retries=False,
        )
        self._pool.pool_classes_by_scheme = {"http": _WatchedPool, "https": _WatchedSecurePool}
        self._deadline_seconds = deadline_seconds

    def exchange(self, call: Call) -> Reply:
        """The reply, whatever its status."""
        check_address(call.url)
        with Deadline(self._deadline_seconds) as deadline:
            try:
                reply = self._exchange(call)
            except (HTTPError, BadAnswer, Offline) as error:
                if not deadline.passed:
                    raise _explained(error) from None
            else:
                if not deadline.passed:
                    return reply
        # What was cut off may look like a whole answer that is short.
        raise Offline(problems.TOO_SLOW)

    def begin(self, call: Call) -> Coming:
        """Asks at once, beside whatever this thread does until it wants the reply."""
        return _Beside(lambda: self.exchange(call))

    def _exchange(self, call: Call) -> Reply:
        response = self._pool.request(
            call.method,
            call.url,
            body=_packed(call.body),
            headers=_headers(call),
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            raw = _read(response)
            if _is_cut_short(response):
                raise Offline(problems.UNREACHABLE)
            body = _unpacked(raw, response.headers)
            return Reply(response.status, _content_type(response.headers), body, _retry_after(response.headers))
        except BaseException:
            response.close()
            raise
        finally:
            response.release_conn()

    def stream(self, call: Call, cut: Cut, silence: float) -> Iterator[bytes]:
        """The lines of an answer that goes on, until it ends or `cut` ends it. `silence`: most seconds without a byte.

        Raises Offline and BadAnswer; NoStream for an ordinary answer.
        """
        check_address(call.url)
        with cut:
            try:
                yield from self._lines(call, silence)
            except (HTTPError, BadAnswer) as error:
                if not cut.passed:
                    raise _explained(error) from None

    def _lines(self, call: Call, silence: float) -> Iterator[bytes]:
        response = self._pool.request(
            call.method,
            call.url,
            headers=_headers(call) | {"accept": protocol.EVENT_STREAM, "accept-encoding": "identity"},
            redirect=False,
            preload_content=False,
            decode_content=False,
            timeout=urllib3.Timeout(connect=10.0, read=silence),
        )
        try:
            kind = _content_type(response.headers)
            if response.status != 200 or kind != protocol.EVENT_STREAM:
                retry = _retry_after(response.headers)
                raise NoStream(Reply(response.status, kind, _read(response), retry))
            yield from _split(response)
        finally:
            response.close()
            response.release_conn()

    def close(self) -> None:
        """Let go of every connection."""
        self._pool.clear()


class NoStream(Exception):
    """Asked for a stream, the other end gave an ordinary answer. Never leaves the client."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("no stream")
        self.reply = reply


class _Watched(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Wait for the answer under the deadline."""
        Cut.watch(self.sock)
        return super().getresponse()


class _WatchedSecure(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Wait for the answer under the deadline."""
        Cut.watch(self.sock)
        return super().getresponse()


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _WatchedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecure


def _read(response: BaseHTTPResponse) -> bytes:
    body = bytearray()
    while chunk := response.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > protocol.MAX_BODY:
            raise BadAnswer(problems.TOO_MUCH)
    return bytes(body)


def _is_cut_short(response: BaseHTTPResponse) -> bool:
    """Whether the connection may have broken off within the answer's head: it then seems whole, and of no length.

    Our server always names a length. A network's page may do without.
    """
    measured = "content-length" in response.headers or "chunked" in response.headers.get("transfer-encoding", "")
    redirects = 300 <= response.status < 400
    return not measured and not redirects and _content_type(response.headers) != "text/html"


def _split(response: BaseHTTPResponse) -> Iterator[bytes]:
    line = bytearray()
    while chunk := response.read1(_CHUNK, decode_content=False):
        line += chunk
        *whole, rest = bytes(line).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise BadAnswer(problems.TOO_MUCH)
        line = bytearray(rest)
        yield from whole


def check_address(url: str) -> None:
    """Refuse an address that is none, or that would send anything unprotected to another computer."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port == 0 or parts.scheme not in ("https", "http") or parts.username is not None:
        raise RuleBroken(
            mark("This is not the address of a server, such as https://haven.example.org."), field="server"
        )
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise RuleBroken(mark("The address of the server must begin with https."), field="server")


def _packed(body: bytes | None) -> bytes | None:
    if body is None or len(body) <= _WORTH_COMPRESSING:
        return body
    return zstandard.ZstdCompressor(level=3).compress(body)


def _headers(call: Call) -> dict[str, str]:
    headers = {"accept": protocol.MEDIA_TYPE, "accept-encoding": protocol.COMPRESSION, "user-agent": "haven"}
    if call.body is not None:
        headers["content-type"] = protocol.MEDIA_TYPE
        if len(call.body) > _WORTH_COMPRESSING:
            headers["content-encoding"] = protocol.COMPRESSION
    if call.token is not None:
        headers["authorization"] = f"Bearer {call.token}"
    return headers


def _content_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _retry_after(headers: Mapping[str, str]) -> int:
    said = headers.get("retry-after", "")
    return min(int(said), _LONGEST_WAIT) if said.isascii() and said.isdecimal() and len(said) < 12 else 0


def _unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return body
    if encoding != protocol.COMPRESSION:
        raise BadAnswer(problems.INTERCEPTED)
    reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(body)
    try:
        plain: bytes = reader.read(protocol.MAX_BODY + 1)
    except zstandard.ZstdError:
        raise BadAnswer(problems.NONSENSE) from None
    if len(plain) > protocol.MAX_BODY:
        raise BadAnswer(problems.TOO_MUCH)
    return plain


def _explained(error: HTTPError | BadAnswer | Offline) -> Exception:
    """The error with its sentence. What the library says may hold addresses, so none of it is kept."""
    match error:
        case BadAnswer() | Offline():
            return error
        case SSLError():
            return BadAnswer(problems.UNTRUSTED)
        case LocationParseError():
            return RuleBroken(mark("The address of the server is mistyped."), field="server")
        case ConnectTimeoutError():
            return Offline(problems.UNREACHABLE)
        case ReadTimeoutError():
            return Offline(problems.TOO_SLOW)
        case ProtocolError():
            return Offline(problems.UNREACHABLE)
        case _:
            return Offline(problems.UNREACHABLE)
