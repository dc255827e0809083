"""The safety plan as its editor shows it (domain.md 4): versions, content, banner, may it be printed. All S4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import words
from app.errors import NotFound
from app.models.crisis import Case
from app.models.rules import plan as rule
from app.models.rules import plan_catalogue
from app.models.safety import DocumentItem, IncidentLogEntry, SafetyPlan, SafetyPlanContent, SafetyPlanItem
from app.models.vocab import CopyChoice, PlanSection, PlanSituation, RiskJudged, ScopeKind, Tri
from app.queries import members, outbox
from app.queries.crisis.file import live, orders
from app.queries.crisis.rows import OrderRow, Standing
from app.queries.outbox import SyncState
from app.queries.scopes import readable
from app.words import mark, tr, trn


@dataclass(frozen=True, slots=True)
class PlanVersionRow:
    """One version in the list: dates and copy choice only, which a supervisor may see too.

    `saved_at` None: still being written. `readable`: this device holds the content.
    """

    id: str
    version: int
    written_at: datetime | None
    saved_at: datetime | None
    worker: str
    copy_choice: CopyChoice | None
    next_review: date | None
    review_trigger: str | None
    current: bool
    review_overdue: bool
    readable: bool
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class PlanItemRow:
    """One item of a section. `catalogue` names the suggested item it came from; `text` stays as typed."""

    id: str
    section: PlanSection
    position: int
    catalogue: str | None
    text: str
    text_language: str | None
    applies: Tri | None
    done: bool
    on_date: date | None
    who_helps: str | None
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class PlanSectionRow:
    """One of the 14 sections; all are there, in order."""

    section: PlanSection
    number: int
    hidden: bool
    items: tuple[PlanItemRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the documents checklist."""

    id: str
    item: str
    has_original: bool
    has_copy: bool
    where_kept: str | None
    done: bool


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """One version with its content. `readable` False: the dates are known here, the content is not.

    `editable`: not saved as a version yet. `banner`: a sentence about an order that ends, or None.
    `headings_only`: someone else may be listening; show headings until revealed (domain.md 4c).
    `print_allowed` False: `print_refusal` says why.
    """

    id: str
    case_id: str
    person_id: str | None
    version: int
    written_at: datetime | None
    saved_at: datetime | None
    worker: str
    copy_choice: CopyChoice | None
    next_review: date | None
    review_trigger: str | None
    readable: bool
    editable: bool
    headings_only: bool
    situation: PlanSituation | None
    situation_note: str | None
    risk: RiskJudged | None
    kept_where: str | None
    reading_device: str | None
    worker_advice: str | None
    language: str | None
    sections: tuple[PlanSectionRow, ...]
    documents: tuple[DocumentRow, ...]
    orders: tuple[OrderRow, ...]
    banner: str | None
    print_allowed: bool
    print_refusal: str | None
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class IncidentLogRow:
    """One entry of the incident log."""

    id: str
    at: datetime | None
    place: str | None
    what_happened: str
    technology: str | None
    exact_words: str | None
    witnesses: str | None
    evidence: str | None
    reported_to: str | None
    officer: str | None
    report_no: str | None
    effect: str | None
    author: str
    sync: SyncState


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """A suggested item of a section, or a line of the documents checklist: its code and its marked text."""

    code: str
    text: str


def suggestions() -> dict[PlanSection, tuple[CatalogueItem, ...]]:
    """What each section suggests, in the order in which it is asked about."""
    return {
        section: tuple(CatalogueItem(item.code, item.text) for item in items)
        for section, items in plan_catalogue.CATALOGUE.items()
    }


def document_lines() -> tuple[CatalogueItem, ...]:
    """The lines of the documents checklist, in order."""
    return tuple(CatalogueItem(item.code, item.text) for item in plan_catalogue.DOCUMENTS)


def print_refusals(choice: CopyChoice | None) -> dict[str, str | None]:
    """For each form of the plan why it is not printed under a copy choice (a marked sentence), or None: it may be."""
    return {form_id: rule.copy_refusal(form_id, choice, False) for form_id in sorted(rule.PLAN_FORMS)}


def plan_versions(session: Session, case_id: str, *, today: date) -> tuple[PlanVersionRow, ...]:
    """The versions of the plan, the newest first."""
    found = live(session, SafetyPlan, case_id, SafetyPlan.version.desc(), SafetyPlan.id.desc())
    states = outbox.states(session, (plan.id for plan in found))
    names = members.names(session)
    held = readable(session, ScopeKind.CASE_PRIVATE, case_id)
    current = next((plan.id for plan in found if plan.saved_at is not None), None)
    return tuple(
        PlanVersionRow(
            id=plan.id,
            version=plan.version or 1,
            written_at=plan.written_at,
            saved_at=plan.saved_at,
            worker=names.get(plan.worker_id or plan.created_by or "", ""),
            copy_choice=plan.copy_choice,
            next_review=plan.next_review,
            review_trigger=plan.review_trigger,
            current=plan.id == current,
            review_overdue=plan.id == current and plan.next_review is not None and plan.next_review < today,
            readable=held,
            sync=states[plan.id],
            flagged=plan.flagged,
        )
        for plan in found
    )


