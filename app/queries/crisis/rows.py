"""The rows that the screens of crisis intervention show. Frozen and plain: they may cross threads, nothing is lazy.

Closed-list values are members of `models.vocab` (a code from a newer version is plain text: `vocab.label` shows both).
Instants are aware UTC, days are local calendar days, money is cents. `None` means not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.models.rules.safe_contact import InstructionKind, Verdict
from app.models.vocab import (
    AccusedWhereabouts,
    AgeBand,
    AssessmentKind,
    AssistanceKind,
    Barrier,
    CallerId,
    Capacity,
    CaseStatus,
    Channel,
    CloseReason,
    ConsentForm,
    ConsentScope,
    ConsentToContact,
    ContactKind,
    Distress,
    DobPrecision,
    Gender,
    IncidentKind,
    Injury,
    Listed,
    NeedDomain,
    NeedLevel,
    OffenceGroup,
    OrderKind,
    PaidFrom,
    Precision,
    Priority,
    ReferralMethod,
    ReferralStatus,
    Relation,
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
    StepStatus,
    SupportLevel,
    Tri,
    Voicemail,
    VulnerabilityFactor,
)
from app.queries.outbox import SyncState
from app.words import mark


class Standing(Listed):
    """Whether a consent or an order holds on a day."""

    NOT_YET = "not_yet", mark("Not yet in force")
    IN_FORCE = "in_force", mark("In force")
    ENDING = "ending", mark("Ends soon")
    EXPIRED = "expired", mark("Expired")
    WITHDRAWN = "withdrawn", mark("Withdrawn")
    CONFIRM = "confirm", mark("End date to confirm")


class TimelineKind(Listed):
    """What an entry of the timeline is."""

    CONTACT = "contact", mark("Contact")
    NOTE = "note", mark("Support note")
    CRISIS = "crisis", mark("Crisis intervention")
    ASSESSMENT = "assessment", mark("Needs assessment")
    PLAN = "plan", mark("Safety plan")
    REFERRAL = "referral", mark("Referral")
    CONSENT = "consent", mark("Consent")
    ORDER = "order", mark("Court order")
    TASK = "task", mark("Task closed")
    PRINT = "print", mark("Printed")
    REVIEW = "review", mark("Review")
    ASSISTANCE = "assistance", mark("Practical help")


class CaseSort(Listed):
    """How the list of cases may be ordered."""

    OPENED = "opened", mark("Newest first")
    NUMBER = "number", mark("Number")
    PRIORITY = "priority", mark("Priority")
    DUE = "due", mark("Next due")
    LAST_CONTACT = "last_contact", mark("Longest without contact")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the list of cases shows. `status` None: every case that is not closed; `any_status`: closed ones too."""

    text: str = ""
    status: CaseStatus | None = None
    any_status: bool = False
    worker: str | None = None
    priority: Priority | None = None
    programme: str | None = None
    enhanced_only: bool = False


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One service request in a list. The call-back clock runs from `requested_at` to `call_back_due`."""

    id: str
    number: str | None
    requested_at: datetime | None
    source: RequestSource | None
    response_wanted: ResponseWanted | None
    scene_safe: SceneSafe | None
    offence_group: OffenceGroup | None
    location: str | None
    municipality: str | None
    requester: str | None
    requester_phone: str | None
    consent_to_contact: ConsentToContact | None
    status: RequestStatus | None
    persons: int
    children_on_scene: int | None
    call_back_due: datetime | None
    called_back_at: datetime | None
    call_back_met: bool | None
    responders_accepted: int
    case_id: str | None
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class RequestPersonRow:
    """Someone to support, as the requester described them; `label` or "Person 1" stands in when there is no name."""

    id: str
    position: int
    name: str | None
    label: str
    age: int | None
    age_band: AgeBand | None
    role: RoleInEvent | None
    language: str | None
    injury: Injury | None
    distress: Distress | None


@dataclass(frozen=True, slots=True)
class ResponderRow:
    """One member called to the scene."""

    id: str
    member_id: str | None
    name: str
    status: ResponderStatus | None
    called_at: datetime | None
    answered_at: datetime | None
    declined_reason: str | None


@dataclass(frozen=True, slots=True)
class CheckInRow:
    """One safety check-in that was made."""

    id: str
    at: datetime | None
    by: str
    note: str | None


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """The clock times of one response. `next_check_in_due` while on scene and not clear."""

    id: str
    dispatched_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    clear_at: datetime | None
    transport: str | None
    kilometres: int | None
    out_of_pocket_cents: int | None
    debrief_needed: bool | None
    debrief_done_on: date | None
    next_check_in_due: datetime | None


@dataclass(frozen=True, slots=True)
class MissingField:
    """Something that a complete record needs: the field's name and a sentence for people."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DispatchCheck:
    """Whether responders may be sent now; `sentences` say what stands in the way, in words to show."""

    allowed: bool
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """One request with everything that belongs to it."""

    row: RequestRow
    requester_name: str | None
    requester_badge: str | None
    meet_point: str | None
    parking: str | None
    hazards: str | None
    animals: str | None
    incident_kind: IncidentKind | None
    consent_asked_by: str | None
    death_notification: bool
    voicemail: Voicemail | None
    caller_id: CallerId | None
    contact_phone: str | None
    contact_safe: Tri | None
    accused_whereabouts: AccusedWhereabouts | None
    needs_interpreter: str | None
    access_needs: tuple[str, ...]
    asks: tuple[Any, ...]
    occurrence_no: str | None
    note: str | None
    status_reason: str | None
    called_back_by: str
    scene_override_reason: str | None
    responder_override_reason: str | None
    created_by: str
    persons: tuple[RequestPersonRow, ...]
    responders: tuple[ResponderRow, ...]
    deployment: DeploymentRow | None
    check_ins: tuple[CheckInRow, ...]
    missing: tuple[MissingField, ...]
    dispatch: DispatchCheck


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list: initials and age band, never a name (domain.md 20.4)."""

    id: str
    number: str | None
    programme: str | None
    initials: str
    age_band: AgeBand
    opened_on: date | None
    status: CaseStatus | None
    support_level: SupportLevel | None
    priority: Priority | None
    high_risk: bool
    conflict_flag: bool
    assigned_to: str | None
    worker: str
    municipality: str | None
    offence_group: OffenceGroup | None
    last_contact_at: datetime | None
    next_due: date | None
    overdue_tasks: int
    review_state: str | None
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """A language of a person: ISO 639 code; `mode` spoken, written or sign."""

    code: str
    mode: str
    interpreter: bool


@dataclass(frozen=True, slots=True)
class InstructionRow:
    """One instruction to show before contact; `kind` chooses the icon, `text` is in the interface's language."""

    kind: InstructionKind
    text: str


