"""The list of cases: filtered, ordered, a page at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.models.crisis import Case, ContactLog, Incident
from app.models.vocab import CaseStatus, OffenceGroup, Priority, SupportLevel, TaskStatus
from app.models.work_items import Task
from app.queries import clients, members, outbox
from app.queries.crisis.rows import CaseFilter, CaseRow, CaseSort
from app.queries.search import matching_cases
from app.queries.settings import local_day


def case_list(
    session: Session,
    asked: CaseFilter,
    *,
    today: date,
    sort: CaseSort = CaseSort.OPENED,
    limit: int = 50,
    offset: int = 0,
) -> tuple[CaseRow, ...]:
    """One page of the cases that a filter asks for."""
    found = _filtered(session, select(Case), asked).order_by(*_order(sort)).limit(limit).offset(offset)
    return case_rows(session, session.scalars(found).all(), today)


def case_count(session: Session, asked: CaseFilter) -> int:
    """How many cases a filter asks for."""
    return session.scalar(_filtered(session, select(func.count()).select_from(Case), asked)) or 0


def _filtered(session: Session, statement: Select[Any], asked: CaseFilter) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [Case.removed_at.is_(None)]
    if asked.status is not None:
        conditions.append(Case.status == asked.status)
    elif not asked.any_status:
        conditions.append(or_(Case.status.is_(None), Case.status != CaseStatus.CLOSED))
    if asked.worker is not None:
        conditions.append(Case.assigned_to == asked.worker)
    if asked.priority is not None:
        conditions.append(Case.priority == asked.priority)
    if asked.programme is not None:
        conditions.append(Case.programme == asked.programme)
    if asked.enhanced_only:
        conditions.append(Case.support_level == SupportLevel.ENHANCED)
    if asked.text.strip():
        conditions.append(Case.id.in_(matching_cases(asked.text)))
    return statement.where(*conditions)


def _order(sort: CaseSort) -> tuple[ColumnElement[Any], ...]:
    newest = (Case.opened_on.desc().nulls_last(), Case.id.desc())
    if sort is CaseSort.NUMBER:
        return (Case.number.desc().nulls_first(), Case.id.desc())
    if sort is CaseSort.PRIORITY:
        places = {priority.value: place for place, priority in enumerate(Priority)}
        return (case(places, value=Case.priority, else_=len(places)), *newest)
    if sort is CaseSort.DUE:
        due = (
            select(func.min(func.coalesce(Task.due_on, Task.due_at)))
            .where(Task.case_id == Case.id, Task.status == TaskStatus.OPEN, Task.removed_at.is_(None))
            .scalar_subquery()
        )
        return (due.asc().nulls_last(), *newest)
    if sort is CaseSort.LAST_CONTACT:
        last = (
            select(func.max(ContactLog.at))
            .where(ContactLog.case_id == Case.id, ContactLog.removed_at.is_(None))
            .scalar_subquery()
        )
        return (last.asc().nulls_first(), *newest)
    return newest


def case_rows(session: Session, cases: Sequence[Case], today: date) -> tuple[CaseRow, ...]:
    """Cases as rows of a list, in the order given."""
    ids = [found.id for found in cases]
    people = clients.who(session, (found.person_id for found in cases), today)
    names = members.names(session)
    contacts = last_contacts(session, ids)
    due, overdue = open_due(session, ids, today)
    offences = _offences(session, ids)
    states = outbox.states(session, ids)
    rows = []
    for found in cases:
        who = people.get(found.person_id or "", clients.NOBODY)
        rows.append(
            CaseRow(
                id=found.id,
                number=found.number,
                programme=found.programme,
                initials=who.initials,
                age_band=who.age_band,
                opened_on=found.opened_on,
                status=found.status,
                support_level=found.support_level,
                priority=found.priority,
                high_risk=bool(found.high_risk),
                conflict_flag=bool(found.conflict_flag),
                assigned_to=found.assigned_to,
                worker=names.get(found.assigned_to or "", ""),
                municipality=found.municipality,
                offence_group=offences.get(found.id),
                last_contact_at=contacts.get(found.id),
                next_due=due.get(found.id),
                overdue_tasks=overdue[found.id],
                review_state=found.review_state,
                sync=states[found.id],
                flagged=found.flagged,
            )
        )
    return tuple(rows)


def last_contacts(session: Session, case_ids: Sequence[str]) -> dict[str, datetime]:
    """When each case was last in contact, attempts included."""
    asked = (
        select(ContactLog.case_id, func.max(ContactLog.at))
        .where(ContactLog.case_id.in_(case_ids), ContactLog.at.is_not(None), ContactLog.removed_at.is_(None))
        .group_by(ContactLog.case_id)
    )
    return {case_id: at for case_id, at in session.execute(asked) if case_id and at}


def open_due(session: Session, case_ids: Sequence[str], today: date) -> tuple[dict[str, date], Counter[str]]:
    """The next due day of each case, and how many of its open tasks are overdue."""
    next_due: dict[str, date] = {}
    overdue: Counter[str] = Counter()
    asked = select(Task.case_id, Task.due_on, Task.due_at).where(
        Task.case_id.in_(case_ids), Task.status == TaskStatus.OPEN, Task.removed_at.is_(None)
    )
    for case_id, due_on, due_at in session.execute(asked):
        day = due_on or (local_day(session, due_at) if due_at else None)
        if day is None or case_id is None:
            continue
        if case_id not in next_due or day < next_due[case_id]:
            next_due[case_id] = day
        overdue[case_id] += day < today
    return next_due, overdue


def _offences(session: Session, case_ids: Sequence[str]) -> dict[str, OffenceGroup | None]:
    asked = (
        select(Incident.case_id, Incident.most_serious)
        .where(Incident.case_id.in_(case_ids), Incident.removed_at.is_(None))
        .order_by(Incident.id.desc())
    )
    return {case_id: group for case_id, group in session.execute(asked) if case_id}
