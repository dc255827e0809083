"""The needs assessment, the vulnerability screen and the service plan (domain.md 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.errors import RuleBroken
from app.models.crisis import AccusedPanel, Case, CrisisContact, Incident, NeedAnswer, NeedsAssessment, PlanStep
from app.models.people import Person
from app.models.rules import needs as rules
from app.models.rules.ages import age_range
from app.models.rules.deadlines import calendar_days, months
from app.models.vocab import (
    AssessmentKind,
    AuditAction,
    CaseStatus,
    Channel,
    NeedDomain,
    NeedLevel,
    StepStatus,
    SupportLevel,
    TaskKind,
    TaskStatus,
    Tri,
    VulnerabilityFactor,
)
from app.models.work import Work
from app.services import clocks
from app.services.answers import KEEP, Given, put
from app.services.clocks import Clock
from app.services.crisis.cases import ASSESSMENT
from app.services.permission import case_to_write, case_to_write_or_supervise, require_reason
from app.services.records import add, all_of, ensure, load
from app.services.service_calendar import day_of
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class AssessmentAnswers:
    """The head of an assessment."""

    kind: Given[AssessmentKind] = KEEP
    assessed_at: Given[datetime] = KEEP
    method: Given[Channel] = KEEP
    participants: Given[str] = KEEP
    listener_present: Given[Tri] = KEEP
    client_goal: Given[str] = KEEP
    strengths: Given[str] = KEEP
    factors: Given[list[str]] = KEEP
    """Codes of the factors that the worker saw so far."""
    form_id: Given[str] = KEEP
    form_version: Given[str] = KEEP
    """The form, and the version of it, with which it was answered."""


@dataclass(frozen=True, kw_only=True)
class StartAssessment(AssessmentAnswers):
    """Begin an assessment; the case becomes assessing."""

    case_id: str


@dataclass(frozen=True, kw_only=True)
class UpdateAssessment(AssessmentAnswers):
    """Change the head of an assessment."""

    assessment_id: str


@dataclass(frozen=True, kw_only=True)
class AnswerNeed:
    """The answer to one domain."""

    assessment_id: str
    domain: NeedDomain
    level: Given[NeedLevel] = KEEP
    note: Given[str] = KEEP
    goal: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class CompleteAssessment:
    """Finish an assessment. `factors` are those that the worker sees; the rest follows from the answers."""

    assessment_id: str
    factors: frozenset[VulnerabilityFactor] = frozenset()


@dataclass(frozen=True, kw_only=True)
class OverrideScreen:
    """The worker or the supervisor decides otherwise than the screen, and why."""

    assessment_id: str
    level: SupportLevel
    reason: str


@dataclass(frozen=True, kw_only=True)
class PlanStepAnswers:
    """One step of the service plan."""

    domain: Given[NeedDomain] = KEEP
    need: Given[str] = KEEP
    goal: Given[str] = KEEP
    step: Given[str] = KEEP
    who: Given[str] = KEEP
    due_on: Given[date] = KEEP
    status: Given[StepStatus] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddPlanStep(PlanStepAnswers):
    """Add a step to the service plan."""

    case_id: str


@dataclass(frozen=True, kw_only=True)
class UpdatePlanStep(PlanStepAnswers):
    """Change a step of the service plan."""

    step_id: str


REPEAT, ENHANCED = "needs_repeat", "enhanced_review"
FINISHED = mark("This assessment is finished. Start a new one.")


def start_assessment(work: Work, command: StartAssessment) -> str:
    """Begin an assessment; its id."""
    case = case_to_write(work, command.case_id, NeedsAssessment)
    earlier = all_of(work, NeedsAssessment, NeedsAssessment.case_id == case.id)
    assessment = add(
        work,
        NeedsAssessment,
        case.scope_id,
        case_id=case.id,
        kind=AssessmentKind.REPEAT if earlier else AssessmentKind.FIRST,
        assessor_id=work.actor.member_id,
        assessed_at=work.now(),
    )
    put(assessment, command)
    if case.status is CaseStatus.OPEN:
        case.status = CaseStatus.ASSESSING
    return assessment.id


def update_assessment(work: Work, command: UpdateAssessment) -> None:
    """Change the head of an assessment."""
    put(_assessment_to_write(work, command.assessment_id), command)


def answer_need(work: Work, command: AnswerNeed) -> None:
    """Answer one domain."""
    assessment = _assessment_to_write(work, command.assessment_id)
    case_to_write(work, assessment.case_id, NeedAnswer)
    row_id = work.child_id(assessment.id, f"need:{command.domain}")
    answer = ensure(
        work,
        NeedAnswer,
        assessment.scope_id,
        row_id,
        case_id=assessment.case_id,
        assessment_id=assessment.id,
        domain=command.domain,
    )
    put(answer, command)


def complete_assessment(work: Work, command: CompleteAssessment) -> SupportLevel:
    """Finish it: screens vulnerability, makes the case active, closes the task and makes the next at 30 days."""
    assessment = _assessment_to_write(work, command.assessment_id)
    case = load(work, Case, assessment.case_id)
    found = rules.factors(
        _screened(work, case, assessment, command.factors), int(work.setting("vsu.vulnerability_urgent_needs"))
    )
    assessment.completed_at = work.now()
    assessment.factors = sorted(str(factor) for factor in found)
    assessment.screen_result = rules.level(found)
    level = rules.level(found, assessment.screen_override)
    if case.status in (CaseStatus.OPEN, CaseStatus.ASSESSING):
        case.status = CaseStatus.ACTIVE
    _set_level(work, case, level)
    _next_assessment(work, case, assessment)
    return level


def override_screen(work: Work, command: OverrideScreen) -> None:
    """Decide otherwise than the screen, with a reason; audited."""
    assessment = load(work, NeedsAssessment, command.assessment_id)
    case = case_to_write_or_supervise(work, assessment.case_id, NeedsAssessment)
    reason = require_reason(command.reason)
    assessment.screen_override, assessment.override_reason = command.level, reason
    assessment.override_by = work.actor.member_id
    work.audit(
        AuditAction.OVERRIDE,
        kind="needs_assessment",
        record_id=assessment.id,
        reason=reason,
        fields=("screen_override",),
    )
    if assessment.completed_at is not None:
        _set_level(work, case, command.level)


def add_plan_step(work: Work, command: AddPlanStep) -> str:
    """Add a step; its id."""
    case = case_to_write(work, command.case_id, PlanStep)
    step = add(work, PlanStep, case.scope_id, status=StepStatus.PLANNED)
    put(step, command)
    return step.id


def update_plan_step(work: Work, command: UpdatePlanStep) -> None:
    """Change a step."""
    step = load(work, PlanStep, command.step_id)
    case_to_write(work, step.case_id, PlanStep)
    put(step, command)


def await_enhanced_review(work: Work, case: Case, from_day: date) -> None:
    """Enhanced support is reviewed by a supervisor every so often; at its longest term it must be renewed."""
    due = calendar_days(from_day, int(work.setting("vsu.enhanced_review_days")))
    longest = months(case.enhanced_since or from_day, int(work.setting("vsu.enhanced_max_months")))
    title = mark("Supervisor's review of enhanced support") if due < longest else mark("Enhanced support: renew or end")
    clock = Clock(
        subject_id=case.id,
        rule=ENHANCED,
        kind=TaskKind.ENHANCED_REVIEW,
        title=title,
        due_on=due if due < longest or from_day >= longest else longest,
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)


def _assessment_to_write(work: Work, assessment_id: str) -> NeedsAssessment:
    assessment = load(work, NeedsAssessment, assessment_id)
    case_to_write(work, assessment.case_id, NeedsAssessment)
    if assessment.completed_at is not None:
        raise RuleBroken(FINISHED)
    return assessment


def _screened(
    work: Work, case: Case, assessment: NeedsAssessment, seen: frozenset[VulnerabilityFactor]
) -> rules.Screened:
    incidents = all_of(work, Incident, Incident.case_id == case.id)
    met = all_of(work, CrisisContact, CrisisContact.case_id == case.id)
    answers = all_of(work, NeedAnswer, NeedAnswer.assessment_id == assessment.id)
    person = work.session.get(Person, case.person_id) if case.person_id else None
    accused = work.session.get(AccusedPanel, work.child_id(case.id, "accused"))
    return rules.Screened(
        offences=frozenset(group for one in incidents for group in one.offence_groups or ()),
        role=case.role_in_event,
        high_risk=bool(case.high_risk),
        suicide_concern=any(one.suicide_concern is Tri.YES for one in met),
        accused=accused.whereabouts if accused else None,
        ages=age_range(person.dob, person.dob_precision, work.today()) if person else None,
        levels={one.domain: one.level for one in answers if one.domain},
        seen=seen,
    )


def _set_level(work: Work, case: Case, level: SupportLevel) -> None:
    if level is SupportLevel.ENHANCED and case.support_level is not SupportLevel.ENHANCED:
        case.enhanced_since = work.today()
        await_enhanced_review(work, case, work.today())
    elif level is not SupportLevel.ENHANCED:
        clocks.stop(work, case.id, ENHANCED, TaskStatus.CANCELLED, mark("Standard support again"))
    case.support_level = level


def _next_assessment(work: Work, case: Case, assessment: NeedsAssessment) -> None:
    for rule in (ASSESSMENT, REPEAT):
        clocks.stop(work, case.id, rule, TaskStatus.DONE)
    if assessment.kind is not AssessmentKind.FIRST:
        return
    clock = Clock(
        subject_id=case.id,
        rule=REPEAT,
        kind=TaskKind.ASSESSMENT,
        title=mark("Needs assessment again"),
        due_on=calendar_days(day_of(work, assessment.completed_at), int(work.setting("vsu.needs_repeat_days"))),
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)
