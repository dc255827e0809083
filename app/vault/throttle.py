"""Slows down whoever tries passphrases: five wrong ones within 15 minutes lock the slot, each further one doubles it.

Every try is counted before it is made, so that killing the application does not win one. A wait never ends by setting
a clock or by a restart: the slower of wall clock and uptime counts, after a restart only what ran since then; a wall
clock that went back starts the wait again. After ten wrong passphrases in a row none is taken any more until the
recovery key was used.

The state is kept in several places (`Place`): two files beside the key slots, a witness outside the vault's folder,
and the system's keystore when it holds half of the key. The newest counts. A place that is missing, damaged, more than
one step behind, or was written by somebody else later than it says (a copy that was put back) is a sign that the files
were handled, and then the slot counts as just locked. Moving to a new disk looks the same: it costs one short wait,
and the sentence says so. Each state carries a check, keyed by the keystore's half where there is one.

The files have one size from their making on and are written over in place, so that a disk without any room left still
counts. Where it cannot be counted (a disk that copies on writing and is full, one that is read-only) no passphrase is
tried: filling a disk wins no try.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from app.errors import Defect, RuleBroken
from app.vault import keystore
from app.vault.files import overwrite, private_folder, write_whole
from app.words import mark

COPIES = ("tries.a", "tries.b")
WITNESSES = "tries"
ALLOWED = 5
CLOSED_AFTER = 10
WINDOW_MS = 15 * 60 * 1000
FIRST_WAIT_MS = 60 * 1000
LONGEST_WAIT_MS = 8 * 60 * 60 * 1000
HANDLED_WAIT_MS = 5 * 60 * 1000
"""The least wait after the files were handled: putting copies back never wins more tries than waiting does."""
_LATE_MS = 2_000
_SIZE = 4096
"""Of each file: a block of its own, so that writing it over never needs another one."""
_LONGEST = 512
"""Of what stands in it: one sector, which a power cut leaves whole."""
_LENGTH = 2
_KEPT = "tries"


class Tries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wrong tries (wall clock and uptime, ms), and the wait they brought: when it began by both, and how long.

    `failed` counts wrong passphrases in a row. `written_ms` is when this was written by the clock of the files.
    """

    generation: int = 0
    wrong: tuple[tuple[int, int], ...] = ()
    failed: int = 0
    locks: int = 0
    began_ms: int = 0
    began_uptime_ms: int = 0
    wait_ms: int = 0
    handled: bool = False
    written_ms: int = 0


def wait_left(tries: Tries, wall_ms: int, uptime_ms: int) -> int:
    """Milliseconds until the next try is allowed."""
    if tries.wait_ms <= 0:
        return 0
    return max(0, tries.wait_ms - _passed(tries.began_ms, tries.began_uptime_ms, wall_ms, uptime_ms))


def _passed(since_ms: int, since_uptime_ms: int, wall_ms: int, uptime_ms: int) -> int:
    """Milliseconds that have surely passed: the slower of both clocks, after a restart only those since then."""
    running = uptime_ms - since_uptime_ms if uptime_ms >= since_uptime_ms else uptime_ms
    return max(0, min(wall_ms - since_ms, running))


def counted(tries: Tries, wall_ms: int, uptime_ms: int) -> Tries:
    """The state after one more wrong try."""
    kept = [at for at in tries.wrong if _passed(*at, wall_ms, uptime_ms) < WINDOW_MS]
    recent = (*kept, (wall_ms, uptime_ms))[-ALLOWED:]
    generation, failed = tries.generation + 1, tries.failed + 1
    if tries.locks == 0 and len(recent) < ALLOWED:
        return Tries(generation, recent, failed)
    return Tries(generation, recent, failed, tries.locks + 1, wall_ms, uptime_ms, _wait(tries.locks))


def handled(tries: Tries | None, wall_ms: int, uptime_ms: int) -> Tries:
    """The state after the files were handled by somebody else: just locked, and the next wait is longer."""
    known = tries or Tries()
    wait = max(HANDLED_WAIT_MS, _wait(known.locks))
    return Tries(
        known.generation + 1, known.wrong, known.failed, known.locks + 1, wall_ms, uptime_ms, wait, handled=True
    )


def _wait(locks: int) -> int:
    return min(LONGEST_WAIT_MS, FIRST_WAIT_MS << min(locks, 20))


