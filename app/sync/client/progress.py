"""How far a round is, told while it runs, and the way to stop it between two of its steps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_SURE_AFTER_SECONDS = 3.0
"""Sooner, nobody can say how long the rest will take."""


class Doing(StrEnum):
    """What a round does that may take long."""

    RECEIVING = "receiving"
    SENDING = "sending"
    FILES = "files"


@dataclass(frozen=True)
class Progress:
    """`done` of `whole` places of the feed, segments or chunks; `seconds_left` is None while nobody can say."""

    doing: Doing
    done: int
    whole: int
    seconds_left: int | None = None


class Cancelled(Exception):
    """Somebody wants the round to end here. What it did so far is saved. Never leaves the engine."""


class Meter:
    """Counts the steps of a round. `watch` hears of each, on the round's thread; `cancel` is for other threads."""

    def __init__(self, clock: Callable[[], datetime], watch: Callable[[Progress], None]) -> None:
        self._clock = clock
        self._watch = watch
        self._cancelled = threading.Event()
        self._doing: Doing | None = None
        self._began = clock()

    def cancel(self) -> None:
        """Let the round end at its next step."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise Cancelled if somebody asked for it."""
        if self._cancelled.is_set():
            raise Cancelled

    def note(self, doing: Doing, done: int, whole: int) -> None:
        """So far it is. Raises Cancelled if somebody asked for it."""
        self.check()
        if doing is not self._doing:
            self._doing, self._began = doing, self._clock()
        self._watch(Progress(doing, done, whole, self._left(done, whole)))

    def _left(self, done: int, whole: int) -> int | None:
        spent = (self._clock() - self._began).total_seconds()
        if done <= 0 or spent < _SURE_AFTER_SECONDS:
            return None
        return round(spent / done * max(whole - done, 0))
