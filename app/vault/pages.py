"""The page seal: one number that changes with every version of every page, compared at each opening.

The cipher keeps 80 bytes at the end of each page, a random vector and a keyed hash, which are never the same for two
versions of a page. The seal is the sum of a keyed hash of page number and these bytes over all pages, modulo 2^256.
After a commit it follows from the frames that the commit added to the write-ahead log; at opening it is computed from
the file. A page, or a file, that was put back gives another sum (safety.md, finding 1), without decrypting anything.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from app.vault.files import open_at, read_at

PAGE = 4096
TAIL = 80
"""What the cipher reserves at the end of a page: 16 bytes of vector, 64 of keyed hash."""
_EMPTY = bytes(TAIL)
_WAL_HEADER = 32
_FRAME = struct.Struct(">II8s")
_FRAME_HEADER = 24
_CHUNK = 1024 * PAGE
_AT_ONCE = 16
"""Frames that are read from the log at once."""
_MODULUS = 1 << 256
_MOST_HOLES = 100_000
"""Pages that a commit may add without writing them; a number beyond that stands in a damaged log."""


class LostTrack(Exception):
    """The log does not hold the commit that was just made: the seal is unknown until the next opening."""


class Frame(NamedTuple):
    """One page in the log; `size` is the database's number of pages when the frame ends a commit, else 0."""

    page: int
    size: int
    tail: bytes


class PageFile:
    """The raw pages of a database file and its log, read without a key.

    The file stays open until `close`: closing any descriptor of a file gives up all locks that the process has on it,
    the engine's included. So it is opened before the engine opens it and closed after.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = open_at(path)
        self.tails: tuple[bytes, ...] = ()
        self.frames: tuple[Frame, ...] = ()
        self._seen: tuple[object, ...] = ()

    def read(self) -> None:
        """Read the end of every page, and the frames of the log that belong together."""
        self._seen = self._stamp()
        self.tails = tuple(self._tails())
        self.frames = tuple(frames_of(self._path))

    def head(self, size: int) -> bytes:
        """The first bytes of the file."""
        return read_at(self._descriptor, 0, size)

    @property
    def size(self) -> int:
        """Bytes of the file now."""
        return os.fstat(self._descriptor).st_size

    def page(self, number: int) -> bytes:
        """Page `number`, from 1, as it lies on the disk now; short or empty beyond its end."""
        return read_at(self._descriptor, (number - 1) * PAGE, PAGE)

    def refresh(self) -> None:
        """Read again if the file or its log changed meanwhile."""
        if self._stamp() != self._seen:
            self.read()

    def close(self) -> None:
        """Let go of the file, after the engine did."""
        with suppress(OSError):
            os.close(self._descriptor)

    def _stamp(self) -> tuple[object, ...]:
        own = os.fstat(self._descriptor)
        log = _log(self._path)
        beside = log.stat() if log.exists() else None
        return (own.st_size, own.st_mtime_ns, beside and beside.st_size, beside and beside.st_mtime_ns)

    def _tails(self) -> Iterator[bytes]:
        place = 0
        while chunk := read_at(self._descriptor, place, _CHUNK):
            for end in range(PAGE, len(chunk) + 1, PAGE):
                yield chunk[end - TAIL : end]
            place += len(chunk)


class EarlyReading:
    """Reads the pages beside the derivation of the key."""

    def __init__(self, path: Path) -> None:
        self._file: PageFile | None = None
        with suppress(OSError):
            self._file = PageFile(path)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._done = self._reader.submit(self._read)

    def _read(self) -> None:
        if self._file is not None:
            self._file.read()

    def result(self) -> PageFile | None:
        """The pages; None when there is no file. Raises OSError."""
        try:
            self._done.result()
        except OSError:
            self.forget()
            raise
        self._reader.shutdown()
        return self._file

    def forget(self) -> None:
        """The vault will not be opened."""
        self._reader.shutdown()
        if self._file is not None:
            self._file.close()


class PageSeal:
    """The seal over the committed database, kept current."""

    def __init__(self, key: bytes, path: Path, tails: tuple[bytes, ...] = ()) -> None:
        self._key, self._path = key, path
        self._parts = [self._part(number, tail) for number, tail in enumerate(tails, 1)]
        self._sum = sum(self._parts) % _MODULUS
        self._salts, self._place = b"", _WAL_HEADER

    @property
    def value(self) -> bytes:
        """The seal."""
        return self._sum.to_bytes(32, "big")

    @property
    def pages(self) -> int:
        """How many pages the database has."""
        return len(self._parts)

    def take(self, frames: tuple[Frame, ...]) -> Iterator[bytes]:
        """Apply the frames of a log; gives the seal after each commit in it."""
        held: list[Frame] = []
        for frame in frames:
            held.append(frame)
            if frame.size:
                try:
                    self._apply(held)
                except LostTrack:
                    return
                held = []
                yield self.value

    def follow(self) -> None:
        """Take up the commit that was just made. Raises LostTrack."""
        held: list[Frame] = []
        try:
            log = open_at(_log(self._path))
        except OSError as error:
            raise LostTrack from error
        try:
            salts = read_at(log, 16, 8)
            if salts != self._salts:
                self._salts, self._place = salts, _WAL_HEADER
            for frame in _frames(log, self._place, salts):
                held.append(frame)
                self._place += _FRAME_HEADER + PAGE
                if frame.size:
                    break
        finally:
            os.close(log)
        if not held or not held[-1].size:
            raise LostTrack
        self._apply(held)

    def _apply(self, frames: list[Frame]) -> None:
        most = len(self._parts) + len(frames) + _MOST_HOLES
        if max(frames[-1].size, *(frame.page for frame in frames)) > most:
            raise LostTrack
        for frame in frames:
            while len(self._parts) < frame.page:
                self._parts.append(0)
            part = self._part(frame.page, frame.tail)
            self._sum += part - self._parts[frame.page - 1]
            self._parts[frame.page - 1] = part
        size = frames[-1].size
        while len(self._parts) < size:
            self._parts.append(0)
        while len(self._parts) > size:
            self._sum -= self._parts.pop()
        self._sum %= _MODULUS

    def _part(self, number: int, tail: bytes) -> int:
        """What one page adds; a page that was never written is a hole of zeros and adds nothing."""
        if tail == _EMPTY:
            return 0
        digest = hashlib.blake2b(number.to_bytes(4, "big") + tail, key=self._key, digest_size=32).digest()
        return int.from_bytes(digest, "big")


def frames_of(path: Path) -> Iterator[Frame]:
    """The frames in the log of a database that was closed or killed, in order."""
    try:
        log = open_at(_log(path))
    except OSError:
        return
    try:
        yield from _frames(log, _WAL_HEADER, read_at(log, 16, 8))
    finally:
        os.close(log)


def _frames(log: int, place: int, salts: bytes) -> Iterator[Frame]:
    """Frames from a place on, as long as they carry the salts of this turn of the log. Read many at once."""
    whole = _FRAME_HEADER + PAGE
    while True:
        content = read_at(log, place, whole * _AT_ONCE)
        for start in range(0, len(content) - whole + 1, whole):
            page, size, marked = _FRAME.unpack_from(content, start)
            if marked != salts or page == 0:
                return
            yield Frame(page, size, content[start + whole - TAIL : start + whole])
        if len(content) < whole * _AT_ONCE:
            return
        place += len(content)


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
