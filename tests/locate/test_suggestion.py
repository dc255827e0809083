"""Where to take the next bearing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.locate import Suggestion, geodesy, locate
from app.locate.fix import wind
from app.words import in_language, use
from tests.locate.field import MIDDLE, POINT_A, POINT_B, at, read, towards

NOW = datetime(2026, 5, 1, 17, 30, tzinfo=UTC)


def _after(suggestion: Suggestion, *bearings: tuple[float, float]) -> float:
    """The long half axis once the suggested bearing was taken, exactly."""
    taken = [towards(*point, (0, 0)) for point in bearings]
    azimuth = geodesy.line(suggestion.place, MIDDLE).leaving_deg
    ellipse = locate([*taken, read(suggestion.place, geodesy.whole_turn(azimuth))]).ellipse
    assert ellipse is not None
    return ellipse.semi_major_m


def test_it_goes_to_the_side_of_a_narrow_crossing_and_shortens_it() -> None:
    """Both observers south of it and close together: the next one belongs to the east or the west."""
    points = ((-250.0, -1000.0), (250.0, -1000.0))
    before = locate([towards(*point, (0, 0)) for point in points])
    suggestion = before.suggestion
    assert suggestion is not None and before.ellipse is not None and suggestion.semi_major_m is not None
    assert 20 < suggestion.direction_deg < 160
    after = _after(suggestion, *points)
    assert after < 0.8 * before.ellipse.semi_major_m
    assert after == pytest.approx(suggestion.semi_major_m, rel=0.35)


def test_it_is_better_than_staying() -> None:
    points = ((-250.0, -1000.0), (250.0, -1000.0))
    suggestion = locate([towards(*point, (0, 0)) for point in points]).suggestion
    assert suggestion is not None
    stayed = locate([towards(*point, (0, 0)) for point in (*points, points[1])]).ellipse
    assert stayed is not None and _after(suggestion, *points) < 0.9 * stayed.semi_major_m


def test_it_is_within_reach_of_the_newest_bearing() -> None:
    older = replace(towards(0, -900, (0, 0)), time=NOW - timedelta(minutes=2))
    newest = replace(towards(-1200, 0, (0, 0)), time=NOW)
    for order in ([older, newest], [newest, older]):
        suggestion = locate(order, at=NOW).suggestion
        assert suggestion is not None and suggestion.metres <= 601
        assert geodesy.line(newest.place, suggestion.place).metres == pytest.approx(suggestion.metres, abs=0.1)


def test_it_looks_at_the_place() -> None:
    fix = locate([towards(-250, -1000, (0, 0)), towards(250, -1000, (0, 0))])
    assert fix.suggestion is not None and fix.place is not None
    seen = geodesy.line(fix.suggestion.place, fix.place).leaving_deg
    assert abs(geodesy.difference(fix.suggestion.looking_deg, seen)) < 0.5


def test_after_one_bearing_it_goes_sideways() -> None:
    suggestion = locate([read(POINT_A, 0)]).suggestion
    assert suggestion is not None and suggestion.semi_major_m is None
    assert abs(geodesy.difference(suggestion.direction_deg, 90)) < 50 or (
        abs(geodesy.difference(suggestion.direction_deg, 270)) < 50
    )


def test_too_small_an_angle_asks_for_one_from_the_side() -> None:
    fix = locate([read(POINT_A, 45), read(POINT_B, 33)])
    assert fix.suggestion is not None and fix.suggestion.semi_major_m is None
    assert [note.sentence for note in fix.notes] == ["Take one more bearing from the side."]


def test_there_is_none_when_nothing_is_known_or_nothing_is_gained() -> None:
    assert locate([]).suggestion is None
    assert locate([read(POINT_A, 45), read(POINT_B, 50)]).suggestion is None
    around = [(12.0 * east, 12.0 * north) for east, north in ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, -1))]
    assert locate([towards(*point, (0, 0)) for point in around]).suggestion is None


@pytest.mark.parametrize(("azimuth", "word"), [(0, "north"), (22, "north"), (23, "north-east"), (338, "north")])
def test_winds_are_the_nearest(azimuth: float, word: str) -> None:
    assert wind(azimuth) == word


def test_it_is_said_in_words_in_both_languages() -> None:
    suggestion = Suggestion(at(300, 300), 424.0, 45.0, 315.0, 80.0)
    assert suggestion.sentence == "Take the next bearing about 400 m north-east of the last one, looking north-west."
    use("fr")
    try:
        assert "nord-est" in suggestion.sentence and "nord-ouest" in suggestion.sentence
    finally:
        use("en")
    assert in_language("fr").tr("angle too small") != "angle too small"
