"""Runs the application in this process with uvicorn, and says in one JSON line where it listens."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import structlog
import uvicorn
from litestar import Litestar

from app.errors import EnvironmentProblem
from app.words import mark

_GRACE_SECONDS = 10
_IDLE_SECONDS = 30


@dataclass(frozen=True)
class Listening:
    """Where to listen; `port` 0 lets the system choose. With a certificate, TLS 1.3 only."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


class AnnouncingServer(uvicorn.Server):
    """Prints one JSON line once it accepts connections: that is what scripts and tests wait for."""

    def __init__(self, config: uvicorn.Config, out: TextIO | None, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._out = out
        self._end_streams = end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as always, then announce."""
        await super().startup(sockets)
        if self.started and sockets and self._out is not None:
            host, port = sockets[0].getsockname()[:2]
            scheme = "https" if self.config.is_ssl else "http"
            line = {"event": "serving", "scheme": scheme, "host": host, "port": port}
            print(json.dumps(line), file=self._out, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the streams end first: they would be waited for."""
        self._end_streams()
        await super().shutdown(sockets)


def make_server(app: Litestar, at: Listening, out: TextIO | None = None) -> AnnouncingServer:
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
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ssl_certfile=at.certificate,
        ssl_keyfile=at.key,
    )
    try:
        config.load()
    except OSError:  # an unusable certificate is an OSError too (ssl.SSLError)
        raise EnvironmentProblem(mark("The certificate or its key cannot be used.")) from None
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_3
    return AnnouncingServer(config, out, app.state.parts.pokes.close)


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


def serve(app: Litestar, at: Listening) -> None:
    """Serve until SIGTERM or SIGINT, then finish the open requests and close the store."""
    with listen(at) as bound:
        make_server(app, at, sys.stdout).run(sockets=[bound])


def log_to(stream: TextIO) -> None:
    """One JSON object a line: a constant event name, then opaque ids and counts."""
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
