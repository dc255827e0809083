"""The records behind a figure: a counted thing holds ids, and each figure opens its list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.crisis import Case
from app.models.work_items import Task
from app.queries.crisis.call_outs import requests_of
from app.queries.crisis.listing import case_rows
from app.queries.crisis.rows import CaseRow, RequestRow
from app.queries.tasks import TaskRow, task_rows


def cases(session: Session, ids: Sequence[str], *, today: date) -> tuple[CaseRow, ...]:
    """The cases in the order of their ids; one that is not here any more is left out."""
    found = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(ids)))}
    return case_rows(session, [found[one] for one in ids if one in found], today)


def tasks(session: Session, ids: Sequence[str], *, today: date) -> tuple[TaskRow, ...]:
    """The tasks in the order of their ids."""
    found = {task.id: task for task in session.scalars(select(Task).where(Task.id.in_(ids)))}
    return task_rows(session, [found[one] for one in ids if one in found], today)


def requests(session: Session, ids: Sequence[str]) -> tuple[RequestRow, ...]:
    """The requests in the order of their ids."""
    found = {row.id: row for row in requests_of(session, ids)}
    return tuple(found[one] for one in ids if one in found)
