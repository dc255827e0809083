"""Trying a passphrase: counted before it is tried, with the keystore's half where the slot asks for one."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from app.errors import EnvironmentProblem
from app.vault import keystore, slots
from app.vault.slots import Found, SlotFile
from app.vault.throttle import Throttle
from app.words import mark

_HALF = "half:"
NOT_COUNTED = mark(
    "Haven could not write down on this disk that a passphrase is tried, so it was not tried. Free some space, check "
    "that the disk can be written to, and try again."
)


def uptime_ms() -> int:
    """Milliseconds this computer has been running, sleep included where the system tells it."""
    source = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC) if hasattr(time, "CLOCK_MONOTONIC") else None
    return int((time.clock_gettime(source) if source is not None else time.monotonic()) * 1000)


def half_name(bound_id: str) -> str:
    """Under what name the keystore keeps the half of a bound slot."""
    return _HALF + bound_id


def secret_of(file: SlotFile) -> bytes | None:
    """The keystore's half of the key; None when the passphrase alone is enough.

    Raises EnvironmentProblem when it is asked for and the keystore has it no more or stays locked.
    """
    if file.bound_id is None:
        return None
    kept = keystore.recall(file.vault_id, half_name(file.bound_id))
    try:
        secret = bytes.fromhex(kept or "")
    except ValueError:
        secret = b""
    if not secret:
        raise EnvironmentProblem(
            mark(
                "This computer's keystore did not hand over its half of the key, so the passphrase cannot open the "
                "vault. Unlock the keystore and try again; if it lost the half, use the recovery key."
            )
        )
    return secret


class Door:
    """The passphrase door of one vault. `seconds`: how long the last try took to derive.

    `reduced`: it is the reduced workspace that is open, so that its passphrase is the right one.
    """

    def __init__(self, folder: Path, file: SlotFile, clock: Callable[[], datetime], *, reduced: bool = False) -> None:
        self._file = file
        self._reduced = reduced
        self._clock = clock
        self.secret = secret_of(file)
        self.throttle = Throttle(folder, file.vault_id, secret=self.secret)
        self.seconds = 0.0

    def opened_by(self, stretched: bytes) -> Found | None:
        """What a passphrase that was stretched already opens; not counted, for somebody who is inside."""
        return self._file.opened_by(stretched, self.secret)

    def tried(self, typed: str, *, only_vault: bool = False, counted: bool = True) -> Found:
        """What a passphrase opens. Raises RuleBroken for a wrong one and while a wait lasts.

        Raises EnvironmentProblem when the try cannot be counted: it is not made then, or a full disk would win tries.
        `only_vault`: a passphrase that opens something else than what is open is a wrong one here. `counted` False: a
        wait neither counts nor begins.
        """
        wall = int(self._clock().timestamp() * 1000)
        if counted:
            try:
                self.throttle.allow(wall, uptime_ms())
            except OSError:
                raise EnvironmentProblem(NOT_COUNTED) from None
        began = time.perf_counter()
        found = slots.open_with_passphrase(self._file, typed, self.secret)
        self.seconds = time.perf_counter() - began
        if found is None or (only_vault and found.is_data_key == self._reduced):
            raise self.throttle.wrong(wall, uptime_ms())
        if counted:
            with suppress(OSError):  # counted is the safe side, and no reason to stay outside
                self.throttle.reset()
        return found
