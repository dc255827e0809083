"""Needs, the service plan that follows from them, and referrals (domain.md 3.3, 2.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.agency import Organization, Service
from app.models.crisis import AccusedPanel, CrisisContact, Incident, NeedAnswer, NeedsAssessment, PlanStep, Referral
from app.models.people import Person
from app.models.rules import needs as rules
from app.models.rules.ages import age_range
from app.models.vocab import (
    Barrier,
    NeedDomain,
    NeedLevel,
    ReferralStatus,
    StepStatus,
    Tri,
    VulnerabilityFactor,
)
from app.queries import members, outbox
from app.queries.crisis.call_outs import listed
from app.queries.crisis.file import live, the_case
from app.queries.crisis.rows import AssessmentRow, NeedAnswerRow, NeedChange, PlanStepRow, ReferralRow, ScreenFacts
from app.queries.settings import setting

_SPOKEN = (NeedLevel.NONE, NeedLevel.INFORMATION, NeedLevel.SOME_HELP, NeedLevel.URGENT)


def assessments(session: Session, case_id: str) -> tuple[AssessmentRow, ...]:
    """The needs assessments of a case with their answers, the newest first."""
    found = live(session, NeedsAssessment, case_id, NeedsAssessment.assessed_at.desc(), NeedsAssessment.id.desc())
    answers: dict[str, dict[NeedDomain, NeedAnswer]] = {}
    for answer in live(session, NeedAnswer, case_id):
        if answer.assessment_id and answer.domain is not None:
            answers.setdefault(answer.assessment_id, {})[answer.domain] = answer
    states = outbox.states(session, (assessment.id for assessment in found))
    names = members.names(session)
    return tuple(_row(one, answers.get(one.id, {}), names, states[one.id]) for one in found)


def _row(
    found: NeedsAssessment,
    answers: Mapping[NeedDomain, NeedAnswer],
    names: Mapping[str, str],
    state: outbox.SyncState,
) -> AssessmentRow:
    factors = (listed(VulnerabilityFactor, code) for code in found.factors or ())
    return AssessmentRow(
        id=found.id,
        kind=found.kind,
        assessed_at=found.assessed_at,
        assessor_id=found.assessor_id,
        assessor=names.get(found.assessor_id or "", ""),
        method=found.method,
        participants=found.participants,
        listener_present=found.listener_present,
        client_goal=found.client_goal,
        strengths=found.strengths,
        completed_at=found.completed_at,
        factors=tuple(factor for factor in factors if isinstance(factor, VulnerabilityFactor)),
        screen_result=found.screen_result,
        screen_override=found.screen_override,
        override_reason=found.override_reason,
        override_by=names.get(found.override_by or "", ""),
        answers=tuple(
            NeedAnswerRow(answers[domain].id, domain, answers[domain].level, answers[domain].note, answers[domain].goal)
            for domain in NeedDomain
            if domain in answers
        ),
        form_id=found.form_id,
        form_version=found.form_version,
        sync=state,
        flagged=found.flagged,
    )


def screen_facts(session: Session, case_id: str, *, today: date) -> ScreenFacts:
    """What the vulnerability screen will take from the record of a case, whatever is answered (domain.md 3.3)."""
    case = the_case(session, case_id)
    person = session.get(Person, case.person_id) if case.person_id else None
    accused = live(session, AccusedPanel, case_id)
    known = rules.Screened(
        offences=frozenset(group for one in live(session, Incident, case_id) for group in one.offence_groups or ()),
        role=case.role_in_event,
        high_risk=bool(case.high_risk),
        suicide_concern=any(one.suicide_concern is Tri.YES for one in live(session, CrisisContact, case_id)),
        accused=accused[0].whereabouts if accused else None,
        ages=age_range(person.dob, person.dob_precision, today) if person else None,
    )
    urgent_needs = int(setting(session, "vsu.vulnerability_urgent_needs", today))
    return ScreenFacts(rules.factors(known, urgent_needs), urgent_needs)


def needs_start_and_now(session: Session, case_id: str) -> tuple[NeedChange, ...]:
    """Each domain's first and latest answered level; "not asked" and "declined" are no levels to compare."""
    levels: dict[NeedDomain, list[NeedLevel]] = {}
    for assessment in reversed(assessments(session, case_id)):
        for answer in assessment.answers:
            if answer.level in _SPOKEN and answer.level is not None:
                levels.setdefault(answer.domain, []).append(answer.level)
    return tuple(
        NeedChange(domain, levels[domain][0], levels[domain][-1])
        if domain in levels
        else NeedChange(domain, None, None)
        for domain in NeedDomain
    )


def plan_steps(session: Session, case_id: str, *, today: date) -> tuple[PlanStepRow, ...]:
    """The steps of the service plan, the first due first."""
    found = live(session, PlanStep, case_id, PlanStep.due_on.asc().nulls_last(), PlanStep.id)
    states = outbox.states(session, (step.id for step in found))
    return tuple(
        PlanStepRow(
            id=step.id,
            domain=step.domain,
            need=step.need,
            goal=step.goal,
            step=step.step,
            who=step.who,
            due_on=step.due_on,
            status=step.status,
            overdue=step.due_on is not None
            and step.due_on < today
            and step.status not in (StepStatus.DONE, StepStatus.DROPPED),
            sync=states[step.id],
            flagged=step.flagged,
        )
        for step in found
    )


def referrals(session: Session, case_id: str, *, today: date) -> tuple[ReferralRow, ...]:
    """The referrals of a case, the newest first."""
    found = live(session, Referral, case_id, Referral.id.desc())
    states = outbox.states(session, (referral.id for referral in found))
    asked = (
        select(Service.id, Service.name, Service.phones, Organization.name)
        .outerjoin(Organization, Organization.id == Service.organization_id)
        .where(Service.id.in_({referral.service_id for referral in found if referral.service_id}))
    )
    services = {row[0]: row for row in session.execute(asked)}
    rows = []
    for referral in found:
        _, name, phones, organization = services.get(referral.service_id or "", (None, None, None, None))
        due = check_due(session, referral)
        rows.append(
            ReferralRow(
                id=referral.id,
                person_id=referral.person_id,
                service_id=referral.service_id,
                service=name or "",
                organization=organization or "",
                service_phone=str(phones[0].get("number", "")) if phones else "",
                domain=referral.domain,
                consent_id=referral.consent_id,
                self_referral=bool(referral.self_referral),
                method=referral.method,
                info_shared=tuple(referral.info_shared or ()),
                reason=referral.reason,
                sent_on=referral.sent_on,
                status=referral.status,
                check_due=due,
                check_overdue=due is not None and due < today,
                outcome_checked_on=referral.outcome_checked_on,
                outcome_note=referral.outcome_note,
                barriers=tuple(
                    barrier
                    for barrier in (listed(Barrier, code) for code in referral.barriers or ())
                    if isinstance(barrier, Barrier)
                ),
                sync=states[referral.id],
                flagged=referral.flagged,
            )
        )
    return tuple(rows)


def check_due(session: Session, referral: Referral) -> date | None:
    """When the outcome should be asked for; None for a draft and once it was checked."""
    if referral.sent_on is None or referral.status is ReferralStatus.DRAFT or referral.outcome_checked_on is not None:
        return None
    return referral.sent_on + timedelta(days=int(setting(session, "referral.outcome_check_days", referral.sent_on)))
