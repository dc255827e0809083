"""Tasks that clocks make: every statutory or programme clock is a task; finishing the work closes it (domain.md 2.5).

The id of such a task follows from its subject and its rule, so two devices that start the same clock make one task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.models.rules.closing import STILL_OPEN
from app.models.vocab import TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services.records import all_of, ensure


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A clock to start: whose (`subject_id`), which (`rule`), what must be done and by when.

    `title` is a marked text, `values` its values. `part` tells clocks of one rule and subject apart.
    """

    subject_id: str
    rule: str
    kind: TaskKind
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    due_on: date | None = None
    due_at: datetime | None = None
    warn_from: date | None = None
    owner_id: str | None = None
    case_id: str | None = None
    request_id: str | None = None


def task_id(work: Work, subject_id: str, rule: str, part: str = "") -> str:
    """The id of the task that a clock makes."""
    return work.child_id(subject_id, f"task:{rule}:{part}")


def start(work: Work, scope_id: str, clock: Clock) -> Task:
    """Start a clock, or set it anew: with another due time a finished task is open again."""
    task = ensure(work, Task, scope_id, task_id(work, clock.subject_id, clock.rule, clock.part))
    moved = (task.due_on, task.due_at) != (clock.due_on, clock.due_at)
    if task.status is None or (moved and task.status not in STILL_OPEN):
        task.status = TaskStatus.OPEN
        task.closed_at, task.closed_by, task.close_reason = None, None, None
    task.subject_id, task.rule, task.kind = clock.subject_id, clock.rule, clock.kind
    task.title, task.title_values = clock.title, dict(clock.values) or None
    task.due_on, task.due_at, task.warn_from = clock.due_on, clock.due_at, clock.warn_from
    task.case_id, task.request_id = clock.case_id, clock.request_id
    task.owner_id = task.owner_id or clock.owner_id
    return task


def open_tasks(work: Work, *conditions: Any) -> list[Task]:
    """Tasks that are still open, under the conditions."""
    return all_of(work, Task, Task.status.in_(STILL_OPEN), *conditions)


def finish(work: Work, task: Task, status: TaskStatus, reason: str | None = None) -> None:
    """Close a task that is still open."""
    if task.status not in STILL_OPEN:
        return
    task.status, task.close_reason = status, reason
    task.closed_at, task.closed_by = work.now(), work.actor.member_id


def stop(work: Work, subject_id: str, rule: str, status: TaskStatus, reason: str | None = None) -> None:
    """Close every open task that a clock made for a subject."""
    for task in open_tasks(work, Task.subject_id == subject_id, Task.rule == rule):
        finish(work, task, status, reason)
