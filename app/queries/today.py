"""What a member has to do today: what is due, which clocks run, what came back, what waits to be sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.crisis import Case, ServiceRequest
from app.models.local.tables import Draft
from app.models.rules.closing import STILL_OPEN
from app.models.rules.deadlines import minutes_after
from app.models.rules.draft_place import unpack
from app.models.vocab import AgeBand, ResponseWanted, ReviewOutcome
from app.models.work_items import CaseReview, Task
from app.queries import clients, conflicts, members, outbox
from app.queries.crisis.call_outs import OPEN_STATUSES
from app.queries.settings import local_day, setting
from app.queries.tasks import TaskRow, due_order, task_rows


@dataclass(frozen=True, slots=True)
class DueTasks:
    """Open tasks of a member by when they are due; `coming` covers the next 7 days and what already warns."""

    overdue: tuple[TaskRow, ...]
    today: tuple[TaskRow, ...]
    coming: tuple[TaskRow, ...]


@dataclass(frozen=True, slots=True)
class CallBackRow:
    """One running call-back clock; it is late when `due_at` has passed."""

    request_id: str
    number: str | None
    requester: str
    phone: str | None
    location: str | None
    response_wanted: ResponseWanted | None
    requested_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A case that a supervisor sent back and that is not answered yet. `comments`: (section, text) pairs."""

    review_id: str
    case_id: str
    case_number: str | None
    initials: str
    age_band: AgeBand
    reviewer: str
    reviewed_at: datetime | None
    summary: str
    comments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DraftRow:
    """Typing that is not saved yet: the form's key, when it was kept, and the way back to it (`views/place.py`).

    `texts` are there when there is no way back: what was typed, to be read and copied.
    """

    form: str
    kept_at: datetime
    place: dict[str, Any]
    texts: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the form called itself, in the language of that moment."""
        return str(self.place.get("title") or "")


@dataclass(frozen=True, slots=True)
class TodayCounts:
    """The numbers at the top of the page."""

    overdue: int
    due_today: int
    coming: int
    call_backs: int
    returned: int
    drafts: int
    unsent: int
    conflicts: int


_AHEAD_DAYS = 7


def due(session: Session, member_id: str, *, today: date) -> DueTasks:
    """What a member has to do: overdue, today, and what comes within 7 days or already warns."""
    asked = (
        select(Task)
        .where(Task.owner_id == member_id, Task.status.in_(STILL_OPEN), Task.removed_at.is_(None))
        .order_by(*due_order())
    )
    rows = task_rows(session, session.scalars(asked).all(), today)
    warns = dict(
        session.execute(
            select(Task.id, Task.warn_from).where(
                Task.owner_id == member_id, Task.status.in_(STILL_OPEN), Task.warn_from.is_not(None)
            )
        ).all()
    )
    last = today + timedelta(days=_AHEAD_DAYS)

    def is_coming(row: TaskRow) -> bool:
        warn = warns.get(row.id)
        return row.due_day is None or row.due_day <= last or (warn is not None and warn <= today)

    return DueTasks(
        overdue=tuple(row for row in rows if row.overdue),
        today=tuple(row for row in rows if row.due_day == today),
        coming=tuple(row for row in rows if (row.due_day is None or row.due_day > today) and is_coming(row)),
    )


def call_backs(session: Session) -> tuple[CallBackRow, ...]:
    """Call-back clocks that run (or ran out) and were not answered, the most urgent first."""
    asked = (
        select(ServiceRequest)
        .where(
            ServiceRequest.removed_at.is_(None),
            ServiceRequest.status.in_(OPEN_STATUSES),
            ServiceRequest.response_wanted == ResponseWanted.ON_SCENE,
            ServiceRequest.called_back_at.is_(None),
            ServiceRequest.requested_at.is_not(None),
        )
        .order_by(ServiceRequest.requested_at, ServiceRequest.id)
    )
    rows = []
    for request in session.scalars(asked):
        if request.requested_at is None:
            continue
        minutes = setting(session, "vsu.requester_callback_min", local_day(session, request.requested_at))
        rows.append(
            CallBackRow(
                request_id=request.id,
                number=request.number,
                requester=" · ".join(part for part in (request.requester_name, request.requester_badge) if part),
                phone=request.requester_phone,
                location=request.location,
                response_wanted=request.response_wanted,
                requested_at=request.requested_at,
                due_at=minutes_after(request.requested_at, int(minutes)),
            )
        )
    return tuple(rows)


def returned_work(session: Session, member_id: str, *, today: date) -> tuple[ReturnedRow, ...]:
    """Cases of a member that a supervisor sent back and that are not answered, the newest first."""
    asked = (
        select(CaseReview, Case)
        .join(Case, Case.id == CaseReview.case_id)
        .where(
            Case.assigned_to == member_id,
            Case.removed_at.is_(None),
            CaseReview.outcome == ReviewOutcome.RETURNED,
            CaseReview.answered_at.is_(None),
            CaseReview.removed_at.is_(None),
        )
        .order_by(CaseReview.reviewed_at.desc(), CaseReview.id)
    )
    found = session.execute(asked).all()
    people = clients.who(session, (case.person_id for _, case in found), today)
    names = members.names(session)
    rows = []
    for review, case in found:
        who = people.get(case.person_id or "", clients.NOBODY)
        rows.append(
            ReturnedRow(
                review_id=review.id,
                case_id=case.id,
                case_number=case.number,
                initials=who.initials,
                age_band=who.age_band,
                reviewer=names.get(review.reviewer_id or "", ""),
                reviewed_at=review.reviewed_at,
                summary=review.summary or "",
                comments=comments_of(review),
            )
        )
    return tuple(rows)


def comments_of(review: CaseReview) -> tuple[tuple[str, str], ...]:
    """The comments of a review as (section, text) pairs."""
    return tuple((str(each.get("section", "")), str(each.get("text", ""))) for each in review.comments or ())


def drafts(session: Session) -> tuple[DraftRow, ...]:
    """Typing that is not saved yet, the newest first."""
    asked = (
        select(Draft.form, Draft.kept_at, Draft.focus)
        .where(Draft.form.not_like("~%"))
        .order_by(Draft.kept_at.desc(), Draft.form)
    )
    rows = [DraftRow(form, kept_at, unpack(focus)[1]) for form, kept_at, focus in session.execute(asked)]
    return tuple(replace(row, texts=_texts(row)) for row in rows)


def _texts(row: DraftRow) -> tuple[str, ...]:
    texts = row.place.get("text")
    return tuple(str(text) for text in texts) if isinstance(texts, list) else ()


def counts(session: Session, member_id: str, *, today: date) -> TodayCounts:
    """The numbers at the top of the page."""
    found = due(session, member_id, today=today)
    return TodayCounts(
        overdue=len(found.overdue),
        due_today=len(found.today),
        coming=len(found.coming),
        call_backs=len(call_backs(session)),
        returned=len(returned_work(session, member_id, today=today)),
        drafts=len(drafts(session)),
        unsent=outbox.unsent(session),
        conflicts=conflicts.count(session),
    )
