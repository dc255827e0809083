"""Applications for a personal alarm: from the referral to the decision and the closing (domain.md 8.3, 8.5).

Loans are `tracking_loans`, devices `tracking_stock`, alarms `tracking_alarms`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.errors import RuleBroken
from app.models.crisis import Case
from app.models.rules import numbering
from app.models.rules import tracking as rules
from app.models.rules.tracking import Eligibility
from app.models.tracking import TrackingApplication, TrackingDevice
from app.models.vocab import (
    DeviceStatus,
    Priority,
    Relation,
    RiskJudged,
    Role,
    ScopeKind,
    TrackingCriterion,
    TrackingSource,
    TrackingStatus,
)
from app.models.work import Work
from app.services.answers import KEEP, Given, put
from app.services.permission import case_to_supervise, case_to_write, case_to_write_or_supervise, require_reason
from app.services.records import add, all_of, load
from app.words import mark, tr

NOT_NOW = mark("This does not fit where the application stands: {status}.")
ALREADY = mark("There is already an open application in this case: {number}.")


@dataclass(frozen=True, kw_only=True)
class ApplicationAnswers:
    """The fields of an application (`models.tracking`). `eligibility`: {criterion: {answer, note}}."""

    source: Given[TrackingSource] = KEEP
    referred_on: Given[date] = KEEP
    referred_by: Given[str] = KEEP
    reason: Given[str] = KEEP
    relationship: Given[Relation] = KEEP
    risk_results: Given[str] = KEEP
    risk: Given[RiskJudged] = KEEP
    orders_note: Given[str] = KEEP
    coverage: Given[dict[str, str]] = KEEP
    children: Given[int] = KEEP
    interim_plan: Given[str] = KEEP
    eligibility: Given[dict[str, dict[str, str]]] = KEEP
    conflict_plan: Given[str] = KEEP
    priority: Given[Priority] = KEEP
    liaison_id: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class Apply(ApplicationAnswers):
    """Begin an application in a case."""

    case_id: str


@dataclass(frozen=True, kw_only=True)
class UpdateApplication(ApplicationAnswers):
    """Change an application: only the fields named here change."""

    application_id: str


@dataclass(frozen=True, kw_only=True)
class AssessApplication:
    """The checklist was gone through with the client: the application waits for a decision."""

    application_id: str


@dataclass(frozen=True, kw_only=True)
class WaiveCriterion:
    """A supervisor lets a criterion go, with a reason (domain.md 8.3, the autonomy note)."""

    application_id: str
    criterion: TrackingCriterion
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecideApplication:
    """A supervisor approves, declines (`alternative`: what is offered instead) or puts on the waiting list.

    `interim_plan`: what keeps the client safe meanwhile; the waiting list asks for it.
    """

    application_id: str
    decision: TrackingStatus
    note: str | None = None
    alternative: str | None = None
    interim_plan: str | None = None


@dataclass(frozen=True, kw_only=True)
class CloseApplication:
    """Nothing more happens with this application."""

    application_id: str
    reason: str


DECISIONS = frozenset({TrackingStatus.APPROVED, TrackingStatus.DECLINED, TrackingStatus.WAITLISTED})


def apply(work: Work, command: Apply) -> str:
    """Begin an application; its id. A case has one open application at a time."""
    case = case_to_write(work, command.case_id, TrackingApplication)
    for other in all_of(work, TrackingApplication, TrackingApplication.case_id == case.id):
        if other.status not in (TrackingStatus.CLOSED, TrackingStatus.DECLINED):
            raise RuleBroken(ALREADY, number=other.number or "–")
    made = add(
        work,
        TrackingApplication,
        work.open_scope(ScopeKind.TRACKING, case.id),
        number=work.next_number(numbering.TRACKING),
        case_id=case.id,
        person_id=case.person_id,
        status=TrackingStatus.REFERRED,
        referred_on=work.today(),
    )
    _write(work, made, command)
    return made.id


def update_application(work: Work, command: UpdateApplication) -> None:
    """Change an application that is not closed."""
    found, _ = application_to_write(work, command.application_id)
    _not_closed(found)
    _write(work, found, command)


def assess_application(work: Work, command: AssessApplication) -> None:
    """Every question of the checklist has an answer, be it that nobody knows."""
    found, _ = application_to_write(work, command.application_id)
    if found.status not in rules.WAITING:
        raise not_now(found)
    asked = found.eligibility or {}
    open_ones = [one for one in TrackingCriterion if not (asked.get(one.value) or {}).get("answer")]
    if open_ones:
        raise RuleBroken(rules.NOT_ANSWERED, field="eligibility", criteria=_named(open_ones))
    found.status, found.assessed_on, found.assessed_by = TrackingStatus.ASSESSED, work.today(), work.actor.member_id


def waive_criterion(work: Work, command: WaiveCriterion) -> None:
    """Let a criterion go; the reason stays with the application."""
    found = load(work, TrackingApplication, command.application_id)
    case_to_supervise(work, found.case_id, TrackingApplication)
    if command.criterion not in rules.WAIVABLE:
        raise RuleBroken(mark("This condition cannot be waived."), field="criterion")
    _not_closed(found)
    found.waivers = {**(found.waivers or {}), command.criterion.value: require_reason(command.reason)}
    found.waived_by = work.actor.member_id


def decide_application(work: Work, command: DecideApplication) -> None:
    """Decide. Approval asks that the checklist is met; the waiting list for an interim plan."""
    found = load(work, TrackingApplication, command.application_id)
    case_to_supervise(work, found.case_id, TrackingApplication)
    if command.decision not in DECISIONS:
        raise RuleBroken(mark("Choose how you decide."), field="decision")
    if found.status not in {TrackingStatus.ASSESSED, TrackingStatus.WAITLISTED}:
        raise not_now(found)
    if command.interim_plan is not None:
        found.interim_plan = command.interim_plan
    if command.decision is TrackingStatus.APPROVED:
        require_met(found)
    elif command.decision is TrackingStatus.DECLINED:
        found.alternative = require_reason(command.alternative, "alternative")
        require_reason(command.note, "note")
    elif not (found.interim_plan or "").strip():
        sentence = mark("Write down what keeps the client safe while waiting.")
        raise RuleBroken(sentence, field="interim_plan")
    found.status, found.decision_note = command.decision, command.note
    found.decided_on, found.decided_by = work.today(), work.actor.member_id


def close_application(work: Work, command: CloseApplication) -> None:
    """Close an application without a running loan; a device that waits for it goes back on the shelf."""
    found = load(work, TrackingApplication, command.application_id)
    case_to_write_or_supervise(work, found.case_id, TrackingApplication)
    if found.status in rules.RUNNING:
        raise RuleBroken(mark("A device is with the client: record its return first."))
    _not_closed(found)
    found.decision_note = require_reason(command.reason)
    found.status, found.closed_on = TrackingStatus.CLOSED, work.today()
    for device in all_of(work, TrackingDevice, TrackingDevice.reserved_for == found.id):
        device.reserved_for = None
        if device.status is DeviceStatus.RESERVED:
            device.status = DeviceStatus.IN_STOCK


def judged(found: TrackingApplication) -> Eligibility:
    """The checklist of an application as it stands."""
    answers: Mapping[str, Mapping[str, str]] = found.eligibility or {}
    return rules.eligibility(answers, found.waivers or (), conflict_plan=found.conflict_plan)


def require_met(found: TrackingApplication) -> None:
    """The checklist is met."""
    verdict = judged(found)
    if TrackingCriterion.NO_CONFLICT in verdict.unmet:
        raise RuleBroken(rules.CONFLICT, field="conflict_plan")
    if verdict.unmet:
        raise RuleBroken(rules.NOT_MET, field="eligibility", criteria=_named(verdict.unmet))
    if verdict.unanswered:
        raise RuleBroken(rules.NOT_ANSWERED, field="eligibility", criteria=_named(verdict.unanswered))


def application_to_write(work: Work, application_id: str) -> tuple[TrackingApplication, Case]:
    """An application and its case, for the case's workers."""
    found = load(work, TrackingApplication, application_id)
    return found, case_to_write(work, found.case_id, TrackingApplication)


def not_now(found: TrackingApplication) -> RuleBroken:
    """The refusal of what does not fit where an application stands."""
    status = found.status.label() if isinstance(found.status, TrackingStatus) else str(found.status or "")
    return RuleBroken(NOT_NOW, status=status)


def _not_closed(found: TrackingApplication) -> None:
    if found.status in (TrackingStatus.CLOSED, TrackingStatus.DECLINED):
        raise not_now(found)


def _write(work: Work, found: TrackingApplication, answers: ApplicationAnswers) -> None:
    put(found, answers)
    if found.referred_on is not None and found.referred_on > work.today():
        raise RuleBroken(mark("The referral lies in the future."), field="referred_on")
    known = {criterion.value for criterion in TrackingCriterion}
    if set(found.eligibility or {}) - known:
        raise RuleBroken(mark("This is no condition of the checklist."), field="eligibility")


def _named(criteria: tuple[TrackingCriterion, ...] | list[TrackingCriterion]) -> str:
    return ", ".join(tr(one.text) for one in criteria)


ASKS_LIAISON = frozenset({Role.IPV})
"""Who may be named as the liaison of an application."""