class Place(Protocol):
    """Somewhere the state is kept."""

    def read(self) -> bytes | None:
        """What is kept, None when there is nothing."""

    def written_ms(self) -> int | None:
        """When it was last written or put there, by the clock of the files; None where that cannot be told."""

    def write(self, content: bytes) -> None:
        """Replace it, wholly or not at all. Raises OSError when that fails."""


@dataclass(frozen=True)
class FilePlace:
    """A file of one size. Its change time is set by the system alone: a copy that is put back carries that moment.

    The file of an earlier Haven holds the state alone; it is made anew when it is next written.
    """

    path: Path

    def read(self) -> bytes | None:
        """See `Place`."""
        try:
            content = self.path.read_bytes()
        except OSError:
            return None
        if len(content) != _SIZE:
            return content
        return content[_LENGTH : _LENGTH + int.from_bytes(content[:_LENGTH], "big")]

    def written_ms(self) -> int | None:
        """See `Place`. Windows tells when a file was made instead, which says nothing."""
        try:
            return self.path.stat().st_ctime_ns // 1_000_000 if os.name == "posix" else None
        except OSError:
            return None

    def write(self, content: bytes) -> None:
        """See `Place`."""
        record = (len(content).to_bytes(_LENGTH, "big") + content).ljust(_LONGEST, b"\0")
        if len(record) > _LONGEST:
            raise Defect(mark("The state of the tries is too long for its file."))
        if not overwrite(self.path, record, _SIZE):
            private_folder(self.path.parent)
            write_whole(self.path, record.ljust(_SIZE, b"\0"))


@dataclass(frozen=True)
class KeystorePlace:
    """The system's keystore. It may be locked or away: then the files have to do."""

    vault_id: str

    def read(self) -> bytes | None:
        """See `Place`."""
        kept = keystore.recall(self.vault_id, _KEPT)
        try:
            return None if kept is None else bytes.fromhex(kept)
        except ValueError:
            return b""

    def written_ms(self) -> int | None:
        """See `Place`."""
        return None

    def write(self, content: bytes) -> None:
        """See `Place`."""
        keystore.remember(self.vault_id, _KEPT, content.hex())


def witness_of(folder: Path, vault_id: str) -> Path:
    """Where a vault's witness lies: outside of its folder, and of the profile's folder of vaults if it is in that."""
    outside = folder.parent.parent if folder.parent.name == "vaults" else folder.parent
    return outside / WITNESSES / vault_id


