"""Counts what crosses the wire: a door in front of a server that passes every byte on."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Counter:
    """Listens on a port of its own; `sent` and `received` are bytes as the client sees them, heads included."""

    def __init__(self, port: int) -> None:
        self.sent = self.received = 0
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def taken(self) -> tuple[int, int]:
        """What was sent and received since the last time this was asked."""
        found = self.sent, self.received
        self.sent = self.received = 0
        return found

    def close(self) -> None:
        """Close every door."""
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open += (near, far)
            threading.Thread(target=self._pass, args=(near, far, "sent"), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, "received"), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, name: str) -> None:
        with suppress(OSError):
            while some := source.recv(1 << 16):
                setattr(self, name, getattr(self, name) + len(some))
                sink.sendall(some)
            sink.shutdown(socket.SHUT_WR)
