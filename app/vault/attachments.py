"""The bytes of attachments: kept sealed before any record names them, read in a stream, destroyed when removed.

The records (`models/attachments.py`) hold key and names; here is the other half. Between the two:

* Bytes first. A unit of work refuses to save an attachment whose chunks are not on the disk.
* Chunks that no record names are left over from a crash: `tidy` takes them away. Those that this process has just
  written and whose record is still to come are `fresh` and stay.
* Backups keep a copy of each chunk in `backups/attachments`, once for all of them, and it goes with the last of them.
  A chunk that is missing or damaged is taken from there when it is read.
"""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import BinaryIO

from app.errors import EnvironmentProblem, RuleBroken
from app.models.rules import attachments as rules
from app.models.rules.attachments import Sealed
from app.vault.chunks import ChunkFolder, Damaged, Missing, name_of, opened_pieces, sealed_pieces
from app.vault.driver import driver
from app.vault.keys import KEY_BYTES, Randomness
from app.vault.problems import explained
from app.words import mark

FOLDER = "attachments"
KIND = "attachment"
NOT_WRITTEN = mark("The file could not be kept: its bytes are not on the disk. Choose it again.")
_HAS_TABLE = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'attachment'"
_NAMED = (
    "SELECT DISTINCT one.value FROM attachment, json_each(attachment.{column}) AS one"
    " WHERE attachment.{column} IS NOT NULL AND attachment.removed_at IS NULL{only}"
)
_OURS = (
    " AND attachment.id IN (SELECT record_id FROM change WHERE kind = 'attachment' AND device_id ="
    " (SELECT value FROM device_state WHERE name = 'device_id'))"
)


@dataclass(frozen=True)
class State:
    """What stands of the chunks that records name: counts. `awaited`: a colleague's, which have not arrived."""

    sound: int = 0
    missing: int = 0
    damaged: int = 0
    awaited: int = 0
    stray: int = 0


