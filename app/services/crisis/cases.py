"""The case: open, change, assign, follow up, close, reopen (domain.md 2.4, 2.5, 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.errors import NotFound, RuleBroken
from app.models.crisis import (
    AccusedPanel,
    Case,
    FollowUpPlan,
    Incident,
    Referral,
    RequestPerson,
    RightsItem,
    ServiceRequest,
)
from app.models.local.tables import Member
from app.models.people import Person
from app.models.rules import closing, dispatch, numbering
from app.models.rules.access import CASE_WORKERS
from app.models.rules.closing import Blocker
from app.models.rules.consent import ConsentState, recorded_at_all
from app.models.rules.deadlines import business_days, months
from app.models.vocab import (
    AccusedWhereabouts,
    AuditAction,
    Cadence,
    CaseStatus,
    CloseReason,
    ConsentForm,
    ConsentScope,
    ConsentToContact,
    ContactKind,
    DobPrecision,
    IncidentKind,
    Injury,
    OffenceGroup,
    Precision,
    Priority,
    RequestStatus,
    Role,
    RoleInEvent,
    ScopeKind,
    TaskKind,
    TaskStatus,
    Tri,
)
from app.models.work import Work
from app.models.work_items import Consent, Task
from app.services import clocks, follow_ups
from app.services.answers import KEEP, Given, put
from app.services.clocks import Clock
from app.services.crisis import child_protection
from app.services.crisis.known_consents import consents_of
from app.services.people import PersonAnswers, SafeContactAnswers, new_person, new_safe_contact
from app.services.permission import case_to_supervise, case_to_write, private_scope, require_reason, require_role
from app.services.records import add, all_of, ensure, load
from app.services.service_calendar import day_of, holidays
from app.words import mark, tr


@dataclass(frozen=True, kw_only=True)
class IncidentAnswers:
    """What happened. Lists hold codes (`OffenceGroup` and the service's own lists)."""

    occurrence_no: Given[str] = KEEP
    occurred_from: Given[datetime] = KEEP
    occurred_to: Given[datetime] = KEEP
    occurred_precision: Given[Precision] = KEEP
    location: Given[str] = KEEP
    municipality: Given[str] = KEEP
    kind: Given[IncidentKind] = KEEP
    offence_groups: Given[list[str]] = KEEP
    most_serious: Given[OffenceGroup] = KEEP
    motives: Given[list[str]] = KEEP
    weapon: Given[list[str]] = KEEP
    children_present: Given[int] = KEEP
    children_present_known: Given[Tri] = KEEP
    injuries: Given[Injury] = KEEP
    reported_to: Given[list[str]] = KEEP
    charge_status: Given[str] = KEEP
    custody_status: Given[str] = KEEP


NOTHING_SAID = PersonAnswers()
NOTHING_KNOWN = IncidentAnswers()


class CaseNotClosable(RuleBroken):
    """The case may not close yet; `blockers` says what stands in the way, each with the record to open."""

    def __init__(self, blockers: tuple[Blocker, ...]) -> None:
        listed = " ".join(tr(blocker.text, **blocker.values) for blocker in blockers)
        super().__init__(mark("The case cannot be closed yet. {blockers}"), blockers=listed)
        self.blockers = blockers


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """Open a case, from a request (`request_id`) or fresh.

    `person` is the primary person, `others` more people of the case, `contacts` ways to reach the primary person.
    What is left out is taken from the request where it has it (`request_person_id`: which of its people).
    `consent_to_contact` = YES records the person's spoken consent to be contacted; for a request it is the request's.
    """

    request_id: str | None = None
    request_person_id: str | None = None
    person: PersonAnswers = NOTHING_SAID
    others: tuple[PersonAnswers, ...] = ()
    contacts: tuple[SafeContactAnswers, ...] = ()
    incident: IncidentAnswers = NOTHING_KNOWN
    role_in_event: RoleInEvent | None = None
    priority: Priority | None = None
    high_risk: bool | None = None
    municipality: str | None = None
    assigned_to: str | None = None
    co_workers: tuple[str, ...] = ()
    consent_to_contact: ConsentToContact | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateCase:
    """Change a case: only the fields named here change. `listener_present`: someone who should not hear is there."""

    case_id: str
    role_in_event: Given[RoleInEvent] = KEEP
    priority: Given[Priority] = KEEP
    high_risk: Given[bool] = KEEP
    conflict_flag: Given[bool] = KEEP
    listener_present: Given[bool] = KEEP
    municipality: Given[str] = KEEP
    linked_case_ids: Given[list[str]] = KEEP


@dataclass(frozen=True, kw_only=True)
class UpdateIncident(IncidentAnswers):
    """Change what is known of the incident; `incident_id` None adds another incident to the case."""

    case_id: str
    incident_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateAccused:
    """Who is accused, in the sealed panel of the case."""

    case_id: str
    name: Given[str] = KEEP
    description: Given[str] = KEEP
    relation: Given[str] = KEEP
    vehicle: Given[str] = KEEP
    whereabouts: Given[AccusedWhereabouts] = KEEP
    note: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class AssignCase:
    """A supervisor gives the case to a worker; `co_workers` replaces the list unless KEEP."""

    case_id: str
    member_id: str
    co_workers: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class SetFollowUp:
    """How follow-up was agreed; `starts_at` is the event (default: the incident, else now)."""

    case_id: str
    cadence: Cadence
    starts_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class StartMonitoring:
    """The active work is done; the case is only watched."""

    case_id: str


@dataclass(frozen=True, kw_only=True)
class CloseCase:
    """Close a case."""

    case_id: str
    reason: CloseReason
    note: str | None = None
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ReopenCase:
    """Open a closed case again, and why."""

    case_id: str
    reason: str


ASSESSMENT = "needs_assessment"
CLOSED_REASON = mark("The case was closed")
REFUSED_CONTACT = mark(
    "The person refused: keep only the request. Offer the card; a case may be opened when they ask for one."
)


def open_case(work: Work, command: OpenCase) -> str:
    """A new case with its people, ways to reach them, incident and first tasks; the case's id."""
    require_role(work, Case, CASE_WORKERS)
    request = load(work, ServiceRequest, command.request_id) if command.request_id else None
    if request and request.consent_to_contact is ConsentToContact.REFUSED:
        raise RuleBroken(REFUSED_CONTACT)
    case = _new_case(work, command, request)
    person = _primary_person(work, case, command, request)
    for other in command.others:
        new_person(work, case, other)
    _contacts(work, person, command, request)
    incident = _incident(work, case, command, request)
    if command.consent_to_contact is ConsentToContact.YES:
        _spoken_consent(work, case, person)
    if request:
        _take_over(work, request, case)
    await_assessment(work, case, work.today())
    starts_at = incident.occurred_from or (request.requested_at if request else None) or work.now()
    follow_ups.agree(work, case, Cadence.STANDARD, starts_at)
    child_protection.prompt_if_due(work, case)
    return case.id


def update_case(work: Work, command: UpdateCase) -> None:
    """Write the answers."""
    put(case_to_write(work, command.case_id, Case), command)


def update_incident(work: Work, command: UpdateIncident) -> str:
    """Write what is known of an incident; its id."""
    case = case_to_write(work, command.case_id, Incident)
    if command.incident_id:
        incident = load(work, Incident, command.incident_id)
        if incident.case_id != case.id:
            raise RuleBroken(mark("This record belongs to another case."))
    else:
        incident = add(work, Incident, case.scope_id, case_id=case.id)
    put(incident, command)
    child_protection.prompt_if_due(work, case)
    return incident.id


def update_accused(work: Work, command: UpdateAccused) -> None:
    """Write the sealed panel of who is accused."""
    case = case_to_write(work, command.case_id, AccusedPanel)
    put(_accused(work, case), command)


def assign_case(work: Work, command: AssignCase) -> None:
    """Supervisor only. The worker's open tasks go along."""
    case = case_to_supervise(work, command.case_id, Case)
    _may_take(work, case, command.member_id)
    before, case.assigned_to = case.assigned_to, command.member_id
    if command.co_workers is not None:
        case.co_workers = list(command.co_workers)
    for task in clocks.open_tasks(work, Task.case_id == case.id):
        if task.owner_id in (before, None):
            task.owner_id = command.member_id


def set_follow_up(work: Work, command: SetFollowUp) -> None:
    """Agree how often to follow up; makes the tasks and takes back open ones of an earlier agreement."""
    case = case_to_write(work, command.case_id, FollowUpPlan)
    agreed = follow_ups.agreed(work, case)
    if agreed is not None and agreed.cadence is command.cadence and command.starts_at is None:
        agreed.note = command.note if command.note is not None else agreed.note
        return
    follow_ups.agree(work, case, command.cadence, command.starts_at or _event_at(work, case), command.note)


def start_monitoring(work: Work, command: StartMonitoring) -> None:
    """Active becomes monitoring."""
    case = case_to_write(work, command.case_id, Case)
    if case.status is CaseStatus.CLOSED:
        raise RuleBroken(mark("This case is closed. Reopen it first."))
    case.status = CaseStatus.MONITORING


def blockers_of(work: Work, case: Case) -> tuple[Blocker, ...]:
    """What stands in the way of closing the case."""
    rights = {row.right: row.answer for row in all_of(work, RightsItem, RightsItem.case_id == case.id) if row.right}
    referrals = all_of(work, Referral, Referral.case_id == case.id)
    return closing.blockers(
        [_as_open_task(task) for task in sorted(clocks.open_tasks(work, Task.case_id == case.id), key=_due)],
        rights,
        [closing.ReferralState(one.id, one.status, one.outcome_checked_on is not None) for one in referrals],
        _consent_status(work, case),
    )


def close_case(work: Work, command: CloseCase) -> None:
    """Close. Raises CaseNotClosable with the list of what still stands in the way. Open everyday tasks end with it."""
    case = case_to_write(work, command.case_id, Case)
    if case.status is CaseStatus.CLOSED:
        raise RuleBroken(mark("This case is closed already."))
    found = blockers_of(work, case)
    if found:
        raise CaseNotClosable(found)
    for task in clocks.open_tasks(work, Task.case_id == case.id):
        clocks.finish(work, task, TaskStatus.CANCELLED, CLOSED_REASON)
    case.status, case.closed_on = CaseStatus.CLOSED, command.on or work.today()
    case.close_reason, case.close_note = command.reason, command.note
    case.review_state = "waiting"


def reopen_case(work: Work, command: ReopenCase) -> None:
    """Open a closed case again; the closing stays in its history."""
    case = case_to_write(work, command.case_id, Case)
    if case.status is not CaseStatus.CLOSED:
        raise RuleBroken(mark("This case is not closed."))
    reason = require_reason(command.reason)
    work.audit(AuditAction.EDIT, kind="case_file", record_id=case.id, reason=reason, fields=("reopened_on",))
    case.status = CaseStatus.ACTIVE if case.support_level else CaseStatus.OPEN
    case.reopened_on, case.closed_on, case.close_reason = work.today(), None, None


def await_assessment(work: Work, case: Case, from_day: date) -> None:
    """The first needs assessment is due some business days after the first contact (until then: after opening)."""
    clock = Clock(
        subject_id=case.id,
        rule=ASSESSMENT,
        kind=TaskKind.ASSESSMENT,
        title=mark("Needs assessment"),
        due_on=business_days(from_day, int(work.setting("vsu.needs_days")), holidays(work)),
        owner_id=case.assigned_to,
        case_id=case.id,
    )
    clocks.start(work, case.scope_id, clock)


def _new_case(work: Work, command: OpenCase, request: ServiceRequest | None) -> Case:
    case_id = work.new_id()
    scope_id = work.open_scope(ScopeKind.CASE, case_id)
    private_scope(work, case_id)
    return add(
        work,
        Case,
        scope_id,
        id=case_id,
        number=work.next_number(numbering.CASES),
        programme="crisis",
        request_id=command.request_id,
        role_in_event=command.role_in_event,
        opened_on=work.today(),
        status=CaseStatus.OPEN,
        assigned_to=command.assigned_to or work.actor.member_id,
        co_workers=list(command.co_workers),
        priority=command.priority,
        high_risk=command.high_risk,
        municipality=command.municipality or (request.municipality if request else None),
    )


def _primary_person(work: Work, case: Case, command: OpenCase, request: ServiceRequest | None) -> Person:
    person = new_person(work, case, command.person)
    described = _described(work, command, request)
    if described is not None:
        _fill_from_request(work, person, described, request)
    case.person_id = person.id
    person.role_in_event = person.role_in_event or command.role_in_event
    case.role_in_event = case.role_in_event or person.role_in_event
    return person


def _described(work: Work, command: OpenCase, request: ServiceRequest | None) -> RequestPerson | None:
    """The person of the request that the case is about: the one named, else the only one."""
    if request is None:
        return None
    people = all_of(work, RequestPerson, RequestPerson.request_id == request.id)
    if command.request_person_id:
        return next((one for one in people if one.id == command.request_person_id), None)
    return people[0] if len(people) == 1 else None


def _fill_from_request(work: Work, person: Person, described: RequestPerson, request: ServiceRequest | None) -> None:
    if not (person.legal_first or person.legal_last or person.preferred_name or person.unknown_label):
        person.preferred_name, person.unknown_label = described.name, None if described.name else described.label
    person.role_in_event = person.role_in_event or described.role
    if person.languages is None and described.language:
        person.languages = [{"code": described.language, "mode": "spoken", "interpreter": False}]
    if person.interpreter_needed is None and request is not None and request.needs_interpreter:
        person.interpreter_needed = True
    if person.dob is None and described.age is not None:
        person.dob, person.dob_precision = months(work.today(), -12 * described.age), DobPrecision.ESTIMATED


def _contacts(work: Work, person: Person, command: OpenCase, request: ServiceRequest | None) -> None:
    for answers in command.contacts:
        new_safe_contact(work, person, answers)
    if command.contacts or request is None or not request.contact_phone:
        return
    contact = new_safe_contact(work, person, SafeContactAnswers(kind=ContactKind.PHONE, value=request.contact_phone))
    contact.safe_to_use = request.contact_safe or contact.safe_to_use
    contact.voicemail = request.voicemail or contact.voicemail
    contact.caller_id = request.caller_id or contact.caller_id
    if request.contact_safe in (Tri.YES, Tri.NO):
        contact.confirmed_on, contact.confirmed_by = day_of(work, request.requested_at), work.actor.member_id


def _incident(work: Work, case: Case, command: OpenCase, request: ServiceRequest | None) -> Incident:
    incident = add(work, Incident, case.scope_id, case_id=case.id)
    if request is not None:
        incident.occurrence_no, incident.location = request.occurrence_no, request.location
        incident.municipality, incident.kind = request.municipality, request.incident_kind
        incident.most_serious = request.offence_group
        incident.offence_groups = [str(request.offence_group)] if request.offence_group else None
        incident.children_present = request.children_on_scene
        if request.children_on_scene is not None:
            incident.children_present_known = Tri.YES if request.children_on_scene else Tri.NO
        if request.accused_whereabouts is not None:
            _accused(work, case).whereabouts = request.accused_whereabouts
    put(incident, command.incident)
    return incident


def _accused(work: Work, case: Case) -> AccusedPanel:
    row_id = work.child_id(case.id, "accused")
    return ensure(work, AccusedPanel, private_scope(work, case.id), row_id, case_id=case.id)


def _spoken_consent(work: Work, case: Case, person: Person) -> None:
    term = int(work.setting("consent.default_months"))
    add(
        work,
        Consent,
        case.scope_id,
        case_id=case.id,
        person_id=person.id,
        given_by_id=person.id,
        answers={ConsentScope.CONTACT.value: "yes"},
        form=ConsentForm.VERBAL,
        notice_version=str(work.setting("notice.version")),
        starts_on=work.today(),
        expires_on=months(work.today(), term),
    )


def _take_over(work: Work, request: ServiceRequest, case: Case) -> None:
    """The request knows its first case; once the response is over, follow-up has it."""
    request.case_id = request.case_id or case.id
    if request.status in (RequestStatus.ATTENDED, RequestStatus.PHONE_RESPONSE):
        request.status = RequestStatus.FOLLOW_UP
        clocks.stop(work, request.id, "check_in", TaskStatus.DONE)


def _event_at(work: Work, case: Case) -> datetime:
    known = [one.occurred_from for one in all_of(work, Incident, Incident.case_id == case.id) if one.occurred_from]
    return min(known, default=work.now())


def _may_take(work: Work, case: Case, member_id: str) -> None:
    member = work.session.get(Member, member_id)
    if member is None or not member.active:
        raise NotFound(mark("This member is not on the service's list."))
    if not set(member.roles) & {str(role) for role in CASE_WORKERS | {Role.VOL}}:
        raise RuleBroken(mark("This member has no role that works on cases."), field="member_id")
    if not case.conflict_flag:
        return
    for linked_id in case.linked_case_ids or ():
        linked = work.session.get(Case, linked_id)
        if linked is not None and member_id in {linked.assigned_to, *(linked.co_workers or ())}:
            raise RuleBroken(
                mark("This member works on a linked case, and the two people may be unsafe to each other."),
                field="member_id",
            )


def _due(task: Task) -> tuple[date, str]:
    return (task.due_on or (task.due_at.date() if task.due_at else date.max), task.id)


def _as_open_task(task: Task) -> closing.OpenTask:
    title = task.typed_title or (tr(task.title, **(task.title_values or {})) if task.title else "")
    return closing.OpenTask(task.id, task.kind, task.status, title)


def _consent_status(work: Work, case: Case) -> ConsentState:
    """What is on record about consent: the person's own, else what the request says about being contacted."""
    recorded = recorded_at_all(consents_of(work, case.id, case.person_id), work.today())
    request = work.session.get(ServiceRequest, case.request_id) if case.request_id else None
    if recorded is not ConsentState.NONE or request is None:
        return recorded
    if request.consent_to_contact in (None, ConsentToContact.NOT_ASKED):
        return ConsentState.NONE
    allowed = dispatch.contact_refusal(request.consent_to_contact, bool(request.death_notification)) is None
    return ConsentState.ACTIVE if allowed else ConsentState.REFUSED
