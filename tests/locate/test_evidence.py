"""The likelihood: its slope is the slope of its height, everywhere and for every kind of evidence."""

from __future__ import annotations

import pytest

from app.locate.assumptions import Assumptions
from app.locate.evidence import Judged, Reading, judge
from app.locate.plane import Sight, look

_GIVEN = Assumptions()
_SIGHTS = (Sight(0, 0, 0.5), Sight(900, 100, -0.4), Sight(300, 1500, 2.9))
_PLAIN = tuple(Reading(0.09, 0.1, 2500) for _ in _SIGHTS)
_HEARD = tuple(Reading(0.09, 0.1, 2500, level, "bars", 0.8) for level in (10.0, 25.0, -5.0))
_DEAF = tuple(Reading(0.09, 0.1, 300) for _ in _SIGHTS)


def _at(readings: tuple[Reading, ...], east: float, north: float) -> Judged:
    return judge(readings, [look(sight, east, north) for sight in _SIGHTS], _GIVEN)


@pytest.mark.parametrize("readings", [_PLAIN, _HEARD, _DEAF])
@pytest.mark.parametrize("point", [(450.0, 800.0), (300.0, 400.0), (1800.0, 2200.0), (8.0, 12.0), (285.0, 1490.0)])
def test_the_slope_is_the_slope(readings: tuple[Reading, ...], point: tuple[float, float]) -> None:
    step, (east, north) = 1e-4, point
    measured = (
        (_at(readings, east + step, north).log - _at(readings, east - step, north).log) / (2 * step),
        (_at(readings, east, north + step).log - _at(readings, east, north - step).log) / (2 * step),
    )
    assert _at(readings, east, north).slope == pytest.approx(measured, rel=1e-4, abs=1e-7)


def test_within_sight_of_an_observer_is_unlikely() -> None:
    direction = _SIGHTS[0].direction
    close, farther = (_at(_PLAIN, *(metres * part for part in (0.479, 0.878))).log for metres in (5.0, 60.0))
    assert direction == 0.5 and close < farther - 2


def test_a_bearing_far_off_has_no_pull_and_a_good_one_is_believed() -> None:
    good = _at(_PLAIN, 450, 800).good
    assert good[0] > 0.95 and good[1] > 0.9
    assert _at(_PLAIN, 2000, 100).good[0] < 1e-3
