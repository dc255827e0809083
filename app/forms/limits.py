"""How much a form may ask of the machine (safety.md 2 "XLSX in", T6). Beyond it is refused with a sentence."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Bytes are bytes, seconds are seconds of the wall and of the processor."""

    file: int = 16 * 1024 * 1024
    unpacked: int = 96 * 1024 * 1024
    ratio: int = 400
    """How many times larger an archive may unpack, once it is over a megabyte."""
    members: int = 2_000
    rows: int = 150_000
    cells: int = 1_500_000
    seconds: int = 30
    memory: int = 512 * 1024 * 1024
    answer: int = 64 * 1024 * 1024


LIMITS = Limits()
