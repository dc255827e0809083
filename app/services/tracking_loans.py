"""The loan of a personal alarm: handed over with a witness, reviewed, extended, ended (domain.md 8.4 to 8.6).

Every act on a loan that is running also writes its dispatch card, in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.errors import RuleBroken
from app.models.crisis import Case
from app.models.rules import tracking as rules
from app.models.rules.deadlines import local_day
from app.models.safety import SafetyPlan
from app.models.tracking import TrackingApplication, TrackingDevice, TrackingLoan, TrackingReview, TrackingSafety
from app.models.vocab import (
    CheckResult,
    DeviceStatus,
    LoanAdvice,
    LoanEnd,
    PlanTrigger,
    RiskJudged,
    ScopeKind,
    TaskKind,
    TaskStatus,
    TrackingStatus,
    Tri,
)
from app.models.work import Work
from app.services import clocks, safety
from app.services.answers import KEEP, Given, put
from app.services.clocks import Clock
from app.services.dispatch_cards import keep_dispatch_card
from app.services.permission import case_to_supervise, case_to_write
from app.services.records import add, all_of, ensure, load
from app.services.service_calendar import zone
from app.services.tracking import not_now, require_met
from app.services.tracking_checks import TEST, WELFARE, await_test
from app.services.tracking_stock import not_now as device_not_now
from app.services.tracking_stock import witness
from app.words import mark

REVIEW, ENDING, RETURN, COMPROMISED = "mts_review", "mts_end", "mts_return", "mts_compromised"


@dataclass(frozen=True, kw_only=True)
class LoanSafety:
    """What only the case's workers read (`models.tracking.TrackingSafety`)."""

    charge_plan: Given[str] = KEEP
    carrying_place: Given[str] = KEEP
    decoy: Given[str] = KEEP
    description: Given[str] = KEEP
    places: Given[list[dict[str, Any]]] = KEEP
    word_duress: Given[str] = KEEP
    word_clear: Given[str] = KEEP
    word_cancel: Given[str] = KEEP
    alert: Given[list[dict[str, Any]]] = KEEP
    hazards: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class IssueLoan(LoanSafety):
    """Hand a device over. `practice`: how the practice alarm went; `agreement_on`: the day F-802 was signed."""

    application_id: str
    device_id: str
    witness: str | None = None
    language: str | None = None
    practice: CheckResult | None = None
    agreement_on: date | None = None
    device_call_ok: Tri | None = None
    device_text_ok: Tri | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateLoan(LoanSafety):
    """Change what is known about a running loan; only the fields named here change. The dispatch card follows."""

    loan_id: str
    language: Given[str] = KEEP
    device_call_ok: Given[Tri] = KEEP
    device_text_ok: Given[Tri] = KEEP
    children: Given[int] = KEEP


@dataclass(frozen=True, kw_only=True)
class ReviewLoan:
    """The review of every 30 days: the risk as it is judged now and what the worker advises."""

    loan_id: str
    risk_now: RiskJudged | None = None
    advice: LoanAdvice | None = None
    new_end: date | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExtendLoan:
    """A supervisor extends a loan whose risk was reviewed anew."""

    loan_id: str
    to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReturnDevice:
    """The device is back. It waits to be wiped."""

    loan_id: str
    reason: LoanEnd
    witness: str | None = None
    condition: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeviceCompromised:
    """The device is lost, or the accused may know of it or reach it: switched off from afar, the plan reviewed now."""

    loan_id: str
    status: DeviceStatus
    note: str | None = None


def issue_loan(work: Work, command: IssueLoan) -> str:
    """Lend a device; the loan's id. Starts the clocks of tests, review and end, and writes the dispatch card."""
    application = load(work, TrackingApplication, command.application_id)
    case = case_to_write(work, application.case_id, TrackingLoan)
    if application.status is not TrackingStatus.APPROVED:
        raise not_now(application)
    require_met(application)
    plan = _current_plan(work, case)
    device = _to_lend(work, application, command.device_id)
    _check_handing_over(work, command)
    loan = _lend(work, application, device, command)
    loan.plan_id = plan.id
    application.status = TrackingStatus.LOANED
    _write_safety(work, loan, command)
    # Made now, so that dispatchers hold its key before the first alarm.
    work.open_scope(ScopeKind.TRACKING_ALARM, loan.id)
    _start_clocks(work, case, loan)
    keep_dispatch_card(work, case, loan)
    return loan.id


def update_loan(work: Work, command: UpdateLoan) -> None:
    """Change a running loan and its card."""
    loan, case = running_loan(work, command.loan_id)
    put(loan, command)
    _write_safety(work, loan, command)
    keep_dispatch_card(work, case, loan)


