"""The server's clock and its random names."""

from __future__ import annotations

import secrets
import time


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A UUIDv7 as 32 lowercase hex characters: 48 bits of time, then randomness."""
    random = secrets.randbits(74)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return f"{now_ms() << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low:032x}"
