"""Runs the application in this process with uvicorn, and says in one JSON line where it listens."""

from __future__ import annotations

import json
import logging
import signal
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TextIO

import structlog
import uvicorn
from litestar import Litestar

from app.errors import EnvironmentProblem
from app.sync.server.parts import Draining, Parts
from app.words import mark

GRACE_SECONDS = 10
_IDLE_SECONDS = 30


@dataclass(frozen=True)
class Listening:
    """Where to listen; `port` 0 lets the system choose. With a certificate, TLS 1.3 only."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


class AnnouncingServer(uvicorn.Server):
    """Says so, once it accepts connections: that is what scripts and tests wait for.

    Asked to stop, it first says at `/readyz` for `drain_seconds` that it is going, so that a proxy sends new requests
    elsewhere; then it finishes what is open. Asked twice, it does not wait.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[socket.socket], None] | None = None,
        draining: Draining | None = None,
        drain_seconds: int = 0,
        end_streams: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._end_streams = end_streams
        self._draining = draining or Draining()
        self._drain_seconds = drain_seconds
        self._exit_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain, or stop."""
        first, self._draining.begun = not self._draining.begun, True
        if first and self._drain_seconds and sig == signal.SIGTERM:
            self._exit_at = time.monotonic() + self._drain_seconds
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Whether it is time to stop; asked ten times a second."""
        if self._exit_at is not None and time.monotonic() >= self._exit_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as always, then announce."""
        await super().startup(sockets)
        if self.started and sockets and self._ready is not None:
            self._ready(sockets[0])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the streams end first: they would be waited for."""
        self._end_streams()
        await super().shutdown(sockets)


def announce(bound: socket.socket, *, is_tls: bool, **more: int) -> None:
    """Print one JSON line that says where the server listens."""
    host, port = bound.getsockname()[:2]
    line = {"event": "serving", "scheme": "https" if is_tls else "http", "host": host, "port": port, **more}
    print(json.dumps(line), flush=True)  # noqa: T201 - scripts read it


def check_certificate(at: Listening) -> None:
    """Raise EnvironmentProblem for a certificate that cannot be used, or a key that is not its own."""
    if at.certificate is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(at.certificate, at.key)
    except OSError:  # ssl.SSLError is one too
        raise EnvironmentProblem(mark("The certificate or its key cannot be used.")) from None


def make_server(
    app: Litestar, at: Listening, ready: Callable[[socket.socket], None] | None = None, drain_seconds: int = 0
) -> AnnouncingServer:
    """A server that is ready to run. Raises EnvironmentProblem for a certificate that cannot be used."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        http="h11",
        ws="none",
        lifespan="on",
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=at.certificate,
        ssl_keyfile=at.key,
    )
    check_certificate(at)
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_3
    parts: Parts = app.state.parts
    return AnnouncingServer(config, ready, parts.draining, drain_seconds, parts.pokes.close)


def listen(at: Listening) -> socket.socket:
    """A bound socket. Raises EnvironmentProblem when the address cannot be had."""
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    # Naming TCP matters: asyncio switches Nagle's delay (44 ms a request, measured) off only on sockets that name it.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((at.host, at.port))
    except OSError:
        found.close()
        raise EnvironmentProblem(
            mark("Cannot listen on port {port}: it is in use or not ours."), port=at.port
        ) from None
    return found


def serve(app: Litestar, at: Listening, drain_seconds: int = 0) -> None:
    """Serve until SIGTERM or SIGINT, then finish the open requests and close the store."""
    with listen(at) as bound:
        ready = partial(announce, is_tls=at.certificate is not None)
        make_server(app, at, ready, drain_seconds).run(sockets=[bound])


def log_to(stream: TextIO) -> None:
    """One JSON object a line: a constant event name, then opaque ids and counts."""
    for name in ("uvicorn", "psycopg"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
