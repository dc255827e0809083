"""What happened to a registration, and the clocks that follow from it (domain.md 6.4, 6.5)."""

from __future__ import annotations

from datetime import date, timedelta

from app.models.registry import CardView, Registration, RegistryEvent
from app.models.rules import deadlines
from app.models.rules import registry as rules
from app.models.vocab import RegistryAct, RegistryStatus, Role, TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks
from app.services.clocks import Clock
from app.services.records import add
from app.services.service_calendar import holidays
from app.words import mark

_AHEAD = timedelta(days=30)


def happened(
    work: Work,
    found: Registration,
    act: RegistryAct,
    note: str | None = None,
    *,
    before: date | None = None,
    checked: bool | None = None,
) -> None:
    """Add a line to the history of a registration. `before`: the last day of the term that it had."""
    add(
        work,
        RegistryEvent,
        found.scope_id,
        registration_id=found.id,
        act=act,
        on_day=work.today(),
        before=before,
        after=found.expires_on,
        checked=checked,
        note=(note or "").strip() or None,
    )


def begin_verification(work: Work, found: Registration) -> None:
    """The clock of the first activation (domain.md 6.5.4)."""
    if found.submitted_on is None:
        return
    limit = int(work.setting("vpr.activation_bd", found.submitted_on))
    due = deadlines.business_days(found.submitted_on, limit, holidays(work))
    _start(work, found, rules.VERIFY, TaskKind.REVIEW, mark("Check and activate the registration {number}"), due, due)


def begin_term(work: Work, found: Registration) -> None:
    """The clocks of a term that begins: reminders, the end of grace, coming of age. Those of the term before move."""
    clocks.stop(work, found.id, rules.VERIFY, TaskStatus.DONE)
    if found.expires_on is None:
        return
    days = [int(each) for each in work.setting("vpr.reminder_days", found.effective_on)]
    parts = {str(each) for each in days}
    for task in clocks.open_tasks(work, Task.subject_id == found.id, Task.rule == rules.REMIND):
        if task.id not in {clocks.task_id(work, found.id, rules.REMIND, part) for part in parts}:
            clocks.finish(work, task, TaskStatus.CANCELLED)
    for each, due in zip(sorted(days, reverse=True), rules.reminders(found.expires_on, days), strict=True):
        text = mark("Remind the submitter of {number}: it ends on {day}")
        _start(work, found, rules.REMIND, TaskKind.FOLLOW_UP, text, due, due, str(each), day=found.expires_on)
    last = rules.last_shown(found.expires_on, int(work.setting("vpr.grace_days", found.expires_on)), provisional=False)
    text = mark("{number} was not renewed: reach the submitter, or archive it")
    _start(work, found, rules.DECIDE, TaskKind.FOLLOW_UP, text, last, found.expires_on)
    coming_of_age(work, found)


def coming_of_age(work: Work, found: Registration) -> None:
    """The clocks of the person's own consent and of who decides for them (domain.md 6.5.9)."""
    if found.status not in rules.SHOWN:
        return
    wanted = (
        (rules.RECONSENT, "vpr.reconsent_age", mark("Ask the person of {number} for their own consent")),
        (rules.CAPACITY, "vpr.capacity_age", mark("Review who decides for the person of {number}")),
    )
    for rule, key, text in wanted:
        due = rules.birthday_to_come(found.dob, int(work.setting(key)), work.today())
        if due is None:
            continue
        _start(work, found, rule, TaskKind.CONSENT_REVIEW, text, due, due - _AHEAD)


def end_clocks(work: Work, found: Registration) -> None:
    """Nothing is due any more for a registration that ended."""
    for task in clocks.open_tasks(work, Task.subject_id == found.id):
        clocks.finish(work, task, TaskStatus.CANCELLED, str(found.status or ""))


def ask_occurrence(work: Work, view: CardView) -> None:
    """The occurrence number has to follow the opening of a card (domain.md 6.5.7); only officers have one."""
    if view.occurrence_no or view.viewed_at is None or view.role not in _OFFICERS:
        return
    due = view.viewed_at + timedelta(hours=int(work.setting("vpr.occurrence_h")))
    text = mark("Give the occurrence number for the card that you opened on {day}")
    clocks.start(
        work,
        view.scope_id,
        Clock(
            subject_id=view.id,
            rule=rules.OCCURRENCE,
            kind=TaskKind.OTHER,
            title=text,
            values={"day": work.today().isoformat()},
            due_at=due,
            owner_id=view.viewer_id,
        ),
    )


def _start(
    work: Work,
    found: Registration,
    rule: str,
    kind: TaskKind,
    title: str,
    due: date,
    warn_from: date,
    part: str = "",
    *,
    day: date | None = None,
) -> None:
    values = {"number": found.number or ""} | ({"day": day.isoformat()} if day is not None else {})
    clock = Clock(
        subject_id=found.id,
        rule=rule,
        kind=kind,
        title=title,
        values=values,
        part=part,
        due_on=due,
        warn_from=warn_from,
        owner_id=work.actor.member_id if work.actor.role is Role.REG else None,
    )
    clocks.start(work, found.scope_id, clock)


ENDS = {
    RegistryStatus.WITHDRAWN: RegistryAct.WITHDRAWN,
    RegistryStatus.MOVED_OUT: RegistryAct.MOVED_OUT,
    RegistryStatus.DECEASED: RegistryAct.DECEASED,
    RegistryStatus.ARCHIVED: RegistryAct.ARCHIVED,
}
"""What the history says for each way in which a registration ends."""

_OFFICERS = frozenset({Role.OFF, Role.DSP, Role.ESS, Role.IPV})
