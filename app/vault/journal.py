"""The second journal: every committed transaction once more, in a file of its own that needs no database to be read.

    journal.haven   header, then records one after another, then zeros that are kept as room

A record holds the statements that one transaction ran, with their values, sealed with AES-256-GCM and chained by hash
to the record before; it carries the commit counter of the vault. It is on the disk before the database commits, so
that what was said to be saved is in both. Random nonces, not counted ones: a record is taken back when the database
then fails to commit, and two records must never share one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.vault.files import open_at, read_at, sync_data, sync_folder, write_at
from app.vault.keys import Randomness

NAME = "journal.haven"
START = bytes(32)
"""The head of the chain before the first record."""
ROOM = 256 * 1024
"""How much room is kept ahead, so that a full disk is noticed before anything is saved."""
_MAGIC = b"HAVENJRN\x00\x01"
_HEADER = struct.Struct(">10s32sQ32s")
_MAC_BYTES = 32
_BEGIN = 4096
_FRAME = struct.Struct(">IQ12s")
_TAG_BYTES = 16
_COMPRESS_FROM = 256


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """One statement that ran, and its values; `many`: it ran once for each of them."""

    sql: str
    values: Any
    many: bool = False


class Content(msgspec.Struct, frozen=True, array_like=True):
    """What a record holds. `seal_before`: the pages' seal that the database had before it, empty when unknown."""

    at_ms: int
    seal_before: bytes
    statements: list[Statement]


@dataclass(frozen=True)
class Record:
    """Where one record lies, and its links in the chain."""

    counter: int
    place: int
    size: int
    before: bytes
    head: bytes


class Unreadable(Exception):
    """There is no such file, or its header is damaged or another vault's."""


