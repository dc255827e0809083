"""Every open date of Project Lifesaver that is due or warns already: tasks of its clients, equipment and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.local.tables import Scope
from app.models.rules.closing import STILL_OPEN
from app.models.vocab import ScopeKind, TaskKind
from app.models.work_items import Task
from app.queries.settings import zone
from app.queries.tasks import due_order, title

_SCOPES = (
    ScopeKind.LIFESAVER,
    ScopeKind.LIFESAVER_FLEET,
    ScopeKind.LIFESAVER_STORE,
    ScopeKind.LIFESAVER_SEARCH,
)
AHEAD_DAYS = 14


@dataclass(frozen=True, slots=True)
class DueRow:
    """One date. Titles carry numbers and serials, never a name, so that they may stand in a calendar."""

    id: str
    kind: TaskKind | None
    title: str
    due_on: date | None
    late: bool
    subject_id: str


def due(session: Session, *, today: date) -> tuple[DueRow, ...]:
    """Dates that are late, due within two weeks, or warn already, the most urgent first."""
    scopes = select(Scope.id).where(Scope.kind.in_([str(kind) for kind in _SCOPES]))
    last = today + timedelta(days=AHEAD_DAYS)
    asked = select(Task).where(
        Task.scope_id.in_(scopes),
        Task.status.in_(STILL_OPEN),
        Task.removed_at.is_(None),
        or_(Task.due_on <= last, Task.warn_from <= today, Task.due_at.is_not(None)),
    )
    local = zone(session, today)
    rows = []
    for task in session.scalars(asked.order_by(*due_order())):
        day = task.due_on or (task.due_at.astimezone(local).date() if task.due_at else None)
        late = day is not None and day < today
        rows.append(DueRow(task.id, task.kind, title(task), day, late, task.subject_id or ""))
    return tuple(sorted(rows, key=lambda row: (row.due_on or date.max, row.title)))
