"""Contacts with the client: the one gate before each, the facts after it, the private notes (domain.md 2.3, 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import RuleBroken
from app.models.crisis import Case, ContactAddendum, ContactLog, ServiceRequest, SupportNote
from app.models.people import Person, SafeContact, reach_of
from app.models.rules import consent as consent_rules
from app.models.rules import dispatch
from app.models.rules.consent import ConsentState
from app.models.rules.deadlines import hours_after, local_time
from app.models.rules.safe_contact import Decision, Reach, Verdict, decide
from app.models.vocab import AuditAction, Channel, ConsentScope, Direction, Precision, TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services import task_list
from app.services.answers import KEEP, Given, given, put
from app.services.crisis.cases import await_assessment
from app.services.crisis.known_consents import consents_of
from app.services.permission import case_to_write, private_scope
from app.services.records import add, load
from app.services.service_calendar import day_of, zone
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class BeginContact:
    """About to contact someone by `channel` at the safe contact `safe_contact_id`."""

    safe_contact_id: str
    channel: Channel
    override_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class ContactAnswers:
    """The facts of a contact. `services` is a list of `ServiceItem` codes; `service_fact` may be disclosed."""

    at: Given[datetime] = KEEP
    precision: Given[Precision] = KEEP
    direction: Given[Direction] = KEEP
    channel: Given[Channel] = KEEP
    person_id: Given[str] = KEEP
    with_text: Given[str] = KEEP
    safe_contact_id: Given[str] = KEEP
    safe_contact_checked: Given[bool] = KEEP
    minutes: Given[int] = KEEP
    services: Given[list[str]] = KEEP
    service_fact: Given[str] = KEEP
    override_reason: Given[str] = KEEP
    listener_present: Given[bool] = KEEP


@dataclass(frozen=True, kw_only=True)
class RecordContact(ContactAnswers):
    """A contact or attempt. `support_note` goes to the private scope, apart from the facts.

    `done_task_id` is the task that this contact finishes; `next_title` and `next_due_at` make the next one.
    """

    case_id: str
    support_note: str | None = None
    done_task_id: str | None = None
    next_title: str | None = None
    next_due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AmendContact(ContactAnswers):
    """Change a contact (its author, within 24 hours); afterwards only `addendum` may be added."""

    contact_id: str
    addendum: str | None = None


@dataclass(frozen=True, kw_only=True)
class AddSupportNote:
    """A private note; `corrects_id` names the one that it corrects."""

    case_id: str
    text: str
    contact_id: str | None = None
    at: datetime | None = None
    corrects_id: str | None = None


LOCKED = mark("This contact is locked. Write an addendum instead; the contact stays as it is.")
_NO_CONSENT = {
    ConsentState.REFUSED: mark("The person did not agree to be contacted. Contacting anyway needs a reason."),
    ConsentState.WITHDRAWN: mark("The person withdrew their consent. Contacting anyway needs a reason."),
    ConsentState.EXPIRED: mark("The consent to be contacted has expired. Contacting anyway needs a reason."),
    ConsentState.NEEDS_GUARDIAN: mark("A parent or guardian has not permitted contact. Contacting needs a reason."),
    ConsentState.NONE: mark("No consent to be contacted is recorded. Contacting anyway needs a reason."),
}


def begin_contact(work: Work, command: BeginContact) -> Decision:
    """The gate of every "contact now": the instructions to show, or RuleBroken.

    RuleBroken with `field="override_reason"` means: allowed with a reason; ask for it and call again.
    """
    contact = load(work, SafeContact, command.safe_contact_id)
    case = case_to_write(work, contact.case_id, ContactLog)
    decision = decide_contact(work, case, contact, command.channel)
    if decision.verdict is Verdict.REFUSED:
        raise RuleBroken(decision.text, field="channel")
    overridden = decision.verdict is Verdict.NEEDS_OVERRIDE
    reason = (command.override_reason or "").strip()
    if overridden and not reason:
        raise RuleBroken(decision.text, field="override_reason")
    action = AuditAction.OVERRIDE if overridden else AuditAction.CONTACT
    work.audit(action, kind="safe_contact", record_id=contact.id, reason=reason if overridden else "")
    return decision


def decide_contact(work: Work, case: Case, contact: SafeContact, channel: Channel) -> Decision:
    """What the rules say about this contact now: safety first, then consent."""
    decision = decide(_reach(work, contact), channel, local_time(work.now(), zone(work)), _stale_days(work, case))
    if decision.verdict is not Verdict.ALLOWED:
        return decision
    state = consent_to_contact(work, case, contact.person_id)
    if state is ConsentState.ACTIVE:
        return decision
    return Decision(Verdict.NEEDS_OVERRIDE, _NO_CONSENT[state], decision.instructions)


def consent_to_contact(work: Work, case: Case, person_id: str | None) -> ConsentState:
    """Whether the person agreed to be contacted: their own answer, else what the case's request says of them."""
    known = consents_of(work, case.id, person_id)
    service = consent_rules.state(known, ConsentScope.SERVICE, work.today())
    if service in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
        return service
    own = consent_rules.state(known, ConsentScope.CONTACT, work.today())
    request = work.session.get(ServiceRequest, case.request_id) if case.request_id else None
    if own is not ConsentState.NONE or request is None or person_id != case.person_id:
        return own
    refusal = dispatch.contact_refusal(request.consent_to_contact, bool(request.death_notification))
    return ConsentState.ACTIVE if refusal is None else ConsentState.REFUSED


