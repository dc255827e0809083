"""Tasks: what people still have to do (domain.md 2.5). Programmes make theirs through `make`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.errors import NotAllowed, RuleBroken
from app.models.crisis import Case, ServiceRequest
from app.models.rules.closing import STILL_OPEN
from app.models.rules.registry import WORK_CLOSES
from app.models.vocab import Role, TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks, follow_ups
from app.services.permission import ASSIGNED, ON_CASE, UNIT, is_assigned, own_or_unit, require_reason, require_role
from app.services.records import add, load
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class AddTask:
    """A task that a person adds: in a case or for a request."""

    title: str
    case_id: str | None = None
    request_id: str | None = None
    kind: TaskKind = TaskKind.OTHER
    due_on: date | None = None
    due_at: datetime | None = None
    owner_id: str | None = None
    subject_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CompleteTask:
    """The task is done."""

    task_id: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class CancelTask:
    """The task is not needed any more, and why."""

    task_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class HandOverTask:
    """Someone else takes the task: a member, or a body outside (`to_text`)."""

    task_id: str
    member_id: str | None = None
    to_text: str | None = None


def add_task(work: Work, command: AddTask) -> str:
    """Add a task; its id."""
    require_role(work, Task)
    scope_id, owner_id = _place(work, command)
    task = add(
        work,
        Task,
        scope_id,
        case_id=command.case_id,
        request_id=command.request_id,
        subject_id=command.subject_id,
        kind=command.kind,
        typed_title=command.title,
        due_on=command.due_on,
        due_at=command.due_at,
        owner_id=command.owner_id or owner_id,
        status=TaskStatus.OPEN,
    )
    return task.id


def complete_task(work: Work, command: CompleteTask) -> None:
    """Mark a task as done."""
    complete(work, _task_to_write(work, command.task_id), command.note)


def complete(work: Work, task: Task, note: str | None = None) -> None:
    """Mark a task as done and start what follows from it; the caller has checked who may."""
    clocks.finish(work, task, TaskStatus.DONE, note)
    follow_ups.plan_next(work, task)


def cancel_task(work: Work, command: CancelTask) -> None:
    """Cancel a task; the reason is required."""
    task = _task_to_write(work, command.task_id)
    clocks.finish(work, task, TaskStatus.CANCELLED, require_reason(command.reason))


def hand_over_task(work: Work, command: HandOverTask) -> None:
    """Hand a task to a member (it stays open, with a new owner) or to a body outside (it is over here)."""
    task = _task_to_write(work, command.task_id)
    if command.member_id:
        task.owner_id = command.member_id
        return
    if not (command.to_text or "").strip():
        raise RuleBroken(mark("Say who takes the task."), field="to_text")
    clocks.finish(work, task, TaskStatus.HANDED_OVER)
    task.handed_to = command.to_text


def _place(work: Work, command: AddTask) -> tuple[str, str | None]:
    """The scope of a new task, and who owns it unless said."""
    if command.case_id:
        case = load(work, Case, command.case_id)
        if work.actor.role is not Role.SUP and not _works_on(work, case):
            raise NotAllowed(ASSIGNED)
        return case.scope_id, case.assigned_to
    request = load(work, ServiceRequest, command.request_id)
    own_or_unit(work, request)
    return request.scope_id, None


def _task_to_write(work: Work, task_id: str) -> Task:
    require_role(work, Task)
    task = load(work, Task, task_id)
    if task.status not in STILL_OPEN:
        raise RuleBroken(mark("This task is already closed."))
    if task.rule in WORK_CLOSES:
        raise RuleBroken(mark("This closes by itself once the work is done where it belongs."))
    if task.status is TaskStatus.ESCALATED and work.actor.role is not Role.SUP:
        raise NotAllowed(mark("This task waits for a supervisor."))
    if work.actor.role is Role.SUP:
        return task
    case = work.session.get(Case, task.case_id) if task.case_id else None
    allowed = _works_on(work, case) if case else work.actor.role in UNIT
    if not allowed and not _own(work, task):
        raise NotAllowed(mark("This task belongs to someone else."))
    return task


def _works_on(work: Work, case: Case) -> bool:
    return work.actor.role in ON_CASE and is_assigned(work, case)


def _own(work: Work, task: Task) -> bool:
    """Whether the task was given to the acting member; a task of a case only to someone who works on cases."""
    return task.owner_id == work.actor.member_id and (task.case_id is None or work.actor.role in ON_CASE)
