"""What comes out: a position with its uncertainty, or the reason why there is none, and every input it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.locate.assumptions import Assumptions
from app.locate.bearing import Bearing
from app.locate.geodesy import Place
from app.words import mark, tr


class Status(StrEnum):
    """How it ended (domain.md 7.4)."""

    FIX = "fix"
    DIVERGE = "diverge"
    ANGLE_TOO_SMALL = "angle_too_small"
    TOO_FEW = "too_few"

    @property
    def sentence(self) -> str:
        """What the person at the map reads."""
        return tr(_SAID[self])


_SAID = {
    Status.FIX: mark("fix"),
    Status.DIVERGE: mark("bearings diverge - no fix"),
    Status.ANGLE_TOO_SMALL: mark("angle too small"),
    Status.TOO_FEW: mark("too few bearings - no fix"),
}


@dataclass(frozen=True)
class Said:
    """A sentence about the result, put into words when it is shown."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence in the interface's language."""
        return tr(self.text, **self.values)


@dataclass(frozen=True)
class Ellipse:
    """The ellipse around the position that holds the transmitter 95 times of 100.

    Semi-axes in metres, direction of the long axis in degrees true, [0, 180).
    """

    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float


@dataclass(frozen=True)
class Residual:
    """One bearing against the result. `index` counts the bearings from 0 as they were given.

    `residual_deg` is measured less expected, positive clockwise, None without a place; `weight` from 0 to 1: 1 is fresh
    and believed, lower is older or doubted, 0 is set aside before the search.
    """

    index: int
    residual_deg: float | None
    weight: float
    used: bool


@dataclass(frozen=True)
class SetAside:
    """A bearing that the result does not stand on, and why."""

    index: int
    why: Said


@dataclass(frozen=True)
class Alternative:
    """Another place that the bearings allow; `share` is its part of the probability, 0 to 1."""

    place: Place
    share: float


@dataclass(frozen=True)
class Suggestion:
    """Where to take the next bearing.

    `place` lies `metres` from the last bearing's place in the direction `direction_deg`; the antenna then looks towards
    `looking_deg` (both true). `semi_major_m` is the long half axis to be expected afterwards, None when there is no
    ellipse yet.
    """

    place: Place
    metres: float
    direction_deg: float
    looking_deg: float
    semi_major_m: float | None

    @property
    def sentence(self) -> str:
        """In words, to be said over the radio."""
        return tr(
            "Take the next bearing about {metres} m {direction} of the last one, looking {looking}.",
            metres=round(self.metres / 50) * 50,
            direction=wind(self.direction_deg),
            looking=wind(self.looking_deg),
        )


_WINDS = (
    mark("north"),
    mark("north-east"),
    mark("east"),
    mark("south-east"),
    mark("south"),
    mark("south-west"),
    mark("west"),
    mark("north-west"),
)


def wind(azimuth_deg: float) -> str:
    """The nearest of the eight winds, in words."""
    return tr(_WINDS[round(azimuth_deg / 45) % 8])


@dataclass(frozen=True)
class Fix:
    """The result. `place` and `ellipse` are there exactly when `status` is `FIX`.

    `crossing_angle_deg` is the angle of the two bearings used that cross nearest to a right angle; `ambiguous` says
    that another place is nearly as likely (`alternatives`, the likelier first); `near_parallel` that the angle is small
    enough for a long and narrow ellipse. Inputs are kept: `bearings`, `at`, `assumptions` (domain.md 7.4).
    """

    status: Status
    bearings: tuple[Bearing, ...]
    at: datetime | None
    assumptions: Assumptions
    place: Place | None = None
    ellipse: Ellipse | None = None
    crossing_angle_deg: float | None = None
    residuals: tuple[Residual, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    ambiguous: bool = False
    near_parallel: bool = False
    notes: tuple[Said, ...] = ()
    suggestion: Suggestion | None = None
