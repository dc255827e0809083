"""Checks during a loan: weekly tests with their clock, missed ones, and whether the device's number may be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.errors import RuleBroken
from app.models.crisis import Case
from app.models.rules import tracking as rules
from app.models.rules.access import CASE_WORKERS
from app.models.rules.deadlines import local_time
from app.models.rules.safe_contact import Decision, Reach, Verdict, decide
from app.models.rules.tracking import Missed
from app.models.tracking import TrackingCheck, TrackingDevice, TrackingLoan
from app.models.vocab import (
    AuditAction,
    Channel,
    CheckKind,
    CheckResult,
    ContactKind,
    DeviceStatus,
    TaskKind,
    TaskStatus,
)
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks, inventory
from app.services.clocks import Clock
from app.services.permission import case_to_write, is_assigned
from app.services.records import all_of, ensure, load
from app.services.service_calendar import day_of, zone
from app.words import mark

NOT_AGREED = mark("The client did not agree to this, or it is not safe now. Use the safe contact.")
NOT_SAFE_NOW = mark("The device is lost or compromised: somebody else may answer. Use the safe contact.")
TEST, WELFARE, VISIT, TELL = "mts_test", "mts_welfare", "mts_visit", "mts_tell"


@dataclass(frozen=True, kw_only=True)
class RecordCheck:
    """A check was done. `due_on`: the day of the weekly test that it answers; without one the test that is due."""

    loan_id: str
    kind: CheckKind
    result: CheckResult
    due_on: date | None = None
    event_id: str | None = None
    battery: int | None = None
    signal: str | None = None
    firmware: str | None = None
    plan_updated: bool | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class NoteMissedTests:
    """Look at every running loan of the acting worker and note the tests that nobody did."""


@dataclass(frozen=True, kw_only=True)
class LookAfter:
    """Look after the loans: tests that nobody did, devices that two computers lent."""


@dataclass(frozen=True, kw_only=True)
class ContactDevice:
    """About to call or write to the number of the device itself."""

    loan_id: str
    channel: Channel


def record_check(work: Work, command: RecordCheck) -> str:
    """Record a check; its id. A weekly test starts the clock of the next."""
    loan = load(work, TrackingLoan, command.loan_id)
    case = case_to_write(work, loan.case_id, TrackingCheck)
    if loan.returned_at is not None:
        raise RuleBroken(mark("This device is back already."))
    if command.battery is not None and not 0 <= command.battery <= 100:
        raise RuleBroken(mark("Enter the battery from 0 to 100 percent."), field="battery")
    check = _check(work, loan, command)
    check.result, check.battery, check.signal = command.result, command.battery, command.signal
    check.firmware, check.plan_updated, check.note = command.firmware, command.plan_updated, command.note
    check.done_at, check.done_by = work.now(), work.actor.member_id
    if command.firmware:
        load(work, TrackingDevice, loan.device_id).firmware = command.firmware
    if command.kind is CheckKind.WEEKLY_TEST:
        _after_test(work, case, loan)
    _look_after_device(work, case, loan, command.result)
    return check.id


def note_missed_tests(work: Work, command: NoteMissedTests) -> int:
    """Note tests whose day is over as missed, with what follows from it; how many. Safe to do any number of times."""
    noted = 0
    for loan in all_of(work, TrackingLoan, TrackingLoan.returned_at.is_(None)):
        case = work.session.get(Case, loan.case_id)
        if case is not None and is_assigned(work, case):
            case_to_write(work, case.id, TrackingCheck)
            noted += _note_missed(work, case, loan)
    return noted


def look_after(work: Work, command: LookAfter) -> None:
    """Bring what follows from the day and from colleagues' work up to date. Writes nothing when nothing changed."""
    if work.actor.role in CASE_WORKERS:
        note_missed_tests(work, NoteMissedTests())
    inventory.raise_clashes(work)


def contact_device(work: Work, command: ContactDevice) -> str:
    """Allow and audit, or refuse; the number to use. What nobody asked about is not allowed (domain.md 8c)."""
    loan = load(work, TrackingLoan, command.loan_id)
    case_to_write(work, loan.case_id, TrackingLoan)
    decision = device_decision(work, loan, command.channel)
    if decision.verdict is not Verdict.ALLOWED:
        # Nothing overrides this: a device that rings may tell the accused of it.
        never = decision.verdict is Verdict.NEEDS_OVERRIDE
        raise RuleBroken(NOT_AGREED if never else decision.text, field="channel")
    if loan.returned_at is not None:
        raise RuleBroken(mark("This device is back already."), field="channel")
    if loan.compromised_at is not None:
        raise RuleBroken(NOT_SAFE_NOW, field="channel")
    device = work.session.get(TrackingDevice, loan.device_id)
    if device is None or not device.phone:
        raise RuleBroken(mark("The telephone number of this device is not entered."), field="channel")
    work.audit(AuditAction.CONTACT, kind=TrackingLoan.__tablename__, record_id=loan.id, reason=str(command.channel))
    return device.phone


def device_decision(work: Work, loan: TrackingLoan, channel: Channel) -> Decision:
    """Whether the number of the device itself may be used now."""
    reach = Reach(
        kind=ContactKind.PHONE,
        safe_to_use=loan.device_text_ok if channel is Channel.TEXT else loan.device_call_ok,
        text_ok=loan.device_text_ok,
        confirmed_on=day_of(work, loan.issued_at),
    )
    return decide(reach, channel, local_time(work.now(), zone(work)), int(work.setting("safe_contact.stale_days")))


