"""Chance and time as a schedule decides them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime

BEGIN_MS = 1_772_636_400_000
"""Where the true time of every schedule begins: 2026-03-04, 15:00 UTC."""
YEAR_MS = 365 * 24 * 3600 * 1000


class Chance(random.Random):
    """The only source of chance of a schedule."""

    def often(self, share: float) -> bool:
        """True in `share` of all cases."""
        return self.random() < share


@dataclass
class Time:
    """The true time, which is also the server's."""

    ms: int = BEGIN_MS

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return self.ms

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.ms += int(seconds * 1000)


@dataclass
class Clock:
    """A device's clock: the true time and how wrong it is. It may be put forwards and backwards."""

    time: Time
    wrong_by_ms: int = 0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp((self.time.ms + self.wrong_by_ms) / 1000, UTC)
