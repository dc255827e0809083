"""Cuts off what another thread waits for: an exchange that takes too long, or one that nobody wants any more."""

from __future__ import annotations

import math
import socket
import threading
import time
from contextlib import suppress
from typing import ClassVar, Self


class Cut:
    """Cuts the connection of the thread that entered it off, wherever that then stands. `cut` is for other threads.

    One within another: each of them cuts.
    """

    _of_thread: ClassVar[threading.local] = threading.local()

    def __init__(self) -> None:
        self.passed = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._outer: Cut | None = None

    def __enter__(self) -> Self:
        self._outer = getattr(self._of_thread, "current", None)
        self._of_thread.current = self
        return self

    def __exit__(self, *_: object) -> None:
        self._of_thread.current = self._outer
        with self._lock:
            self._socket = None

    @classmethod
    def watch(cls, used: socket.socket | None) -> None:
        """`used` is the socket of the exchange that this thread has under way."""
        current: Cut | None = getattr(cls._of_thread, "current", None)
        while current is not None:
            with current._lock:
                current._socket = used
            if current.passed:
                current.cut()
            current = current._outer

    def cut(self) -> None:
        """End what the other thread waits for, now and from now on."""
        with self._lock:
            self.passed = True
            if self._socket is not None:
                with suppress(OSError):
                    # Not the TLS socket's own shutdown, which would change it under its reader's hands.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Deadline(Cut):
    """Cuts an exchange off that takes too long.

    A time limit on each read does not do: who sends a byte now and then keeps it from ever running out.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def __enter__(self) -> Self:
        super().__enter__()
        _watch.add(self, time.monotonic() + self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        _watch.remove(self)


class _Watch:
    """One thread for all deadlines: one each would have to be started and waited for in every exchange.

    It sleeps until the earliest deadline that it knew when it fell asleep, and is woken only for an earlier one.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ends: dict[Deadline, float] = {}
        self._sleeps_until = math.inf
        self._thread: threading.Thread | None = None

    def add(self, deadline: Deadline, end: float) -> None:
        """Cut `deadline` off at `end`, by the monotonic clock, unless it is removed before."""
        with self._changed:
            self._ends[deadline] = end
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="haven-deadlines", daemon=True)
                self._thread.start()
            elif end < self._sleeps_until:
                self._changed.notify()

    def remove(self, deadline: Deadline) -> None:
        """It came in time, or was cut off."""
        with self._changed:
            self._ends.pop(deadline, None)

    def _run(self) -> None:
        while True:
            for deadline in self._passed():
                deadline.cut()

    def _passed(self) -> list[Deadline]:
        """Those whose end has come; waits until there may be some."""
        with self._changed:
            now = time.monotonic()
            passed = [deadline for deadline, end in self._ends.items() if end <= now]
            for deadline in passed:
                del self._ends[deadline]
            if not passed:
                self._sleeps_until = min(self._ends.values(), default=math.inf)
                self._changed.wait(self._sleeps_until - now if self._ends else None)
            return passed


_watch = _Watch()
