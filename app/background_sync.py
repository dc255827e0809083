"""Sync beside the windows: one thread that runs a round when asked, when work waits, or after a while.

Knows no window: what happened is handed to `told`, from the background thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.errors import HavenError
from app.models.changes import Changes

_FIRST_WAIT = 2.0
_NOTHING_LEFT_TO_DO = 3600.0


class Engine(Protocol):
    """What runs a round of sync (`sync/client/engine.py`)."""

    def run_once(self) -> Any:
        """One round; its report has `changes`, `offline` and `trouble`."""

    def obey(self) -> bool:
        """Erase the vault, as a report with `erase` asked for."""

    def next_delay(self, report: Any) -> float:
        """Seconds until the next round is due by itself."""

    def close(self) -> None:
        """Let go of the network."""


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


class BackgroundSync:
    """Runs rounds of an engine until `stop`; `ask` makes the next one come at once."""

    def __init__(
        self, engine: Engine, told: Callable[[SyncNews], None], failed: Callable[[BaseException], str]
    ) -> None:
        self._engine, self._told, self._failed = engine, told, failed
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin; the first round comes after a moment."""
        self._thread.start()

    def ask(self) -> None:
        """Let a round begin now."""
        self._wake.set()

    def stop(self, seconds: float = 30.0) -> None:
        """Finish the round under way and end; after `seconds` it is not waited for any longer."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)
        self._engine.close()

    def _run(self) -> None:
        delay = _FIRST_WAIT
        while True:
            self._wake.wait(delay)
            self._wake.clear()
            if self._stopping.is_set():
                return
            delay = self._round()

    def _obey(self) -> float:
        """Hide, erase, leave. What cannot be erased now goes at the next start, before anything is opened."""
        self._told(SyncNews(erasing=True))
        try:
            with suppress(HavenError):
                self._engine.obey()
        finally:
            self._told(SyncNews(erased=True))
        return _NOTHING_LEFT_TO_DO

    def _round(self) -> float:
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
        self._told(SyncNews(offline=report.offline, trouble=report.trouble, changes=report.changes))
        return self._engine.next_delay(report)
