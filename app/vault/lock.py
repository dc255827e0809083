"""The session lock: when it is due, and leaving no process behind that holds keys.

Python cannot wipe its memory (safety.md, finding 6), so locking replaces the process.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from app.errors import RuleBroken
from app.words import mark

SHORTEST_MINUTES = 1
LONGEST_MINUTES = 15
DEFAULT_MINUTES = 5
_PR_SET_DUMPABLE = 4


class IdleTimer:
    """How long nobody has touched the application. `clock`: seconds that never go back, sleep included."""

    def __init__(self, clock: Callable[[], float], minutes: int = DEFAULT_MINUTES) -> None:
        self._clock = clock
        self._seconds = _allowed(minutes) * 60.0
        self._touched = clock()

    def touch(self) -> None:
        """A key, a click, a finger. Too late once the lock is due: waking up is not being there."""
        if not self.due():
            self._touched = self._clock()

    def set_minutes(self, minutes: int) -> None:
        """Another limit, by the service's policy. Raises RuleBroken outside 1 to 15: it is never off."""
        self._seconds = _allowed(minutes) * 60.0

    def remaining(self) -> float:
        """Seconds until the lock is due."""
        return max(0.0, self._seconds - (self._clock() - self._touched))

    def due(self) -> bool:
        """Whether it is time to lock."""
        return self.remaining() <= 0.0


def _allowed(minutes: int) -> int:
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise RuleBroken(
            mark("The lock comes after {shortest} to {longest} minutes."),
            field="minutes",
            shortest=SHORTEST_MINUTES,
            longest=LONGEST_MINUTES,
        )
    return minutes


def forbid_core_dumps() -> None:
    """Let no crash write this process's memory to the disk, and no other process of the person read it."""
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def replace_process(command: Sequence[str]) -> NoReturn:
    """Put `command` in the place of this process, whose memory the system then takes back. The vault is closed."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # a windowed bundle has neither
            stream.flush()
    if os.name == "posix":
        os.execv(command[0], list(command))
    subprocess.Popen(list(command), close_fds=True)
    os._exit(0)