def record_contact(work: Work, command: RecordContact) -> str:
    """Record a contact; its id."""
    case = case_to_write(work, command.case_id, ContactLog)
    contact = add(work, ContactLog, case.scope_id, case_id=case.id, at=work.now(), precision=Precision.EXACT)
    put(contact, command)
    _note_first_contact(work, case, contact)
    if command.support_note:
        _add_note(work, case, command.support_note, contact.id)
    if command.done_task_id:
        task_list.complete_task(work, task_list.CompleteTask(task_id=command.done_task_id))
    if command.next_title:
        contact.next_task_id = _next_task(work, case, command)
    return contact.id


def amend_contact(work: Work, command: AmendContact) -> str:
    """Change the contact, or add an addendum once it is locked; the id of what was written."""
    contact = load(work, ContactLog, command.contact_id)
    case = case_to_write(work, contact.case_id, ContactLog)
    changes = given(command).keys() - {"contact_id", "addendum"}
    if changes and not may_amend(work, contact):
        raise RuleBroken(LOCKED, field="addendum")
    put(contact, command)
    if not command.addendum:
        return contact.id
    case_to_write(work, case.id, ContactAddendum)
    addendum = add(
        work,
        ContactAddendum,
        case.scope_id,
        case_id=case.id,
        contact_id=contact.id,
        at=work.now(),
        text=command.addendum,
    )
    return addendum.id


def may_amend(work: Work, contact: ContactLog) -> bool:
    """Whether the acting member wrote the contact and it is not locked yet."""
    if contact.created_at is None:
        return True
    lock_at = hours_after(contact.created_at, int(work.setting("vsu.contact_lock_h")))
    return contact.created_by == work.actor.member_id and work.now() < lock_at


def add_support_note(work: Work, command: AddSupportNote) -> str:
    """Add a private note; its id."""
    case = case_to_write(work, command.case_id, SupportNote)
    return _add_note(work, case, command.text, command.contact_id, command.at, command.corrects_id)


def _add_note(
    work: Work,
    case: Case,
    text: str,
    contact_id: str | None,
    at: datetime | None = None,
    corrects_id: str | None = None,
) -> str:
    case_to_write(work, case.id, SupportNote)
    note = add(
        work,
        SupportNote,
        private_scope(work, case.id),
        case_id=case.id,
        contact_id=contact_id,
        at=at or work.now(),
        text=text,
        corrects_id=corrects_id,
    )
    return note.id


def _note_first_contact(work: Work, case: Case, contact: ContactLog) -> None:
    """The first contact that reached someone starts the clock of the needs assessment."""
    if contact.direction in (Direction.ATTEMPTED, Direction.LETTER) or case.first_contact_at is not None:
        return
    case.first_contact_at = contact.at
    if case.support_level is None:
        await_assessment(work, case, day_of(work, contact.at))


def _next_task(work: Work, case: Case, command: RecordContact) -> str:
    task = add(
        work,
        Task,
        case.scope_id,
        case_id=case.id,
        kind=TaskKind.FOLLOW_UP,
        typed_title=command.next_title,
        due_at=command.next_due_at,
        owner_id=case.assigned_to,
        status=TaskStatus.OPEN,
    )
    return task.id


def _reach(work: Work, contact: SafeContact) -> Reach:
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    return reach_of(contact, bool(person and person.deceased))


def _stale_days(work: Work, case: Case) -> int:
    key = "safe_contact.stale_days_high_risk" if case.high_risk else "safe_contact.stale_days"
    return int(work.setting(key))
