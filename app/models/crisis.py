"""Crisis intervention: the request, the response and the case (domain.md 2.4, 2.5, 3.3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record, safety
from app.models.vocab import (
    AccusedWhereabouts,
    AgeBand,
    AssessmentKind,
    AssistanceKind,
    Cadence,
    CallerId,
    CaseStatus,
    Channel,
    ChildGrounds,
    CloseReason,
    ConsentToContact,
    Direction,
    Distress,
    IncidentKind,
    Injury,
    NeedDomain,
    NeedLevel,
    OffenceGroup,
    OrderKind,
    PaidFrom,
    Precision,
    Priority,
    ReferralMethod,
    ReferralStatus,
    RequestSource,
    RequestStatus,
    ResponderStatus,
    ResponseWanted,
    Right,
    RightAnswer,
    RoleInEvent,
    SafetyStatus,
    SafetyStep,
    SceneSafe,
    ScopeKind,
    StepStatus,
    SupportLevel,
    Tri,
    Voicemail,
)


class ServiceRequest(Record):
    """The 60-second request for victim services. Its own scope: who raised it, the unit and supervisors read it."""

    __tablename__ = "service_request"
    scope_kind = ScopeKind.REQUEST

    number: Mapped[str | None]
    requested_at: Mapped[datetime | None] = mapped_column(index=True)
    source: Mapped[RequestSource | None] = mapped_column(Code(RequestSource))
    requester_name: Mapped[str | None]
    requester_badge: Mapped[str | None]
    requester_phone: Mapped[str | None]
    response_wanted: Mapped[ResponseWanted | None] = mapped_column(Code(ResponseWanted))
    scene_safe: Mapped[SceneSafe | None] = mapped_column(Code(SceneSafe))
    location: Mapped[str | None]
    municipality: Mapped[str | None]
    meet_point: Mapped[str | None]
    parking: Mapped[str | None]
    hazards: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))
    animals: Mapped[str | None]
    incident_kind: Mapped[IncidentKind | None] = mapped_column(Code(IncidentKind))
    offence_group: Mapped[OffenceGroup | None] = mapped_column(Code(OffenceGroup))
    consent_to_contact: Mapped[ConsentToContact | None] = mapped_column(Code(ConsentToContact))
    consent_asked_by: Mapped[str | None]
    death_notification: Mapped[bool | None]
    voicemail: Mapped[Voicemail | None] = mapped_column(Code(Voicemail), info=safety("voicemail"))
    caller_id: Mapped[CallerId | None] = mapped_column(Code(CallerId), info=safety("caller_id"))
    contact_phone: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))
    contact_safe: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    children_on_scene: Mapped[int | None] = mapped_column(Integer)
    accused_whereabouts: Mapped[AccusedWhereabouts | None] = mapped_column(Code(AccusedWhereabouts))
    needs_interpreter: Mapped[str | None]
    access_needs: Mapped[list[str] | None] = mapped_column(Json)
    asks: Mapped[list[str] | None] = mapped_column(Json)
    occurrence_no: Mapped[str | None]
    note: Mapped[str | None]
    status: Mapped[RequestStatus | None] = mapped_column(Code(RequestStatus), index=True)
    status_reason: Mapped[str | None]
    called_back_at: Mapped[datetime | None]
    called_back_by: Mapped[str | None]
    scene_override_reason: Mapped[str | None]
    scene_override_by: Mapped[str | None]
    responder_override_reason: Mapped[str | None]
    responder_override_by: Mapped[str | None]
    case_id: Mapped[str | None]


class RequestPerson(Record):
    """Someone to support, as the requester described them: a name or only a label."""

    __tablename__ = "request_person"
    scope_kind = ScopeKind.REQUEST

    request_id: Mapped[str | None] = mapped_column(index=True)
    position: Mapped[int | None] = mapped_column(Integer)
    name: Mapped[str | None]
    label: Mapped[str | None]
    age: Mapped[int | None] = mapped_column(Integer)
    age_band: Mapped[AgeBand | None] = mapped_column(Code(AgeBand))
    role: Mapped[RoleInEvent | None] = mapped_column(Code(RoleInEvent))
    language: Mapped[str | None]
    injury: Mapped[Injury | None] = mapped_column(Code(Injury))
    distress: Mapped[Distress | None] = mapped_column(Code(Distress))


class Deployment(Record):
    """Going to the scene: the clock times of one response to a request."""

    __tablename__ = "deployment"
    scope_kind = ScopeKind.REQUEST

    request_id: Mapped[str | None] = mapped_column(index=True)
    dispatched_at: Mapped[datetime | None]
    en_route_at: Mapped[datetime | None]
    on_scene_at: Mapped[datetime | None]
    clear_at: Mapped[datetime | None]
    transport: Mapped[str | None]
    kilometres: Mapped[int | None] = mapped_column(Integer)
    out_of_pocket_cents: Mapped[int | None] = mapped_column(Integer)
    debrief_needed: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    debrief_done_on: Mapped[date | None]


class Responder(Record):
    """One member called to a deployment, and what they answered."""

    __tablename__ = "responder"
    scope_kind = ScopeKind.REQUEST

    request_id: Mapped[str | None] = mapped_column(index=True)
    member_id: Mapped[str | None]
    called_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    status: Mapped[ResponderStatus | None] = mapped_column(Code(ResponderStatus))
    declined_reason: Mapped[str | None]


class CheckIn(Record):
    """A safety check-in of responders on scene."""

    __tablename__ = "check_in"
    scope_kind = ScopeKind.REQUEST
    append_only = True

    request_id: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime | None]
    by: Mapped[str | None]
    note: Mapped[str | None]


class Incident(Record):
    """What happened (domain.md 2.4). The accused stands apart, in `AccusedPanel`."""

    __tablename__ = "incident"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    occurrence_no: Mapped[str | None]
    occurred_from: Mapped[datetime | None]
    occurred_to: Mapped[datetime | None]
    occurred_precision: Mapped[Precision | None] = mapped_column(Code(Precision))
    location: Mapped[str | None]
    municipality: Mapped[str | None]
    kind: Mapped[IncidentKind | None] = mapped_column(Code(IncidentKind))
    offence_groups: Mapped[list[str] | None] = mapped_column(Json)
    most_serious: Mapped[OffenceGroup | None] = mapped_column(Code(OffenceGroup))
    motives: Mapped[list[str] | None] = mapped_column(Json)
    weapon: Mapped[list[str] | None] = mapped_column(Json, info=safety("union"))
    children_present: Mapped[int | None] = mapped_column(Integer)
    children_present_known: Mapped[Tri | None] = mapped_column(Code(Tri))
    injuries: Mapped[Injury | None] = mapped_column(Code(Injury))
    reported_to: Mapped[list[str] | None] = mapped_column(Json)
    charge_status: Mapped[str | None]
    custody_status: Mapped[str | None]


class AccusedPanel(Record):
    """Who is accused: sealed apart from the facts, never joined to the safety plan's own section."""

    __tablename__ = "accused_panel"
    scope_kind = ScopeKind.CASE_PRIVATE

    case_id: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str | None]
    description: Mapped[str | None]
    relation: Mapped[str | None]
    vehicle: Mapped[str | None]
    whereabouts: Mapped[AccusedWhereabouts | None] = mapped_column(Code(AccusedWhereabouts))
    note: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))


