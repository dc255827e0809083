"""The server's clock and its chance: the one place that asks the system for either, so that both can be played."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class _Source:
    """Where time and chance come from."""

    now_ms: Callable[[], int] = staticmethod(_wall_ms)
    random: Callable[[int], bytes] = staticmethod(secrets.token_bytes)


@contextmanager
def played(now_ms: Callable[[], int], random: Callable[[int], bytes]) -> Iterator[None]:
    """Within: time and chance of this process's servers come from these (tests/simulator)."""
    _Source.now_ms, _Source.random = staticmethod(now_ms), staticmethod(random)
    try:
        yield
    finally:
        _Source.now_ms, _Source.random = staticmethod(_wall_ms), staticmethod(secrets.token_bytes)


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return _Source.now_ms()


def random_bytes(count: int) -> bytes:
    """Bytes that nobody can guess."""
    return _Source.random(count)


def new_id() -> str:
    """A UUIDv7 as 32 lowercase hex characters: 48 bits of time, then randomness."""
    random = int.from_bytes(random_bytes(10), "big") >> 6
    high, low = random >> 62, random & ((1 << 62) - 1)
    return f"{now_ms() << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low:032x}"
