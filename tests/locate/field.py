"""A field of made-up places for the tests: bearings written as metres east and north of a middle, taken at a target."""

from __future__ import annotations

import math

from app.locate import Bearing, Fix, Place, Quality, Reference, Signal, geodesy

MIDDLE = Place(43.45, -79.70)
POINT_A = Place(43.45, -79.70)  # domain.md 7.9 c
POINT_B = Place(43.45, -79.69)
TARGET = (500.0, 800.0)
THREE_SIDES = ((0.0, 0.0), (1000.0, 100.0), (400.0, 1600.0))


def at(east: float, north: float, middle: Place = MIDDLE) -> Place:
    """The place so many metres east and north of the middle."""
    return geodesy.moved(middle, east, north)


def towards(
    east: float,
    north: float,
    target: tuple[float, float] = TARGET,
    *,
    off_deg: float = 0.0,
    middle: Place = MIDDLE,
    signal: Signal | None = None,
    quality: Quality = Quality.GOOD,
) -> Bearing:
    """A true bearing from (east, north) to the target, wrong by `off_deg`."""
    place = at(east, north, middle)
    azimuth = geodesy.line(place, at(*target, middle)).leaving_deg + off_deg
    return Bearing(place.lat, place.lon, geodesy.whole_turn(azimuth), Reference.TRUE, signal=signal, quality=quality)


def read(place: Place, bearing_deg: float) -> Bearing:
    """A true bearing as it was read."""
    return Bearing(place.lat, place.lon, bearing_deg, Reference.TRUE)


def metres_off(fix: Fix, target: tuple[float, float] = TARGET, middle: Place = MIDDLE) -> float:
    """How far the fix lies from the target; infinite without one."""
    return math.inf if fix.place is None else geodesy.line(fix.place, at(*target, middle)).metres
