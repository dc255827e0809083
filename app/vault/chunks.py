"""Sealed chunks in a folder: the bytes of attachments, in pieces that nobody can read and that prove themselves.

    attachments/3f/3f09…e1     one chunk: at most a mebibyte of a file, sealed

A file is cut into chunks; each is sealed with AES-256-GCM under the key of that one file, numbered, the last one
marked, so that none can be left out, doubled or moved. A chunk is called by the SHA-256 of what stands in it: as the
key is drawn anew for every file, the name tells nothing of the content, even to somebody who has the same file, and
yet anyone who carries chunks without a key can see whether one is whole.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import EnvironmentProblem
from app.models.rules.attachments import Sealed, is_name
from app.vault.files import FRESH, private_folder, put, sync_folder
from app.words import mark

BODY = 1 << 20
"""Bytes of a file in one chunk."""
DAMAGED_FILE = mark(
    "This file is damaged on this computer and is not shown. The record that it belongs to is safe;"
    " an administrator can look for the file in the backups."
)
MISSING_FILE = mark(
    "This file is not on this computer: it has not arrived yet, or it was removed."
    " The record that it belongs to is safe."
)
_MAGIC = b"haven chunk 1"


class Missing(EnvironmentProblem):
    """A chunk is not in its folder."""

    def __init__(self) -> None:
        super().__init__(MISSING_FILE)


class Damaged(EnvironmentProblem):
    """A chunk is not what it was when it was written, or belongs elsewhere."""

    def __init__(self) -> None:
        super().__init__(DAMAGED_FILE)


class ChunkFolder:
    """The chunks in one folder. Whatever it raises for the machine is OSError."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def path(self, name: str) -> Path:
        """Where a chunk lies. Only what may be a name ever becomes one."""
        if not is_name(name):
            raise Damaged
        return self.place / name[:2] / name

    def has(self, name: str) -> bool:
        """Whether a chunk is there at all."""
        return self.path(name).exists()

    def names(self) -> Iterator[str]:
        """All chunks that are there."""
        for folder in sorted(self.place.iterdir()) if self.place.exists() else ():
            if folder.is_dir():
                yield from (path.name for path in sorted(folder.iterdir()) if is_name(path.name))

    def read(self, name: str) -> bytes:
        """A chunk, proven to be what was written. Raises Missing, Damaged."""
        try:
            content = self.path(name).read_bytes()
        except FileNotFoundError:
            raise Missing from None
        if not hmac.compare_digest(name_of(content), name):
            raise Damaged
        return content

    def is_sound(self, name: str) -> bool:
        """Whether a chunk is there and whole."""
        try:
            self.read(name)
        except EnvironmentProblem:
            return False
        return True

    def write(self, content: bytes) -> str:
        """Put a chunk on the disk; its name. It is there whole or not at all once `sync` has followed."""
        name = name_of(content)
        path = self.path(name)
        private_folder(self.place)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        put(path, content)
        return name

    def sync(self, names: Iterable[str]) -> None:
        """Make the names of chunks last: their folders, and the folder of those."""
        for folder in sorted({self.path(name).parent for name in names}):
            sync_folder(folder)
        if self.place.exists():
            sync_folder(self.place)
            sync_folder(self.place.parent)

    def remove(self, names: Iterable[str]) -> None:
        """Take chunks away; those that are not there are gone already."""
        gone = [name for name in names if is_name(name)]
        for name in gone:
            self.path(name).unlink(missing_ok=True)
        for folder in sorted({self.path(name).parent for name in gone}):
            if folder.exists():
                sync_folder(folder)

    def clear_unfinished(self, but: Collection[str] = ()) -> None:
        """Take away what a crash left half written; `but` names what is being written now."""
        for path in self.place.glob(f"*/*{FRESH}") if self.place.exists() else ():
            if path.name.removesuffix(FRESH) not in but:
                path.unlink(missing_ok=True)


def name_of(content: bytes) -> str:
    """What a chunk is called."""
    return hashlib.sha256(content).hexdigest()


def sealed_pieces(source: BinaryIO, key: bytes) -> Iterator[tuple[bytes, int]]:
    """The chunks of a file in order, and how many bytes of it each holds. An empty file is one empty chunk."""
    cipher = AESGCM(key)
    place, body = 0, _filled(source)
    while True:
        following = _filled(source)
        last = not following
        yield cipher.encrypt(_nonce(place), body, _bound_to(place, last)), len(body)
        if last:
            return
        place, body = place + 1, following


def opened_pieces(sealed: Sealed, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What `sealed_pieces` sealed, piece by piece, from its chunks in order. Raises Damaged before a wrong byte."""
    cipher = AESGCM(bytes.fromhex(sealed.key))
    size, count = 0, len(sealed.chunks)
    for place, content in enumerate(chunks):
        try:
            body = cipher.decrypt(_nonce(place), content, _bound_to(place, place + 1 == count))
        except (InvalidTag, ValueError):
            raise Damaged from None
        size += len(body)
        if place + 1 == count and size != sealed.size:
            raise Damaged
        yield body


def _filled(source: BinaryIO) -> bytes:
    """A whole body; less only at the end of the file, whatever the source gives at a time."""
    parts: list[bytes] = []
    left = BODY
    while left and (part := source.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _nonce(place: int) -> bytes:
    """Counted, not drawn: a key seals one file, once."""
    return place.to_bytes(12, "big")


def _bound_to(place: int, last: bool) -> bytes:
    return _MAGIC + place.to_bytes(8, "big") + bytes([last])