class Attachments:
    """The attachments of the vault in `folder`."""

    def __init__(self, folder: Path, random: Randomness = os.urandom) -> None:
        self.here = ChunkFolder(folder / FOLDER)
        self.spare = ChunkFolder(folder / "backups" / FOLDER)
        self._random = random
        self._fresh: set[str] = set()
        self._lock = RLock()

    # --- keeping ---

    def keep(self, source: BinaryIO, most: int) -> Sealed:
        """Seal a file of at most `most` bytes onto the disk, in flat memory; what opens it again.

        Raises RuleBroken for a larger one and EnvironmentProblem for a full disk, with nothing left behind.
        """
        key = self._random(KEY_BYTES)
        names: list[str] = []
        size = 0
        with explained(), self._undone(names):
            for content, body in sealed_pieces(source, key):
                size += body
                if size > most:
                    raise RuleBroken(rules.TOO_LARGE, limit=rules.megabytes(most))
                name = name_of(content)
                with self._lock:
                    self._fresh.add(name)
                    names.append(name)
                self.here.write(content)
            self.here.sync(names)
        return Sealed(key.hex(), tuple(names), size)

    def keep_bytes(self, data: bytes, most: int) -> Sealed:
        """Seal bytes that are in memory."""
        return self.keep(io.BytesIO(data), most)

    def let_go(self, sealed: Sealed) -> None:
        """What was kept is not wanted after all, and no record names it."""
        with self._lock:
            unnamed = self._fresh & set(sealed.chunks)
            self._fresh -= unnamed
        with explained():
            self.here.remove(unnamed)

    # --- reading ---

    def read(self, sealed: Sealed) -> Iterator[bytes]:
        """A file, piece by piece. Raises EnvironmentProblem (`Missing`, `Damaged`), never after a wrong byte."""
        if not sealed.is_wellformed():
            raise Damaged
        with explained():
            yield from opened_pieces(sealed, map(self._chunk, sealed.chunks))

    def read_whole(self, sealed: Sealed, most: int) -> bytes:
        """A file of at most `most` bytes, in memory."""
        if sealed.size > most:
            raise RuleBroken(rules.TOO_LARGE, limit=rules.megabytes(most))
        return b"".join(self.read(sealed))

    # --- with the records ---

    def refuse_missing(self, names: Iterable[str]) -> None:
        """Before a record is saved: every chunk that it names is on the disk. Raises EnvironmentProblem."""
        with explained():
            if not all(rules.is_name(name) and self.here.has(name) for name in names):
                raise EnvironmentProblem(NOT_WRITTEN)

    def now_named(self, names: Iterable[str]) -> None:
        """A record that names them is saved."""
        with self._lock:
            self._fresh -= set(names)

    def destroy(self, names: Collection[str]) -> None:
        """Take away chunks that no record names any more. A disk that refuses leaves them to the next `tidy`."""
        with self._lock:
            self.here.remove(name for name in names if name not in self._fresh)

    def tidy(self, named: Collection[str]) -> int:
        """Take away what no record names; how many chunks that were. Called while nothing can be saved."""
        with self._lock, explained():
            self.here.clear_unfinished(self._fresh)
            needed = set(named) | self._fresh
            stray = [name for name in self.here.names() if name not in needed]
            self.here.remove(stray)
        return len(stray)

    # --- backups ---

    def back_up(self, names: Iterable[str]) -> None:
        """Copy what is not among the spares yet, proven on both sides. A damaged one is left out; a check finds it."""
        copied = []
        with explained():
            self.spare.clear_unfinished()
            for name in names:
                if self.spare.has(name) or not self.here.has(name):
                    continue
                try:
                    copied.append(self.spare.write(self.here.read(name)))
                    self.spare.read(name)
                except (Damaged, Missing):
                    self.spare.remove([name])
            if copied:
                self.spare.sync(copied)

    def drop_spares(self, needed: Collection[str]) -> None:
        """Forget the spares that no backup names any more."""
        held = set(needed)
        with explained():
            self.spare.remove([name for name in self.spare.names() if name not in held])

    def bring_back(self, names: Iterable[str], *, prove: bool = False) -> int:
        """Take from the spares what is missing here, with `prove` also what is damaged; how many came back."""
        back: list[str] = []
        with explained():
            for name in names:
                whole = self.here.is_sound(name) if prove else self.here.has(name)
                if not whole and self.spare.is_sound(name):
                    back.append(self.here.write(self.spare.read(name)))
            self.here.sync(back)
        return len(back)

    def take_from(self, other: Attachments, names: Iterable[str]) -> None:
        """Copy chunks of another vault of the same person; a record that names them is about to be saved here."""
        with explained():
            copied = []
            for name in names:
                if not self.here.has(name) and other.here.has(name):
                    with self._lock:
                        self._fresh.add(name)
                    copied.append(self.here.write(other.here.read(name)))
            if copied:
                self.here.sync(copied)

    # --- carrying them elsewhere (the wire's half) ---

    def wanted(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of the chunks that records name, those that are not here: what is to be fetched, in order."""
        return tuple(name for name in names if rules.is_name(name) and not self.here.has(name))

    def carried(self, name: str) -> bytes:
        """A chunk as it travels: sealed, whole. Raises Missing, Damaged."""
        with explained():
            return self._chunk(name)

    def accept(self, name: str, content: bytes) -> None:
        """Take a chunk that came from elsewhere. Raises Damaged for one that is not what it is called."""
        self.accept_all({name: content})

    def accept_all(self, chunks: Mapping[str, bytes]) -> None:
        """Take several chunks, name and content, that came from elsewhere.

        Raises Damaged, with none of them taken, when one is not what it is called. Raises EnvironmentProblem for a disk
        that refuses; those before that one are kept then.
        """
        if any(name_of(content) != name for name, content in chunks.items()):
            raise Damaged
        with self._lock:
            unknown = chunks.keys() - self._fresh
            self._fresh |= unknown  # so that nobody tidies them away while they are half written
        written: list[str] = []
        try:
            with explained():
                try:
                    for name, content in chunks.items():
                        if not self.here.is_sound(name):
                            written.append(self.here.write(content))
                finally:
                    if written:
                        self.here.sync(written)
        finally:
            self.now_named(unknown)

    # --- inside ---

    def _chunk(self, name: str) -> bytes:
        try:
            return self.here.read(name)
        except (Damaged, Missing):
            if not self.spare.is_sound(name):
                raise
            # It can be read all the same when there is no room to bring it back.
            with suppress(EnvironmentProblem):
                self.bring_back([name], prove=True)
            return self.spare.read(name)

    @contextmanager
    def _undone(self, names: list[str]) -> Iterator[None]:
        """Whatever ends this early leaves no chunk behind."""
        try:
            yield
        except BaseException:
            with self._lock:
                self._fresh -= set(names)
                self.here.remove(names)
            raise


def named_in(connection: driver.Connection, *, ours: bool = False) -> list[str]:
    """The chunks that the records of a database name; with `ours` only those that were attached on this device."""
    cursor = connection.cursor(driver.Cursor)
    if not cursor.execute(_HAS_TABLE).fetchone()[0]:
        return []
    found: dict[str, None] = {}
    for column in ("chunks", "preview_chunks"):
        asked = _NAMED.format(column=column, only=_OURS if ours else "")
        found |= dict.fromkeys(row[0] for row in cursor.execute(asked) if rules.is_name(row[0]))
    return list(found)


def looked_over(connection: driver.Connection, folder: ChunkFolder) -> State:
    """How the chunks that records name stand in a folder: each is read. The folder is only looked at."""
    named, ours = named_in(connection), set(named_in(connection, ours=True))
    sound = missing = damaged = awaited = 0
    for name in named:
        try:
            folder.read(name)
        except Missing:
            missing, awaited = missing + (name in ours), awaited + (name not in ours)
        except Damaged:
            damaged += 1
        else:
            sound += 1
    held = set(named)
    return State(sound, missing, damaged, awaited, sum(1 for name in folder.names() if name not in held))
