"""What holds for any search: exact bearings give the exact place, and neither order, place nor direction matters."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from app.locate import Bearing, Fix, Place, Status, geodesy, locate
from app.locate.plane import Plane, crossing_angle_deg
from tests.locate.field import at, metres_off, towards

_NOWHERE_NEAR = 200.0

places = some.builds(Place, some.floats(-70, 70), some.floats(-180, 180))
points = some.tuples(some.floats(-1700, 1700), some.floats(-1700, 1700)).filter(
    lambda point: math.hypot(*point) > _NOWHERE_NEAR
)
searches = some.lists(some.tuples(points, some.floats(-9, 9)), min_size=3, max_size=7)
Search = list[tuple[tuple[float, float], float]]


def _bearings(search: Search, middle: Place, turned_deg: float = 0.0) -> list[Bearing]:
    """Bearings to the middle itself, all of it turned around the middle by so many degrees."""
    found = []
    for (east, north), off in search:
        direction = math.degrees(math.atan2(east, north)) + turned_deg
        place = geodesy.ahead(middle, direction, math.hypot(east, north))
        azimuth = geodesy.line(place, middle).leaving_deg + off
        found.append(Bearing(place.lat, place.lon, geodesy.whole_turn(azimuth)))
    return found


def _crosses_well(bearings: list[Bearing]) -> bool:
    plane = Plane(geodesy.middle([bearing.place for bearing in bearings]))
    angle = crossing_angle_deg([plane.sight(bearing.place, bearing.true_deg) for bearing in bearings], 100.0)
    return angle is not None and 25 <= angle <= 155


def _away_along(search: Search, middle: Place, fix: Fix) -> float:
    """The cosine between the long axis and the direction away from the observers, which says how the seeds lie.

    Where they are square to each other, either way is as right, and the two differ by a tenth (decision 16).
    """
    assert fix.place and fix.ellipse
    line = geodesy.line(middle, fix.place)
    leaving, count = math.radians(line.leaving_deg), len(search)
    east = count * line.metres * math.sin(leaving) - math.fsum(point[0] for point, _ in search)
    north = count * line.metres * math.cos(leaving) - math.fsum(point[1] for point, _ in search)
    axis = math.radians(fix.ellipse.azimuth_deg)
    return (math.sin(axis) * east + math.cos(axis) * north) / (math.hypot(east, north) or 1.0)


@settings(deadline=None, max_examples=60)
@given(middle=places, observers=some.lists(points, min_size=2, max_size=6))
def test_exact_bearings_give_the_exact_place_up_to_seventy_degrees_of_latitude(
    middle: Place, observers: list[tuple[float, float]]
) -> None:
    bearings = _bearings([(point, 0.0) for point in observers], middle)
    assume(_crosses_well(bearings))
    fix = locate(bearings)
    assert fix.status is Status.FIX
    assert metres_off(fix, (0, 0), middle) < 0.05


@settings(deadline=None, max_examples=60)
@given(search=searches, order=some.randoms(use_true_random=False))
def test_the_order_of_bearings_does_not_matter(search: Search, order: object) -> None:
    bearings = _bearings(search, Place(43.45, -79.7))
    shuffled = list(bearings)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = locate(bearings), locate(shuffled)
    assert (one.status, one.place, one.ellipse, one.crossing_angle_deg) == (
        other.status,
        other.place,
        other.ellipse,
        other.crossing_angle_deg,
    )
    assert {bearings[aside.index] for aside in one.set_aside} == {shuffled[aside.index] for aside in other.set_aside}


@settings(deadline=None, max_examples=60)
@given(search=searches, turned_deg=some.floats(0, 360), there=places)
def test_neither_the_place_on_the_globe_nor_the_direction_matters(
    search: Search, turned_deg: float, there: Place
) -> None:
    here = Place(43.45, -79.7)
    one, other = locate(_bearings(search, here)), locate(_bearings(search, there, turned_deg))
    # Where the angle or a doubt is on the edge, the last digit may decide; that is not what is tested here.
    assume(one.status is Status.FIX and other.status is Status.FIX)
    assume([residual.used for residual in one.residuals] == [residual.used for residual in other.residuals])
    assume(not one.alternatives and not other.alternatives)
    assert one.place and other.place and one.ellipse and other.ellipse
    assume(abs(_away_along(search, here, one)) > 0.05)
    found, turned = geodesy.line(here, one.place), geodesy.line(there, other.place)
    assert turned.metres == pytest.approx(found.metres, abs=0.5)
    if found.metres > 50:
        assert abs(geodesy.difference(turned.leaving_deg, found.leaving_deg + turned_deg)) < 1
    assert other.ellipse.semi_major_m == pytest.approx(one.ellipse.semi_major_m, rel=0.05)
    assert other.ellipse.semi_minor_m == pytest.approx(one.ellipse.semi_minor_m, rel=0.05)


@settings(deadline=None, max_examples=60)
@given(search=searches)
def test_a_result_is_whole(search: Search) -> None:
    fix = locate(_bearings(search, Place(43.45, -79.7)))
    assert len(fix.residuals) == len(fix.bearings) == len(search)
    assert (fix.place is None) == (fix.ellipse is None) == (fix.status is not Status.FIX)
    if fix.ellipse is not None and fix.crossing_angle_deg is not None:
        assert 0 < fix.ellipse.semi_minor_m <= fix.ellipse.semi_major_m
        assert 0 <= fix.ellipse.azimuth_deg < 180
        assert 20 <= round(fix.crossing_angle_deg, 2) <= 160
        assert sum(residual.used for residual in fix.residuals) >= 2
        assert {aside.index for aside in fix.set_aside} == {one.index for one in fix.residuals if not one.used}


def test_the_field_of_the_tests_turns_with_its_middle() -> None:
    bearing = towards(0, -1000, (0, 0), middle=Place(60, 10))
    assert bearing.true_deg == pytest.approx(0, abs=1e-6)
    assert geodesy.line(at(0, -1000, Place(60, 10)), Place(60, 10)).metres == pytest.approx(1000)
