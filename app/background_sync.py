"""Sync beside the windows: one thread that runs a round when asked, when work waits, or after a while.

Knows no window: what happened is handed to `told`, from the background thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.errors import HavenError
from app.models.changes import Changes

_FIRST_WAIT = 2.0
_NOTHING_LEFT_TO_DO = 3600.0
POKE_GAP = 0.05
"""Seconds from a poke to its round; doubled each time that nothing came of it."""
_LONGEST_POKE_GAP = 60.0
_BETWEEN_NEWS = 0.25


class Engine(Protocol):
    """What runs a round of sync (`sync/client/engine.py`)."""

    def run_once(self) -> Any:
        """One round; its report has `changes`, `offline` and `trouble`."""

    def obey(self) -> bool:
        """Erase the vault, as a report with `erase` asked for."""

    def next_delay(self, report: Any) -> float:
        """Seconds until the next round is due by itself."""

    def watch(self, told: Callable[[Any], None], arrived: Callable[[Changes], None]) -> None:
        """Let `told` hear how far a round is (`sync/client/progress.py`), and `arrived` what came, early."""

    def cancel(self) -> None:
        """Let the round under way end at its next step."""

    def close(self) -> None:
        """Let go of the network."""


class Listening(Protocol):
    """What hears the server's pokes (`sync/client/pokes.py`)."""

    def run(self) -> None:
        """Listen until `stop`."""

    def stop(self) -> None:
        """Let `run` end."""


@dataclass(frozen=True)
class SyncNews:
    """What the last round brought. `trouble` is a sentence for people, empty when all went well."""

    working: bool = False
    offline: bool = False
    trouble: str = ""
    changes: Changes = field(default_factory=Changes)
    erasing: bool = False
    """The vault is being erased, by an order: nothing may be shown or written any more."""
    erased: bool = False
    progress: Any = None
    """How far the round is (`sync/client/progress.py`), while it is working."""


class BackgroundSync:
    """Runs rounds of an engine until `stop`; `ask` makes the next one come at once, `poked` as soon as is reasonable.

    `listen` makes what hears the server's pokes and calls what it is given for each.
    """

    def __init__(
        self,
        engine: Engine,
        told: Callable[[SyncNews], None],
        failed: Callable[[BaseException], str],
        listen: Callable[[Callable[[], None]], Listening] | None = None,
    ) -> None:
        self._engine, self._told, self._failed = engine, told, failed
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._asked = self._poke_waits = False
        self._poke_gap = POKE_GAP
        self._listener = listen(self.poked) if listen is not None else None
        self._told_at = 0.0
        self._came_early = False
        engine.watch(self._progress, self._arrived)
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._ear = threading.Thread(target=self._listen, name="pokes", daemon=True)

    def start(self) -> None:
        """Begin; the first round comes after a moment."""
        self._thread.start()
        self._ear.start()

    def ask(self) -> None:
        """Let a round begin now."""
        with self._lock:
            self._asked = True
        self._wake.set()

    def poked(self) -> None:
        """The server says that there is something for this device: a round follows.

        Less and less soon while nothing comes of it: a server that lies costs no more than one that says nothing.
        """
        with self._lock:
            self._poke_waits = True
        self._wake.set()

    def cancel(self) -> None:
        """End the round under way at its next step; the next one comes at its time."""
        self._engine.cancel()

    def stop(self, seconds: float = 30.0) -> None:
        """Finish the step under way and end; after `seconds` it is not waited for any longer."""
        self._stopping.set()
        self._wake.set()
        self._engine.cancel()
        if self._listener is not None:
            self._listener.stop()
        for thread in (self._thread, self._ear):
            if thread.is_alive():
                thread.join(timeout=seconds)
        self._engine.close()

    def _listen(self) -> None:
        if self._listener is None:
            return
        try:
            self._listener.run()
        except Exception as problem:
            # The outermost edge of the thread: without pokes, rounds come at their time.
            self._failed(problem)

    def _run(self) -> None:
        delay = _FIRST_WAIT
        while True:
            is_poke = self._wait(delay)
            if self._stopping.is_set():
                return
            delay = self._round(is_poke)

    def _obey(self) -> float:
        """Hide, erase, leave. What cannot be erased now goes at the next start, before anything is opened."""
        self._told(SyncNews(erasing=True))
        try:
            with suppress(HavenError):
                self._engine.obey()
        finally:
            self._told(SyncNews(erased=True))
        return _NOTHING_LEFT_TO_DO

    def _wait(self, delay: float) -> bool:
        """Until the next round is due; whether a poke alone made it so."""
        due = time.monotonic() + delay
        is_poke = False
        while not self._stopping.is_set():
            self._wake.wait(max(0.0, due - time.monotonic()))
            self._wake.clear()
            with self._lock:
                asked, poked = self._asked, self._poke_waits
                self._asked = self._poke_waits = False
            if asked:
                return False
            if poked and not is_poke:
                is_poke, due = True, min(due, time.monotonic() + self._poke_gap)
            if time.monotonic() >= due:
                return is_poke
        return False

    def _progress(self, progress: Any) -> None:
        """Windows need no more than a few of these a second."""
        now = time.monotonic()
        if now - self._told_at >= _BETWEEN_NEWS:
            self._told_at = now
            self._told(SyncNews(working=True, progress=progress))

    def _arrived(self, changes: Changes) -> None:
        self._came_early = True
        self._told(SyncNews(working=True, changes=changes))

    def _round(self, is_poke: bool) -> float:
        self._came_early = False
        self._told(SyncNews(working=True))
        try:
            report = self._engine.run_once()
        except HavenError as problem:
            self._told(SyncNews(offline=True, trouble=problem.sentence))
            return 30.0
        except Exception as problem:
            # The outermost edge of the thread: sync must never end silently (safety.md, G36).
            self._told(SyncNews(trouble=self._failed(problem)))
            return 60.0
        if report.erase:
            return self._obey()
        if report.changes or self._came_early:
            self._poke_gap = POKE_GAP
        elif is_poke:
            self._poke_gap = min(2 * self._poke_gap, _LONGEST_POKE_GAP)
        self._told(SyncNews(offline=report.offline, trouble=report.trouble, changes=report.changes))
        return self._engine.next_delay(report)