def review_loan(work: Work, command: ReviewLoan) -> str:
    """Record a review; its id. The next one is due `mts.review_days` from today."""
    loan, case = running_loan(work, command.loan_id)
    if command.risk_now in (None, RiskJudged.NOT_JUDGED):
        raise RuleBroken(mark("Say how you judge the risk now."), field="risk_now")
    if command.advice is None:
        raise RuleBroken(mark("Say what you advise."), field="advice")
    plan = safety.current_plan(work, case)
    made = add(
        work,
        TrackingReview,
        loan.scope_id,
        case_id=case.id,
        loan_id=loan.id,
        reviewed_at=work.now(),
        reviewer_id=work.actor.member_id,
        risk_now=command.risk_now,
        plan_on=_written_on(work, plan) if plan else None,
        advice=command.advice,
        new_end=command.new_end,
        reason=command.reason,
    )
    application = load(work, TrackingApplication, loan.application_id)
    application.risk = command.risk_now
    application.status = {
        LoanAdvice.EXTEND: TrackingStatus.IN_REVIEW,
        LoanAdvice.END: TrackingStatus.ENDING,
    }.get(command.advice, TrackingStatus.EXTENDED if loan.extended_to else TrackingStatus.LOANED)
    _await_review(work, case, loan)
    return made.id


def extend_loan(work: Work, command: ExtendLoan) -> None:
    """Extend; refused without a review of the risk since the loan began or was last extended (domain.md 8.6)."""
    loan = load(work, TrackingLoan, command.loan_id)
    case = case_to_supervise(work, loan.case_id, TrackingLoan)
    application = load(work, TrackingApplication, loan.application_id)
    if application.status not in rules.RUNNING or loan.returned_at is not None:
        raise not_now(application)
    if command.to <= _end(loan):
        raise RuleBroken(mark("Choose a day after the present end of the loan."), field="to")
    if not _reviewed_anew(work, loan):
        raise RuleBroken(mark("The risk has to be reviewed anew before the loan is extended."))
    loan.extended_to, loan.extended_by = command.to, work.actor.member_id
    application.status, application.decision_note = TrackingStatus.EXTENDED, command.reason
    _await_end(work, case, loan)
    _tell_stock(work, loan, loan.device_id)
    keep_dispatch_card(work, case, loan)


def return_device(work: Work, command: ReturnDevice) -> None:
    """Take the device back with a witness: the card goes, the clocks stop, the device waits to be wiped."""
    loan = load(work, TrackingLoan, command.loan_id)
    case = case_to_write(work, loan.case_id, TrackingLoan)
    if loan.returned_at is not None:
        raise RuleBroken(mark("This device is back already."))
    loan.return_witness = witness(work, command.witness)
    loan.returned_at, loan.returned_to = work.now(), work.actor.member_id
    loan.return_condition, loan.end_reason, loan.end_note = command.condition, command.reason, command.note
    application = load(work, TrackingApplication, loan.application_id)
    application.status = TrackingStatus.RETURNED
    device = load(work, TrackingDevice, loan.device_id)
    if device.loan_id == loan.id:
        device.status, device.condition = DeviceStatus.WIPING, command.condition or device.condition
        device.loan_id, device.holder_no, device.due_on = None, None, None
    for rule in (TEST, WELFARE, REVIEW, ENDING, RETURN):
        clocks.stop(work, loan.id, rule, TaskStatus.DONE, mark("The device is back"))
    keep_dispatch_card(work, case, loan)


def device_compromised(work: Work, command: DeviceCompromised) -> None:
    """Ask for the device to be switched off from afar, review the plan at once, warn on the card."""
    loan, case = running_loan(work, command.loan_id)
    if command.status not in (DeviceStatus.LOST, DeviceStatus.COMPROMISED):
        raise RuleBroken(mark("Say whether it is lost or compromised."), field="status")
    device = load(work, TrackingDevice, loan.device_id)
    device.status, device.status_note = command.status, command.note
    device.disable_asked_at, device.disabled_at = work.now(), None
    loan.compromised_at = work.now()
    _task(
        work, case, loan, COMPROMISED, TaskKind.DEVICE_CHECK, mark("Have the device switched off from afar"),
        work.today(),
    )  # fmt: skip
    _trigger_plan(work, case)
    keep_dispatch_card(work, case, loan)


def running_loan(work: Work, loan_id: str) -> tuple[TrackingLoan, Case]:
    """A loan whose device is not back, and its case, for the case's workers."""
    loan = load(work, TrackingLoan, loan_id)
    case = case_to_write(work, loan.case_id, TrackingLoan)
    if loan.returned_at is not None:
        raise RuleBroken(mark("This device is back already."))
    return loan, case


def _current_plan(work: Work, case: Case) -> SafetyPlan:
    plan, days = safety.current_plan(work, case), int(work.setting("mts.plan_max_age_days"))
    written = _written_on(work, plan) if plan is not None else None
    if plan is None or written is None:
        raise RuleBroken(rules.NO_PLAN)
    if not rules.is_plan_current(written, work.today(), days):
        raise RuleBroken(rules.OLD_PLAN, day=written.isoformat(), days=days)
    return plan


