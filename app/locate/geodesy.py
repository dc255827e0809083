"""Directions and distances on the WGS-84 ellipsoid; the one door to the geodesics library.

Angles are degrees clockwise from true north, distances metres. The geodesics are those of C. F. F. Karney, "Algorithms
for geodesics", Journal of Geodesy 87 (2013), exact to nanometres, as `geographiclib` computes them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from geographiclib.geodesic import Geodesic

_EARTH = Geodesic.WGS84
_LINE = Geodesic.AZIMUTH | Geodesic.DISTANCE | Geodesic.REDUCEDLENGTH
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


def middle(places: list[Place]) -> Place:
    """The mean of some places, on the globe: right across the date line too."""
    x, y, z = [], [], []
    for place in places:
        lat, lon = math.radians(place.lat), math.radians(place.lon)
        x.append(math.cos(lat) * math.cos(lon))
        y.append(math.cos(lat) * math.sin(lon))
        z.append(math.sin(lat))
    east, north, up = math.fsum(x), math.fsum(y), math.fsum(z)
    return Place(math.degrees(math.atan2(up, math.hypot(east, north))), math.degrees(math.atan2(north, east)))


def whole_turn(angle_deg: float) -> float:
    """The same direction in [0, 360)."""
    turned = angle_deg % 360.0
    return 0.0 if turned == 360.0 else turned


def difference(one_deg: float, other_deg: float) -> float:
    """How far `one_deg` lies clockwise of `other_deg`, in [-180, 180)."""
    return (one_deg - other_deg + 180.0) % 360.0 - 180.0
