"""Follow-up calls of a case: their tasks, and the next one when the last planned one is done (domain.md 3.3)."""

from __future__ import annotations

from datetime import datetime

from app.models.crisis import Case, FollowUpPlan
from app.models.rules.follow_up import Due, FollowUpTerms, conference_on, due_dates, next_after
from app.models.vocab import Cadence, TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks
from app.services.clocks import Clock
from app.services.records import ensure
from app.services.service_calendar import zone
from app.words import mark

RULE = "follow_up"
CONFERENCE = "case_conference"
CHANGED = mark("Another follow-up was agreed")


def terms(work: Work) -> FollowUpTerms:
    """The service's intervals."""
    return FollowUpTerms(
        first_hours=int(work.setting("vsu.first_followup_h")),
        first_hours_enhanced=int(work.setting("vsu.first_followup_enhanced_h")),
        days=tuple(work.setting("vsu.followup_days")),
        days_enhanced=tuple(work.setting("vsu.followup_enhanced_days")),
        then_days_enhanced=int(work.setting("vsu.followup_enhanced_then_days")),
        conference_days=int(work.setting("vsu.case_conference_days")),
    )


def agree(work: Work, case: Case, cadence: Cadence, starts_at: datetime, note: str | None = None) -> FollowUpPlan:
    """Record what was agreed; start its clocks and take back those of an earlier agreement."""
    plan_id = work.child_id(case.id, "follow_up")
    plan = ensure(work, FollowUpPlan, case.scope_id, plan_id, case_id=case.id)
    conference = conference_on(cadence, starts_at, zone(work), terms(work))
    plan.cadence, plan.starts_at, plan.conference_on = cadence, starts_at, conference
    plan.note = note if note is not None else plan.note
    for rule in (RULE, CONFERENCE):
        clocks.stop(work, case.id, rule, TaskStatus.CANCELLED, CHANGED)
    for due in due_dates(cadence, starts_at, zone(work), terms(work)):
        _start(work, case, cadence, due)
    if conference:
        clock = Clock(
            subject_id=case.id,
            rule=CONFERENCE,
            kind=TaskKind.ENHANCED_REVIEW,
            title=mark("Case conference"),
            due_on=conference,
            owner_id=case.assigned_to,
            case_id=case.id,
        )
        clocks.start(work, case.scope_id, clock)
    return plan


def agreed(work: Work, case: Case) -> FollowUpPlan | None:
    """What was agreed for the case so far."""
    return work.session.get(FollowUpPlan, work.child_id(case.id, "follow_up"))


def plan_next(work: Work, done: Task) -> None:
    """After a follow-up is done: the next one, when the cadence goes on and none is open."""
    if done.rule != RULE or clocks.open_tasks(work, Task.case_id == done.case_id, Task.rule == RULE):
        return
    case = work.session.get(Case, done.case_id)
    plan = work.session.get(FollowUpPlan, work.child_id(case.id, "follow_up")) if case else None
    if case is None or plan is None or plan.cadence is None:
        return
    step = int((done.title_values or {}).get("step", 0))
    following = next_after(plan.cadence, Due(step, at=done.due_at, on=done.due_on), terms(work))
    if following:
        _start(work, case, plan.cadence, following)


def _start(work: Work, case: Case, cadence: Cadence, due: Due) -> None:
    clock = Clock(
        subject_id=case.id,
        rule=RULE,
        part=f"{cadence}:{due.step}",
        kind=TaskKind.FOLLOW_UP,
        title=mark("First follow-up call") if due.step == 0 else mark("Follow-up call"),
        values={"step": due.step},
        due_on=due.on,
        due_at=due.at,
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)
