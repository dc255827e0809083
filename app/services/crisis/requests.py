"""The service request and the response to it: call back, responders, dispatch, check in, end (domain.md 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from app.errors import NotAllowed, RuleBroken
from app.models.crisis import CheckIn, Deployment, RequestPerson, Responder, ServiceRequest
from app.models.rules import dispatch as rules
from app.models.rules import numbering
from app.models.rules.deadlines import local_time
from app.models.rules.safe_contact import Decision, Reach, Verdict, decide
from app.models.vocab import (
    AccusedWhereabouts,
    AgeBand,
    AuditAction,
    CallerId,
    Channel,
    ConsentToContact,
    ContactKind,
    Distress,
    IncidentKind,
    Injury,
    OffenceGroup,
    RequestSource,
    RequestStatus,
    ResponderStatus,
    ResponseWanted,
    RoleInEvent,
    SceneSafe,
    ScopeKind,
    TaskKind,
    TaskStatus,
    Tri,
    Voicemail,
)
from app.models.work import Work
from app.services import clocks
from app.services.answers import KEEP, Given, put
from app.services.crisis.request_clocks import (
    CALL_BACK,
    CHECK_IN,
    ENDED_REASON,
    RESPOND,
    await_response,
    start_clock,
    still_open,
    triage,
)
from app.services.permission import (
    COORDINATORS,
    own_or_unit,
    request_to_write,
    require_reason,
    require_role,
    require_supervisor,
)
from app.services.records import add, all_of, ensure, load
from app.services.service_calendar import day_of, zone
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class PersonToSupport:
    """Someone to support, as the requester described them: a name or only a label."""

    name: str | None = None
    label: str | None = None
    age: int | None = None
    age_band: AgeBand | None = None
    role: RoleInEvent | None = None
    language: str | None = None
    injury: Injury | None = None
    distress: Distress | None = None


@dataclass(frozen=True, kw_only=True)
class RequestAnswers:
    """The fields of the 60-second form. `access_needs` and `asks` are lists of codes (`vocab.Ask`).

    `persons` replaces the whole list of people to support.
    """

    source: Given[RequestSource] = KEEP
    requester_name: Given[str] = KEEP
    requester_badge: Given[str] = KEEP
    requester_phone: Given[str] = KEEP
    response_wanted: Given[ResponseWanted] = KEEP
    scene_safe: Given[SceneSafe] = KEEP
    location: Given[str] = KEEP
    municipality: Given[str] = KEEP
    meet_point: Given[str] = KEEP
    parking: Given[str] = KEEP
    hazards: Given[str] = KEEP
    animals: Given[str] = KEEP
    incident_kind: Given[IncidentKind] = KEEP
    offence_group: Given[OffenceGroup] = KEEP
    consent_to_contact: Given[ConsentToContact] = KEEP
    consent_asked_by: Given[str] = KEEP
    death_notification: Given[bool] = KEEP
    voicemail: Given[Voicemail] = KEEP
    caller_id: Given[CallerId] = KEEP
    contact_phone: Given[str] = KEEP
    contact_safe: Given[Tri] = KEEP
    children_on_scene: Given[int] = KEEP
    accused_whereabouts: Given[AccusedWhereabouts] = KEEP
    needs_interpreter: Given[str] = KEEP
    access_needs: Given[list[str]] = KEEP
    asks: Given[list[str]] = KEEP
    occurrence_no: Given[str] = KEEP
    note: Given[str] = KEEP
    persons: Given[tuple[PersonToSupport, ...]] = KEEP


@dataclass(frozen=True, kw_only=True)
class RaiseRequest(RequestAnswers):
    """Ask for victim services. `requested_at` is now unless it was asked for earlier."""

    requested_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateRequest(RequestAnswers):
    """Complete or correct a request: only the fields named here change."""

    request_id: str


@dataclass(frozen=True, kw_only=True)
class CallBackRequester:
    """The requester was called back (stops the 30-minute clock); `at` is now unless given."""

    request_id: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OverrideScene:
    """A supervisor lets responders go although police do not stay."""

    request_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CallResponder:
    """Call a member to the scene."""

    request_id: str
    member_id: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerCall:
    """What a called member answered."""

    request_id: str
    member_id: str
    accepted: bool
    declined_reason: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OverrideResponders:
    """A supervisor lets fewer responders go than the rule asks for."""

    request_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """Send the responders who accepted."""

    request_id: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RespondByPhone:
    """Answer the request by telephone instead of on scene; `override_reason` when the number may not be safe."""

    request_id: str
    override_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordTimes:
    """Clock times and costs of the deployment: only the fields named here change."""

    request_id: str
    en_route_at: Given[datetime] = KEEP
    on_scene_at: Given[datetime] = KEEP
    clear_at: Given[datetime] = KEEP
    transport: Given[str] = KEEP
    kilometres: Given[int] = KEEP
    out_of_pocket_cents: Given[int] = KEEP
    debrief_needed: Given[bool] = KEEP
    debrief_done_on: Given[date] = KEEP


@dataclass(frozen=True, kw_only=True)
class CheckInNow:
    """Responders say that they are safe; the next check-in clock starts."""

    request_id: str
    at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeclineRequest:
    """The unit does not take the request, and why."""

    request_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CancelRequest:
    """The requester takes the request back, and why."""

    request_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonNotFound:
    """Responders came and did not find the person."""

    request_id: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class HandToFollowUp:
    """The response on scene or by phone is over and follow-up takes over."""

    request_id: str


@dataclass(frozen=True, kw_only=True)
class EndRequest:
    """No further service is wanted or needed."""

    request_id: str
    reason: str | None = None


def raise_request(work: Work, command: RaiseRequest) -> str:
    """A new request with its call-back task; the request's id."""
    require_role(work, ServiceRequest)
    request_id = work.new_id()
    request = add(
        work,
        ServiceRequest,
        work.open_scope(ScopeKind.REQUEST, request_id),
        id=request_id,
        number=work.next_number(numbering.REQUESTS),
        status=RequestStatus.RECEIVED,
    )
    _write(work, request, replace(command, requested_at=command.requested_at or work.now()))
    return request_id