def await_test(work: Work, case: Case, loan: TrackingLoan) -> None:
    """Start the clock of the next weekly test."""
    interval = int(work.setting("mts.test_days", loan.starts_on))
    done = {one.due_on for one in _tests(work, loan) if one.result is not None}
    due = rules.next_test(loan.starts_on or work.today(), interval, work.today())
    while due in done:
        due = rules.review_due(due, interval)
    _task(work, case, loan, TEST, TaskKind.DEVICE_TEST, mark("Weekly test of the alarm"), due)


def _check(work: Work, loan: TrackingLoan, command: RecordCheck) -> TrackingCheck:
    first = {"case_id": loan.case_id, "loan_id": loan.id, "kind": command.kind, "event_id": command.event_id}
    if command.kind is not CheckKind.WEEKLY_TEST:
        return ensure(work, TrackingCheck, loan.scope_id, work.new_id(), due_on=command.due_on, **first)
    interval = int(work.setting("mts.test_days", loan.starts_on))
    start = loan.starts_on or work.today()
    due = command.due_on or _test_answered(work, loan, start, interval)
    if due not in rules.days_of_tests(start, interval, max(due, work.today())):
        raise RuleBroken(mark("No test is due on this day."), field="due_on")
    return ensure(work, TrackingCheck, loan.scope_id, test_id(work, loan.id, due), due_on=due, **first)


def _test_answered(work: Work, loan: TrackingLoan, start: date, interval: int) -> date:
    """The test that a check done today answers: the last one that was due and has no result, else the next one."""
    known = {one.due_on for one in _tests(work, loan) if one.result is not None}
    gone = rules.days_of_tests(start, interval, work.today())
    if gone and gone[-1] not in known:
        return gone[-1]
    return rules.next_test(start, interval, rules.review_due(work.today(), 1))


def test_id(work: Work, loan_id: str, due_on: date) -> str:
    """The id of the weekly test of a day, the same on every computer."""
    return work.child_id(loan_id, f"test:{due_on.isoformat()}")


def _tests(work: Work, loan: TrackingLoan) -> list[TrackingCheck]:
    """The weekly tests of a loan by their day."""
    tests = all_of(work, TrackingCheck, TrackingCheck.loan_id == loan.id, TrackingCheck.kind == CheckKind.WEEKLY_TEST)
    return sorted(tests, key=lambda one: (one.due_on or date.min, one.id))


def _after_test(work: Work, case: Case, loan: TrackingLoan) -> None:
    """The next clock; a test that was done ends the worry about earlier ones."""
    await_test(work, case, loan)
    missed = rules.missed_in_a_row([one.result for one in _tests(work, loan)])
    if missed == 0:
        for rule in (WELFARE, VISIT):
            clocks.stop(work, loan.id, rule, TaskStatus.DONE, mark("A test was done"))
        return
    _ask_about_missed(work, case, loan, missed)


def _note_missed(work: Work, case: Case, loan: TrackingLoan) -> int:
    interval = int(work.setting("mts.test_days", loan.starts_on))
    yesterday = rules.review_due(work.today(), -1)
    start = loan.starts_on or work.today()
    there = {one.due_on for one in _tests(work, loan) if one.result is not None}
    gone = [day for day in rules.days_of_tests(start, interval, yesterday) if day not in there]
    for day in gone:
        check = ensure(
            work,
            TrackingCheck,
            loan.scope_id,
            test_id(work, loan.id, day),
            case_id=loan.case_id,
            loan_id=loan.id,
            kind=CheckKind.WEEKLY_TEST,
            due_on=day,
        )
        check.result = CheckResult.MISSED
    if gone:
        _after_test(work, case, loan)
    return len(gone)


def _ask_about_missed(work: Work, case: Case, loan: TrackingLoan, missed: int) -> None:
    call, visit = int(work.setting("mts.test_miss_call")), int(work.setting("mts.test_miss_visit"))
    wanted = rules.after_missed(missed, call, visit)
    if wanted is Missed.NOTHING:
        return
    title = mark("Welfare call: tests were missed. Use the safe contact, never the device.")
    _task(work, case, loan, WELFARE, TaskKind.WELFARE_CALL, title, work.today())
    if wanted is Missed.VISIT:
        _task(work, case, loan, VISIT, TaskKind.VISIT, mark("Visit: three tests in a row were missed"), work.today())
        told = _task(
            work, case, loan, TELL, TaskKind.REVIEW, mark("For the supervisor: tests of an alarm were missed"),
            work.today(),
        )  # fmt: skip
        told.status = TaskStatus.ESCALATED if told.status is TaskStatus.OPEN else told.status


def _look_after_device(work: Work, case: Case, loan: TrackingLoan, result: CheckResult) -> None:
    if result in (CheckResult.NO_SIGNAL, CheckResult.LOW_BATTERY):
        title = mark("Check the alarm device: its last test was not in order")
        _task(work, case, loan, "mts_device", TaskKind.DEVICE_CHECK, title, work.today())
        return
    device = load(work, TrackingDevice, loan.device_id)
    if result is CheckResult.OK and device.status is DeviceStatus.LOANED:
        clocks.stop(work, loan.id, "mts_device", TaskStatus.DONE, mark("A test was done"))


def _task(work: Work, case: Case, loan: TrackingLoan, rule: str, kind: TaskKind, title: str, due_on: date) -> Task:
    clock = Clock(
        subject_id=loan.id,
        rule=rule,
        kind=kind,
        title=title,
        due_on=due_on,
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    return clocks.start(work, case.scope_id, clock)
