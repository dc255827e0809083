"""What a member has to do, as a calendar file: titles by the kind of work, never whose or what (domain.md 18.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models.local.tables import LoggedChange
from app.models.rules.closing import STILL_OPEN
from app.models.rules.icalendar import Todo, TodoStatus, calendar
from app.models.vocab import TaskKind, TaskStatus
from app.models.work_items import Task
from app.queries.settings import setting
from app.words import mark, tr

CALL, VISIT, CHECK, REVIEW, DUE = mark("Call"), mark("Visit"), mark("Check"), mark("Review"), mark("Due")
NEUTRAL: dict[TaskKind, str] = {
    TaskKind.CALL_BACK: CALL,
    TaskKind.FOLLOW_UP: CALL,
    TaskKind.WELFARE_CALL: CALL,
    TaskKind.VISIT: VISIT,
    TaskKind.CHECK_IN: CHECK,
    TaskKind.DEVICE_TEST: CHECK,
    TaskKind.DEVICE_CHECK: CHECK,
    TaskKind.REVIEW: REVIEW,
    TaskKind.PLAN_REVIEW: REVIEW,
    TaskKind.CONSENT_REVIEW: REVIEW,
    TaskKind.ENHANCED_REVIEW: REVIEW,
    TaskKind.DEVICE_REVIEW: REVIEW,
}
"""What each kind of task is called in a calendar; every other kind is just due."""

_CLOSED_DAYS = 30
"""For how long a calendar is told that something was done or cancelled."""


def neutral_title(kind: object) -> str:
    """The title of a task in a calendar, in the interface's language."""
    return tr(NEUTRAL.get(kind, DUE)) if isinstance(kind, TaskKind) else tr(DUE)


def task_calendar(session: Session, member_id: str, *, now: datetime) -> tuple[str, int]:
    """The calendar file of a member's tasks of all programmes, and how many entries it has."""
    since = now - timedelta(days=_CLOSED_DAYS)
    asked = (
        select(Task)
        .where(
            Task.owner_id == member_id,
            Task.removed_at.is_(None),
            or_(Task.due_on.is_not(None), Task.due_at.is_not(None)),
            or_(Task.status.in_(STILL_OPEN), Task.closed_at >= since),
        )
        .order_by(Task.id)
    )
    tasks = session.scalars(asked).all()
    changes = _changes(session, [task.id for task in tasks])
    todos = [_todo(task, changes.get(task.id, 1)) for task in tasks]
    return calendar(todos, zone=str(setting(session, "service.timezone", now.date())), stamp=now), len(todos)


def _todo(task: Task, changes: int) -> Todo:
    due = task.due_at or task.due_on
    assert due is not None, "only what has a date was asked for"
    status = TodoStatus.OPEN
    if task.status is TaskStatus.DONE:
        status = TodoStatus.DONE
    elif task.status not in STILL_OPEN:
        status = TodoStatus.CANCELLED
    return Todo(f"{task.id}@haven", due, neutral_title(task.kind), status, changes - 1)


def _changes(session: Session, task_ids: list[str]) -> dict[str, int]:
    """How often each task was written: a calendar takes the higher number for the newer."""
    asked = (
        select(LoggedChange.record_id, func.count())
        .where(LoggedChange.kind == Task.__tablename__, LoggedChange.record_id.in_(task_ids))
        .group_by(LoggedChange.record_id)
    )
    return dict(session.execute(asked).all())