def update_request(work: Work, command: UpdateRequest) -> None:
    """Write the answers. An officer changes only requests that they raised."""
    request = request_to_write(work, command.request_id, ServiceRequest)
    own_or_unit(work, request)
    _write(work, request, command)


def call_back_requester(work: Work, command: CallBackRequester) -> None:
    """Stop the call-back clock; received becomes triaged."""
    request = request_to_write(work, command.request_id, ServiceRequest, COORDINATORS)
    request.called_back_at, request.called_back_by = command.at or work.now(), work.actor.member_id
    triage(request)
    clocks.stop(work, request.id, CALL_BACK, TaskStatus.DONE)


def override_scene(work: Work, command: OverrideScene) -> None:
    """Supervisor only; audited."""
    require_supervisor(work, ServiceRequest)
    request = load(work, ServiceRequest, command.request_id)
    request.scene_override_reason = require_reason(command.reason)
    request.scene_override_by = work.actor.member_id
    _audit_override(work, request, command.reason, "scene_override_reason")


def call_responder(work: Work, command: CallResponder) -> str:
    """Call a member; the responder record's id."""
    request = request_to_write(work, command.request_id, Responder, COORDINATORS)
    still_open(request)
    responder = _responder(work, request, command.member_id)
    responder.called_at = command.at or work.now()
    responder.status, responder.answered_at, responder.declined_reason = ResponderStatus.CALLED, None, None
    triage(request)
    return responder.id


