"""What is on the map: plain values, positions in degrees WGS-84, lengths in metres, directions in degrees true."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Spot:
    """A position."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        """Refuse what is no place on the earth."""
        if not (abs(self.lat) <= 90 and abs(self.lon) <= 180):
            raise ValueError("a position is a latitude and a longitude in degrees")


class BearingState(StrEnum):
    """What became of a bearing."""

    USED = "used"
    REFLECTED = "reflected"
    """The operator said so, or that it was blocked."""
    SET_ASIDE = "set_aside"
    """The calculation does not believe it."""


@dataclass(frozen=True)
class BearingLine:
    """One bearing as a ray with its wedge of error, `noise_deg` to either side.

    `reach_m`: how far it is drawn. `fresh` is 1 for one just taken and falls towards 0 as it fades.
    """

    at: Spot
    true_deg: float
    noise_deg: float = 5.0
    reach_m: float = 2500.0
    state: BearingState = BearingState.USED
    fresh: float = 1.0
    label: str = ""


@dataclass(frozen=True)
class FixMark:
    """Where the transmitter is thought to be, with the ellipse that holds it 95 times of 100.

    `crossing_deg`: the angle at which the bearings cross; `warning`: a sentence when it is too small.
    """

    at: Spot
    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float
    crossing_deg: float | None = None
    warning: str = ""


@dataclass(frozen=True)
class OtherPlace:
    """Another place where the transmitter may be; `share` of the probability, 0 to 1."""

    at: Spot
    share: float


@dataclass(frozen=True)
class NextPosition:
    """Where to take the next bearing and which way to look."""

    at: Spot
    looking_deg: float
    sentence: str = ""


@dataclass(frozen=True)
class LastSeen:
    """Where and when the person was last seen, and how fast they may have gone since."""

    at: Spot
    when: datetime
    metres_a_second: float = 1.0
    farthest_m: float = 20_000.0

    def ring_m(self, now: datetime) -> float:
        """How far they may be by now."""
        passed = max((now - self.when).total_seconds(), 0.0)
        return min(passed * self.metres_a_second, self.farthest_m)


class PlaceKind(StrEnum):
    """What a place is."""

    HOME = "home"
    ADDRESS = "address"
    PLACE = "place"
    ATTRACTION = "attraction"
    FOUND_BEFORE = "found_before"
    OBSERVER = "observer"
    FOUND = "found"


@dataclass(frozen=True)
class PlaceMark:
    """A named place."""

    at: Spot
    name: str
    kind: PlaceKind = PlaceKind.PLACE


@dataclass(frozen=True)
class SearchMap:
    """Everything on the map. `warnings` are sentences that stand below it as well."""

    bearings: tuple[BearingLine, ...] = ()
    fix: FixMark | None = None
    others: tuple[OtherPlace, ...] = ()
    next_position: NextPosition | None = None
    last_seen: LastSeen | None = None
    places: tuple[PlaceMark, ...] = ()
    track: tuple[Spot, ...] = ()
    """Where this team has been, in order."""
    warnings: tuple[str, ...] = ()

    def spots(self) -> tuple[Spot, ...]:
        """Every position that should be seen at first."""
        found = [bearing.at for bearing in self.bearings] + [place.at for place in self.places]
        found += [other.at for other in self.others] + list(self.track)
        found += [one.at for one in (self.fix, self.next_position, self.last_seen) if one is not None]
        return tuple(found)

    def anchor(self) -> Spot | None:
        """Where distances are counted from: last seen, else home, else the fix, else the first position."""
        if self.last_seen is not None:
            return self.last_seen.at
        home = next((place.at for place in self.places if place.kind is PlaceKind.HOME), None)
        return home or (self.fix.at if self.fix else None) or next(iter(self.spots()), None)


def metres_between(one: Spot, other: Spot) -> float:
    """How far two near positions lie apart, on a flat map: for what is said in round numbers."""
    middle = math.radians((one.lat + other.lat) / 2)
    east = ((other.lon - one.lon + 180) % 360 - 180) * math.cos(middle)
    return math.hypot(other.lat - one.lat, east) * 111_195.0


def direction_deg(one: Spot, other: Spot) -> float:
    """The direction from one position to a near other, degrees true."""
    middle = math.radians((one.lat + other.lat) / 2)
    east = ((other.lon - one.lon + 180) % 360 - 180) * math.cos(middle)
    return math.degrees(math.atan2(east, other.lat - one.lat)) % 360
