"""A flat map around the observers, for the first search: the azimuthal equidistant projection.

Within 20 km of its middle it is true to a tenth of a metre and a thousandth of a degree, and a look at a place costs a
microsecond instead of the geodesic's hundred. What is found here is taken to the ellipsoid before it is given out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.locate import geodesy
from app.locate.evidence import NEAREST_M, Look
from app.locate.geodesy import Place


@dataclass(frozen=True)
class Sight:
    """A bearing on the map: metres east and north of the middle, direction in radians clockwise from map north."""

    east: float
    north: float
    direction: float


@dataclass(frozen=True)
class Plane:
    """The map around `middle`."""

    middle: Place

    def sight(self, place: Place, true_deg: float) -> Sight:
        """The bearing `true_deg` from `place`, turned by what the meridians converge between there and the middle."""
        found = geodesy.line(self.middle, place)
        leaving = math.radians(found.leaving_deg)
        turned = true_deg + found.leaving_deg - found.arriving_deg
        return Sight(found.metres * math.sin(leaving), found.metres * math.cos(leaving), math.radians(turned))

    def place(self, east: float, north: float) -> Place:
        """The place at a point of the map."""
        return geodesy.moved(self.middle, east, north)


def look(sight: Sight, east: float, north: float) -> Look:
    """How a point of the map looks from where a bearing was taken."""
    de, dn = east - sight.east, north - sight.north
    metres = max(math.hypot(de, dn), NEAREST_M)
    ue, un = de / metres, dn / metres
    off = (sight.direction - math.atan2(de, dn) + math.pi) % math.tau - math.pi
    return Look(off, un / metres, -ue / metres, ue, un, metres)


def crossing(one: Sight, other: Sight, horizon_m: float) -> tuple[float, float] | None:
    """Where two bearings meet ahead of both observers; None when they do not (domain.md 7.4, "diverge").

    Lines that would meet beyond the horizon are parallel to whoever read them: they do not meet.
    """
    e1, n1 = math.sin(one.direction), math.cos(one.direction)
    e2, n2 = math.sin(other.direction), math.cos(other.direction)
    turn = e1 * n2 - n1 * e2
    if abs(turn) < 1e-9:
        return None
    de, dn = other.east - one.east, other.north - one.north
    along_one = (de * n2 - dn * e2) / turn
    along_other = (de * n1 - dn * e1) / turn
    if not (0 < along_one < horizon_m and 0 < along_other < horizon_m):
        return None
    return one.east + along_one * e1, one.north + along_one * n1


def crossings(sights: Sequence[Sight], least_apart_m: float, horizon_m: float) -> list[tuple[float, float]]:
    """Where any two bearings meet ahead, taken from places that are not the same."""
    found = []
    for index, one in enumerate(sights):
        for other in sights[index + 1 :]:
            if math.hypot(one.east - other.east, one.north - other.north) < least_apart_m:
                continue
            met = crossing(one, other, horizon_m)
            if met is not None:
                found.append(met)
    return found


def crossing_angle_deg(sights: Sequence[Sight], least_apart_m: float) -> float | None:
    """The angle, 0 to 180 degrees, at which the pair of bearings crosses that comes nearest to a right angle."""
    best: float | None = None
    for index, one in enumerate(sights):
        for other in sights[index + 1 :]:
            if math.hypot(one.east - other.east, one.north - other.north) < least_apart_m:
                continue
            angle = abs(math.degrees((one.direction - other.direction + math.pi) % math.tau - math.pi))
            if best is None or abs(angle - 90) < abs(best - 90):
                best = angle
    return best