def answer_call(work: Work, command: AnswerCall) -> None:
    """Record what a called member answered."""
    request = request_to_write(work, command.request_id, Responder)
    if work.actor.role not in COORDINATORS and command.member_id != work.actor.member_id:
        raise NotAllowed(mark("You can answer only for yourself."))
    responder = _responder(work, request, command.member_id)
    responder.status = ResponderStatus.ACCEPTED if command.accepted else ResponderStatus.DECLINED
    responder.answered_at = command.at or work.now()
    responder.declined_reason = None if command.accepted else command.declined_reason


def override_responders(work: Work, command: OverrideResponders) -> None:
    """Supervisor only; audited."""
    require_supervisor(work, ServiceRequest)
    request = load(work, ServiceRequest, command.request_id)
    request.responder_override_reason = require_reason(command.reason)
    request.responder_override_by = work.actor.member_id
    _audit_override(work, request, command.reason, "responder_override_reason")


def dispatch(work: Work, command: Dispatch) -> str:
    """Send responders; the deployment's id. Refused unless the scene and the number of responders allow it."""
    request = request_to_write(work, command.request_id, Deployment, COORDINATORS)
    still_open(request)
    for refusal in rules.dispatch_refusals(
        request.scene_safe,
        request.scene_override_reason,
        _accepted(work, request),
        int(work.setting("vsu.responders_per_scene")),
        request.responder_override_reason,
    ):
        raise RuleBroken(refusal.text, field=None, **refusal.values)
    deployment = _deployment(work, request)
    deployment.dispatched_at = command.at or work.now()
    request.status = RequestStatus.DISPATCHED
    return deployment.id


def respond_by_phone(work: Work, command: RespondByPhone) -> Decision:
    """The phone response: what to heed when calling. Refused unless the person agreed to be contacted.

    RuleBroken with `field="override_reason"` means: the number may not be safe; ask for a reason and call again.
    """
    request = request_to_write(work, command.request_id, ServiceRequest, COORDINATORS)
    still_open(request)
    refusal = rules.contact_refusal(request.consent_to_contact, bool(request.death_notification))
    if refusal:
        raise RuleBroken(refusal, field="consent_to_contact")
    decision = _phone_decision(work, request)
    if decision.verdict is not Verdict.ALLOWED and not (command.override_reason or "").strip():
        raise RuleBroken(decision.text, field="override_reason")
    action = AuditAction.CONTACT if decision.verdict is Verdict.ALLOWED else AuditAction.OVERRIDE
    work.audit(action, kind="service_request", record_id=request.id, reason=command.override_reason or "")
    request.status = RequestStatus.PHONE_RESPONSE
    clocks.stop(work, request.id, RESPOND, TaskStatus.DONE)
    return decision


def record_times(work: Work, command: RecordTimes) -> None:
    """Write the deployment's times; on scene makes the request attended."""
    request = request_to_write(work, command.request_id, Deployment)
    deployment = _deployment(work, request)
    changed = put(deployment, command)
    if "on_scene_at" in changed and deployment.on_scene_at and request.status not in rules.ENDED:
        request.status = RequestStatus.ATTENDED
        _await_check_in(work, request, deployment.on_scene_at)
    if "clear_at" in changed and deployment.clear_at:
        clocks.stop(work, request.id, CHECK_IN, TaskStatus.DONE)


def check_in(work: Work, command: CheckInNow) -> str:
    """A safety check-in; its id. The next one is due after the service's interval."""
    request = request_to_write(work, command.request_id, CheckIn)
    at = command.at or work.now()
    made = add(
        work, CheckIn, request.scope_id, request_id=request.id, at=at, by=work.actor.member_id, note=command.note
    )
    if request.status not in rules.ENDED and _deployment(work, request).clear_at is None:
        _await_check_in(work, request, at)
    return made.id


def decline_request(work: Work, command: DeclineRequest) -> None:
    """End the request as declined."""
    request = request_to_write(work, command.request_id, ServiceRequest, COORDINATORS)
    _end(work, request, RequestStatus.DECLINED, require_reason(command.reason))


