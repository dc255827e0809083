"""A bearing as it was taken: where from, which way, how well; what it is worth when it is used.

`domain.md` 7.4 (BearingLog) has the fields, 7.9 e the example of the declination, 23 the default of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.errors import RuleBroken
from app.locate.geodesy import Place, whole_turn
from app.words import mark

DECLINATION_DEG = -10.5  # domain.md 23, pls.declination_deg: west negative, to be looked at every year
BARS = 9


class Reference(StrEnum):
    """What a bearing is counted from: the compass needle's north, or the map's."""

    MAGNETIC = "magnetic"
    TRUE = "true"


class Quality(StrEnum):
    """What the operator thought of a bearing when it was taken."""

    GOOD = "good"
    REFLECTED = "reflected"
    BLOCKED = "blocked"


class Scale(StrEnum):
    """How a signal was read: bars from 0 to 9, or decibels on any scale of the receiver's."""

    BARS = "bars"
    DB = "dB"


@dataclass(frozen=True)
class Signal:
    """A signal strength as it was read.

    `attenuation_db` is what the operator had switched in front of the receiver; it is added, so that readings with and
    without it compare.
    """

    value: float
    scale: Scale
    attenuation_db: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no receiver shows."""
        if self.scale is Scale.BARS and not 0 <= self.value <= BARS:
            raise RuleBroken(mark("Bars go from 0 to 9."), field="signal")
        if not (math.isfinite(self.value) and abs(self.value) <= 200 and 0 <= self.attenuation_db <= 200):
            raise RuleBroken(mark("A signal strength is a number of decibels between -200 and 200."), field="signal")


@dataclass(frozen=True)
class Bearing:
    """One bearing. `bearing_deg` is what was read, in degrees 0 to 360, counted from `reference`.

    `declination_deg` (west negative) turns a magnetic bearing into a true one. `airborne` says that it was taken from
    an aircraft, which hears farther. `time` may be unknown; then the bearing counts as taken just now.
    """

    lat: float
    lon: float
    bearing_deg: float
    reference: Reference = Reference.TRUE
    declination_deg: float = DECLINATION_DEG
    quality: Quality = Quality.GOOD
    signal: Signal | None = None
    time: datetime | None = None
    airborne: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be, naming the field."""
        _within(self.lat, -90, 90, "lat", mark("A latitude is a number of degrees between -90 and 90."))
        _within(self.lon, -180, 180, "lon", mark("A longitude is a number of degrees between -180 and 180."))
        _within(self.bearing_deg, 0, 360, "bearing_deg", mark("A bearing is a number of degrees between 0 and 360."))
        _within(
            self.declination_deg, -90, 90, "declination_deg", mark("A declination lies between -90 and 90 degrees.")
        )

    @property
    def place(self) -> Place:
        """Where it was taken."""
        return Place(self.lat, self.lon)

    @property
    def true_deg(self) -> float:
        """The bearing from true north, [0, 360): magnetic plus declination (domain.md 7.4)."""
        turn = self.declination_deg if self.reference is Reference.MAGNETIC else 0.0
        return whole_turn(self.bearing_deg + turn)

    def age_s(self, at: datetime | None) -> float:
        """Seconds from its taking until `at`; 0 when either is unknown or it lies ahead."""
        if self.time is None or at is None:
            return 0.0
        return max(0.0, (at - self.time).total_seconds())


def _within(value: float, low: float, high: float, field: str, sentence: str) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise RuleBroken(sentence, field=field)
