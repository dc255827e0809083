"""What people still have to do, and what was agreed to: tasks, consents and reviews shared by every programme."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record, safety
from app.models.vocab import ConsentForm, ReviewOutcome, ScopeKind, TaskKind, TaskStatus


class Task(Record):
    """Something due (domain.md 2.5). Due on a day (`due_on`) or at a moment (`due_at`).

    `title` is a marked English text with `title_values` for its places, so that everyone reads it in their own
    language; a title that a person typed stands in `typed_title`. `rule` names the clock that made the task,
    `subject_id` the record that it is about, `warn_from` the first day on which it is shown as coming.
    """

    __tablename__ = "task"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    request_id: Mapped[str | None] = mapped_column(index=True)
    subject_id: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[TaskKind | None] = mapped_column(Code(TaskKind))
    title: Mapped[str | None]
    title_values: Mapped[dict[str, Any] | None] = mapped_column(Json)
    typed_title: Mapped[str | None]
    due_on: Mapped[date | None] = mapped_column(index=True)
    due_at: Mapped[datetime | None]
    warn_from: Mapped[date | None]
    owner_id: Mapped[str | None] = mapped_column(index=True)
    rule: Mapped[str | None]
    status: Mapped[TaskStatus | None] = mapped_column(Code(TaskStatus))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    close_reason: Mapped[str | None]
    handed_to: Mapped[str | None]


class Consent(Record):
    """What a person agreed to, how, in which words, until when (domain.md 2.6).

    `answers` maps each `ConsentScope` code to "yes" or "no"; `organizations` names who "named organizations" are;
    `signatures` is a list of {role, name, at, method, strokes} with strokes as lists of points between 0 and 1.
    """

    __tablename__ = "consent"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[str | None]
    given_by_id: Mapped[str | None]
    given_by_name: Mapped[str | None]
    authority: Mapped[str | None]
    answers: Mapped[dict[str, str] | None] = mapped_column(Json, info=safety("no_in_any"))
    organizations: Mapped[list[str] | None] = mapped_column(Json)
    form: Mapped[ConsentForm | None] = mapped_column(Code(ConsentForm))
    witness: Mapped[str | None]
    language_used: Mapped[str | None]
    interpreter: Mapped[str | None]
    notice_version: Mapped[str | None]
    starts_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    review_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    withdrawn_how: Mapped[str | None]
    guardian_exception: Mapped[str | None]
    exception_by: Mapped[str | None]
    signatures: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)


class CaseReview(Record):
    """A supervisor's review of a case. `comments` is a list of {section, text}; a return opens a task."""

    __tablename__ = "case_review"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    reviewer_id: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    outcome: Mapped[ReviewOutcome | None] = mapped_column(Code(ReviewOutcome))
    summary: Mapped[str | None]
    comments: Mapped[list[dict[str, str]] | None] = mapped_column(Json)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answer: Mapped[str | None]
