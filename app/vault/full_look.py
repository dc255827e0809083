"""The weekly look at everything: each page of the vault's file, the second journal, the audit trail, the newest backup.

What opening does not read is read here, a little at a time and beside the work: the pages by their own keyed hash,
straight from the file, so that neither the engine nor anybody who saves is held up. It may be broken off at any time
and goes on where it was. What is damaged is told; a damaged page also makes the next opening read every page first, and
from there the vault is brought back (`recovery.py`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem
from app.vault import audit, backup, state
from app.vault.journal import Journal, Unreadable
from app.vault.opening import SUSPECT
from app.vault.pages import PAGE, PageFile

if TYPE_CHECKING:
    from app.vault.vault import Vault

_HASH = 64
_SALT = 16
_SALT_MASK = 0x3A
_ROUNDS = 2
"""SQLCipher 4: the key of a page's hash follows from the file's key by two rounds over the masked salt of the file."""
_PAGES = 128
_ENTRIES = 500
_KEPT_EVERY = 64
"""After how many steps the place is written down; a step takes a few milliseconds."""


class Part(StrEnum):
    """What is looked at, in this order."""

    PAGES = "pages"
    JOURNAL = "journal"
    TRAIL = "trail"
    BACKUP = "backup"


@dataclass(frozen=True)
class Look:
    """What a look has found: when it ended (UTC), and the parts that are damaged."""

    at: datetime
    damaged: tuple[Part, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damaged


class _Progress(msgspec.Struct):
    """How far a look has come. `place`: the next page or entry; `head`: the hash of the entry before it."""

    part: str = Part.PAGES
    place: int = 1
    head: bytes = audit.START
    damaged: list[str] = []


class PageProof:
    """Proves single pages of an encrypted file by the hash at their end, without the engine."""

    def __init__(self, pages: PageFile, data_key: bytes) -> None:
        self._pages = pages
        salt = bytes(byte ^ _SALT_MASK for byte in pages.head(_SALT))
        self._key = hashlib.pbkdf2_hmac("sha512", data_key, salt, _ROUNDS, 32)

    @property
    def count(self) -> int:
        """How many pages the file has."""
        return self._pages.size // PAGE

    def is_sound(self, number: int) -> bool:
        """Whether page `number` (from 1) is as it was written; a page that was never written is a hole of zeros."""
        page = self._pages.page(number)
        if len(page) < PAGE:
            return number > self.count
        start = _SALT if number == 1 else 0
        hashed = hmac.new(self._key, page[start:-_HASH] + number.to_bytes(4, "little"), hashlib.sha512).digest()
        return hmac.compare_digest(hashed, page[-_HASH:]) or not any(page)


class FullLook:
    """One look at an open vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def run(self, go_on: Callable[[], bool] = lambda: True) -> Look | None:
        """Look, asking `go_on` after every few milliseconds (it may wait). None when it said no: to be resumed.

        Raises EnvironmentProblem when the disk cannot be read at all, or is too full to write down the end.
        """
        progress = self._kept()
        for step, _ in enumerate(self._steps(progress), 1):
            if not go_on():
                self._keep(progress)
                return None
            if step % _KEPT_EVERY == 0:
                self._keep(progress)
        look = Look(self._vault.now(), tuple(Part(one) for one in progress.damaged))
        if Part.PAGES in look.damaged:
            with suppress(OSError):
                (self._vault.folder / SUSPECT).touch(mode=0o600)
        with self._vault.settling() as session:
            state.put(session, state.FULL_LOOK, _text(look))
            state.forget(session, state.LOOKING)
        return look

    def _steps(self, progress: _Progress) -> Iterator[None]:
        parts = {
            Part.PAGES: self._pages,
            Part.JOURNAL: self._journal,
            Part.TRAIL: self._trail,
            Part.BACKUP: self._backup,
        }
        order = list(Part)
        for part in order[order.index(Part(progress.part)) :]:
            if progress.part != part:
                progress.part, progress.place, progress.head = part, 1, audit.START
            for sound in parts[part](progress):
                if not sound and part not in progress.damaged:
                    progress.damaged.append(part)
                yield
                if not sound:
                    break

    def _pages(self, progress: _Progress) -> Iterator[bool]:
        proof = self._vault.page_proof()
        while progress.place <= proof.count:
            numbers = range(progress.place, min(progress.place + _PAGES, proof.count + 1))
            suspects = [number for number in numbers if not proof.is_sound(number)]
            sound = True
            if suspects:
                with self._vault.still():  # what was being written just then is read again
                    sound = all(proof.is_sound(number) for number in suspects)
            progress.place = numbers.stop
            yield sound

    def _journal(self, progress: _Progress) -> Iterator[bool]:
        sound = False
        with suppress(Unreadable), self._vault.still() as found:
            read = Journal(found.places.journal, found.keys.journal, self._vault.vault_id)
            sound = read.last == self._vault.commits and not read.leftover
        yield sound

    def _trail(self, progress: _Progress) -> Iterator[bool]:
        while True:
            with self._vault.read() as session:
                head, walked = audit.walk_on(session, progress.place, progress.head, _ENTRIES)
                ended = walked < _ENTRIES
                sound = head is not None and (not ended or self._is_head(session, progress.place + walked - 1, head))
            progress.place, progress.head = progress.place + walked, head or audit.START
            yield sound
            if ended:
                return

    @staticmethod
    def _is_head(session: Session, seq: int, head: bytes) -> bool:
        kept = state.get(session, state.AUDIT_HEAD)
        return kept == f"{seq}:{head.hex()}" or (not kept and seq == 0)

    def _backup(self, progress: _Progress) -> Iterator[bool]:
        newest = next(iter(backup.listed(self._vault.folder)), None)
        yield newest is None or self._vault.check_backup(newest)

    def _kept(self) -> _Progress:
        with self._vault.read() as session:
            text = state.get(session, state.LOOKING)
        try:
            return msgspec.json.decode(text, type=_Progress) if text else _Progress()
        except msgspec.DecodeError:
            return _Progress()

    def _keep(self, progress: _Progress) -> None:
        with suppress(EnvironmentProblem), self._vault.settling() as session:
            state.put(session, state.LOOKING, msgspec.json.encode(progress).decode())


def last_look(session: Session) -> Look | None:
    """The newest look that came to its end."""
    return parsed(state.get(session, state.FULL_LOOK))


def parsed(text: str | None) -> Look | None:
    """The look that the vault remembers under `state.FULL_LOOK`."""
    if not text:
        return None
    kept: dict[str, Any] = msgspec.json.decode(text)
    return Look(datetime.fromisoformat(kept["at"]), tuple(Part(one) for one in kept["damaged"]))


def is_due(last: Look | None, now: datetime, days: int) -> bool:
    """Whether it is time for another look; a clock that was set back makes it due as well."""
    return last is None or not timedelta(0) <= now - last.at < timedelta(days=days)


def _text(look: Look) -> str:
    return msgspec.json.encode({"at": look.at.isoformat(), "damaged": [str(one) for one in look.damaged]}).decode()