def plan_detail(session: Session, plan_id: str, *, today: date) -> PlanDetail:
    """One version with its content as far as this device holds it. Raises NotFound."""
    plan = session.get(SafetyPlan, plan_id)
    if plan is None or plan.removed_at is not None:
        raise NotFound(mark("This safety plan is not on this computer."))
    case_id = plan.case_id or ""
    case = session.get(Case, case_id)
    content = session.get(SafetyPlanContent, plan_id)
    case_orders = orders(session, case_id, today=today)
    refusal = rule.copy_refusal(rule.FULL_PLAN, plan.copy_choice, False)
    return PlanDetail(
        id=plan.id,
        case_id=case_id,
        person_id=plan.person_id,
        version=plan.version or 1,
        written_at=plan.written_at,
        saved_at=plan.saved_at,
        worker=members.names(session).get(plan.worker_id or plan.created_by or "", ""),
        copy_choice=plan.copy_choice,
        next_review=plan.next_review,
        review_trigger=plan.review_trigger,
        readable=content is not None or readable(session, ScopeKind.CASE_PRIVATE, case_id),
        editable=plan.saved_at is None,
        headings_only=bool(case and case.listener_present),
        situation=content.situation if content else None,
        situation_note=content.situation_note if content else None,
        risk=content.risk if content else None,
        kept_where=content.kept_where if content else None,
        reading_device=content.reading_device if content else None,
        worker_advice=content.worker_advice if content else None,
        language=content.language if content else None,
        sections=_sections(session, plan_id, content),
        documents=_documents(session, plan_id),
        orders=case_orders,
        banner=order_banner(case_orders),
        print_allowed=refusal is None,
        print_refusal=tr(refusal) if refusal else None,
        sync=outbox.states(session, [plan.id])[plan.id],
        flagged=plan.flagged,
    )


def hidden_sections(content: SafetyPlanContent | None) -> frozenset[str]:
    """The codes of the sections that were set aside, however they are separated."""
    stored = (content.hidden_sections or "") if content else ""
    for mark_ in '[]",;':
        stored = stored.replace(mark_, " ")
    return frozenset(stored.split())


def _sections(session: Session, plan_id: str, content: SafetyPlanContent | None) -> tuple[PlanSectionRow, ...]:
    asked = (
        select(SafetyPlanItem)
        .where(SafetyPlanItem.plan_id == plan_id, SafetyPlanItem.removed_at.is_(None))
        .order_by(SafetyPlanItem.position, SafetyPlanItem.id)
    )
    items = session.scalars(asked).all()
    states = outbox.states(session, (item.id for item in items))
    hidden = hidden_sections(content)
    found: dict[PlanSection, list[PlanItemRow]] = {}
    for item in items:
        if item.section is None:
            continue
        found.setdefault(item.section, []).append(
            PlanItemRow(
                id=item.id,
                section=item.section,
                position=item.position or 0,
                catalogue=item.catalogue,
                text=item.text or "",
                text_language=item.text_language,
                applies=item.applies,
                done=bool(item.done),
                on_date=item.on_date,
                who_helps=item.who_helps,
                sync=states[item.id],
                flagged=item.flagged,
            )
        )
    return tuple(
        PlanSectionRow(section, number, section.value in hidden, tuple(found.get(section, ())))
        for number, section in enumerate(PlanSection, start=1)
    )


def _documents(session: Session, plan_id: str) -> tuple[DocumentRow, ...]:
    asked = (
        select(DocumentItem)
        .where(DocumentItem.plan_id == plan_id, DocumentItem.removed_at.is_(None))
        .order_by(DocumentItem.id)
    )
    return tuple(
        DocumentRow(
            item.id, item.item or "", bool(item.has_original), bool(item.has_copy), item.where_kept, bool(item.done)
        )
        for item in session.scalars(asked)
    )


def order_banner(found: Sequence[OrderRow]) -> str | None:
    """The sentence about the order that needs attention first (domain.md 4b), or None."""
    dated = [order for order in found if order.standing in (Standing.EXPIRED, Standing.ENDING)]
    ending = min((order for order in dated if order.days_left is not None), key=_days_left, default=None)
    if ending is not None and ending.expires_on is not None and ending.days_left is not None:
        if ending.days_left < 0:
            return tr("A court order ended on {day}.", day=words.day(ending.expires_on))
        return trn(
            "A court order ends in {count} day, on {day}.",
            "A court order ends in {count} days, on {day}.",
            ending.days_left,
            day=words.day(ending.expires_on),
        )
    if any(order.standing is Standing.CONFIRM for order in found):
        return tr("The end date of a court order is not known. Confirm it.")
    return None


def _days_left(order: OrderRow) -> int:
    return order.days_left if order.days_left is not None else 0


def incident_log(session: Session, case_id: str, *, limit: int = 50, offset: int = 0) -> tuple[IncidentLogRow, ...]:
    """The client's log of incidents, the newest first."""
    asked = (
        select(IncidentLogEntry)
        .where(IncidentLogEntry.case_id == case_id, IncidentLogEntry.removed_at.is_(None))
        .order_by(IncidentLogEntry.at.desc(), IncidentLogEntry.id.desc())
        .limit(limit)
        .offset(offset)
    )
    found = session.scalars(asked).all()
    states = outbox.states(session, (entry.id for entry in found))
    names = members.names(session)
    return tuple(
        IncidentLogRow(
            id=entry.id,
            at=entry.at,
            place=entry.place,
            what_happened=entry.what_happened or "",
            technology=entry.technology,
            exact_words=entry.exact_words,
            witnesses=entry.witnesses,
            evidence=entry.evidence,
            reported_to=entry.reported_to,
            officer=entry.officer,
            report_no=entry.report_no,
            effect=entry.effect,
            author=names.get(entry.created_by or "", ""),
            sync=states[entry.id],
        )
        for entry in found
    )
