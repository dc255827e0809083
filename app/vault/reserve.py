"""Room that was set aside for the day when the disk is full: what must not be lost then, although nothing can be saved.

    reserve.haven   two slots of one size, written in turn and in place; the newest whole one counts

It takes two things, sealed under a key from the data key: audit entries of what was done without changing anything
(opening, printing, locking), and what was typed and not saved. Both go into the database when there is room again, and
the slot's number goes with them, so that nothing is entered twice.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import EnvironmentProblem
from app.models.vocab import AuditAction, Role
from app.models.work import Actor
from app.vault.audit import Entry
from app.vault.files import open_at, sync_data, write_at, write_whole
from app.vault.keys import Randomness
from app.vault.problems import DISK_FULL

NAME = "reserve.haven"
SLOT = 64 * 1024
"""Bytes of one slot: a few hundred audit entries, and the typing of a long afternoon."""
_MAGIC = b"HAVENRSV"
_HEAD = struct.Struct(">8sQI12s")
_TAG_BYTES = 16


class OwedEntry(msgspec.Struct, frozen=True, array_like=True):
    """One audit entry that the database had no room for: when, by whom, and what (`audit.Entry`)."""

    at: datetime
    member_id: str
    role: str
    device_id: str
    action: str
    kind: str
    record_id: str
    fields: tuple[str, ...]
    reason: str
    outcome: str

    @classmethod
    def of(cls, actor: Actor, at: datetime, entry: Entry) -> OwedEntry:
        """An entry as it is kept here."""
        return cls(
            at,
            actor.member_id,
            str(actor.role),
            actor.device_id,
            str(entry.action),
            entry.kind,
            entry.record_id,
            entry.fields,
            entry.reason,
            entry.outcome,
        )

    def entry(self) -> tuple[Actor, Entry]:
        """What `of` was given."""
        actor = Actor(self.member_id, Role.of(self.role), self.device_id)
        action = AuditAction(self.action)
        return actor, Entry(action, self.kind, self.record_id, self.fields, self.reason, self.outcome)


class KeptDraft(msgspec.Struct, frozen=True, array_like=True):
    """Typing that the database had no room for (`drafts.py`)."""

    values: dict[str, Any]
    focus: str | None
    at: datetime


class Owed(msgspec.Struct, frozen=True):
    """Everything that waits for room."""

    entries: tuple[OwedEntry, ...] = ()
    drafts: dict[str, KeptDraft] = {}

    def __bool__(self) -> bool:
        return bool(self.entries or self.drafts)


class Reserve:
    """The file of one vault. `owed` is what waits in it; `lost`: it was there once and cannot be read."""

    def __init__(self, folder: Path, key: bytes, vault_id: str, random: Randomness = os.urandom) -> None:
        self._path, self._bound, self._random = folder / NAME, _MAGIC + vault_id.encode(), random
        self._cipher = AESGCM(key)
        self.generation = 0
        self.owed = Owed()
        self.lost = self._read()

    def make(self, generation: int) -> None:
        """Set the room aside, empty, both slots with numbers after `generation`. Raises OSError."""
        first, second = generation + 1, generation + 2
        slots = {number % 2: self._slot(number, Owed()) for number in (first, second)}
        write_whole(self._path, slots[0] + slots[1])
        self.generation, self.owed, self.lost = second, Owed(), False

    def owe(self, actor: Actor, at: datetime, entries: Sequence[Entry]) -> None:
        """Keep audit entries until there is room. Raises EnvironmentProblem when they find none here either."""
        fresh = tuple(OwedEntry.of(actor, at, entry) for entry in entries)
        self._keep(Owed((*self.owed.entries, *fresh), self.owed.drafts))

    def keep_draft(self, form: str, draft: KeptDraft) -> None:
        """Keep typing until there is room, in place of what was kept of this form. Raises EnvironmentProblem."""
        self._keep(Owed(self.owed.entries, self.owed.drafts | {form: draft}))

    def drop_draft(self, form: str) -> None:
        """Forget the typing of a form. Raises EnvironmentProblem."""
        if form in self.owed.drafts:
            left = {name: draft for name, draft in self.owed.drafts.items() if name != form}
            self._keep(Owed(self.owed.entries, left))

    def forget_until(self, generation: int) -> None:
        """What was kept up to this number is in the database."""
        if self.generation <= generation and self.owed:
            self.owed = Owed()
            with suppress(EnvironmentProblem):  # the number says it as well
                self._keep(Owed())

    def _keep(self, owed: Owed) -> None:
        if self.lost:
            raise EnvironmentProblem(DISK_FULL)
        generation = self.generation + 1
        slot = self._slot(generation, owed)
        try:
            descriptor = open_at(self._path, writing=True)
            try:
                write_at(descriptor, generation % 2 * SLOT, slot)
                sync_data(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            raise EnvironmentProblem(DISK_FULL) from None
        self.generation, self.owed = generation, owed

    def _slot(self, generation: int, owed: Owed) -> bytes:
        plain = zstandard.ZstdCompressor(level=1).compress(msgspec.msgpack.encode(owed))
        nonce = self._random(12)
        sealed = self._cipher.encrypt(nonce, plain, self._bound_to(generation))
        slot = _HEAD.pack(_MAGIC, generation, len(sealed), nonce) + sealed
        if len(slot) > SLOT:
            raise EnvironmentProblem(DISK_FULL)
        # Filled up by chance: zeros would be packed away by some disks, and the room would not be there.
        return slot + os.urandom(SLOT - len(slot))

    def _read(self) -> bool:
        """Take the newest whole slot; whether there is a file without one, or none."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return True
        found = [self._opened(content[start : start + SLOT]) for start in (0, SLOT)]
        whole = [one for one in found if one is not None]
        if len(content) != 2 * SLOT or not whole:
            return True
        self.generation, self.owed = max(whole, key=lambda one: one[0])
        return False

    def _opened(self, slot: bytes) -> tuple[int, Owed] | None:
        if len(slot) < _HEAD.size:
            return None
        magic, generation, size, nonce = _HEAD.unpack_from(slot)
        if magic != _MAGIC or not _TAG_BYTES <= size <= SLOT - _HEAD.size:
            return None
        try:
            plain = self._cipher.decrypt(nonce, slot[_HEAD.size : _HEAD.size + size], self._bound_to(generation))
            return generation, msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(plain), type=Owed)
        except (InvalidTag, msgspec.DecodeError, zstandard.ZstdError):
            return None

    def _bound_to(self, generation: int) -> bytes:
        return self._bound + generation.to_bytes(8, "big")
