"""Functions on places (ODK XForms, Geographic Functions), in metres on a sphere with the Earth's equator."""

from __future__ import annotations

import math
from itertools import pairwise

from app.forms.xpath.functions.base import Function
from app.forms.xpath.values import NAN, string_to_number

EQUATORIAL_RADIUS = 6_378_100.0
"""Metres; the circumference at the equator is 2 pi times this."""

Point = tuple[float, float]


def read_point(text: str) -> Point | None:
    """Latitude and longitude in degrees; altitude and accuracy are left aside."""
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        return None
    numbers = [string_to_number(part) for part in parts]
    if any(number != number for number in numbers) or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        return None
    return numbers[0], numbers[1]


def read_points(*values: str) -> list[Point] | None:
    """The points of one trace or shape, or of several geopoints; None when one of them is none."""
    pieces = [piece for value in values for piece in value.split(";") if piece.strip()]
    points = [read_point(piece) for piece in pieces]
    return None if None in points else [point for point in points if point is not None]


def distance(*values: str) -> float:
    """The length in metres of the way through all points."""
    points = read_points(*values)
    if points is None:
        return NAN
    return sum((between(first, second) for first, second in pairwise(points)), 0.0)


def between(first: Point, second: Point) -> float:
    """Metres along the great circle."""
    latitude, other = math.radians(first[0]), math.radians(second[0])
    along = math.radians(second[1] - first[1])
    half = math.sin((other - latitude) / 2) ** 2 + math.cos(latitude) * math.cos(other) * math.sin(along / 2) ** 2
    return 2 * EQUATORIAL_RADIUS * math.asin(min(1.0, math.sqrt(half)))


def area(*values: str) -> float:
    """The area in square metres that the points enclose; 0 for fewer than three."""
    points = read_points(*values)
    if points is None:
        return NAN
    if len(points) < 3:
        return 0.0
    ring = points if points[0] == points[-1] else [*points, points[0]]
    total = sum(
        math.radians(second[1] - first[1]) * (2 + math.sin(math.radians(first[0])) + math.sin(math.radians(second[0])))
        for first, second in pairwise(ring)
    )
    return abs(total * EQUATORIAL_RADIUS**2 / 2)


def geofence(point: str, shape: str) -> bool:
    """Whether the point is inside the shape (even-odd rule in degrees)."""
    where, ring = read_point(point), read_points(shape)
    if where is None or ring is None or len(ring) < 4:
        return False
    latitude, longitude = where
    inside = False
    for (first_lat, first_long), (second_lat, second_long) in pairwise(ring):
        if (first_lat > latitude) != (second_lat > latitude):
            crossing = (second_long - first_long) * (latitude - first_lat) / (second_lat - first_lat) + first_long
            inside ^= longitude < crossing
    return inside


FUNCTIONS: dict[str, Function] = {
    "geofence": Function("ss", "b", geofence),
}
