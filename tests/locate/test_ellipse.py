"""The ellipse: its size against what can be worked out by hand, its direction, its honesty."""

from __future__ import annotations

import math
import random

import pytest

from app.locate import Assumptions, Fix, Place, geodesy, locate
from app.locate.ellipse import Spread
from tests.locate.field import MIDDLE, at, towards

_SIGMA = math.radians(5)
_SIZE = math.sqrt(-2 * math.log(0.05))  # of a normal distribution in the plane, 95 of 100


@pytest.mark.parametrize(
    ("spread", "axes"),
    [
        (Spread(4, 0, 1), (2, 1, 90)),
        (Spread(1, 0, 4), (2, 1, 0)),
        (Spread(2.5, 1.5, 2.5), (2, 1, 45)),
        (Spread(2.5, -1.5, 2.5), (2, 1, 135)),
    ],
)
def test_axes_are_those_of_the_matrix(spread: Spread, axes: tuple[float, float, float]) -> None:
    assert spread.axes() == pytest.approx(axes)


def test_two_observers_at_a_right_angle_see_as_far_as_five_degrees_reach() -> None:
    """One 1,000 m south, one 1,500 m west: east is known from the first, north from the second."""
    fix = locate([towards(0, -1000, (0, 0)), towards(-1500, 0, (0, 0))])
    assert fix.ellipse is not None
    assert fix.ellipse.semi_minor_m == pytest.approx(1000 * _SIGMA * _SIZE, rel=0.1)
    assert fix.ellipse.semi_major_m == pytest.approx(1500 * _SIGMA * _SIZE, rel=0.1)
    assert min(fix.ellipse.azimuth_deg, 180 - fix.ellipse.azimuth_deg) < 10


def test_the_long_axis_lies_along_the_lines() -> None:
    fix = locate([towards(-200, -1000, (0, 0)), towards(200, -1000, (0, 0))])
    assert fix.ellipse is not None
    assert min(fix.ellipse.azimuth_deg, 180 - fix.ellipse.azimuth_deg) < 3


@pytest.mark.parametrize("middle", [Place(69, 0), Place(69, 179.99)])
def test_the_direction_is_of_true_north_at_the_place(middle: Place) -> None:
    """Far north, 30 km east of the observers' middle, north has turned by more than half a degree."""
    target = (30_000.0, 0.0)
    south, north = towards(0, -8000, target, middle=middle), towards(0, 8000, target, middle=middle)
    fix = locate([south, north], assumptions=Assumptions(sigma_deg=2, range_m=100_000))
    assert fix.place is not None and fix.ellipse is not None
    back = geodesy.line(fix.place, middle).leaving_deg % 180
    assert abs(geodesy.difference(2 * fix.ellipse.azimuth_deg, 2 * back)) / 2 < 0.3
    assert abs(back - 90) > 0.5


def test_bearings_that_disagree_make_it_larger() -> None:
    sides = ((0, -900), (-900, 0), (900, 0), (0, 900))
    agreeing = locate([towards(*point, (0, 0)) for point in sides]).ellipse
    offs = (9, 9, 9, 9)
    apart = locate([towards(*point, (0, 0), off_deg=off) for point, off in zip(sides, offs, strict=True)]).ellipse
    assert agreeing is not None and apart is not None
    assert apart.semi_major_m > 1.05 * agreeing.semi_major_m


def _holds(fix: Fix, truth: Place) -> bool:
    if fix.place is None or fix.ellipse is None:
        return False
    off = geodesy.line(fix.place, truth)
    aside = math.radians(off.leaving_deg - fix.ellipse.azimuth_deg)
    along, across = off.metres * math.cos(aside), off.metres * math.sin(aside)
    return (along / fix.ellipse.semi_major_m) ** 2 + (across / fix.ellipse.semi_minor_m) ** 2 <= 1


def test_it_holds_the_truth_about_as_often_as_it_says() -> None:
    """300 searches with a fixed seed; bench/locate.py measures 10,000."""
    chance, held = random.Random(7), 0
    for _ in range(300):
        begin = chance.uniform(0, math.tau)
        bearings = []
        for step in range(4):
            turn, metres = begin + step * chance.uniform(0.4, 0.9), chance.uniform(300, 2000)
            point = metres * math.sin(turn), metres * math.cos(turn)
            bearings.append(towards(*point, (0, 0), off_deg=chance.gauss(0, 5)))
        held += _holds(locate(bearings), at(0, 0, MIDDLE))
    assert 0.91 * 300 <= held <= 0.99 * 300