@dataclass(frozen=True, slots=True)
class ContactDecision:
    """Whether a way of contact may be used by a channel now; `sentence` explains a no."""

    verdict: Verdict
    sentence: str
    instructions: tuple[InstructionRow, ...]


@dataclass(frozen=True, slots=True)
class SafeContactRow:
    """One way to reach a person. `decisions`: by each channel that fits; `usable` and `instructions`: by the usual one.

    `masked` is what lists show until the value is pressed. `stale`: must be confirmed again. Code words are S4.
    """

    id: str
    person_id: str | None
    kind: ContactKind | None
    value: str | None
    masked: str
    extension: str | None
    description: str | None
    safe_to_use: Tri | None
    voicemail: Voicemail | None
    text_ok: Tri | None
    email_ok: Tri | None
    mail_ok: Tri | None
    caller_id: CallerId | None
    say_you_are: str | None
    code_word_ok: str | None
    code_word_danger: str | None
    safe_times: tuple[Mapping[str, Any], ...]
    who_else_answers: str | None
    confirmed_on: date | None
    confirmed_by: str
    usable: bool
    stale: bool
    instructions: tuple[InstructionRow, ...]
    decisions: Mapping[Channel, ContactDecision]
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the case, opened: named. `relation`: to the client of the case."""

    id: str
    is_client: bool
    display_name: str
    initials: str
    legal_first: str | None
    legal_middle: str | None
    legal_last: str | None
    single_name: bool
    unknown_label: str | None
    preferred_name: str | None
    aliases: tuple[str, ...]
    pronouns: str | None
    dob: date | None
    dob_precision: DobPrecision | None
    age: int | None
    age_band: AgeBand
    gender: Gender | None
    gender_text: str | None
    identity_optional: tuple[str, ...]
    languages: tuple[LanguageRow, ...]
    interpreter_needed: bool
    communication_needs: tuple[str, ...]
    address_confidential: bool
    decision_capacity: Capacity | None
    role_in_event: RoleInEvent | None
    relation: Relation | None
    living_together: Tri | None
    may_receive_info: bool
    medical_alerts: str | None
    deceased: bool
    contacts: tuple[SafeContactRow, ...]
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class CaseHeader:
    """The top of the case page. `private_readable`: this device holds the key of support notes and safety plan."""

    id: str
    number: str | None
    programme: str | None
    client: PersonRow | None
    request_id: str | None
    request_number: str | None
    role_in_event: RoleInEvent | None
    opened_on: date | None
    status: CaseStatus | None
    support_level: SupportLevel | None
    enhanced_since: date | None
    assigned_to: str | None
    worker: str
    co_worker_ids: tuple[str, ...]
    co_workers: tuple[str, ...]
    priority: Priority | None
    high_risk: bool
    conflict_flag: bool
    listener_present: bool
    municipality: str | None
    first_contact_at: datetime | None
    last_contact_at: datetime | None
    review_state: str | None
    closed_on: date | None
    close_reason: CloseReason | None
    close_note: str | None
    reopened_on: date | None
    linked_case_ids: tuple[str, ...]
    conflicts: int
    open_tasks: int
    overdue_tasks: int
    missing: tuple[MissingField, ...]
    private_readable: bool
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class AccusedRow:
    """The sealed panel: only for who holds the case's private key."""

    id: str
    name: str | None
    description: str | None
    relation: str | None
    vehicle: str | None
    whereabouts: AccusedWhereabouts | None
    note: str | None


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """What happened."""

    id: str
    occurrence_no: str | None
    occurred_from: datetime | None
    occurred_to: datetime | None
    precision: Precision | None
    location: str | None
    municipality: str | None
    kind: IncidentKind | None
    offence_groups: tuple[Any, ...]
    most_serious: OffenceGroup | None
    motives: tuple[str, ...]
    weapon: tuple[str, ...]
    children_present: int | None
    children_present_known: Tri | None
    injuries: Injury | None
    reported_to: tuple[str, ...]
    charge_status: str | None
    custody_status: str | None
    accused: AccusedRow | None
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class AddendumRow:
    """Text added to a locked contact."""

    id: str
    at: datetime | None
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One entry of the timeline, newest first. `icon` is a name of `resources/icons`.

    `at` is the moment, or None when only `on` (the day) is known. `title` is in the interface's language, `text` as it
    was typed. `protected` (S4): show the heading only until the person presses. `locked`: later text is an addendum.
    """

    kind: TimelineKind
    record_id: str
    icon: str
    at: datetime | None
    on: date | None
    precision: Precision | None
    title: str
    text: str
    protected: bool
    author: str
    author_id: str | None
    locked: bool
    addenda: tuple[AddendumRow, ...]
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class SafetyStepRow:
    """One step of immediate safety; every step of the list is there, unanswered ones with `status` None."""

    step: SafetyStep
    id: str | None
    status: SafetyStatus | None
    note: str | None
    answered_at: datetime | None
    author: str
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class NeedAnswerRow:
    """One domain of an assessment."""

    id: str
    domain: NeedDomain
    level: NeedLevel | None
    note: str | None
    goal: str | None


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One needs assessment with its answers, in the order of the domains."""

    id: str
    kind: AssessmentKind | None
    assessed_at: datetime | None
    assessor_id: str | None
    assessor: str
    method: Channel | None
    participants: str | None
    listener_present: Tri | None
    client_goal: str | None
    strengths: str | None
    completed_at: datetime | None
    factors: tuple[VulnerabilityFactor, ...]
    screen_result: SupportLevel | None
    screen_override: SupportLevel | None
    override_reason: str | None
    override_by: str
    answers: tuple[NeedAnswerRow, ...]
    form_id: str | None
    form_version: str | None
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class ScreenFacts:
    """What a new assessment should know of the record: factors that follow from it, and how many urgent needs count."""

    factors: frozenset[VulnerabilityFactor]
    urgent_needs: int


