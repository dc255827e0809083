"""The statistics of personal alarms (domain.md 8.8) on records worked out by hand, and what analysts get of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.published import PublishedTable
from app.models.rules import access
from app.models.rules.suppression import suppressed, total
from app.models.tracking import TrackingDevice, TrackingLoan
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    CheckResult,
    DeviceStatus,
    LoanAdvice,
    LoanEnd,
    RiskJudged,
    Role,
    ScopeKind,
    TrackingStatus,
)
from app.queries import tracking_figures
from app.services import (
    crisis,
    tracking,
    tracking_alarms,
    tracking_counts,
    tracking_loans,
    tracking_stock,
)
from tests import factories
from tests.services.test_tracking import Story, moment, story  # noqa: F401  (the fixture)


def alarm(here: Story, received: datetime, dispatch: int | None, arrive: int | None, outcome: AlarmOutcome) -> str:
    """An alarm with seconds to the dispatch and to the arrival, ended twenty minutes later."""
    (loan,) = here.office.found(TrackingLoan, TrackingLoan.returned_at.is_(None))
    here.office.clock.at = received + timedelta(minutes=20)
    event_id = here.office.do(
        here.dispatcher,
        tracking_alarms.raise_alarm,
        tracking_alarms.RaiseAlarm(
            loan_id=loan.id,
            source=AlarmSource.SOS,
            received_at=received,
            dispatched_at=None if dispatch is None else received + timedelta(seconds=dispatch),
            arrived_at=None if arrive is None else received + timedelta(seconds=arrive),
        ),
    )
    here.office.do(
        here.dispatcher, tracking_alarms.close_alarm, tracking_alarms.CloseAlarm(event_id=event_id, outcome=outcome)
    )
    return event_id


def test_the_figures_of_a_quarter(story: Story) -> None:  # noqa: F811
    """Two devices, a case with a loan from 3 February to 31 March, an application that is declined.

    Loan days 26 (February) + 31 (March) = 57; the quarter has 90 days, two devices: 57 of 180 = 32 %.
    Costs: one device bought in the quarter, 200.00; 20.00 a month for 57 days = 37.45; 237.45 in
    1.8727 months = 126.80.
    Tests: 10, 17 and 24 February, 3, 10, 17, 24 and 31 March; done 6 of 8 = 75 %.
    Alarms: 65 s and 95 s to the dispatch (median 80), 440 s and 500 s on the way (470), 505 and 595 to the
    arrival (550); genuine 1 of 3, the test not counted = 33 %.
    """
    office = story.office
    bought = tracking_stock.UpdateDevice(device_id=story.device_id, purchased_on=date(2025, 1, 15))
    office.do(story.worker, tracking_stock.update_device, bought)
    old = factories.device("MT-08", purchased_on=date(2023, 6, 1))
    office.do(story.worker, tracking_stock.add_device, old)
    office.do(story.worker, tracking_stock.add_device, factories.device("MT-01"))
    (gone,) = [one.id for one in office.found(TrackingDevice) if one.asset_no == "MT-01"]
    retired = tracking_stock.SetAside(device_id=gone, status=DeviceStatus.RETIRED, reason="Broken")
    office.do(story.worker, tracking_stock.set_aside, retired)
    changed = tracking.UpdateApplication(application_id=story.application_id, referred_on=date(2025, 1, 20))
    office.do(story.worker, tracking.update_application, changed)
    loan_id = story.lent()
    other = office.do(story.worker, crisis.open_case, factories.case())
    second = office.do(story.worker, tracking.apply, factories.application(other))
    office.do(story.worker, tracking.assess_application, tracking.AssessApplication(application_id=second))
    no = tracking.DecideApplication(
        application_id=second, decision=TrackingStatus.DECLINED, note="No", alternative="Telephone"
    )
    office.do(story.supervisor, tracking.decide_application, no)
    for day in (10, 17, 24):
        office.clock.at = moment(date(2025, 2, day))
        story.check()
    first = alarm(story, moment(date(2025, 2, 24), 20), 65, 505, AlarmOutcome.PRESENT)
    followed = tracking_alarms.ReviewAlarm(event_id=first, breach_ref="25-311", charges="Breach of an undertaking")
    office.do(story.worker, tracking_alarms.review_alarm, followed)
    alarm(story, moment(date(2025, 3, 2), 20), 95, 595, AlarmOutcome.ACCIDENTAL)
    for day in (3, 10, 17):
        office.clock.at = moment(date(2025, 3, day))
        story.check(CheckResult.OK if day != 10 else CheckResult.LOW_BATTERY)
    alarm(story, moment(date(2025, 3, 18), 20), None, None, AlarmOutcome.FAULT)
    alarm(story, moment(date(2025, 3, 19), 20), 10, 20, AlarmOutcome.TEST)
    review = tracking_loans.ReviewLoan(loan_id=loan_id, risk_now=RiskJudged.HIGH, advice=LoanAdvice.EXTEND)
    office.do(story.worker, tracking_loans.review_loan, review)
    longer = tracking_loans.ExtendLoan(loan_id=loan_id, to=date(2025, 6, 1), reason="Trial")
    office.do(story.supervisor, tracking_loans.extend_loan, longer)
    story.check(CheckResult.MISSED, due_on=date(2025, 3, 24))
    office.clock.at = moment(date(2025, 3, 31))
    story.check(CheckResult.MISSED)
    back = tracking_loans.ReturnDevice(loan_id=loan_id, reason=LoanEnd.SAFER, witness=story.witness.member_id)
    office.do(story.worker, tracking_loans.return_device, back)

    with office.vault.read() as session:
        found = tracking_figures.figures(session, start=date(2025, 1, 1), end=date(2025, 3, 31))
        april = tracking_figures.figures(session, start=date(2025, 4, 1), end=date(2025, 6, 30))
    assert dict(found.devices) == {DeviceStatus.WIPING: 1, DeviceStatus.IN_STOCK: 1, DeviceStatus.RETIRED: 1}
    assert (found.loan_days, found.utilization) == (57, 32)
    assert (found.applications, found.approvals, found.declined, found.waiting) == (2, 1, 1, 0)
    assert (found.waits.count, found.waits.median) == (1, 14)
    assert (found.loans_active, found.loans_begun, found.extensions) == (0, 1, 1)
    assert (found.lengths.count, found.lengths.median) == (1, 57)
    assert found.tests_done == 75
    assert dict(found.alarms) == {
        AlarmOutcome.PRESENT: 1, AlarmOutcome.ACCIDENTAL: 1, AlarmOutcome.FAULT: 1, AlarmOutcome.TEST: 1,
    }  # fmt: skip
    assert (found.alarms_open, found.genuine) == (0, 33)
    assert (found.to_dispatch.median, found.to_dispatch.largest) == (80, 95)
    assert (found.on_the_way.median, found.to_arrive.median) == (470, 550)
    assert (found.breaches, found.charges) == (1, 1)
    assert dict(found.ends) == {LoanEnd.SAFER: 1}
    assert found.with_children == 1
    assert found.cents_a_loan_month == 12680
    assert (april.loan_days, april.tests_done, april.genuine, april.cents_a_loan_month) == (0, None, None, None)


def test_what_goes_on_is_counted_while_it_does(story: Story) -> None:  # noqa: F811
    """On 3 March: one loan since 3 February, an alarm that is not over, two applications of which one waits.

    Loan days 26 (February) + 31 (to the end of the quarter) = 57; one device: 57 of 90 = 63 %.
    """
    office = story.office
    loan_id = story.lent()
    other = office.do(story.worker, crisis.open_case, factories.case())
    second = office.do(story.worker, tracking.apply, factories.application(other))
    office.do(story.worker, tracking.assess_application, tracking.AssessApplication(application_id=second))
    waits = tracking.DecideApplication(
        application_id=second, decision=TrackingStatus.WAITLISTED, note="No device is free", interim_plan="Patrols"
    )
    office.do(story.supervisor, tracking.decide_application, waits)
    office.clock.at = moment(date(2025, 3, 3))
    raised = tracking_alarms.RaiseAlarm(loan_id=loan_id, source=AlarmSource.SOS, received_at=office.clock.at)
    event_id = office.do(story.dispatcher, tracking_alarms.raise_alarm, raised)
    with office.vault.read() as session:
        found = tracking_figures.figures(session, start=date(2025, 1, 1), end=date(2025, 3, 31))
    assert dict(found.devices) == {DeviceStatus.LOANED: 1}
    assert (found.loans_active, found.loans_begun, found.lengths.count) == (1, 1, 0)
    assert (found.loan_days, found.utilization, found.with_children) == (57, 63, 1)
    assert (found.waiting, found.approvals, found.declined) == (1, 1, 0)
    assert (found.alarms_open, dict(found.alarms), found.genuine) == (1, {}, None)
    ended = tracking_alarms.CloseAlarm(event_id=event_id, outcome=AlarmOutcome.PRESENT)
    office.do(story.dispatcher, tracking_alarms.close_alarm, ended)
    with office.vault.read() as session:
        found = tracking_figures.figures(session, start=date(2025, 1, 1), end=date(2025, 3, 31))
    assert (found.alarms_open, found.genuine) == (0, 100)


def test_acceptance_8d_the_analyst_gets_counts_by_month_without_small_cells(story: Story) -> None:  # noqa: F811
    office = story.office
    story.lent()
    for hour in range(6):
        alarm(story, moment(date(2025, 2, 10), 18) + timedelta(hours=hour), None, None, AlarmOutcome.ACCIDENTAL)
    for day in (3, 4):
        alarm(story, moment(date(2025, 3, day)), None, None, AlarmOutcome.PRESENT)
    alarm(story, moment(date(2025, 3, 5)), None, None, AlarmOutcome.TEST)
    asked = tracking_counts.PublishAlarmCounts(year=2025)
    analyst = office.member(Role.CSW, "C. Counter")
    with pytest.raises(NotAllowed):
        office.do(analyst, tracking_counts.publish_alarm_counts, asked)
    table_id = office.do(story.supervisor, tracking_counts.publish_alarm_counts, asked)
    assert office.do(story.supervisor, tracking_counts.publish_alarm_counts, asked) == table_id
    with office.vault.read() as session:
        (table,) = tracking_figures.published(session, tracking_counts.PROGRAMME)
        kept = session.scalars(select(PublishedTable)).all()
    assert len(kept) == 1 and (table.starts_on, table.smallest) == (date(2025, 1, 1), "5")
    by_month = {row.label: row.values for row in table.rows}
    assert by_month["2025-02"] == (0, 6, 0, 6)
    assert by_month["2025-03"] == (None, 0, 0, None)
    assert by_month["2025-04"] == (0, 0, 0, 0)
    readers = access.READING_GROUPS[ScopeKind.COUNTS]
    assert access.groups_of([Role.CSW]) & readers
    for kind in ScopeKind:
        if kind.value.startswith("tracking") or kind is ScopeKind.DISPATCH_CARD:
            assert not access.groups_of([Role.CSW]) & access.READING_GROUPS[kind], kind


def test_no_hidden_cell_can_be_worked_out() -> None:
    assert suppressed([[7, 3, 9]], 5) == [[None, None, 9]]
    assert suppressed([[3, 0, 0]], 5) == [[None, 0, 0]] and total([3, 0, 0], 5) is None
    assert suppressed([[6, 8], [2, 9]], 5) == [[None, None], [None, None]]
    assert suppressed([[6, 7, 8], [2, 9, 5], [9, 9, 9]], 5) == [[None, 7, None], [None, 9, None], [9, 9, 9]]
    assert suppressed([[0, 5], [10, 6]], 5) == [[0, 5], [10, 6]]
    assert suppressed([], 5) == []


def test_changing_the_smallest_cell_is_a_setting(story: Story) -> None:  # noqa: F811
    from app.services import directory

    office = story.office
    story.lent()
    for hour in range(6):
        alarm(story, moment(date(2025, 2, 10), 18) + timedelta(hours=hour), None, None, AlarmOutcome.ACCIDENTAL)
    office.do(story.supervisor, directory.update_setting, directory.UpdateSetting(name="privacy.small_cell", value=7))
    asked = tracking_counts.PublishAlarmCounts(year=2025)
    office.do(story.supervisor, tracking_counts.publish_alarm_counts, replace(asked))
    with office.vault.read() as session:
        (table,) = tracking_figures.published(session, tracking_counts.PROGRAMME)
    assert {row.label: row.values for row in table.rows}["2025-02"] == (0, None, 0, None)
