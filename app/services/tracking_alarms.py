"""Alarms of personal alarm devices: their clocks, how they ended, and what follows for the client (domain.md 8.4, 8.6).

A dispatcher records an alarm from the dispatch card, without the case; the tasks that follow lie in the alarm's own
scope, so that the case's workers have them although the dispatcher never read the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import NotAllowed, RuleBroken
from app.models.crisis import Case
from app.models.rules import tracking as rules
from app.models.rules.access import CASE_WORKERS
from app.models.rules.deadlines import hours_after
from app.models.rules.tracking import AlarmTask
from app.models.tracking import AlarmEvent, AlarmReview, DispatchCard, TrackingApplication, TrackingLoan
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    Passphrase,
    PlanTrigger,
    Priority,
    Role,
    ScopeKind,
    TaskKind,
    TaskStatus,
)
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks, safety
from app.services.answers import KEEP, Given, put
from app.services.clocks import Clock
from app.services.permission import ASSIGNED, is_assigned, require_role
from app.services.records import add, all_of, ensure, load
from app.words import mark

CONTACT, DEVICE, ORDER = "mts_alarm_contact", "mts_alarm_device", "mts_alarm_order"
NO_CARD = mark("There is no personal alarm on loan with this number on this computer.")
ENDED_OTHERWISE = mark("The alarm ended otherwise")
ORDER_OF_TIMES = mark("These times do not follow each other: received, acknowledged, dispatched, arrived, cleared.")


@dataclass(frozen=True, kw_only=True)
class AlarmAnswers:
    """What is noted of an alarm while it runs; only the fields named here change."""

    ack_at: Given[datetime] = KEEP
    dispatched_at: Given[datetime] = KEEP
    arrived_at: Given[datetime] = KEEP
    cleared_at: Given[datetime] = KEEP
    voice: Given[str] = KEEP
    passphrase: Given[Passphrase] = KEEP
    priority: Given[Priority] = KEEP
    units: Given[list[str]] = KEEP
    occurrence_no: Given[str] = KEEP
    note: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class RaiseAlarm(AlarmAnswers):
    """An alarm came in for a device on loan. `received_at` defaults to now, `raised_at` to when it was received."""

    loan_id: str
    source: AlarmSource
    raised_at: datetime | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateAlarm(AlarmAnswers):
    """Note a time, a unit, a word that was heard."""

    event_id: str


@dataclass(frozen=True, kw_only=True)
class CloseAlarm:
    """How the alarm ended. `cleared_at` defaults to now when it was not noted."""

    event_id: str
    outcome: AlarmOutcome
    cleared_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewAlarm:
    """What followed, as the case's worker or the liaison knows it; a breach starts the look at the orders."""

    event_id: str
    arrests: Given[str] = KEEP
    charges: Given[str] = KEEP
    breach_ref: Given[str] = KEEP
    injuries: Given[str] = KEEP
    children: Given[str] = KEEP
    note: Given[str] = KEEP


def raise_alarm(work: Work, command: RaiseAlarm) -> str:
    """Record an alarm; its id. The clock of the contact with the client starts at once."""
    require_role(work, AlarmEvent)
    loan_id, case_id, asset_no, worker_id = _whose(work, command.loan_id)
    received = command.received_at or work.now()
    event = add(
        work,
        AlarmEvent,
        work.open_scope(ScopeKind.TRACKING_ALARM, loan_id),
        loan_id=loan_id,
        case_id=case_id,
        asset_no=asset_no,
        source=command.source,
        priority=None if command.source is AlarmSource.TEST else Priority.IMMEDIATE,
    )
    put(event, command)
    event.raised_at, event.received_at = command.raised_at or received, received
    _check_times(work, event)
    if command.source is not AlarmSource.TEST:
        _start(work, event, {AlarmTask.CONTACT}, worker_id)
    return event.id


def update_alarm(work: Work, command: UpdateAlarm) -> None:
    """Note more about an alarm."""
    event = _alarm_to_write(work, command.event_id)
    put(event, command)
    _check_times(work, event)


def close_alarm(work: Work, command: CloseAlarm) -> None:
    """End an alarm and start what follows from how it ended; ending it otherwise later takes back what it started."""
    event = _alarm_to_write(work, command.event_id)
    event.outcome = command.outcome
    event.cleared_at = command.cleared_at or event.cleared_at or work.now()
    _check_times(work, event)
    _follow_up(work, event)


def review_alarm(work: Work, command: ReviewAlarm) -> None:
    """Record what followed from an alarm."""
    require_role(work, AlarmReview)
    event = load(work, AlarmEvent, command.event_id)
    scope_id = _reviewed_in(work, event)
    review = ensure(work, AlarmReview, scope_id, event.id, case_id=event.case_id, loan_id=event.loan_id)
    put(review, command)
    review.reviewed_at, review.reviewer_id = work.now(), work.actor.member_id
    if event.outcome is not None:
        _follow_up(work, event)