class Throttle:
    """The tries of one vault. `secret` is the keystore's half of its key, where there is one."""

    def __init__(
        self, folder: Path, vault_id: str, *, secret: bytes | None = None, witness: Path | None = None
    ) -> None:
        self._vault_id = vault_id
        self._secret = secret
        files = [*(folder / name for name in COPIES), witness or witness_of(folder, vault_id)]
        self._places: list[Place] = [FilePlace(path) for path in files]
        if secret is not None:
            self._places.append(KeystorePlace(vault_id))

    def start(self) -> None:
        """Begin with no wrong try: when the vault is made, or when the keystore's half comes or goes."""
        newest = self._newest(self._kept())
        self._write(Tries(generation=(newest.generation if newest else 0) + 1))

    def allow(self, wall_ms: int, uptime_ms: int) -> None:
        """Count a try that is about to be made. Raises RuleBroken while a wait lasts, OSError when it cannot."""
        tries = self.read(wall_ms, uptime_ms)
        if tries.failed >= CLOSED_AFTER:
            raise closed()
        left = wait_left(tries, wall_ms, uptime_ms)
        if left:
            if wall_ms < tries.began_ms or uptime_ms < tries.began_uptime_ms:
                self._write(_restarted(tries, left, wall_ms, uptime_ms))
            raise locked(left, handled=tries.handled)
        self._write(counted(tries, wall_ms, uptime_ms))

    def wrong(self, wall_ms: int, uptime_ms: int) -> RuleBroken:
        """What to say after a wrong passphrase."""
        tries = self.read(wall_ms, uptime_ms)
        if tries.failed >= CLOSED_AFTER:
            return closed()
        left = wait_left(tries, wall_ms, uptime_ms)
        if left:
            return locked(left, handled=tries.handled)
        return RuleBroken(
            mark("This passphrase does not open the vault. Tries left before a pause: {left}."),
            field="passphrase",
            left=ALLOWED - len(tries.wrong),
        )

    def reset(self) -> None:
        """Forget wrong tries, after the vault was opened."""
        kept = self._kept()
        newest = self._newest(kept)
        if newest is None or newest.wrong or newest.locks or newest.failed or self._handled(kept, newest):
            self._write(Tries(generation=(newest.generation if newest else 0) + 1))

    def read(self, wall_ms: int, uptime_ms: int) -> Tries:
        """The newest valid state; when the files were handled it is just locked, and written down as that."""
        kept = self._kept()
        newest = self._newest(kept)
        if newest is None or self._handled(kept, newest):
            newest = handled(newest, wall_ms, uptime_ms)
            self._write(newest)
        return newest

    def _kept(self) -> list[Tries | None]:
        return [self._decoded(place.read()) for place in self._places]

    @staticmethod
    def _newest(kept: Sequence[Tries | None]) -> Tries | None:
        return max((one for one in kept if one is not None), key=lambda one: one.generation, default=None)

    def _handled(self, kept: Sequence[Tries | None], newest: Tries) -> bool:
        """Whether some place is not as this class left it. One step behind is a power cut between two places."""
        for place, one in zip(self._places, kept, strict=True):
            if isinstance(place, KeystorePlace) and one is None:
                continue
            if one is None or one.generation < newest.generation - 1:
                return True
            put_there = place.written_ms()
            if one.written_ms and put_there is not None and abs(put_there - one.written_ms) > _LATE_MS:
                return True
        return False

    def _write(self, tries: Tries) -> None:
        """Write every place, one after the other; first those behind, so that none is ever two steps behind."""
        kept = self._kept()
        newest = self._newest(kept)
        for place, one in zip(self._places, kept, strict=True):
            if newest is not None and one is not None and one.generation < newest.generation:
                self._put(place, newest)
        for place in self._places:
            self._put(place, tries)

    def _put(self, place: Place, tries: Tries) -> None:
        """Write one place. On a disk so slow that the file's time is later than it says, it says nothing of it."""
        for said in (_files_now_ms(), _files_now_ms(), 0):
            body = msgspec.msgpack.encode(msgspec.structs.replace(tries, written_ms=said))
            place.write(self._check(body) + body)
            put_there = place.written_ms()
            if not said or put_there is None or abs(put_there - said) <= _LATE_MS // 2:
                return

    def _decoded(self, content: bytes | None) -> Tries | None:
        if content is None:
            return None
        check, body = content[:32], content[32:]
        try:
            return msgspec.msgpack.decode(body, type=Tries) if hmac.compare_digest(check, self._check(body)) else None
        except msgspec.DecodeError:
            return None

    def _check(self, body: bytes) -> bytes:
        key = f"haven:tries:{self._vault_id}".encode() + (self._secret or b"")
        return hmac.new(key, body, hashlib.sha256).digest()


def forget(folder: Path, vault_id: str) -> None:
    """Take away the witness of a vault that was given up."""
    witness_of(folder, vault_id).unlink(missing_ok=True)


def locked(left_ms: int, *, handled: bool = False) -> RuleBroken:
    """The sentence of a wait."""
    said = (
        mark(
            "This vault was moved, or an older copy of its files was put back. To be safe, Haven waits {minutes} "
            "minutes before the next passphrase; this happens once. The recovery key opens the vault at any time."
        )
        if handled
        else mark("Too many wrong passphrases. Try again in {minutes} minutes, or use the recovery key.")
    )
    return RuleBroken(said, field="passphrase", minutes=-(-left_ms // 60_000))


def closed() -> RuleBroken:
    """The sentence after ten wrong passphrases in a row."""
    return RuleBroken(
        mark("Ten wrong passphrases in a row: no passphrase opens this vault until the recovery key was used."),
        field="passphrase",
    )


def _files_now_ms() -> int:
    """The clock that the system stamps files with; the vault's own clock may be another one."""
    return int(time.time() * 1000)


def _restarted(tries: Tries, left: int, wall_ms: int, uptime_ms: int) -> Tries:
    """The wait counted from now, because a clock that it leant on began anew."""
    return msgspec.structs.replace(
        tries, generation=tries.generation + 1, began_ms=wall_ms, began_uptime_ms=uptime_ms, wait_ms=left
    )
