"""The duty to report to a children's aid society (domain.md 2.10): the prompt, and the report in its own scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import NotAllowed
from app.models.crisis import Case, Incident
from app.models.crisis import ChildProtectionReport as Report
from app.models.people import Person
from app.models.rules.ages import age_range
from app.models.rules.child_protection import prompts
from app.models.vocab import ChildGrounds, Role, ScopeKind, TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks
from app.services.clocks import Clock
from app.services.permission import case_to_write, is_assigned, require_role
from app.services.records import add, all_of, load
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class PromptChildProtection:
    """Someone sees grounds: remind that the report is due now. Never blocks, never sends."""

    case_id: str
    person_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordChildProtectionReport:
    """A report that was made to a society. `report_id` completes an earlier one."""

    case_id: str | None = None
    report_id: str | None = None
    child: str | None = None
    age: int | None = None
    grounds: ChildGrounds | None = None
    society: str | None = None
    reported_at: datetime | None = None
    intake_worker: str | None = None
    reference: str | None = None
    advice: str | None = None
    supervisor_told: bool | None = None


PROMPT = "child_protection"


def prompt_child_protection(work: Work, command: PromptChildProtection) -> str:
    """Open the prompt, if it is not open; its task's id."""
    return open_prompt(work, case_to_write(work, command.case_id, Task), command.person_id).id


def open_prompt(work: Work, case: Case, person_id: str | None) -> Task:
    """The prompt of a case: a task that is due at once. The duty is the worker's own, so they own it.

    The duty goes on: new grounds after a report open it again.
    """
    clock = Clock(
        subject_id=case.id,
        rule=PROMPT,
        part=person_id or "",
        kind=TaskKind.CHILD_PROTECTION,
        title=mark("Report to a children's aid society now"),
        due_at=work.now(),
        owner_id=work.actor.member_id,
        case_id=case.id,
    )
    open_now = clocks.open_tasks(work, Task.id == clocks.task_id(work, case.id, PROMPT, clock.part))
    return open_now[0] if open_now else clocks.start(work, case.scope_id, clock)


def prompt_if_due(work: Work, case: Case) -> None:
    """Open the prompt when what is known of the case asks for it, unless it was answered for this case before."""
    incidents = all_of(work, Incident, Incident.case_id == case.id)
    people = all_of(work, Person, Person.case_id == case.id)
    due = prompts(
        [group for one in incidents for group in one.offence_groups or ()],
        [age_range(one.dob, one.dob_precision, work.today()) for one in people],
        max((one.children_present or 0 for one in incidents), default=0),
    )
    known = all_of(work, Task, Task.subject_id == case.id, Task.rule == PROMPT)
    if due and not known:
        open_prompt(work, case, None)


def record_child_protection_report(work: Work, command: RecordChildProtectionReport) -> str:
    """Record the report in its own scope and close the prompt; the report's id."""
    require_role(work, Report)
    report = _report(work, command)
    for name in _FIELDS:
        value = getattr(command, name)
        if value is not None:
            setattr(report, name, value)
    if report.reported_at is not None and report.case_id:
        _close_prompt(work, report.case_id)
    return report.id


_FIELDS = (
    "case_id",
    "child",
    "age",
    "grounds",
    "society",
    "reported_at",
    "intake_worker",
    "reference",
    "advice",
    "supervisor_told",
)


def _report(work: Work, command: RecordChildProtectionReport) -> Report:
    if command.report_id is None:
        report_id = work.new_id()
        scope_id = work.open_scope(ScopeKind.CHILD_PROTECTION, report_id)
        return add(work, Report, scope_id, id=report_id, reporter_id=work.actor.member_id)
    report = load(work, Report, command.report_id)
    if report.reporter_id != work.actor.member_id:
        raise NotAllowed(mark("Only who made the report may complete it."))
    return report


def _close_prompt(work: Work, case_id: str) -> None:
    """Reporting closes the prompts of the case, for whoever may write its tasks."""
    case = work.session.get(Case, case_id)
    if case is None or not (is_assigned(work, case) or work.actor.role is Role.SUP):
        return
    clocks.stop(work, case.id, PROMPT, TaskStatus.DONE)
