"""From bearings to a fix: what is set aside, what is ambiguous, what fades, what is too little."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import RuleBroken
from app.locate import Bearing, Place, Quality, Scale, Signal, Status, geodesy, locate
from app.locate.assumptions import Assumptions
from tests.locate.field import POINT_A, POINT_B, TARGET, THREE_SIDES, at, metres_off, read, towards

NOW = datetime(2026, 5, 1, 17, 30, tzinfo=UTC)


def _taken(bearing: Bearing, minutes_ago: float) -> Bearing:
    return replace(bearing, time=NOW - timedelta(minutes=minutes_ago))


@pytest.mark.parametrize("middle", [Place(43.45, -79.70), Place(0, 180), Place(-45, -179.999), Place(68, 20)])
def test_exact_bearings_meet_at_the_target_everywhere(middle: Place) -> None:
    fix = locate([towards(*point, middle=middle) for point in THREE_SIDES])
    assert metres_off(fix, middle=middle) < 0.01
    assert all(abs(residual.residual_deg or 0) < 1e-3 for residual in fix.residuals)


def test_bearings_on_both_sides_of_north_are_neighbours() -> None:
    target = (0.0, 1500.0)
    bearings = [towards(-40, 0, target, off_deg=-3), towards(40, 0, target, off_deg=3), towards(1200, 1400, target)]
    assert bearings[0].true_deg < 5 or bearings[0].true_deg > 355
    assert abs(bearings[0].true_deg - bearings[1].true_deg) > 300
    fix = locate(bearings)
    assert metres_off(fix, target) < 30
    assert all(residual.used for residual in fix.residuals)


def test_a_reflected_bearing_is_set_aside_with_its_reason() -> None:
    bearings = [towards(*point) for point in THREE_SIDES] + [towards(1100, 1500, off_deg=70)]
    fix = locate(bearings)
    assert metres_off(fix) < 2
    assert [aside.index for aside in fix.set_aside] == [3]
    assert fix.set_aside[0].why.sentence == ("points 70 degrees away from where the others meet: probably a reflection")
    assert fix.residuals[3].residual_deg == pytest.approx(70, abs=0.5) and not fix.residuals[3].used


def test_a_bearing_that_is_a_little_off_is_kept() -> None:
    fix = locate([towards(*point) for point in THREE_SIDES] + [towards(1100, 1500, off_deg=8)])
    assert not fix.set_aside and all(residual.used for residual in fix.residuals)


@pytest.mark.parametrize("quality", [Quality.REFLECTED, Quality.BLOCKED])
def test_what_the_operator_doubted_takes_no_part(quality: Quality) -> None:
    good = [towards(*point) for point in THREE_SIDES[:2]]
    fix = locate([*good, towards(400, 1600, off_deg=20, quality=quality)])
    assert metres_off(fix) < 0.01
    assert [(aside.index, aside.why.sentence) for aside in fix.set_aside] == [
        (2, f"marked as {quality} when it was taken")
    ]
    assert fix.residuals[2].residual_deg == pytest.approx(20, abs=0.01)


def test_two_places_that_fit_as_well_are_both_shown() -> None:
    here, there = (500.0, 800.0), (1400.0, 900.0)
    fix = locate([towards(0, 0, here), towards(1000, 0, here), towards(300, 1700, there)])
    assert fix.status is Status.FIX and fix.ambiguous and fix.alternatives
    assert "Two places fit these bearings: one more bearing tells them apart." in [note.sentence for note in fix.notes]
    assert fix.alternatives[0].share > 0.2
    assert fix.place is not None
    assert geodesy.line(fix.place, fix.alternatives[0].place).metres > 300


def test_agreeing_bearings_are_not_ambiguous() -> None:
    fix = locate([towards(*point) for point in THREE_SIDES])
    assert not fix.ambiguous and not fix.alternatives and not fix.notes


def test_signals_decide_between_two_places() -> None:
    """The third observer is close to one crossing, the first two to the other: the strong signal says which."""
    bearings = [towards(0, 0, (500, 500)), towards(1000, 0, (500, 500)), towards(2300, 2200, (2150, 2150))]

    def with_bars(*bars: int) -> list[Bearing]:
        return [replace(bearing, signal=Signal(bar, Scale.BARS)) for bearing, bar in zip(bearings, bars, strict=True)]

    near_two, near_third = locate(with_bars(7, 7, 2)), locate(with_bars(1, 1, 9))
    assert near_two.place is not None and near_third.place is not None
    third = bearings[2].place
    assert geodesy.line(third, near_third.place).metres < geodesy.line(third, near_two.place).metres - 500


def test_signals_hardly_move_a_good_crossing() -> None:
    plain = [towards(*point) for point in THREE_SIDES]
    heard = [replace(bearing, signal=Signal(bar, Scale.BARS)) for bearing, bar in zip(plain, (4, 5, 6), strict=True)]
    fix = locate(heard)
    assert fix.ellipse is not None and 1 < metres_off(fix) < fix.ellipse.semi_minor_m / 4


def test_attenuation_is_added_to_the_signal() -> None:
    plain = [towards(*point) for point in THREE_SIDES]
    bare = [replace(one, signal=Signal(-60.0, Scale.DB)) for one in plain]
    damped = [replace(bare[0], signal=Signal(-80.0, Scale.DB, attenuation_db=20.0)), *bare[1:]]
    assert locate(damped).place == locate(bare).place
    undamped = [replace(bare[0], signal=Signal(-80.0, Scale.DB)), *bare[1:]]
    assert locate(undamped).place != locate(bare).place


def test_old_bearings_fade_and_then_are_set_aside() -> None:
    fresh = [_taken(towards(*point), 1) for point in THREE_SIDES]
    weights = []
    for minutes in (4, 10, 15, 40):
        fix = locate([*fresh, _taken(towards(1100, 1500), minutes)], at=NOW)
        weights.append(fix.residuals[3].weight)
    assert weights[0] > 0.9
    assert weights[1] == pytest.approx(0.5, abs=0.02) and weights[2] == pytest.approx(0.25, abs=0.02)
    assert weights[3] == 0
    assert fix.set_aside[0].why.sentence == "taken 40 minutes before, too old to use"


def test_a_faded_bearing_pulls_less() -> None:
    good = [_taken(towards(*point), 0) for point in THREE_SIDES]
    wrong = towards(1100, 1500, off_deg=8)
    assert metres_off(locate([*good, _taken(wrong, 20)], at=NOW)) < metres_off(
        locate([*good, _taken(wrong, 0)], at=NOW)
    )


def test_ages_count_to_the_newest_bearing_when_no_moment_is_given() -> None:
    long_ago = [_taken(towards(*point), 600 + minute) for minute, point in enumerate(THREE_SIDES)]
    fix = locate(long_ago)
    assert fix.status is Status.FIX and fix.at == long_ago[0].time
    assert locate(long_ago, at=NOW).status is Status.TOO_FEW


def test_times_with_and_without_a_zone_do_not_mix() -> None:
    with_zone = _taken(read(POINT_A, 45), 1)
    without = replace(read(POINT_B, 315), time=datetime(2026, 5, 1, 13, 30))
    with pytest.raises(RuleBroken, match="time zone"):
        locate([with_zone, without])
    with pytest.raises(RuleBroken, match="time zone"):
        locate([without], at=NOW)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_are_too_few(count: int) -> None:
    fix = locate([read(POINT_A, 45)][:count])
    assert fix.status is Status.TOO_FEW and fix.place is None
    assert fix.status.sentence == "too few bearings - no fix"


def test_bearings_from_one_place_are_one() -> None:
    fix = locate([read(POINT_A, 45), read(POINT_A, 60), towards(2, 1)])
    assert fix.status is Status.TOO_FEW and fix.suggestion is not None


def test_doubted_bearings_do_not_make_two() -> None:
    assert locate([read(POINT_A, 45), replace(read(POINT_B, 315), quality=Quality.BLOCKED)]).status is Status.TOO_FEW


@pytest.mark.parametrize(("a_deg", "b_deg"), [(45, 45), (45, 225), (225, 135), (270, 90)])
def test_parallel_opposite_and_backward_rays_do_not_meet(a_deg: float, b_deg: float) -> None:
    fix = locate([read(POINT_A, a_deg), read(POINT_B, b_deg)])
    assert fix.status is Status.DIVERGE
    assert [note.sentence for note in fix.notes] == [
        "Take them again: one may have been read off the back of the antenna."
    ]


@pytest.mark.parametrize(("b_deg", "status"), [(24, Status.FIX), (26, Status.ANGLE_TOO_SMALL)])
def test_the_least_angle_is_twenty_degrees(b_deg: float, status: Status) -> None:
    assert locate([read(POINT_A, 45), read(POINT_B, b_deg)]).status is status


def test_observers_that_look_at_each_other_cross_at_too_large_an_angle() -> None:
    fix = locate([read(POINT_A, 85), read(POINT_B, 275)])
    assert fix.status is Status.ANGLE_TOO_SMALL and fix.crossing_angle_deg == pytest.approx(170, abs=0.1)


def test_near_parallel_lines_are_said() -> None:
    fix = locate([read(POINT_A, 45), read(POINT_B, 20)])
    assert fix.near_parallel and fix.ellipse is not None
    assert fix.notes[0].sentence == "The lines cross at 25 degrees only: the place is uncertain along them."
    assert fix.ellipse.semi_major_m > 3 * fix.ellipse.semi_minor_m


def test_a_place_out_of_hearing_is_said() -> None:
    far = (0.0, 6000.0)
    fix = locate([towards(-3000, 0, far), towards(3000, 0, far)])
    assert "The place is farther from every observer than the signal usually carries." in [
        note.sentence for note in fix.notes
    ]


def test_an_aircraft_hears_farther() -> None:
    far = (0.0, 6000.0)
    flown = [replace(towards(east, 0, far), airborne=True) for east in (-3000, 3000)]
    assert metres_off(locate(flown), far) < 0.01 and not locate(flown).notes


def test_a_mistyped_position_is_set_aside() -> None:
    fix = locate([*(towards(*point) for point in THREE_SIDES), Bearing(43.45, 79.70, 10)])
    assert metres_off(fix) < 0.01
    assert fix.set_aside[0].index == 3
    assert fix.set_aside[0].why.sentence.endswith("km from the others: check the position")


@pytest.mark.parametrize("places", [[Place(90, 0), Place(-90, 0)], [Place(0, 180), Place(0, -180)], [Place(90, 0)] * 3])
def test_the_ends_of_the_earth_do_no_harm(places: list[Place]) -> None:
    assert locate([read(place, 10 * number) for number, place in enumerate(places)]).status is Status.TOO_FEW


def test_a_fix_keeps_its_inputs() -> None:
    bearings = [_taken(towards(*point), 1) for point in THREE_SIDES]
    assumptions = Assumptions(sigma_deg=3.0)
    fix = locate(bearings, at=NOW, assumptions=assumptions)
    assert (fix.bearings, fix.at, fix.assumptions) == (tuple(bearings), NOW, assumptions)


def test_a_steadier_hand_makes_a_smaller_ellipse() -> None:
    bearings = [towards(*point) for point in THREE_SIDES]
    usual, steady = locate(bearings).ellipse, locate(bearings, assumptions=Assumptions(sigma_deg=2.5)).ellipse
    assert usual is not None and steady is not None
    assert 0.4 < steady.semi_major_m / usual.semi_major_m < 0.6  # not exactly half: wide angles bend the lines


def test_many_bearings_are_borne() -> None:
    round_about = [
        towards(1500 * (1 if step % 2 else -1), 40.0 * step, off_deg=(step * 7 % 11) - 5) for step in range(60)
    ]
    assert metres_off(locate(round_about)) < 60


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("lat", {"lat": 90.1}),
        ("lat", {"lat": float("nan")}),
        ("lon", {"lon": -180.1}),
        ("bearing_deg", {"bearing_deg": 360.5}),
        ("bearing_deg", {"bearing_deg": -1.0}),
        ("declination_deg", {"declination_deg": 91.0}),
    ],
)
def test_what_cannot_be_is_refused_by_name(field: str, values: dict[str, float]) -> None:
    with pytest.raises(RuleBroken) as refused:
        Bearing(**{"lat": 43.45, "lon": -79.7, "bearing_deg": 45.0, **values})  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize("signal", [(9.5, Scale.BARS), (-1.0, Scale.BARS), (float("inf"), Scale.DB), (500.0, Scale.DB)])
def test_a_signal_that_no_receiver_shows_is_refused(signal: tuple[float, Scale]) -> None:
    with pytest.raises(RuleBroken):
        Signal(*signal)


def test_the_target_is_where_the_tests_think() -> None:
    assert geodesy.line(at(0, 0), at(*TARGET)).metres == pytest.approx(943.4, abs=0.1)
