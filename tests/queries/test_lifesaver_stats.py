"""The figures of Project Lifesaver on data that is worked out by hand (domain.md 7.8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.models.lifesaver_search import SearchCard
from app.models.lifesaver_vocab import (
    DischargeReason,
    FeeKind,
    IssueEnd,
    LifesaverStatus,
    SubsidyDecision,
    SuspendReason,
)
from app.models.search_vocab import (
    FoundBy,
    FoundCondition,
    FoundPlace,
    Precipitation,
    SearchOutcome,
    SearchStep,
    TransmitterFound,
)
from app.queries import lifesaver_stats
from app.queries.lifesaver_stats import Spread
from app.services import lifesaver, lifesaver_care, lifesaver_kit, lifesaver_search, registry
from tests import factories
from tests.conftest import Office
from tests.lifesaver import ANSWERS, CAREGIVERS, Programme, day, lines, programme


@pytest.fixture
def pls(office: Office) -> Programme:
    office.clock.at = day(2025, 5, 1)
    return programme(office)


def search(pls: Programme, at: Any, outcome: SearchOutcome, **values: Any) -> str:
    """A search that was called in at a moment, with its minutes after the call, closed with an outcome."""
    pls.office.clock.at = at
    drill, minutes, wet = values.get("drill", False), values.get("minutes", {}), values.get("wet")
    begin = lifesaver_search.ActivateSearch(
        person="N. N.",
        occurrence_no="25-1",
        drill=drill,
        seen_at=at - timedelta(minutes=values["delay"]) if "delay" in values else None,
        seen_lat="43.5",
        seen_lon="-79.9",
        precipitation=wet,
    )
    made = pls.office.do(pls.ess, lifesaver_search.activate_search, begin)
    pls.office.clock.at = at + timedelta(hours=5)
    for step, after in minutes.items():
        command = lifesaver_search.NoteStep(search_id=made, step=step, at=at + timedelta(minutes=after))
        pls.office.do(pls.ess, lifesaver_search.note_step, command)
    close = lifesaver_search.CloseSearch(search_id=made, outcome=outcome)
    if outcome is SearchOutcome.SAFE:
        close = replace(
            close,
            found_place=FoundPlace.STREET,
            found_condition=FoundCondition.WELL,
            transmitter_found=TransmitterFound.WORKING,
            found_by=values["by"],
            found_lat=43.5,
            found_lon=-79.9 + values.get("east", 0.0),
        )
    pls.office.do(pls.ess, lifesaver_search.close_search, close)
    return made


def test_the_figures_of_half_a_year_worked_out_by_hand(pls: Programme) -> None:
    """Three clients, four searches and a drill; every figure beside its working."""
    office = pls.office
    ada = pls.enrolled("T-1", 216_100, legal_first="Ada", conditions=["dementia"], dob=date(1945, 3, 1))
    bea = pls.enrolled("T-2", 216_200, legal_first="Bea", conditions=["autism", "seizure"])
    cleo = pls.enrolled("T-3", 216_300, legal_first="Cleo", addresses=[])
    office.clock.at = day(2025, 5, 8)
    # Tests from 2 to 7 May are due of all three: 18 client-days. Ada did 4 of them, Bea 1.
    for client, days in ((ada, (2, 3, 4, 5)), (bea, (7,))):
        record = lifesaver_care.RecordTests(client_id=client, lines=lines(*(date(2025, 5, one) for one in days)))
        office.do(pls.reg, lifesaver_care.record_tests, record)
    # Cleo is discharged on 8 May: her days end on the 7th. Bea is suspended on the same day.
    (issue,) = pls.held(pls.serial("T-3").id)
    office.do(pls.reg, lifesaver_kit.end_issue, lifesaver_kit.EndIssue(issue_id=issue.id, end=IssueEnd.LOST))
    leave = lifesaver.DischargeClient(client_id=cleo, why=DischargeReason.MOVED)
    office.do(pls.reg, lifesaver.discharge_client, leave)
    rest = lifesaver.SuspendClient(client_id=bea, why=SuspendReason.TRAVEL)
    office.do(pls.reg, lifesaver.suspend_client, rest)
    # Batteries of 1 May are due on 30 June. Ada's is replaced on the 30th (in time), Bea's on 1 July (late).
    office.clock.at = day(2025, 7, 1)
    pls.battery(ada, date(2025, 6, 30))
    pls.battery(bea, date(2025, 7, 1))
    fee = office.do(
        pls.reg, lifesaver_care.charge_fee, lifesaver_care.ChargeFee(client_id=ada, kind=FeeKind.TRANSMITTER)
    )
    grant = lifesaver_care.DecideSubsidy(fee_id=fee, decision=SubsidyDecision.GRANTED, subsidy_cents=15_000)
    office.do(pls.sup, lifesaver_care.decide_subsidy, grant)
    office.do(pls.reg, lifesaver_care.pay_fee, lifesaver_care.PayFee(fee_id=fee, paid_cents=20_000))
    office.do(pls.reg, lifesaver_care.charge_fee, lifesaver_care.ChargeFee(client_id=bea))
    for member, certified in ((pls.ess, date(2025, 7, 1)), (pls.dsp, date(2024, 8, 1)), (pls.sup, date(2024, 1, 1))):
        certify = lifesaver_kit.CertifyOperator(member_id=member.member_id, certified_on=certified)
        office.do(pls.reg, lifesaver_kit.certify_operator, certify)
    # Searches: by the signal after 36 min, by patrol after 90, false alarm, still missing. A drill is none of them.
    step = SearchStep
    by_signal = {step.ON_SCENE: 16, step.FIRST_SIGNAL: 24, step.LOCATED: 36}
    safe = SearchOutcome.SAFE
    search(
        pls, day(2025, 7, 9), safe, by=FoundBy.SIGNAL, minutes=by_signal, delay=45, wet=Precipitation.RAIN, east=0.01
    )
    by_patrol = {step.ON_SCENE: 20, step.LOCATED: 90}
    search(pls, day(2025, 7, 20), safe, by=FoundBy.PATROL, minutes=by_patrol, delay=15)
    search(pls, day(2025, 8, 1), SearchOutcome.FALSE, minutes={step.ON_SCENE: 9}, delay=5)
    search(pls, day(2025, 8, 2), SearchOutcome.MISSING)
    search(pls, day(2025, 7, 2), safe, by=FoundBy.SIGNAL, minutes={step.LOCATED: 1}, delay=0, drill=True)
    search(pls, day(2024, 12, 31), SearchOutcome.FALSE)

    office.clock.at = day(2025, 8, 29)
    with office.vault.read() as session:
        found = lifesaver_stats.figures(session, start=date(2025, 1, 1), end=date(2025, 8, 31), today=date(2025, 8, 29))
    assert (found.active, found.waitlist, found.enrolments) == (2, 0, 3)
    assert dict(found.discharges) == {"moved": 1}
    assert dict(found.clients_by_condition) == {"dementia": 1, "autism": 1, "seizure": 1}
    assert dict(found.clients_by_age) == {"65+": 1, "0-11": 1}
    assert dict(found.clients_by_municipality) == {"Milton": 2}
    assert dict(found.transmitters) == {"issued": 2, "lost": 1}
    assert (found.batteries_replaced, found.batteries_on_time, found.batteries_percent) == (2, 1, 50)
    assert found.batteries_overdue == 0, "60 days after 30 June is 29 August: due today, not overdue"
    # Ada from 2 May to 28 August: 30 + 30 + 31 + 28 = 119 days; Bea and Cleo 2 to 7 May: 6 each. 131, of which 5.
    assert (found.test_days, found.test_days_done, found.tests_percent) == (131, 5, 4)
    searches = found.searches
    assert (searches.count, found.drills, searches.false_alarms) == (4, 1, 1)
    assert searches.caregiver_delay == Spread(3, 15.0, 45)
    assert searches.call_to_scene == Spread(3, 16.0, 20)
    assert searches.call_to_signal == Spread(1, 24.0, 24)
    assert searches.call_to_found == Spread(2, 63.0, 90)
    # A hundredth of a degree east at 43.5 north: 6378137 x 0.72537 / 0.99841 x 0.01 x pi/180 = 808.8; and 0.
    assert searches.found_m == Spread(2, 404.5, 809)
    assert (searches.found, searches.found_by_signal, searches.by_signal_percent) == (2, 1, 50)
    assert dict(searches.outcomes) == {"safe": 2, "false": 1, "missing": 1}
    assert dict(searches.conditions) == {"well": 2}
    assert dict(searches.weather) == {"rain": 1, "": 3}
    # Certified: the specialist to 1 July 2026. The dispatcher's ended on 1 August 2025, the supervisor's long ago.
    assert (found.operators_certified, found.operators_expiring) == (1, 0)
    assert (found.fees_charged_cents, found.fees_paid_cents) == (46_000, 20_000)
    assert (found.subsidies_cents, found.subsidies_granted) == (15_000, 1)
    assert office.found(SearchCard, SearchCard.removed_at.is_(None))


def test_who_waits_what_is_overdue_and_whose_certificate_ends(pls: Programme) -> None:
    """Nothing is in stock when Dora's turn comes. Batteries of 1 May are due on 30 June, and red the day after.

    Certificates last a year, and are said to end 60 days before: of 20 August 2024 until 20 August 2025, from 21 June
    on; of 1 October 2024 only in August; of 1 June 2024 it is over.
    """
    office = pls.office
    dora = office.do(pls.reg, registry.register, factories.registration(legal_first="Dora"))
    asked = lifesaver.OpenInquiry(registration_id=dora, caregivers=CAREGIVERS)
    screen = lifesaver.ScreenClient(client_id=office.do(pls.reg, lifesaver.open_inquiry, asked), answers=ANSWERS)
    assert office.do(pls.reg, lifesaver.screen_client, screen) is LifesaverStatus.WAITLIST
    pls.enrolled("T-1", 216_100, legal_first="Ada")
    bea = pls.enrolled("T-2", 216_200, legal_first="Bea")
    certificates = ((pls.ess, date(2024, 8, 20)), (pls.sup, date(2024, 10, 1)), (pls.dsp, date(2024, 6, 1)))
    for member, certified in certificates:
        certify = lifesaver_kit.CertifyOperator(member_id=member.member_id, certified_on=certified)
        office.do(pls.reg, lifesaver_kit.certify_operator, certify)
    found = {}
    for today in (date(2025, 6, 30), date(2025, 7, 1)):
        office.clock.at = day(today.year, today.month, today.day)
        with office.vault.read() as session:
            found[today] = lifesaver_stats.figures(session, start=date(2025, 1, 1), end=today, today=today)
    due, after = found.values()
    assert (due.waitlist, due.active, due.enrolments) == (1, 2, 2)
    assert (due.batteries_overdue, after.batteries_overdue) == (0, 2)
    assert (after.operators_certified, after.operators_expiring) == (2, 1)
    pls.battery(bea, date(2025, 7, 1))
    with office.vault.read() as session:
        last = lifesaver_stats.figures(session, start=date(2025, 1, 1), end=date(2025, 7, 1), today=date(2025, 7, 1))
    assert (last.batteries_overdue, last.batteries_replaced, last.batteries_on_time) == (1, 1, 0)


def test_nothing_gives_no_percent(pls: Programme) -> None:
    with pls.office.vault.read() as session:
        found = lifesaver_stats.figures(session, start=date(2025, 1, 1), end=date(2025, 12, 31), today=date(2025, 5, 1))
    assert (found.batteries_percent, found.tests_percent, found.searches.by_signal_percent) == (None, None, None)
    assert found.searches.call_to_found == Spread(0, None, None)