class Case(Record):
    """A case: one person's episode of service (domain.md 2.5).

    `listener_present`: someone who should not hear is with the client; screens then show headings only.
    """

    __tablename__ = "case_file"
    scope_kind = ScopeKind.CASE

    number: Mapped[str | None]
    programme: Mapped[str | None]
    person_id: Mapped[str | None]
    request_id: Mapped[str | None]
    role_in_event: Mapped[RoleInEvent | None] = mapped_column(Code(RoleInEvent))
    opened_on: Mapped[date | None] = mapped_column(index=True)
    status: Mapped[CaseStatus | None] = mapped_column(Code(CaseStatus))
    support_level: Mapped[SupportLevel | None] = mapped_column(Code(SupportLevel))
    enhanced_since: Mapped[date | None]
    assigned_to: Mapped[str | None] = mapped_column(index=True)
    co_workers: Mapped[list[str] | None] = mapped_column(Json, info=safety("union"))
    priority: Mapped[Priority | None] = mapped_column(Code(Priority))
    high_risk: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    conflict_flag: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    listener_present: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    municipality: Mapped[str | None]
    first_contact_at: Mapped[datetime | None]
    linked_case_ids: Mapped[list[str] | None] = mapped_column(Json)
    review_state: Mapped[str | None]
    closed_on: Mapped[date | None]
    close_reason: Mapped[CloseReason | None] = mapped_column(Code(CloseReason))
    close_note: Mapped[str | None]
    reopened_on: Mapped[date | None]


