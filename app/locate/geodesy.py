"""Directions and distances on the WGS-84 ellipsoid; the one door to the geodesics library.

Angles are degrees clockwise from true north, distances metres. The geodesics are those of C. F. F. Karney, "Algorithms
for geodesics", Journal of Geodesy 87 (2013), exact to nanometres, as `geographiclib` computes them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geographiclib.geodesic import Geodesic

_EARTH = Geodesic.WGS84
_LINE = Geodesic.AZIMUTH | Geodesic.DISTANCE | Geodesic.REDUCEDLENGTH
_RADIUS_M = 6_371_000.0
_PLACE = Geodesic.LATITUDE | Geodesic.LONGITUDE


@dataclass(frozen=True)
class Place:
    """A point: latitude and longitude in degrees, WGS-84."""

    lat: float
    lon: float


@dataclass(frozen=True)
class Line:
    """The shortest line between two places.

    `leaving_deg` is its direction at the first place, `arriving_deg` its direction at the second (the two differ where
    meridians converge), `metres` its length. `reduced_m` says how far the second place must move sideways for the
    direction at the first to turn by one radian; on these distances it is the length less some millimetres.
    """

    leaving_deg: float
    arriving_deg: float
    metres: float
    reduced_m: float


def line(start: Place, end: Place) -> Line:
    """The shortest line from `start` to `end`."""
    found = _EARTH.Inverse(start.lat, start.lon, end.lat, end.lon, _LINE)
    return Line(found["azi1"], found["azi2"], found["s12"], found["m12"])


def ahead(start: Place, azimuth_deg: float, metres: float) -> Place:
    """The place `metres` from `start` in the direction `azimuth_deg`."""
    found = _EARTH.Direct(start.lat, start.lon, azimuth_deg, metres, _PLACE)
    return Place(found["lat2"], found["lon2"])


def moved(start: Place, east_m: float, north_m: float) -> Place:
    """The place reached from `start` by a straight step of so many metres east and north."""
    return ahead(start, math.degrees(math.atan2(east_m, north_m)), math.hypot(east_m, north_m))


def middle(places: Sequence[Place]) -> Place:
    """The mean of some places, on the globe: right across the date line too."""
    x, y, z = (math.fsum(axis) for axis in zip(*(_on_sphere(place) for place in places), strict=True))
    return Place(math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))


def strangers(places: Sequence[Place], horizon_m: float) -> dict[int, int]:
    """Which places lie beyond the horizon of the one that has the most near it, and how many kilometres from it.

    Straight distances through a sphere: good to a hundredth, which is enough to find a longitude with the wrong sign.
    """
    points = [_on_sphere(place) for place in places]
    apart = [[_RADIUS_M * math.dist(one, other) for other in points] for one in points]
    if not apart:
        return {}
    hub = min(apart, key=lambda row: (sum(metres > horizon_m for metres in row), math.fsum(row)))
    return {number: round(metres / 1000) for number, metres in enumerate(hub) if metres > horizon_m}


def _on_sphere(place: Place) -> tuple[float, float, float]:
    lat, lon = math.radians(place.lat), math.radians(place.lon)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def whole_turn(angle_deg: float) -> float:
    """The same direction in [0, 360)."""
    turned = angle_deg % 360.0
    return 0.0 if turned == 360.0 else turned


def difference(one_deg: float, other_deg: float) -> float:
    """How far `one_deg` lies clockwise of `other_deg`, in [-180, 180)."""
    return (one_deg - other_deg + 180.0) % 360.0 - 180.0
