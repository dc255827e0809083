"""The commit anchor: what this device last saved, in a small file that is written after every save.

    anchor.haven   two fixed slots, written in turn; the newest whole one counts

A slot holds the commit counter, the head of the journal's chain and the seal over all pages (`pages.py`), under a key
from the data key. A database whose counter is lower is older than what was last saved; one with the same counter and
another seal has pages that were put back (safety.md, finding 1). A whole folder that was put back agrees with itself:
only a `Witness` outside the folder sees that.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.vault.files import open_at, sync_data, write_at, write_whole

NAME = "anchor.haven"
_MAGIC = b"HAVENANC"
_FORMAT = struct.Struct(">8sQQ32sI?32s")
_MAC_BYTES = 32
_SLOT = 4096
"""Far enough apart that a torn write of one slot never reaches the other."""


@dataclass(frozen=True)
class Anchor:
    """The state after one commit. `seal` is None when the pages could not be followed."""

    counter: int
    head: bytes
    pages: int = 0
    seal: bytes | None = None


class Witness(Protocol):
    """A second place, outside the vault's folder, that remembers the newest commit: the system's keystore."""

    def read(self) -> tuple[int, bytes] | None:
        """The commit counter and chain head that were kept last; None when nothing was, or it cannot be read."""

    def write(self, counter: int, head: bytes) -> None:
        """Keep them. A failure stays its own: the vault goes on without."""


class AnchorFile:
    """The file, open for writing. One process at a time: whoever holds the database holds this."""

    def __init__(self, path: Path, key: bytes, vault_id: str) -> None:
        self._path, self._key, self._vault_id = path, key, vault_id
        self._generation = 0
        self._descriptor: int | None = None

    def read(self) -> Anchor | None:
        """The newest state; None when the file is missing, or damaged so that a newer state may have stood in it."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return None
        found = [self._parsed(content[start : start + _SLOT]) for start in (0, _SLOT)]
        whole = [one for one in found if one is not None]
        if not whole:
            return None
        self._generation, newest = max(whole, key=lambda one: one[0])
        return newest

    def torn(self) -> bool:
        """Whether one of the two slots cannot be read: a write was cut off, or somebody changed it."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return True
        return any(self._parsed(content[start : start + _SLOT]) is None for start in (0, _SLOT))

    def write(self, anchor: Anchor) -> None:
        """Keep a new state in the older slot; it is on the disk when this returns. Raises OSError."""
        if self._descriptor is None:
            self._descriptor = open_at(self._path, writing=True)
        generation = self._generation + 1
        write_at(self._descriptor, generation % 2 * _SLOT, self._slot(generation, anchor))
        sync_data(self._descriptor)
        self._generation = generation

    def make(self, anchor: Anchor) -> None:
        """Write the file anew, both slots with this state."""
        self.close()
        first, second = self._generation + 1, self._generation + 2
        slots = {number % 2: self._slot(number, anchor).ljust(_SLOT, b"\0") for number in (first, second)}
        write_whole(self._path, slots[0] + slots[1])
        self._generation = second

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def _slot(self, generation: int, anchor: Anchor) -> bytes:
        sealed, seal = anchor.seal is not None, anchor.seal or bytes(32)
        body = _FORMAT.pack(_MAGIC, generation, anchor.counter, anchor.head, anchor.pages, sealed, seal)
        return body + self._mac(body)

    def _parsed(self, slot: bytes) -> tuple[int, Anchor] | None:
        body, mac = slot[: _FORMAT.size], slot[_FORMAT.size : _FORMAT.size + _MAC_BYTES]
        if not body.startswith(_MAGIC) or not hmac.compare_digest(self._mac(body), mac):
            return None
        _, generation, counter, head, pages, sealed, seal = _FORMAT.unpack(body)
        return generation, Anchor(counter, head, pages, seal if sealed else None)

    def _mac(self, body: bytes) -> bytes:
        return hashlib.blake2b(self._vault_id.encode() + body, key=self._key, digest_size=_MAC_BYTES).digest()