def _written_on(work: Work, plan: SafetyPlan) -> date | None:
    return None if plan.written_at is None else local_day(plan.written_at, zone(work))


def _to_lend(work: Work, application: TrackingApplication, device_id: str) -> TrackingDevice:
    device = load(work, TrackingDevice, device_id)
    if device.status in rules.USED:
        raise RuleBroken(
            mark("This device was not wiped since it was last lent. Record the wipe and its witness first.")
        )
    if device.status not in rules.ISSUABLE:
        raise device_not_now(device)
    if device.reserved_for not in (None, application.id):
        raise RuleBroken(mark("This device is kept for another application."), field="device_id")
    return device


def _check_handing_over(work: Work, command: IssueLoan) -> None:
    if command.practice is None or command.practice is CheckResult.MISSED:
        sentence = mark("Let the client press for help once and record how it went.")
        raise RuleBroken(sentence, field="practice")
    if command.practice is not CheckResult.OK:
        raise RuleBroken(mark("The practice alarm did not work: the device is not lent."), field="practice")
    if command.agreement_on is None or command.agreement_on > work.today():
        raise RuleBroken(mark("The agreement has to be signed first."), field="agreement_on")


def _lend(work: Work, application: TrackingApplication, device: TrackingDevice, command: IssueLoan) -> TrackingLoan:
    today = work.today()
    loan = add(
        work,
        TrackingLoan,
        application.scope_id,
        application_id=application.id,
        case_id=application.case_id,
        device_id=device.id,
        asset_no=device.asset_no,
        issued_at=work.now(),
        instructed_by=work.actor.member_id,
        issue_witness=witness(work, command.witness),
        language=command.language,
        practice_result=command.practice,
        agreement_on=command.agreement_on,
        starts_on=today,
        review_due=rules.review_due(today, int(work.setting("mts.review_days", today))),
        planned_end=rules.loan_end(today, int(work.setting("mts.loan_days", today))),
        device_call_ok=command.device_call_ok or Tri.UNKNOWN,
        device_text_ok=command.device_text_ok or Tri.UNKNOWN,
        children=application.children,
        monthly_cents=device.monthly_cents,
    )
    device.status, device.reserved_for, device.loan_id = DeviceStatus.LOANED, None, loan.id
    device.holder_no, device.due_on = application.number, loan.planned_end
    return loan


def _write_safety(work: Work, loan: TrackingLoan, command: LoanSafety) -> None:
    scope_id = work.open_scope(ScopeKind.TRACKING_SAFETY, str(loan.case_id))
    put(ensure(work, TrackingSafety, scope_id, loan.id, case_id=loan.case_id), command)
    work.session.flush()


def _start_clocks(work: Work, case: Case, loan: TrackingLoan) -> None:
    await_test(work, case, loan)
    if loan.review_due is not None:
        _task(work, case, loan, REVIEW, TaskKind.DEVICE_REVIEW, mark("Review of the alarm loan"), loan.review_due)
    _await_end(work, case, loan)


def _await_review(work: Work, case: Case, loan: TrackingLoan) -> None:
    loan.review_due = rules.review_due(work.today(), int(work.setting("mts.review_days")))
    _task(work, case, loan, REVIEW, TaskKind.DEVICE_REVIEW, mark("Review of the alarm loan"), loan.review_due)


def _await_end(work: Work, case: Case, loan: TrackingLoan) -> None:
    _task(work, case, loan, ENDING, TaskKind.DEVICE_RETURN, mark("The alarm loan ends: return or extend"), _end(loan))


def _end(loan: TrackingLoan) -> date:
    end = loan.extended_to or loan.planned_end
    if end is None:
        raise RuleBroken(mark("This loan has no end on this computer yet."))
    return end


def _task(work: Work, case: Case, loan: TrackingLoan, rule: str, kind: TaskKind, title: str, due_on: date) -> None:
    clock = Clock(
        subject_id=loan.id,
        rule=rule,
        kind=kind,
        title=title,
        due_on=due_on,
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)


def _trigger_plan(work: Work, case: Case) -> None:
    safety.request_plan_review(work, safety.RequestPlanReview(case_id=case.id, trigger=PlanTrigger.LOST_DEVICE))


def _reviewed_anew(work: Work, loan: TrackingLoan) -> bool:
    """Whether the risk was reviewed within the last review interval."""
    days = int(work.setting("mts.review_days"))
    reviews = all_of(work, TrackingReview, TrackingReview.loan_id == loan.id)
    recent = [one for one in reviews if one.reviewed_at and (work.now() - one.reviewed_at).days <= days]
    return any(one.advice is LoanAdvice.EXTEND for one in recent)


def _tell_stock(work: Work, loan: TrackingLoan, device_id: str | None) -> None:
    device = load(work, TrackingDevice, device_id)
    if device.loan_id == loan.id:
        device.due_on = _end(loan)
