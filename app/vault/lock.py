"""The session lock: when it is due, and leaving no process behind that holds keys.

Python cannot wipe its memory (safety.md, finding 6), so locking replaces the process.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

from app.errors import RuleBroken
from app.vault.files import private_umask
from app.words import mark

SHORTEST_MINUTES = 1
LONGEST_MINUTES = 15
DEFAULT_MINUTES = 5
LONGEST_HOURS = 12
_PR_SET_DUMPABLE = 4
_NOT_REPLACED = 71
"""The exit code when no successor could be started: nothing with keys stays, even without one."""


class IdleTimer:
    """How long nobody has touched the application. `clock`: seconds that never go back, sleep included.

    However much it is touched, it is due `hours` after it began: the passphrase is asked for again (safety.md 5.5).
    """

    def __init__(
        self, clock: Callable[[], float], minutes: int = DEFAULT_MINUTES, hours: float = LONGEST_HOURS
    ) -> None:
        self._clock = clock
        self._seconds = _allowed(minutes) * 60.0
        self._touched = clock()
        self._end = self._touched + min(hours, LONGEST_HOURS) * 3600.0

    def touch(self) -> None:
        """A key, a click, a finger. Too late once the lock is due: waking up is not being there."""
        if not self.due():
            self._touched = self._clock()

    def set_minutes(self, minutes: int) -> None:
        """Another limit, by the service's policy. Raises RuleBroken outside 1 to 15: it is never off."""
        self._seconds = _allowed(minutes) * 60.0

    def remaining(self) -> float:
        """Seconds until the lock is due."""
        now = self._clock()
        return max(0.0, min(self._seconds - (now - self._touched), self._end - now))

    def quiet_for(self) -> float:
        """Seconds since the last touch."""
        return self._clock() - self._touched

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


def harden_process() -> None:
    """What every process of Haven does before anything else: files for its owner only, and no core dumps."""
    private_umask()
    forbid_core_dumps()


def forbid_core_dumps() -> None:
    """Let no crash write this process's memory to the disk, and no other process of the person read it."""
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def replace_process(command: Sequence[str]) -> NoReturn:
    """Put `command` in the place of this process, whose memory the system then takes back. The vault is closed.

    A process that held keys never stays: when the successor cannot be started, this one ends all the same.
    """
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # a windowed bundle has neither
                with suppress(OSError, ValueError):
                    stream.flush()
        if os.name == "posix":
            os.execv(command[0], list(command))
        subprocess.Popen(list(command), close_fds=True)
    except (OSError, ValueError):
        os._exit(_NOT_REPLACED)
    os._exit(0)
