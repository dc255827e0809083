"""The acceptance examples of Project Lifesaver that are about a search (domain.md 7.9 c to g), and its rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.errors import NotAllowed
from app.locate import Status
from app.locate.geodesy import Place, ahead, line
from app.models.lifesaver_search import BearingLog, SearchActivation, SearchCard
from app.models.local.tables import AuditEntry
from app.models.registry import CardView
from app.models.rules import search as rules
from app.models.search_vocab import (
    BearingNorth,
    DebriefStep,
    FoundBy,
    FoundCondition,
    FoundPlace,
    Light,
    PulseHeard,
    SearchOutcome,
    SearchStatus,
    SearchStep,
    TransmitterFound,
    UrgencyBand,
    UrgencyPart,
)
from app.models.vocab import AuditAction, CardReason, TaskStatus, Tri
from app.models.work_items import Task
from app.queries import lifesaver_search as questions
from app.services import lifesaver_kit, lifesaver_search
from app.services.lifesaver_search import ActivateSearch, CloseSearch, LogBearing, NoteStep, UpdateSearch
from tests.conftest import Office
from tests.lifesaver import Programme, day, programme, refused


@pytest.fixture
def pls(office: Office) -> Programme:
    office.clock.at = day(2025, 7, 9, 17, 5)  # 13:05 in Toronto
    return programme(office)


def activate(pls: Programme, **values: Any) -> str:
    """A search for whoever is enrolled last, begun by the specialist."""
    cards = pls.office.found(SearchCard)
    command = ActivateSearch(card_id=cards[-1].id if cards else None, person="N. N.", occurrence_no="25-0709")
    return pls.office.do(pls.ess, lifesaver_search.activate_search, replace(command, **values))


def view(pls: Programme, search_id: str) -> questions.SearchView:
    with pls.office.vault.read() as session:
        return questions.search(session, search_id, now=pls.office.clock())


def certified(pls: Programme) -> None:
    command = lifesaver_kit.CertifyOperator(member_id=pls.ess.member_id, certified_on=date(2025, 6, 1))
    pls.office.do(pls.reg, lifesaver_kit.certify_operator, command)


def log(pls: Programme, search_id: str, place: tuple[float, float], bearing: float | None, **values: Any) -> str:
    pls.office.clock.move(seconds=1)
    command = LogBearing(
        search_id=search_id,
        operator_id=pls.ess.member_id,
        lat=place[0],
        lon=place[1],
        bearing=bearing,
        north=BearingNorth.TRUE,
    )
    return pls.office.do(pls.ess, lifesaver_search.log_bearing, replace(command, **values))


A, B = (43.45, -79.70), (43.45, -79.69)


@pytest.mark.parametrize(
    ("bearings", "status"),
    [
        (((A, 45.0), (B, 315.0)), Status.FIX),
        (((A, 45.0), (B, 50.0)), Status.DIVERGE),
        (((A, 45.0), (B, 33.0)), Status.ANGLE_TOO_SMALL),
    ],
    ids=["7c", "7d diverge", "7d angle"],
)
def test_acceptance_7c_and_7d_through_records(
    pls: Programme, bearings: Sequence[tuple[tuple[float, float], float]], status: Status
) -> None:
    certified(pls)
    search = activate(pls)
    for place, bearing in bearings:
        log(pls, search, place, bearing)
    found = view(pls, search)
    assert found.fix is not None and found.fix.status is status
    if status is Status.FIX:
        assert found.fix.place is not None
        assert line(found.fix.place, Place(43.4536, -79.695)).metres <= 20
        for place in (A, B):
            assert line(Place(*place), found.fix.place).metres == pytest.approx(570, abs=20)
        assert all(row.used for row in found.bearings)
    else:
        assert found.fix.place is None


def test_acceptance_7e_the_declination_of_the_day_is_kept_with_the_row(pls: Programme) -> None:
    certified(pls)
    search = activate(pls)
    log(pls, search, A, 55.5, north=BearingNorth.MAGNETIC)
    log(pls, search, B, 4.0, north=BearingNorth.MAGNETIC)
    assert [row.true_deg for row in view(pls, search).bearings] == [45.0, 353.5]
    assert {row.declination for row in pls.office.found(BearingLog)} == {"-10.5"}


def test_acceptance_7f_the_clocks_and_the_distance(pls: Programme) -> None:
    pls.enrolled()
    seen, found_at = Place(43.512, -79.882), ahead(Place(43.512, -79.882), 60.0, 820.0)
    search = activate(
        pls, seen_at=day(2025, 7, 9, 16, 20), seen_lat=str(seen.lat), seen_lon=str(seen.lon), call_at=pls.office.clock()
    )
    pls.office.clock.at = day(2025, 7, 9, 18, 0)
    for step, hour, minute in (
        (SearchStep.ON_SCENE, 17, 21),
        (SearchStep.FIRST_SIGNAL, 17, 29),
        (SearchStep.LOCATED, 17, 41),
    ):
        at = day(2025, 7, 9, hour, minute)
        pls.office.do(pls.ess, lifesaver_search.note_step, NoteStep(search_id=search, step=step, at=at))
    close = CloseSearch(
        search_id=search,
        outcome=SearchOutcome.SAFE,
        found_lat=found_at.lat,
        found_lon=found_at.lon,
        found_place=FoundPlace.WATER,
        found_condition=FoundCondition.WELL,
        transmitter_found=TransmitterFound.WORKING,
        found_by=FoundBy.SIGNAL,
    )
    pls.office.do(pls.ess, lifesaver_search.close_search, close)
    shown = view(pls, search)
    assert shown.times == rules.Times(45, 16, 24, 36)
    assert shown.values["found_m"] == 820
    assert (shown.who, shown.values["call_at"]) == ("Teddy Rennick", day(2025, 7, 9, 17, 5))
    (debrief,) = pls.office.found(Task, Task.rule == lifesaver_search.DEBRIEF)
    assert debrief.due_on == date(2025, 7, 16) and debrief.status is TaskStatus.OPEN
    steps = lifesaver_search.DebriefSearch(search_id=search, steps=tuple(DebriefStep)[:3])
    pls.office.do(pls.ess, lifesaver_search.debrief_search, steps)
    assert pls.office.get(Task, debrief.id).status is TaskStatus.OPEN, "one step is left"
    pls.office.do(pls.ess, lifesaver_search.debrief_search, replace(steps, steps=tuple(DebriefStep)[3:]))
    assert pls.office.get(Task, debrief.id).status is TaskStatus.DONE
    with refused("closed"):
        pls.office.do(pls.ess, lifesaver_search.update_search, UpdateSearch(search_id=search, mood="Calm"))


def test_acceptance_7g_the_frequency_opens_with_a_search(pls: Programme) -> None:
    pls.enrolled("T-044", 216_150)
    transmitter = pls.serial("T-044").id
    ask = lifesaver_kit.RevealFrequency(transmitter_id=transmitter)
    with pytest.raises(NotAllowed, match="while a search"):
        pls.office.do(pls.ess, lifesaver_kit.reveal_frequency, ask)
    search = activate(pls)
    ask = replace(ask, activation_id=search)
    assert pls.office.do(pls.ess, lifesaver_kit.reveal_frequency, ask) == 216_150
    with pytest.raises(NotAllowed):
        pls.office.do(pls.dsp, lifesaver_kit.reveal_frequency, ask)
    (seen,) = pls.office.found(AuditEntry, AuditEntry.action == AuditAction.REVEAL)
    assert (seen.member_id, seen.kind, seen.reason) == (pls.ess.member_id, "transmitter_frequency", "25-0709")
    views = pls.office.found(CardView)
    assert [(one.why, one.occurrence_no) for one in views] == [(CardReason.MISSING, "25-0709")] * 2
    pls.office.do(pls.ess, lifesaver_search.close_search, CloseSearch(search_id=search, outcome=SearchOutcome.FALSE))
    with pytest.raises(NotAllowed):
        pls.office.do(pls.ess, lifesaver_kit.reveal_frequency, ask)


def test_a_search_for_one_does_not_open_the_frequency_of_another(pls: Programme) -> None:
    pls.enrolled("T-044", 216_150)
    other = pls.serial("T-044").id
    pls.enrolled("T-118", 217_000, legal_first="Ada")
    (ada,) = pls.office.found(SearchCard, SearchCard.legal_first == "Ada")
    search = activate(pls, card_id=ada.id)
    ask = lifesaver_kit.RevealFrequency(transmitter_id=other, activation_id=search)
    with pytest.raises(NotAllowed):
        pls.office.do(pls.ess, lifesaver_kit.reveal_frequency, ask)


def test_an_old_battery_and_a_taken_off_transmitter_raise_the_banner(pls: Programme) -> None:
    pls.office.clock.at = day(2025, 5, 1)
    pls.enrolled()
    pls.office.clock.at = day(2025, 7, 9, 17, 5)
    search = activate(pls, wearing=Tri.YES)
    shown = view(pls, search)
    assert "69 days" in shown.signal_may_fail and "may be flat" in shown.signal_may_fail
    pls.battery(pls.office.found(SearchCard)[0].client_id or "")
    assert view(pls, search).signal_may_fail == ""
    pls.office.do(pls.ess, lifesaver_search.update_search, UpdateSearch(search_id=search, wearing=Tri.NO))
    assert "taken off" in view(pls, search).signal_may_fail


POINTS = rules.Points(
    age=2, child_under=12, senior_from=75, hour=1, most_hours=4, weather=3, cold_c=5, heat_c=32, wet=1, dark=1,
    terrain=2, hazard_m=500, health=3, danger=2, alone=1, signal=2, very_urgent_from=5, extreme_from=9,
)  # fmt: skip


def test_urgency_is_the_sum_of_parts_that_are_shown() -> None:
    now = day(2025, 7, 9, 17, 0)
    facts = rules.Facts(
        age=9,
        seen_at=now - timedelta(minutes=150),
        now=now,
        feels_like_c=5,
        light=Light.DARK,
        hazards_m=(900, 500),
        health=False,
        medication_due_at=now + timedelta(hours=2),
        danger=True,
        alone=Tri.YES,
        signal_may_fail=True,
    )
    found = rules.urgency(facts, POINTS)
    assert {one.part: one.points for one in found.parts} == {
        UrgencyPart.AGE: 2,
        UrgencyPart.TIME: 2,
        UrgencyPart.WEATHER: 4,
        UrgencyPart.TERRAIN: 2,
        UrgencyPart.HEALTH: 3,
        UrgencyPart.DANGER: 2,
        UrgencyPart.ALONE: 1,
        UrgencyPart.SIGNAL: 2,
    }
    assert (found.total, found.band, found.unknown) == (18, UrgencyBand.EXTREME, ())


@pytest.mark.parametrize(
    ("facts", "total", "band"),
    [
        (rules.Facts(), 0, UrgencyBand.URGENT),
        (rules.Facts(age=74, feels_like_c=6, alone=Tri.UNKNOWN), 0, UrgencyBand.URGENT),
        (rules.Facts(age=75, feels_like_c=32), 5, UrgencyBand.VERY_URGENT),
        (rules.Facts(age=11, health=True, danger=True, signal_may_fail=True), 9, UrgencyBand.EXTREME),
    ],
)
def test_urgency_at_its_limits(facts: rules.Facts, total: int, band: UrgencyBand) -> None:
    found = rules.urgency(facts, POINTS)
    assert (found.total, found.band) == (total, band)


def test_what_is_not_known_is_said_and_a_raise_never_lowers() -> None:
    assert set(rules.urgency(rules.Facts(), POINTS).unknown) == set(UrgencyPart) - {UrgencyPart.SIGNAL}
    facts = rules.Facts(age=9, health=True, danger=True)
    assert rules.urgency(facts, POINTS, raised_to=3).total == 7
    assert rules.urgency(facts, POINTS, raised_to=12).band is UrgencyBand.EXTREME


def test_only_a_supervisor_raises_the_urgency(pls: Programme) -> None:
    search = activate(pls)
    command = lifesaver_search.RaiseUrgency(search_id=search, to=10, reason="Storm coming")
    with pytest.raises(NotAllowed):
        pls.office.do(pls.ess, lifesaver_search.raise_urgency, command)
    pls.office.do(pls.sup, lifesaver_search.raise_urgency, command)
    assert (view(pls, search).urgency.total, view(pls, search).urgency.band) == (10, UrgencyBand.EXTREME)


def test_a_bearing_needs_a_certified_operator_or_a_supervisors_reason(pls: Programme) -> None:
    search = activate(pls)
    with refused("no certificate"):
        log(pls, search, A, 45.0)
    command = LogBearing(search_id=search, operator_id=pls.ess.member_id, lat=A[0], lon=A[1], bearing=45.0)
    with refused("no certificate"):
        pls.office.do(pls.sup, lifesaver_search.log_bearing, command)
    made = pls.office.do(pls.sup, lifesaver_search.log_bearing, replace(command, override_reason="Only one on scene"))
    assert pls.office.get(BearingLog, made).override_by == pls.sup.member_id
    certified(pls)
    log(pls, search, A, 45.0)
    pls.office.clock.at = day(2026, 6, 2)
    with refused("no certificate"):
        log(pls, search, A, 45.0)


def test_a_withdrawn_bearing_stays_in_the_log_and_counts_no_more(pls: Programme) -> None:
    certified(pls)
    search = activate(pls)
    log(pls, search, A, 45.0)
    wrong = log(pls, search, B, 50.0)
    log(pls, search, B, 315.0)
    withdraw = lifesaver_search.WithdrawBearing(bearing_id=wrong, reason="Misread")
    pls.office.do(pls.ess, lifesaver_search.withdraw_bearing, withdraw)
    shown = view(pls, search)
    assert [row.withdrawn for row in shown.bearings] == ["", "Misread", ""]
    assert shown.fix is not None and len(shown.fix.bearings) == 2 and shown.fix.status is Status.FIX
    with refused("already"):
        pls.office.do(pls.ess, lifesaver_search.withdraw_bearing, withdraw)


def test_the_first_pulse_is_the_first_signal_and_silence_is_no_bearing(pls: Programme) -> None:
    certified(pls)
    search = activate(pls)
    log(pls, search, A, None, heard=PulseHeard.NO)
    assert view(pls, search).values["first_signal_at"] is None
    with refused("Enter the bearing"):
        log(pls, search, A, None)
    pls.office.clock.move(minutes=3)
    log(pls, search, A, 45.0, signal=4.0)
    shown = view(pls, search)
    assert shown.values["first_signal_at"] == pls.office.clock()
    assert shown.status is SearchStatus.SEARCHING
    pls.office.clock.move(minutes=2)
    log(pls, search, A, 45.0, signal=7.0)
    assert view(pls, search).trend == "rising"


def test_a_close_asks_how_the_person_was_found(pls: Programme) -> None:
    search = activate(pls)
    with refused("kind of place, condition, transmitter, found by"):
        pls.office.do(pls.ess, lifesaver_search.close_search, CloseSearch(search_id=search, outcome=SearchOutcome.SAFE))
    pls.office.do(pls.ess, lifesaver_search.close_search, CloseSearch(search_id=search, outcome=SearchOutcome.MISSING))
    assert pls.office.get(SearchActivation, search).status is SearchStatus.CLOSED


@pytest.mark.parametrize(
    ("at", "words"), [(day(2025, 7, 9, 17, 0), "earlier than the call"), (day(2025, 7, 9, 17, 10), "future")]
)
def test_a_step_lies_between_the_call_and_now(pls: Programme, at: datetime, words: str) -> None:
    search = activate(pls)
    with refused(words):
        pls.office.do(pls.ess, lifesaver_search.note_step, NoteStep(search_id=search, step=SearchStep.EN_ROUTE, at=at))


def test_steps_move_the_search_and_may_be_taken_back(pls: Programme) -> None:
    search = activate(pls)
    seen = []
    for step in (SearchStep.EN_ROUTE, SearchStep.ON_SCENE, SearchStep.LOCATED):
        pls.office.do(pls.dsp, lifesaver_search.note_step, NoteStep(search_id=search, step=step))
        seen.append(view(pls, search).status)
    assert seen == [SearchStatus.STAGED, SearchStatus.SEARCHING, SearchStatus.LOCATED]
    back = NoteStep(search_id=search, step=SearchStep.LOCATED, clear=True)
    pls.office.do(pls.dsp, lifesaver_search.note_step, back)
    assert view(pls, search).status is SearchStatus.SEARCHING
    rest = lifesaver_search.SuspendSearch(search_id=search, reason="Dark")
    pls.office.do(pls.sup, lifesaver_search.suspend_search, rest)
    assert view(pls, search).status is SearchStatus.SUSPENDED
    pls.office.do(pls.sup, lifesaver_search.suspend_search, replace(rest, goes_on=True))
    assert view(pls, search).status is SearchStatus.SEARCHING