@dataclass(frozen=True, slots=True)
class NeedChange:
    """A domain's level at the start and now (None: never asked)."""

    domain: NeedDomain
    start: NeedLevel | None
    now: NeedLevel | None


@dataclass(frozen=True, slots=True)
class PlanStepRow:
    """One step of the service plan."""

    id: str
    domain: NeedDomain | None
    need: str | None
    goal: str | None
    step: str | None
    who: str | None
    due_on: date | None
    status: StepStatus | None
    overdue: bool
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral. `check_due`: when its outcome should be asked for; None once checked or while a draft."""

    id: str
    person_id: str | None
    service_id: str | None
    service: str
    organization: str
    service_phone: str
    domain: NeedDomain | None
    consent_id: str | None
    self_referral: bool
    method: ReferralMethod | None
    info_shared: tuple[str, ...]
    reason: str | None
    sent_on: date | None
    status: ReferralStatus | None
    check_due: date | None
    check_overdue: bool
    outcome_checked_on: date | None
    outcome_note: str | None
    barriers: tuple[Barrier, ...]
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent: `answers` maps each scope that was answered to yes (True) or no."""

    id: str
    person_id: str | None
    person: str
    given_by: str
    authority: str | None
    answers: Mapping[ConsentScope, bool]
    organizations: tuple[str, ...]
    form: ConsentForm | None
    witness: str | None
    language_used: str | None
    interpreter: str | None
    notice_version: str | None
    starts_on: date | None
    expires_on: date | None
    review_on: date | None
    withdrawn_on: date | None
    withdrawn_how: str | None
    guardian_exception: str | None
    signatures: tuple[Mapping[str, Any], ...]
    standing: Standing
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One court order. `standing` CONFIRM: the end date is not known and must be asked for. `days_left` may be < 0."""

    id: str
    kind: OrderKind | None
    court: str | None
    file_no: str | None
    protected: str | None
    restrained: str | None
    conditions: tuple[Mapping[str, Any], ...]
    starts_on: date | None
    expires_on: date | None
    days_left: int | None
    copy_on_file: bool
    verified_on: date | None
    status: str | None
    standing: Standing
    sync: SyncState
    flagged: bool


@dataclass(frozen=True, slots=True)
class RightRow:
    """One right of the checklist; every right is there, unanswered ones with `answer` None."""

    right: Right
    id: str | None
    at_first_contact: bool
    answer: RightAnswer | None
    told_at: datetime | None
    told_by: str
    language: str | None
    method: Channel | None
    sync: SyncState


@dataclass(frozen=True, slots=True)
class AssistanceRow:
    """Something given or paid for. `needs_approval`: above the limit and not yet approved."""

    id: str
    given_on: date | None
    kind: AssistanceKind | None
    description: str | None
    quantity: int | None
    cost_cents: int | None
    stock_item: str | None
    voucher_no: str | None
    approved_by: str
    needs_approval: bool
    paid_from: PaidFrom | None
    sync: SyncState


@dataclass(frozen=True, slots=True)
class BlockerRow:
    """Why the case cannot be closed yet: a sentence, and the record it is about when there is one."""

    sentence: str
    kind: str
    record_id: str | None
