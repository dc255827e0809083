"""The safety plan (domain.md 4): dates with the case's facts, content in the private scope.

A version is immutable once saved; the next one starts as its copy. `SafetyPlan` and `SafetyPlanContent` share their id.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Record, safety
from app.models.vocab import CopyChoice, PlanSection, PlanSituation, RiskJudged, ScopeKind, Tri


class SafetyPlan(Record):
    """The dates and the copy choice of one version of a plan: what a supervisor may see without its content."""

    __tablename__ = "safety_plan"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[str | None]
    version: Mapped[int | None] = mapped_column(Integer)
    written_at: Mapped[datetime | None]
    worker_id: Mapped[str | None]
    copy_choice: Mapped[CopyChoice | None] = mapped_column(Code(CopyChoice), info=safety("no_copy_first"))
    next_review: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    saved_at: Mapped[datetime | None]
    review_trigger: Mapped[str | None]
    superseded_by: Mapped[str | None]


class SafetyPlanContent(Record):
    """What the plan says about the situation. Same id as its `SafetyPlan`."""

    __tablename__ = "safety_plan_content"
    scope_kind = ScopeKind.CASE_PRIVATE

    case_id: Mapped[str | None] = mapped_column(index=True)
    situation: Mapped[PlanSituation | None] = mapped_column(Code(PlanSituation))
    situation_note: Mapped[str | None]
    risk: Mapped[RiskJudged | None] = mapped_column(Code(RiskJudged), info=safety("highest_risk"))
    kept_where: Mapped[str | None]
    reading_device: Mapped[str | None]
    worker_advice: Mapped[str | None]
    language: Mapped[str | None]
    hidden_sections: Mapped[str | None]


class SafetyPlanItem(Record):
    """One item of a section. `catalogue` names the suggested item it came from; `text` is what the client wants."""

    __tablename__ = "safety_plan_item"
    scope_kind = ScopeKind.CASE_PRIVATE

    case_id: Mapped[str | None] = mapped_column(index=True)
    plan_id: Mapped[str | None] = mapped_column(index=True)
    section: Mapped[PlanSection | None] = mapped_column(Code(PlanSection))
    position: Mapped[int | None] = mapped_column(Integer)
    catalogue: Mapped[str | None]
    text: Mapped[str | None]
    text_language: Mapped[str | None]
    applies: Mapped[Tri | None] = mapped_column(Code(Tri))
    done: Mapped[bool | None]
    on_date: Mapped[date | None]
    who_helps: Mapped[str | None]


class DocumentItem(Record):
    """One line of the documents checklist: whether the original and a copy are at hand, and where."""

    __tablename__ = "document_item"
    scope_kind = ScopeKind.CASE_PRIVATE

    case_id: Mapped[str | None] = mapped_column(index=True)
    plan_id: Mapped[str | None] = mapped_column(index=True)
    item: Mapped[str | None]
    has_original: Mapped[bool | None]
    has_copy: Mapped[bool | None]
    where_kept: Mapped[str | None]
    done: Mapped[bool | None]


class IncidentLogEntry(Record):
    """One entry of the log that the client keeps and the unit may hold (domain.md 4.3)."""

    __tablename__ = "incident_log_entry"
    scope_kind = ScopeKind.CASE_PRIVATE
    append_only = True

    case_id: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime | None]
    place: Mapped[str | None]
    what_happened: Mapped[str | None]
    technology: Mapped[str | None]
    exact_words: Mapped[str | None]
    witnesses: Mapped[str | None]
    evidence: Mapped[str | None]
    reported_to: Mapped[str | None]
    officer: Mapped[str | None]
    report_no: Mapped[str | None]
    effect: Mapped[str | None]
