"""The safety plan: immutable versions, reviews on time and at once, the client's incident log (domain.md 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.models.crisis import Case
from app.models.rules.plan import next_review
from app.models.safety import DocumentItem, IncidentLogEntry, SafetyPlan, SafetyPlanContent, SafetyPlanItem
from app.models.vocab import CopyChoice, PlanSection, PlanSituation, PlanTrigger, RiskJudged, TaskKind, TaskStatus, Tri
from app.models.work import Work
from app.services import clocks
from app.services.answers import put
from app.services.clocks import Clock
from app.services.permission import case_to_write, private_scope
from app.services.records import add, all_of
from app.words import current, mark


@dataclass(frozen=True, kw_only=True)
class PlanItem:
    """One item of a section. `catalogue` is the code of a suggested item (`rules/plan_catalogue.py`), or None."""

    section: PlanSection
    catalogue: str | None = None
    text: str | None = None
    text_language: str | None = None
    applies: Tri | None = None
    done: bool | None = None
    on_date: date | None = None
    who_helps: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanDocument:
    """One line of the documents checklist; `item` is a code of `plan_catalogue.DOCUMENTS` or text of one's own."""

    item: str
    has_original: bool | None = None
    has_copy: bool | None = None
    where_kept: str | None = None
    done: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SavePlan:
    """Save a new version of the plan: all of it, in order. The version before stays as it was.

    `text_language` of an item is the language that it was typed in; it is printed as typed and marked.
    """

    case_id: str
    person_id: str | None = None
    copy_choice: CopyChoice | None = None
    next_review: date | None = None
    situation: PlanSituation | None = None
    situation_note: str | None = None
    risk: RiskJudged | None = None
    kept_where: str | None = None
    reading_device: str | None = None
    worker_advice: str | None = None
    language: str | None = None
    hidden_sections: frozenset[PlanSection] = frozenset()
    items: tuple[PlanItem, ...] = ()
    documents: tuple[PlanDocument, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RequestPlanReview:
    """Something happened that asks for a review of the plan at once."""

    case_id: str
    trigger: PlanTrigger


@dataclass(frozen=True, kw_only=True)
class AddIncidentLogEntry:
    """One entry of the log that the client keeps."""

    case_id: str
    at: datetime | None = None
    place: str | None = None
    what_happened: str | None = None
    technology: str | None = None
    exact_words: str | None = None
    witnesses: str | None = None
    evidence: str | None = None
    reported_to: str | None = None
    officer: str | None = None
    report_no: str | None = None
    effect: str | None = None


REVIEW, TRIGGERED = "plan_review", "plan_trigger"


def save_plan(work: Work, command: SavePlan) -> str:
    """Save the next version; its id. Sets the next review and its task."""
    case = case_to_write(work, command.case_id, SafetyPlan)
    before = current_plan(work, case)
    plan = _version(work, case, command, before)
    _content(work, case, plan, command)
    if before is not None:
        before.superseded_by = plan.id
    for rule in (REVIEW, TRIGGERED):
        clocks.stop(work, case.id, rule, TaskStatus.DONE)
    if plan.next_review is not None:
        _await_review(work, case, REVIEW, mark("Review of the safety plan"), plan.next_review, part=plan.id)
    return plan.id


def current_plan(work: Work, case: Case) -> SafetyPlan | None:
    """The newest version of the case's plan."""
    versions = all_of(work, SafetyPlan, SafetyPlan.case_id == case.id, SafetyPlan.superseded_by.is_(None))
    return max(versions, key=lambda plan: (plan.version or 0, plan.id), default=None)


def request_plan_review(work: Work, command: RequestPlanReview) -> str:
    """A review task due today; its id."""
    case = case_to_write(work, command.case_id, SafetyPlan)
    plan = current_plan(work, case)
    if plan is not None:
        plan.review_trigger = str(command.trigger)
    title = mark("Review the safety plan now") if plan else mark("Write a safety plan now")
    return _await_review(work, case, TRIGGERED, title, work.today(), part=str(command.trigger))


def add_incident_log_entry(work: Work, command: AddIncidentLogEntry) -> str:
    """Add an entry to the incident log; its id."""
    case = case_to_write(work, command.case_id, IncidentLogEntry)
    entry = add(work, IncidentLogEntry, private_scope(work, case.id), case_id=case.id)
    put(entry, command)
    entry.at = entry.at or work.now()
    return entry.id


def _version(work: Work, case: Case, command: SavePlan, before: SafetyPlan | None) -> SafetyPlan:
    last = work.session.scalar(select(func.max(SafetyPlan.version)).where(SafetyPlan.case_id == case.id))
    return add(
        work,
        SafetyPlan,
        case.scope_id,
        case_id=case.id,
        person_id=command.person_id or case.person_id,
        version=(last or 0) + 1,
        written_at=work.now(),
        saved_at=work.now(),
        worker_id=work.actor.member_id,
        copy_choice=command.copy_choice,
        next_review=command.next_review or next_review(work.today(), int(work.setting("plan.review_days"))),
    )


def _content(work: Work, case: Case, plan: SafetyPlan, command: SavePlan) -> None:
    scope_id = private_scope(work, case.id)
    content = add(work, SafetyPlanContent, scope_id, id=plan.id, case_id=case.id)
    content.situation, content.situation_note, content.risk = command.situation, command.situation_note, command.risk
    content.kept_where, content.reading_device = command.kept_where, command.reading_device
    content.worker_advice, content.language = command.worker_advice, command.language
    content.hidden_sections = ",".join(section for section in PlanSection if section in command.hidden_sections)
    for position, item in enumerate(command.items):
        row = add(work, SafetyPlanItem, scope_id, case_id=case.id, plan_id=plan.id, position=position)
        put(row, item)
        if item.text:
            row.text_language = item.text_language or current().code
    for document in command.documents:
        put(add(work, DocumentItem, scope_id, case_id=case.id, plan_id=plan.id), document)


def _await_review(work: Work, case: Case, rule: str, title: str, due_on: date, part: str) -> str:
    clock = Clock(
        subject_id=case.id,
        rule=rule,
        part=part,
        kind=TaskKind.PLAN_REVIEW,
        title=title,
        due_on=due_on,
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    return clocks.start(work, case.scope_id, clock).id