class ContactLog(Record):
    """One contact, or attempt: what was done, as facts that may be disclosed. Private talk is a `SupportNote`."""

    __tablename__ = "contact_log"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime | None]
    precision: Mapped[Precision | None] = mapped_column(Code(Precision))
    direction: Mapped[Direction | None] = mapped_column(Code(Direction))
    channel: Mapped[Channel | None] = mapped_column(Code(Channel))
    person_id: Mapped[str | None]
    with_text: Mapped[str | None]
    safe_contact_id: Mapped[str | None]
    safe_contact_checked: Mapped[bool | None]
    minutes: Mapped[int | None] = mapped_column(Integer)
    services: Mapped[list[str] | None] = mapped_column(Json)
    service_fact: Mapped[str | None]
    override_reason: Mapped[str | None]
    next_task_id: Mapped[str | None]
    listener_present: Mapped[bool | None]


class ContactAddendum(Record):
    """Text added to a contact after it was locked; the contact itself stays as it was."""

    __tablename__ = "contact_addendum"
    scope_kind = ScopeKind.CASE
    append_only = True

    case_id: Mapped[str | None] = mapped_column(index=True)
    contact_id: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime | None]
    text: Mapped[str | None]


class SupportNote(Record):
    """What the client said in confidence: in the private scope, never in a disclosure by default."""

    __tablename__ = "support_note"
    scope_kind = ScopeKind.CASE_PRIVATE

    case_id: Mapped[str | None] = mapped_column(index=True)
    contact_id: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime | None]
    text: Mapped[str | None]
    corrects_id: Mapped[str | None]


class CrisisContact(Record):
    """How the person was met in the crisis and what was given (domain.md 3.3)."""

    __tablename__ = "crisis_contact"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    contact_id: Mapped[str | None]
    at: Mapped[datetime | None]
    presenting: Mapped[list[str] | None] = mapped_column(Json)
    components: Mapped[list[str] | None] = mapped_column(Json)
    suicide_concern: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("yes_over_no"))
    suicide_steps: Mapped[list[str] | None] = mapped_column(Json)
    crisis_line_reached_at: Mapped[datetime | None]
    handed_over: Mapped[str | None]
    materials: Mapped[list[dict[str, str]] | None] = mapped_column(Json)


class ImmediateSafetyItem(Record):
    """One step of immediate safety in a case. Its id follows from case and step: two devices' answers meet in one."""

    __tablename__ = "immediate_safety_item"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    step: Mapped[SafetyStep | None] = mapped_column(Code(SafetyStep))
    status: Mapped[SafetyStatus | None] = mapped_column(Code(SafetyStatus), info=safety("newest_keep_both"))
    note: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class PracticalAssistance(Record):
    """A thing or service given or paid for. Money in cents (CAD)."""

    __tablename__ = "practical_assistance"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    given_on: Mapped[date | None]
    kind: Mapped[AssistanceKind | None] = mapped_column(Code(AssistanceKind))
    description: Mapped[str | None]
    quantity: Mapped[int | None] = mapped_column(Integer)
    cost_cents: Mapped[int | None] = mapped_column(Integer)
    stock_item: Mapped[str | None]
    voucher_no: Mapped[str | None]
    approved_by: Mapped[str | None]
    paid_from: Mapped[PaidFrom | None] = mapped_column(Code(PaidFrom))


class NeedsAssessment(Record):
    """One assessment of needs; its answers are `NeedAnswer` rows, its plan `PlanStep` rows."""

    __tablename__ = "needs_assessment"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[AssessmentKind | None] = mapped_column(Code(AssessmentKind))
    assessor_id: Mapped[str | None]
    assessed_at: Mapped[datetime | None]
    method: Mapped[Channel | None] = mapped_column(Code(Channel))
    participants: Mapped[str | None]
    listener_present: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("yes_over_no"))
    client_goal: Mapped[str | None]
    strengths: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    factors: Mapped[list[str] | None] = mapped_column(Json, info=safety("union"))
    screen_result: Mapped[SupportLevel | None] = mapped_column(Code(SupportLevel))
    screen_override: Mapped[SupportLevel | None] = mapped_column(Code(SupportLevel))
    override_reason: Mapped[str | None]
    override_by: Mapped[str | None]
    form_id: Mapped[str | None]
    form_version: Mapped[str | None]