def _whose(work: Work, loan_id: str) -> tuple[str, str | None, str | None, str | None]:
    """Loan, case, number of the device and worker: from the card, which dispatchers hold, or from the loan."""
    card = next(iter(all_of(work, DispatchCard, DispatchCard.loan_id == loan_id)), None)
    loan = work.session.get(TrackingLoan, loan_id)
    if loan is not None and loan.returned_at is None:
        case = load(work, Case, loan.case_id)
        if work.actor.role in CASE_WORKERS and not is_assigned(work, case):
            raise NotAllowed(ASSIGNED)
        return loan.id, loan.case_id, loan.asset_no, case.assigned_to
    if card is None or work.actor.role in CASE_WORKERS:
        raise RuleBroken(NO_CARD)
    return loan_id, card.case_id, card.asset_no, card.worker_id


def _alarm_to_write(work: Work, event_id: str) -> AlarmEvent:
    require_role(work, AlarmEvent)
    event = load(work, AlarmEvent, event_id)
    if work.actor.role in CASE_WORKERS and not is_assigned(work, load(work, Case, event.case_id)):
        raise NotAllowed(ASSIGNED)
    return event


def _reviewed_in(work: Work, event: AlarmEvent) -> str:
    """The scope of the loan's facts, for the case's workers and the liaison who is named in the application."""
    loan = load(work, TrackingLoan, event.loan_id)
    if work.actor.role is Role.IPV:
        application = load(work, TrackingApplication, loan.application_id)
        if application.liaison_id != work.actor.member_id:
            raise NotAllowed(mark("Only the liaison who is named in the application may review this alarm."))
    elif not is_assigned(work, load(work, Case, loan.case_id)):
        raise NotAllowed(ASSIGNED)
    return loan.scope_id


def _check_times(work: Work, event: AlarmEvent) -> None:
    moments = (event.received_at, event.ack_at, event.dispatched_at, event.arrived_at, event.cleared_at)
    if not rules.in_order(moments) or not rules.in_order((event.raised_at, event.received_at)):
        raise RuleBroken(ORDER_OF_TIMES)
    if any(moment is not None and moment > work.now() for moment in moments):
        raise RuleBroken(mark("A time lies in the future."))


def _follow_up(work: Work, event: AlarmEvent) -> None:
    """Start what the outcome asks for; what an earlier outcome asked for and this one does not is taken back."""
    if event.outcome is None:
        return
    review = work.session.get(AlarmReview, event.id)
    wanted = rules.tasks_after(event.outcome, breach=bool(review and (review.breach_ref or "").strip()))
    _start(work, event, wanted, _worker(work, event))
    for task, (rule, _, _) in _TASKS.items():
        if task not in wanted and task is not AlarmTask.PLAN:
            clocks.stop(work, event.id, rule, TaskStatus.CANCELLED, ENDED_OTHERWISE)


def _worker(work: Work, event: AlarmEvent) -> str | None:
    case = work.session.get(Case, event.case_id) if event.case_id else None
    if case is not None:
        return case.assigned_to
    card = next(iter(all_of(work, DispatchCard, DispatchCard.loan_id == event.loan_id)), None)
    return card.worker_id if card else None


_TASKS: dict[AlarmTask, tuple[str, TaskKind, str]] = {
    AlarmTask.CONTACT: (CONTACT, TaskKind.FOLLOW_UP, mark("Contact the client after the alarm, in the safe way")),
    AlarmTask.DEVICE: (DEVICE, TaskKind.DEVICE_CHECK, mark("Check the device after the alarm")),
    AlarmTask.ORDER: (ORDER, TaskKind.ORDER_EXPIRY, mark("Check the orders after the breach")),
    AlarmTask.PLAN: (safety.TRIGGERED, TaskKind.PLAN_REVIEW, mark("Review the safety plan now")),
}


def _start(work: Work, event: AlarmEvent, wanted: set[AlarmTask] | frozenset[AlarmTask], worker_id: str | None) -> None:
    hours = int(work.setting("mts.alarm_followup_h"))
    for task in sorted(wanted):
        rule, kind, title = _TASKS[task]
        of_plan = task is AlarmTask.PLAN
        clock = Clock(
            subject_id=str(event.case_id) if of_plan else event.id,
            rule=rule,
            part=f"alarm:{event.id}" if of_plan else "",
            kind=kind,
            title=title,
            due_on=None if task is AlarmTask.CONTACT else work.today(),
            due_at=hours_after(event.received_at or work.now(), hours) if task is AlarmTask.CONTACT else None,
            owner_id=worker_id,
            case_id=event.case_id,
        )
        known = work.session.get(Task, clocks.task_id(work, clock.subject_id, clock.rule, clock.part))
        if known is None:
            clocks.start(work, event.scope_id, clock)
        elif known.status is TaskStatus.CANCELLED and known.close_reason == ENDED_OTHERWISE:
            known.status, known.closed_at, known.closed_by, known.close_reason = TaskStatus.OPEN, None, None, None
    if AlarmTask.PLAN in wanted and work.actor.role in CASE_WORKERS:
        _mark_plan(work, event)


def _mark_plan(work: Work, event: AlarmEvent) -> None:
    plan = safety.current_plan(work, load(work, Case, event.case_id))
    if plan is not None:
        plan.review_trigger = str(PlanTrigger.ALARM)
