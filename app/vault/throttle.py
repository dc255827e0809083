"""Slows down whoever tries passphrases: five wrong ones within 15 minutes lock the slot, each further one doubles it.

The state lies beside the key slots in two copies, each with a check over the vault's id: damage and clumsy edits show,
and then, as when the files are gone, the slot counts as just locked. Every try is counted before it is made, so that
killing the application does not win one. A wait never ends by setting a clock: within one run of the computer the
slower of wall clock and uptime counts, and a wall clock that went back starts the wait again.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import msgspec

from app.errors import RuleBroken
from app.vault.files import write_whole
from app.words import mark

COPIES = ("tries.a", "tries.b")
ALLOWED = 5
WINDOW_MS = 15 * 60 * 1000
FIRST_WAIT_MS = 60 * 1000
LONGEST_WAIT_MS = 8 * 60 * 60 * 1000


class Tries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wrong tries (wall clock, ms), and the wait they brought: when it began by wall clock and uptime, how long."""

    generation: int = 0
    wrong: tuple[int, ...] = ()
    locks: int = 0
    began_ms: int = 0
    began_uptime_ms: int = 0
    wait_ms: int = 0


def wait_left(tries: Tries, wall_ms: int, uptime_ms: int) -> int:
    """Milliseconds until the next try is allowed."""
    if tries.wait_ms <= 0:
        return 0
    elapsed = wall_ms - tries.began_ms
    if uptime_ms >= tries.began_uptime_ms:
        elapsed = min(elapsed, uptime_ms - tries.began_uptime_ms)
    if elapsed < 0:
        return tries.wait_ms
    return max(0, tries.wait_ms - elapsed)


def counted(tries: Tries, wall_ms: int, uptime_ms: int) -> Tries:
    """The state after one more wrong try."""
    recent = (*[at for at in tries.wrong if at > wall_ms - WINDOW_MS], wall_ms)[-ALLOWED:]
    generation = tries.generation + 1
    if tries.locks == 0 and len(recent) < ALLOWED:
        return Tries(generation, recent)
    return Tries(generation, recent, tries.locks + 1, wall_ms, uptime_ms, _wait(tries.locks))


def _wait(locks: int) -> int:
    return min(LONGEST_WAIT_MS, FIRST_WAIT_MS << min(locks, 20))


class Throttle:
    """The tries of one vault."""

    def __init__(self, folder: Path, vault_id: str) -> None:
        self._folder = folder
        self._vault_id = vault_id

    def start(self) -> None:
        """Begin with no wrong try, when the vault is made."""
        self._write(Tries(generation=1))

    def allow(self, wall_ms: int, uptime_ms: int) -> None:
        """Count a try that is about to be made. Raises RuleBroken while a wait lasts."""
        tries = self.read(wall_ms, uptime_ms)
        left = wait_left(tries, wall_ms, uptime_ms)
        if left:
            if wall_ms < tries.began_ms or uptime_ms < tries.began_uptime_ms:
                self._write(_restarted(tries, left, wall_ms, uptime_ms))
            raise locked(left)
        self._write(counted(tries, wall_ms, uptime_ms))

    def wrong(self, wall_ms: int, uptime_ms: int) -> RuleBroken:
        """What to say after a wrong passphrase."""
        tries = self.read(wall_ms, uptime_ms)
        left = wait_left(tries, wall_ms, uptime_ms)
        if left:
            return locked(left)
        return RuleBroken(
            mark("This passphrase does not open the vault. Tries left before a pause: {left}."),
            field="passphrase",
            left=ALLOWED - len(tries.wrong),
        )

    def reset(self) -> None:
        """Forget wrong tries, after the vault was opened."""
        newest = self._newest()
        if newest is None or newest.wrong or newest.locks:
            self._write(Tries(generation=(newest.generation if newest else 0) + 1))

    def read(self, wall_ms: int, uptime_ms: int) -> Tries:
        """The newest valid state; a missing or damaged one counts as just locked, and is written down as that."""
        newest = self._newest()
        if newest is None:
            newest = Tries(1, (), 1, wall_ms, uptime_ms, FIRST_WAIT_MS)
            self._write(newest)
        return newest

    def _newest(self) -> Tries | None:
        found = [tries for name in COPIES if (tries := self._read_copy(self._folder / name)) is not None]
        return max(found, key=lambda tries: tries.generation, default=None)

    def _read_copy(self, path: Path) -> Tries | None:
        try:
            content = path.read_bytes()
            check, body = content[:32], content[32:]
            return msgspec.msgpack.decode(body, type=Tries) if hmac.compare_digest(check, self._check(body)) else None
        except (OSError, msgspec.DecodeError):
            return None

    def _write(self, tries: Tries) -> None:
        body = msgspec.msgpack.encode(tries)
        for name in COPIES:
            write_whole(self._folder / name, self._check(body) + body)

    def _check(self, body: bytes) -> bytes:
        return hmac.new(f"haven:tries:{self._vault_id}".encode(), body, hashlib.sha256).digest()


def locked(left_ms: int) -> RuleBroken:
    """The sentence of a wait."""
    return RuleBroken(
        mark("Too many wrong passphrases. Try again in {minutes} minutes, or use the recovery key."),
        field="passphrase",
        minutes=-(-left_ms // 60_000),
    )


def _restarted(tries: Tries, left: int, wall_ms: int, uptime_ms: int) -> Tries:
    """The wait counted from now, because a clock that it leant on began anew."""
    return msgspec.structs.replace(
        tries, generation=tries.generation + 1, began_ms=wall_ms, began_uptime_ms=uptime_ms, wait_ms=left
    )