def cancel_request(work: Work, command: CancelRequest) -> None:
    """End the request as cancelled."""
    request = request_to_write(work, command.request_id, ServiceRequest)
    own_or_unit(work, request)
    _end(work, request, RequestStatus.CANCELLED, require_reason(command.reason))


def person_not_found(work: Work, command: PersonNotFound) -> None:
    """End the request as not found."""
    request = request_to_write(work, command.request_id, ServiceRequest, COORDINATORS)
    _end(work, request, RequestStatus.NOT_FOUND, command.note)


def hand_to_follow_up(work: Work, command: HandToFollowUp) -> None:
    """Hand the request to follow-up."""
    request = request_to_write(work, command.request_id, ServiceRequest, COORDINATORS)
    _end(work, request, RequestStatus.FOLLOW_UP, None)


def end_request(work: Work, command: EndRequest) -> None:
    """End the request: no further service."""
    request = request_to_write(work, command.request_id, ServiceRequest, COORDINATORS)
    _end(work, request, RequestStatus.NO_FURTHER, command.reason)


def _write(work: Work, request: ServiceRequest, command: RequestAnswers) -> None:
    changed = put(request, command)
    if command.persons is not KEEP:
        _write_persons(work, request, command.persons or ())
    if "response_wanted" in changed and request.status not in rules.ENDED:
        await_response(work, request)


def _write_persons(work: Work, request: ServiceRequest, persons: tuple[PersonToSupport, ...]) -> None:
    for position, person in enumerate(persons):
        row_id = work.child_id(request.id, f"person:{position}")
        row = ensure(work, RequestPerson, request.scope_id, row_id, request_id=request.id, position=position)
        put(row, person)
    for row in all_of(work, RequestPerson, RequestPerson.request_id == request.id):
        if (row.position or 0) >= len(persons):
            row.removed_at, row.removed_reason = work.now(), mark("Taken off the request")


def _end(work: Work, request: ServiceRequest, status: RequestStatus, reason: str | None) -> None:
    still_open(request)
    request.status, request.status_reason = status, reason
    for rule in (CALL_BACK, RESPOND, CHECK_IN):
        clocks.stop(work, request.id, rule, TaskStatus.CANCELLED, ENDED_REASON)


def _await_check_in(work: Work, request: ServiceRequest, last: datetime) -> None:
    due = rules.check_in_due(last, int(work.setting("vsu.checkin_min")))
    start_clock(work, request, CHECK_IN, mark("Safety check-in of the responders"), due_at=due, kind=TaskKind.CHECK_IN)


def _phone_decision(work: Work, request: ServiceRequest) -> Decision:
    """Whether the number on the request may be called; without one the call goes through the requester."""
    if not request.contact_phone:
        return Decision(Verdict.ALLOWED)
    reach = Reach(
        kind=ContactKind.PHONE,
        safe_to_use=request.contact_safe,
        voicemail=request.voicemail,
        caller_id=request.caller_id,
        confirmed_on=day_of(work, request.requested_at),
    )
    stale = int(work.setting("safe_contact.stale_days"))
    return decide(reach, Channel.PHONE, local_time(work.now(), zone(work)), stale)


def _responder(work: Work, request: ServiceRequest, member_id: str) -> Responder:
    row_id = work.child_id(request.id, f"responder:{member_id}")
    return ensure(work, Responder, request.scope_id, row_id, request_id=request.id, member_id=member_id)


def _deployment(work: Work, request: ServiceRequest) -> Deployment:
    row_id = work.child_id(request.id, "deployment")
    return ensure(work, Deployment, request.scope_id, row_id, request_id=request.id)


def _accepted(work: Work, request: ServiceRequest) -> int:
    mine = Responder.request_id == request.id
    return len(all_of(work, Responder, mine, Responder.status == ResponderStatus.ACCEPTED))


def _audit_override(work: Work, request: ServiceRequest, reason: str, field: str) -> None:
    work.audit(
        AuditAction.OVERRIDE, kind="service_request", record_id=request.id, reason=reason.strip(), fields=(field,)
    )
