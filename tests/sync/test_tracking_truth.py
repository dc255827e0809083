"""Personal alarms through real vaults and the real sync: who gets what, and one device that two laptops lend apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import NotAllowed, RuleBroken
from app.models.tracking import (
    AlarmEvent,
    DispatchCard,
    LocationTrack,
    TrackingApplication,
    TrackingDevice,
    TrackingLoan,
)
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    DeviceStatus,
    LoanEnd,
    Role,
    ScopeKind,
    TaskStatus,
    TrackingReason,
    TrackingStatus,
)
from app.models.work_items import Task
from app.queries import dispatch_card, tracking_figures
from app.services import (
    crisis,
    dispatch_cards,
    inventory,
    safety,
    tracking,
    tracking_alarms,
    tracking_checks,
    tracking_counts,
    tracking_loans,
    tracking_locations,
    tracking_stock,
)
from tests import factories
from tests.sync.conftest import Agency, Recruit, Station
from tests.sync.test_inventory_truth import all_sync, do


def approved(worker: Station, supervisor: Station) -> str:
    """A case of the worker with a current plan and an approved application; the application."""
    case_id = do(worker, crisis.open_case, factories.case())
    do(worker, safety.save_plan, factories.plan(case_id))
    application_id: str = do(worker, tracking.apply, factories.application(case_id))
    do(worker, tracking.assess_application, tracking.AssessApplication(application_id=application_id))
    all_sync(worker, supervisor)
    decided = tracking.DecideApplication(application_id=application_id, decision=TrackingStatus.APPROVED)
    do(supervisor, tracking.decide_application, decided)
    all_sync(supervisor, worker)
    return application_id


def lend(worker: Station, application_id: str, device_id: str, witness: str) -> str:
    today = (worker.vault.now() - timedelta(days=1)).date()
    made: str = do(worker, tracking_loans.issue_loan, factories.loan(application_id, device_id, witness, today))
    return made


@pytest.fixture
def supervisor(agency: Agency, recruit: Recruit) -> Station:
    """The first of the agency."""
    made = recruit(agency, "Sam Supervisor", Role.SUP, groups=("staff", "unit", "supervisors", "responders"))
    made.scope(ScopeKind.AGENCY, agency.agency_id)
    made.sync()
    return made


def test_one_device_lent_twice_is_kept_raised_and_settled(
    agency: Agency, recruit: Recruit, supervisor: Station
) -> None:
    one, two = recruit(agency, "Wanda Worker"), recruit(agency, "Will Worker")
    all_sync(supervisor, one, two)
    device_id = do(one, tracking_stock.add_device, factories.device())
    first, second = approved(one, supervisor), approved(two, supervisor)
    all_sync(one, two, supervisor)

    # Apart: each lends the same device, and goes on working.
    here = lend(one, first, device_id, two.member_id)
    there = lend(two, second, device_id, one.member_id)
    all_sync(one, two, supervisor)

    for loan_id in (here, there):
        kept = supervisor.get(TrackingLoan, loan_id)
        assert kept is not None and kept.device_id == device_id and kept.returned_at is None, "nothing is overwritten"
    for station in (one, two, supervisor):
        device = station.get(TrackingDevice, device_id)
        assert device is not None and device.status is DeviceStatus.LOANED and device.flagged
    third = approved(one, supervisor)
    with pytest.raises(RuleBroken):
        lend(one, third, device_id, two.member_id)

    # The coordinator is told, once however often anybody looks.
    for _ in range(2):
        do(supervisor, tracking_checks.look_after, tracking_checks.LookAfter())
        all_sync(supervisor, one, two)
    asked = select(Task).where(Task.rule == inventory.RULE)
    for station in (supervisor, one):
        (raised,) = station.ask(lambda session: list(session.scalars(asked)))
        assert raised.status is TaskStatus.OPEN and raised.title_values == {"item": "MT-07"}

    # She finds out: the second client never got it. That loan ends, the other holds, and another device can be lent.
    settled = tracking_loans.WithdrawLoan(loan_id=there, note="The device was in the other bag")
    do(supervisor, tracking_loans.withdraw_loan, settled)
    all_sync(supervisor, one, two)
    for station in (supervisor, one, two):
        device = station.get(TrackingDevice, device_id)
        assert device is not None and (device.status, device.loan_id) == (DeviceStatus.LOANED, here)
        assert not device.flagged
    ended = two.get(TrackingLoan, there)
    assert ended is not None and ended.end_reason is LoanEnd.NEVER_HANDED
    application = two.get(TrackingApplication, second)
    assert application is not None and application.status is TrackingStatus.APPROVED
    (raised,) = supervisor.ask(lambda session: list(session.scalars(asked)))
    assert raised.status is TaskStatus.DONE
    with pytest.raises(RuleBroken, match="Nobody else has this device"):
        do(supervisor, tracking_loans.withdraw_loan, replace(settled, loan_id=here))


def test_who_gets_what_of_an_alarm(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    worker = recruit(agency, "Wanda Worker")
    stranger = recruit(agency, "Sid Stranger")
    dispatcher = recruit(agency, "Dee Dispatcher", Role.DSP, groups=("staff", "responders", "dispatch"))
    officer = recruit(agency, "Olive Officer", Role.OFF, groups=("staff", "responders"))
    analyst = recruit(agency, "Cal Counter", Role.CSW, groups=("staff", "analysts"))
    stations = (supervisor, worker, stranger, dispatcher, officer, analyst)
    all_sync(*stations)
    device_id = do(worker, tracking_stock.add_device, factories.device())
    application_id = approved(worker, supervisor)
    loan_id = lend(worker, application_id, device_id, stranger.member_id)
    all_sync(*stations)

    # The dispatcher knows the loan from its card alone, and never holds the case.
    (card,) = dispatcher.ask(lambda session: list(session.scalars(select(DispatchCard))))
    assert card.word_clear == "Sunny afternoon"
    raised = tracking_alarms.RaiseAlarm(loan_id=loan_id, source=AlarmSource.SOS)
    event_id = do(dispatcher, tracking_alarms.raise_alarm, raised)
    point = {"lat": 43.451137, "lon": -79.687713, "at": dispatcher.vault.now().isoformat()}
    kept = tracking_locations.KeepLocations(points=(point,), event_id=event_id)
    track_id = do(dispatcher, tracking_locations.keep_locations, kept)
    ended = tracking_alarms.CloseAlarm(event_id=event_id, outcome=AlarmOutcome.PRESENT)
    do(dispatcher, tracking_alarms.close_alarm, ended)
    all_sync(*stations)

    for station in (worker, supervisor):
        event = station.get(AlarmEvent, event_id)
        assert event is not None and event.outcome is AlarmOutcome.PRESENT
        found = station.get(LocationTrack, track_id)
        assert found is not None and found.point_count == 1
    asked = select(Task).where(Task.subject_id == event_id)
    tasks = worker.ask(lambda session: list(session.scalars(asked)))
    assert {task.rule for task in tasks} == {tracking_alarms.CONTACT, tracking_alarms.DEVICE}
    assert {task.owner_id for task in tasks} == {worker.member_id}
    view: Any = tracking_locations.ViewLocations(track_id=track_id, why=TrackingReason.ALARM)
    view_id = do(worker, tracking_locations.view_locations, view)
    reader, now = worker.member_id, worker.vault.now()
    seen = worker.ask(lambda s: dispatch_card.locations(s, view_id, member_id=reader, now=now))
    assert [round(one.lat, 6) for one in seen] == [43.451137]
    with pytest.raises(NotAllowed):
        do(dispatcher, tracking_locations.view_locations, view)

    published = tracking_counts.PublishAlarmCounts(year=supervisor.vault.now().year)
    do(supervisor, tracking_counts.publish_alarm_counts, published)
    all_sync(*stations)
    for station, kinds in (
        (dispatcher, {"dispatch_card", "alarm_event", "location_track"}),
        (officer, {"dispatch_card"}),
        (stranger, {"tracking_device"}),
        (analyst, {"published_table"}),
    ):
        of_alarms = {
            kind
            for kind in station.contents()
            if kind.startswith(("tracking", "alarm", "location", "dispatch", "published"))
        }
        assert of_alarms == kinds, station.role
        held = repr(station.contents())
        assert ("43.451137" in held) == (station is dispatcher)
        assert "case_file" not in station.contents() or station.role is Role.VSU
    (table,) = analyst.ask(lambda session: tracking_figures.published(session, tracking_counts.PROGRAMME))
    assert all(value in (0, None) for row in table.rows for value in row.values), "one alarm is too few to show"
    opened = dispatch_cards.OpenDispatchCard(card_id=card.id, why=TrackingReason.ALARM)
    do(officer, dispatch_cards.open_dispatch_card, opened)
    with pytest.raises(NotAllowed):
        do(analyst, dispatch_cards.open_dispatch_card, opened)