class Journal:
    """The open file. `records` are those that hang together from the header on."""

    def __init__(self, path: Path, key: bytes, vault_id: str, random: Randomness = os.urandom) -> None:
        """Read the journal at `path`. Raises Unreadable; never writes."""
        self._path, self._vault_id, self._random = path, vault_id, random
        self._key, self._cipher = key, AESGCM(key)
        self._descriptor: int | None = None
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Unreadable from error
        self.base, self.base_head = self._parsed_header(content[:_BEGIN])
        self.records: list[Record] = list(self._scanned(content))
        self.end = self.records[-1].place + self.records[-1].size if self.records else _BEGIN
        self.leftover = any(content[self.end :].lstrip(b"\0")[:1])
        """Whether something stands behind the last whole record: a write that was cut off, or damage."""
        self._allocated = len(content)
        self._name_unsure = False

    # --- what it says ---

    @property
    def last(self) -> int:
        """The counter of the newest record (the base's when there is none)."""
        return self.records[-1].counter if self.records else self.base

    @property
    def last_head(self) -> bytes:
        """The head of the chain."""
        return self.records[-1].head if self.records else self.base_head

    @property
    def size(self) -> int:
        """Bytes of records."""
        return self.end - _BEGIN

    def head_at(self, counter: int) -> bytes | None:
        """The head of the chain after commit `counter`; None when this file does not reach there."""
        if counter == self.base:
            return self.base_head
        place = counter - self.base - 1
        return self.records[place].head if 0 <= place < len(self.records) else None

    def connects(self, counter: int, head: bytes) -> bool:
        """Whether a database in this state can be brought forward by this file."""
        return self.head_at(counter) == head

    def after(self, counter: int) -> Iterator[tuple[Record, Content]]:
        """The records after commit `counter`, opened, in order."""
        descriptor = open_at(self._path)
        try:
            for record in self.records[max(counter - self.base, 0) :]:
                frame = read_at(descriptor, record.place, record.size)
                opened = self._opened(record.counter, record.before, frame)
                if opened is None:
                    raise Unreadable
                yield record, opened
        finally:
            os.close(descriptor)

    # --- writing ---

    @classmethod
    def make(
        cls, path: Path, key: bytes, vault_id: str, base: int, head: bytes, random: Randomness = os.urandom
    ) -> Journal:
        """A new, empty journal after commit `base`, in the place of any that was there. Raises OSError."""
        _written_whole(path, _header(key, vault_id, base, head), b"")
        return cls(path, key, vault_id, random)

    def append(self, counter: int, content: Content) -> bytes:
        """Add the next record; it is on the disk when this returns. Returns the new head. Raises OSError."""
        if self._name_unsure:
            self._settle_name()
        before = self.last_head
        nonce = self._random(12)
        sealed = self._cipher.encrypt(nonce, _packed(content), self._bound_to(counter, before))
        frame = _FRAME.pack(len(sealed), counter, nonce) + sealed
        head = _next_head(before, frame)
        self._make_room(len(frame))
        record = Record(counter, self.end, len(frame), before, head)
        try:
            write_at(self._writing(), self.end, frame)
            sync_data(self._writing())
        except OSError:
            self._erase(record)
            raise
        self.records.append(record)
        self.end += len(frame)
        return head

    def take_back(self) -> None:
        """Remove the newest record, because the database did not commit. Raises OSError."""
        record = self.records.pop()
        self.end = record.place
        write_at(self._writing(), record.place, bytes(record.size))
        sync_data(self._writing())

    def clear_leftover(self) -> None:
        """Remove what stands behind the last whole record. Raises OSError."""
        if self.leftover:
            os.ftruncate(self._writing(), self.end)
            sync_data(self._writing())
            self._allocated = self.end
            self.leftover = False

    def drop_before(self, counter: int) -> None:
        """Forget the records up to commit `counter`, which verified backups hold. Raises OSError.

        Whatever is raised, this object and the file that has the journal's name agree.
        """
        head = self.head_at(counter)
        if head is None or counter == self.base:
            return
        kept = self.records[counter - self.base :]
        start = kept[0].place if kept else self.end
        content = read_at(self._writing(), start, self.end - start)
        self.close()
        _written_beside(self._path, _header(self._key, self._vault_id, counter, head), content).replace(self._path)
        shift = start - _BEGIN
        self.base, self.base_head = counter, head
        self.records = [Record(one.counter, one.place - shift, one.size, one.before, one.head) for one in kept]
        self.end -= shift
        self._allocated = _BEGIN + len(content) + _FRAME.size
        self._settle_name()

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    # --- inside ---

    def _writing(self) -> int:
        if self._descriptor is None:
            self._descriptor = open_at(self._path, writing=True)
        return self._descriptor

    def _settle_name(self) -> None:
        """Make the rename last. Until that is done nothing is appended: a power cut might bring the old file back."""
        self._name_unsure = True
        sync_folder(self._path.parent)
        self._name_unsure = False

    def _make_room(self, size: int) -> None:
        """Room for a record and the zeros that end the file: real blocks, so that a full disk shows now."""
        needed = self.end + size + _FRAME.size
        if needed <= self._allocated:
            return
        for room in (ROOM, 0):
            target = -(-(needed + room) // 4096) * 4096
            try:
                write_at(self._writing(), self._allocated, bytes(target - self._allocated))
                sync_data(self._writing())
            except OSError:
                if room == 0:
                    raise
                # What was written of the zeros counts as room; the smallest that will do is tried next.
                self._allocated = max(self._allocated, min(target, os.fstat(self._writing()).st_size))
                if needed <= self._allocated:
                    return
                continue
            self._allocated = target
            return

    def _erase(self, record: Record) -> None:
        """Best effort after a failed write: what is left there is not a record for any reader."""
        with suppress(OSError):
            write_at(self._writing(), record.place, bytes(min(record.size, self._allocated - record.place)))
            sync_data(self._writing())

    def _scanned(self, content: bytes) -> Iterator[Record]:
        place, counter, before = _BEGIN, self.base, self.base_head
        while place + _FRAME.size <= len(content):
            size, numbered, _ = _FRAME.unpack_from(content, place)
            whole = _FRAME.size + size
            if size < _TAG_BYTES or numbered != counter + 1 or place + whole > len(content):
                return
            frame = content[place : place + whole]
            if self._plain(numbered, before, frame) is None:
                return
            head = _next_head(before, frame)
            yield Record(numbered, place, whole, before, head)
            place, counter, before = place + whole, numbered, head

    def _plain(self, counter: int, before: bytes, frame: bytes) -> bytes | None:
        nonce = _FRAME.unpack_from(frame)[2]
        try:
            return self._cipher.decrypt(nonce, frame[_FRAME.size :], self._bound_to(counter, before))
        except InvalidTag:
            return None

    def _opened(self, counter: int, before: bytes, frame: bytes) -> Content | None:
        plain = self._plain(counter, before, frame)
        return None if plain is None else _unpacked(plain)

    def _bound_to(self, counter: int, before: bytes) -> bytes:
        return _MAGIC + self._vault_id.encode() + counter.to_bytes(8, "big") + before

    def _parsed_header(self, content: bytes) -> tuple[int, bytes]:
        body, mac = content[: _HEADER.size], content[_HEADER.size : _HEADER.size + _MAC_BYTES]
        if len(body) < _HEADER.size or not hmac.compare_digest(_mac(self._key, body), mac):
            raise Unreadable
        magic, owner, base, head = _HEADER.unpack(body)
        if magic != _MAGIC or owner != _owner(self._vault_id):
            raise Unreadable
        return base, head


def _header(key: bytes, vault_id: str, base: int, head: bytes) -> bytes:
    body = _HEADER.pack(_MAGIC, _owner(vault_id), base, head)
    return (body + _mac(key, body)).ljust(_BEGIN, b"\0")


def _owner(vault_id: str) -> bytes:
    return hashlib.sha256(vault_id.encode()).digest()


def _mac(key: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, key=key, person=b"haven-header", digest_size=_MAC_BYTES).digest()


def _next_head(before: bytes, frame: bytes) -> bytes:
    return hashlib.sha256(before + frame).digest()


def _packed(content: Content) -> bytes:
    plain = msgspec.msgpack.encode(content)
    if len(plain) < _COMPRESS_FROM:
        return b"\0" + plain
    return b"\1" + zstandard.ZstdCompressor(level=1).compress(plain)


def _unpacked(plain: bytes) -> Content:
    body = zstandard.ZstdDecompressor().decompress(plain[1:]) if plain[:1] == b"\1" else plain[1:]
    return msgspec.msgpack.decode(body, type=Content)


def _written_whole(path: Path, header: bytes, content: bytes) -> None:
    _written_beside(path, header, content).replace(path)
    sync_folder(path.parent)


def _written_beside(path: Path, header: bytes, content: bytes) -> Path:
    """A whole journal on the disk, under a name of its own that is still to be renamed."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        try:
            write_at(descriptor, 0, header + content + bytes(_FRAME.size))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    return fresh
