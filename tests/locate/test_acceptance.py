"""The acceptance examples of direction finding (domain.md 7.9)."""

from __future__ import annotations

import pytest

from app.locate import Bearing, Place, Reference, Status, geodesy, locate
from tests.locate.field import POINT_A, POINT_B, read


def test_7c_two_bearings_at_a_right_angle_give_the_fix() -> None:
    fix = locate([read(POINT_A, 45), read(POINT_B, 315)])
    assert fix.status is Status.FIX and fix.place is not None and fix.ellipse is not None
    assert geodesy.line(fix.place, Place(43.4536, -79.6950)).metres < 20
    for point in (POINT_A, POINT_B):
        assert geodesy.line(point, fix.place).metres == pytest.approx(570, abs=10)
    assert fix.crossing_angle_deg == pytest.approx(90, abs=0.1)


@pytest.mark.parametrize(
    ("b_deg", "status", "sentence"),
    [(50, Status.DIVERGE, "bearings diverge - no fix"), (33, Status.ANGLE_TOO_SMALL, "angle too small")],
)
def test_7d_diverging_is_told_from_an_angle_too_small(b_deg: float, status: Status, sentence: str) -> None:
    fix = locate([read(POINT_A, 45), read(POINT_B, b_deg)])
    assert (fix.status, fix.status.sentence) == (status, sentence)
    assert fix.place is None and fix.ellipse is None


def test_7d_the_crossing_angle_is_said() -> None:
    assert locate([read(POINT_A, 45), read(POINT_B, 33)]).crossing_angle_deg == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize(("read_deg", "true_deg"), [(55.5, 45.0), (4.0, 353.5), (10.5, 0.0)])
def test_7e_magnetic_and_declination_give_true(read_deg: float, true_deg: float) -> None:
    bearing = Bearing(43.45, -79.70, read_deg, Reference.MAGNETIC, declination_deg=-10.5)
    assert bearing.true_deg == pytest.approx(true_deg)


def test_7e_the_declination_is_of_the_place_unless_another_is_given() -> None:
    assert Bearing(43.45, -79.70, 55.5, Reference.MAGNETIC).true_deg == pytest.approx(45.0)
    assert Bearing(43.45, -79.70, 55.5, Reference.MAGNETIC, declination_deg=3.0).true_deg == pytest.approx(58.5)
    assert Bearing(43.45, -79.70, 55.5, Reference.TRUE, declination_deg=3.0).true_deg == pytest.approx(55.5)
