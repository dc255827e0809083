"""Tasks as lists show them: of a member, of a case, overdue in the team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.crisis import Case, ServiceRequest
from app.models.rules.closing import STILL_OPEN
from app.models.vocab import SAFETY_TASKS, AgeBand, TaskKind, TaskStatus, label
from app.models.work_items import Task
from app.queries import clients, members
from app.queries.settings import zone
from app.words import tr


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task. `title` is in the interface's language; `due_day` is the local day of whichever due date it has.

    `safety`: it must be closed before the case can be. Lists show initials and age band, never a name.
    """

    id: str
    case_id: str | None
    case_number: str | None
    initials: str
    age_band: AgeBand
    request_id: str | None
    request_number: str | None
    kind: TaskKind | None
    title: str
    due_on: date | None
    due_at: datetime | None
    due_day: date | None
    overdue: bool
    owner_id: str | None
    owner: str
    status: TaskStatus | None
    rule: str | None
    subject_id: str | None
    closed_at: datetime | None
    closed_by: str
    close_reason: str | None
    safety: bool


def task_rows(session: Session, tasks: Sequence[Task], today: date) -> tuple[TaskRow, ...]:
    """Tasks as rows, in the order given."""
    cases = _cases(session, [task.case_id for task in tasks])
    people = clients.who(session, (person_id for _, person_id in cases.values()), today)
    requests = _request_numbers(session, [task.request_id for task in tasks])
    names = members.names(session)
    local = zone(session, today)
    rows = []
    for task in tasks:
        number, person_id = cases.get(task.case_id or "", (None, None))
        who = people.get(person_id or "", clients.NOBODY)
        day = task.due_on or (task.due_at.astimezone(local).date() if task.due_at else None)
        rows.append(
            TaskRow(
                id=task.id,
                case_id=task.case_id,
                case_number=number,
                initials=who.initials,
                age_band=who.age_band,
                request_id=task.request_id,
                request_number=requests.get(task.request_id or ""),
                kind=task.kind,
                title=title(task),
                due_on=task.due_on,
                due_at=task.due_at,
                due_day=day,
                overdue=task.status in STILL_OPEN and day is not None and day < today,
                owner_id=task.owner_id,
                owner=names.get(task.owner_id or "", ""),
                status=task.status,
                rule=task.rule,
                subject_id=task.subject_id,
                closed_at=task.closed_at,
                closed_by=names.get(task.closed_by or "", ""),
                close_reason=task.close_reason,
                safety=task.kind in SAFETY_TASKS,
            )
        )
    return tuple(rows)


def title(task: Task) -> str:
    """What a task is called: as it was typed, else in the interface's language, else its kind."""
    if task.typed_title:
        return task.typed_title
    if not task.title:
        return label(task.kind)
    try:
        return tr(task.title, **(task.title_values or {}))
    except (KeyError, IndexError, ValueError):
        return task.title


def due_order() -> tuple[Any, ...]:
    """Most urgent first; what has no date comes last."""
    return (func.coalesce(Task.due_on, Task.due_at).asc().nulls_last(), Task.id)


def _cases(session: Session, case_ids: Sequence[str | None]) -> dict[str, tuple[str | None, str | None]]:
    wanted = list({case_id for case_id in case_ids if case_id})
    asked = select(Case.id, Case.number, Case.person_id).where(Case.id.in_(wanted))
    return {case_id: (number, person_id) for case_id, number, person_id in session.execute(asked)}


def _request_numbers(session: Session, request_ids: Sequence[str | None]) -> dict[str, str | None]:
    wanted = list({request_id for request_id in request_ids if request_id})
    asked = select(ServiceRequest.id, ServiceRequest.number).where(ServiceRequest.id.in_(wanted))
    return dict(session.execute(asked).all())
