"""Record ids: 32 hexadecimal characters of a UUIDv7."""

from __future__ import annotations

import hashlib
from datetime import datetime

from app.vault.keys import Randomness


def new_id(at: datetime, random: Randomness) -> str:
    """A fresh id: 48 bits of milliseconds, then chance."""
    return _shaped(f"{int(at.timestamp() * 1000):012x}", random(10))


def child_id(parent_id: str, name: str) -> str:
    """The id that every device gives to the part `name` of a record; it sorts beside its parent."""
    return _shaped(parent_id[:12], hashlib.sha256(f"haven:{parent_id}:{name}".encode()).digest()[:10])


def _shaped(head: str, tail: bytes) -> str:
    first = (int.from_bytes(tail[:2], "big") & 0x0FFF) | 0x7000
    second = (int.from_bytes(tail[2:4], "big") & 0x3FFF) | 0x8000
    return f"{head}{first:04x}{second:04x}{tail[4:].hex()}"
