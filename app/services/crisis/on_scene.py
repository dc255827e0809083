"""On scene: how the person was met, immediate safety, practical assistance (domain.md 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from app.errors import RuleBroken
from app.models.crisis import Case, CrisisContact, ImmediateSafetyItem, PracticalAssistance
from app.models.vocab import AssistanceKind, PaidFrom, SafetyStatus, SafetyStep, TaskKind, TaskStatus, Tri
from app.models.work import Work
from app.services import clocks
from app.services.answers import KEEP, Given, put
from app.services.clocks import Clock
from app.services.permission import case_to_supervise, case_to_write
from app.services.records import add, ensure, load
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class RecordCrisisContact:
    """How the person was met and what was given. Lists hold codes; `materials` is a list of {material, language}.

    `crisis_contact_id` changes an earlier record; only the fields named here change.
    """

    case_id: str
    crisis_contact_id: str | None = None
    contact_id: Given[str] = KEEP
    at: Given[datetime] = KEEP
    presenting: Given[list[str]] = KEEP
    components: Given[list[str]] = KEEP
    suicide_concern: Given[Tri] = KEEP
    suicide_steps: Given[list[str]] = KEEP
    crisis_line_reached_at: Given[datetime] = KEEP
    handed_over: Given[str] = KEEP
    materials: Given[list[dict[str, str]]] = KEEP


@dataclass(frozen=True, kw_only=True)
class AnswerSafetyStep:
    """The answer to one step of immediate safety."""

    case_id: str
    step: SafetyStep
    status: Given[SafetyStatus] = KEEP
    note: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class AnswerSafetySteps:
    """Answers to several steps at once: status by step."""

    case_id: str
    answers: Mapping[SafetyStep, SafetyStatus | None]


@dataclass(frozen=True, kw_only=True)
class RecordAssistance:
    """Something given or paid for; money in cents. `assistance_id` changes an earlier record."""

    case_id: str
    assistance_id: str | None = None
    given_on: Given[date] = KEEP
    kind: Given[AssistanceKind] = KEEP
    description: Given[str] = KEEP
    quantity: Given[int] = KEEP
    cost_cents: Given[int] = KEEP
    stock_item: Given[str] = KEEP
    voucher_no: Given[str] = KEEP
    paid_from: Given[PaidFrom] = KEEP


@dataclass(frozen=True, kw_only=True)
class ApproveAssistance:
    """A supervisor approves a cost above the limit."""

    assistance_id: str


APPROVAL = "assistance_approval"


def record_crisis_contact(work: Work, command: RecordCrisisContact) -> str:
    """Record how the person was met; the record's id."""
    case = case_to_write(work, command.case_id, CrisisContact)
    if command.crisis_contact_id:
        contact = _of_case(load(work, CrisisContact, command.crisis_contact_id), case)
    else:
        contact = add(work, CrisisContact, case.scope_id, at=work.now())
    put(contact, command)
    return contact.id


def answer_safety_step(work: Work, command: AnswerSafetyStep) -> None:
    """Answer one step of immediate safety."""
    case = case_to_write(work, command.case_id, ImmediateSafetyItem)
    put(_step(work, case, command.step), command)


def answer_safety_steps(work: Work, command: AnswerSafetySteps) -> None:
    """Answer several steps at once."""
    case = case_to_write(work, command.case_id, ImmediateSafetyItem)
    for step, status in command.answers.items():
        _step(work, case, step).status = status


def record_assistance(work: Work, command: RecordAssistance) -> str:
    """Record assistance; its id. Above the limit a task asks the supervisor to approve it."""
    case = case_to_write(work, command.case_id, PracticalAssistance)
    if command.assistance_id:
        assistance = _of_case(load(work, PracticalAssistance, command.assistance_id), case)
    else:
        assistance = add(work, PracticalAssistance, case.scope_id, given_on=work.today())
    changed = put(assistance, command)
    if "cost_cents" in changed:
        assistance.approved_by = None
        _ask_approval(work, case, assistance)
    return assistance.id


def approve_assistance(work: Work, command: ApproveAssistance) -> None:
    """Supervisor only."""
    assistance = load(work, PracticalAssistance, command.assistance_id)
    case_to_supervise(work, assistance.case_id, PracticalAssistance)
    assistance.approved_by = work.actor.member_id
    clocks.stop(work, assistance.id, APPROVAL, TaskStatus.DONE)


def _ask_approval(work: Work, case: Case, assistance: PracticalAssistance) -> None:
    if (assistance.cost_cents or 0) <= int(work.setting("vsu.assistance_approval_cents")):
        clocks.stop(work, assistance.id, APPROVAL, TaskStatus.CANCELLED, mark("No approval needed any more"))
        return
    clock = Clock(
        subject_id=assistance.id,
        rule=APPROVAL,
        kind=TaskKind.REVIEW,
        title=mark("Approve the cost of practical assistance"),
        due_on=work.today(),
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)


def _step(work: Work, case: Case, step: SafetyStep) -> ImmediateSafetyItem:
    row_id = work.child_id(case.id, f"safety:{step}")
    item = ensure(work, ImmediateSafetyItem, case.scope_id, row_id, case_id=case.id, step=step)
    item.answered_at = work.now()
    return item


_R = TypeVar("_R", CrisisContact, PracticalAssistance)


def _of_case(record: _R, case: Case) -> _R:
    if record.case_id != case.id:
        raise RuleBroken(mark("This record belongs to another case."))
    return record