class NeedAnswer(Record):
    """One domain of an assessment. Its id follows from the assessment and the domain."""

    __tablename__ = "need_answer"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    assessment_id: Mapped[str | None] = mapped_column(index=True)
    domain: Mapped[NeedDomain | None] = mapped_column(Code(NeedDomain))
    level: Mapped[NeedLevel | None] = mapped_column(Code(NeedLevel))
    note: Mapped[str | None]
    goal: Mapped[str | None]


class PlanStep(Record):
    """A step of the service plan: what is needed, the client's goal, what happens, who, by when."""

    __tablename__ = "plan_step"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    domain: Mapped[NeedDomain | None] = mapped_column(Code(NeedDomain))
    need: Mapped[str | None]
    goal: Mapped[str | None]
    step: Mapped[str | None]
    who: Mapped[str | None]
    due_on: Mapped[date | None]
    status: Mapped[StepStatus | None] = mapped_column(Code(StepStatus))


class FollowUpPlan(Record):
    """How follow-up was agreed. One per case; each call of it is a `Task`."""

    __tablename__ = "follow_up_plan"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    cadence: Mapped[Cadence | None] = mapped_column(Code(Cadence))
    starts_at: Mapped[datetime | None]
    conference_on: Mapped[date | None]
    note: Mapped[str | None]


class Referral(Record):
    """A referral to a service of the directory (domain.md 2.8). Only the fields in `info_shared` are shared."""

    __tablename__ = "referral"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[str | None]
    service_id: Mapped[str | None]
    domain: Mapped[NeedDomain | None] = mapped_column(Code(NeedDomain))
    consent_id: Mapped[str | None]
    self_referral: Mapped[bool | None]
    method: Mapped[ReferralMethod | None] = mapped_column(Code(ReferralMethod))
    info_shared: Mapped[list[str] | None] = mapped_column(Json)
    reason: Mapped[str | None]
    sent_on: Mapped[date | None]
    status: Mapped[ReferralStatus | None] = mapped_column(Code(ReferralStatus))
    outcome_checked_on: Mapped[date | None]
    outcome_note: Mapped[str | None]
    barriers: Mapped[list[str] | None] = mapped_column(Json)


class LegalOrder(Record):
    """A court order that protects someone (domain.md 2.9). `conditions`: list of {verb, place, metres, exceptions}."""

    __tablename__ = "legal_order"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[OrderKind | None] = mapped_column(Code(OrderKind))
    court: Mapped[str | None]
    file_no: Mapped[str | None]
    protected: Mapped[str | None]
    restrained: Mapped[str | None]
    conditions: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=safety("newest_keep_both"))
    starts_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(info=safety("newest_keep_both"))
    copy_on_file: Mapped[bool | None]
    verified_on: Mapped[date | None]
    status: Mapped[str | None]


class RightsItem(Record):
    """One right, and what was done about it. Its id follows from case and right."""

    __tablename__ = "rights_item"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    right: Mapped[Right | None] = mapped_column(Code(Right))
    answer: Mapped[RightAnswer | None] = mapped_column(Code(RightAnswer))
    told_at: Mapped[datetime | None]
    told_by: Mapped[str | None]
    language: Mapped[str | None]
    method: Mapped[Channel | None] = mapped_column(Code(Channel))


class ChildProtectionReport(Record):
    """A report to a children's aid society (domain.md 2.10). Its own scope: the author and supervisors."""

    __tablename__ = "child_protection_report"
    scope_kind = ScopeKind.CHILD_PROTECTION

    case_id: Mapped[str | None] = mapped_column(index=True)
    child: Mapped[str | None]
    age: Mapped[int | None] = mapped_column(Integer)
    reporter_id: Mapped[str | None]
    grounds: Mapped[ChildGrounds | None] = mapped_column(Code(ChildGrounds))
    society: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    intake_worker: Mapped[str | None]
    reference: Mapped[str | None]
    advice: Mapped[str | None]
    supervisor_told: Mapped[bool | None]
