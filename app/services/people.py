"""People of a case, how they are related, and how they may safely be reached (domain.md 2.1 to 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.models.crisis import Case
from app.models.people import Person, Relationship, SafeContact
from app.models.vocab import (
    CallerId,
    Capacity,
    ContactKind,
    DobPrecision,
    Gender,
    Relation,
    RoleInEvent,
    Tri,
    Voicemail,
)
from app.models.work import Work
from app.services.answers import KEEP, Given, put
from app.services.permission import case_to_write
from app.services.records import add, load


@dataclass(frozen=True, kw_only=True)
class PersonAnswers:
    """The fields of a person. `languages` is a list of {code, mode, interpreter}, the preferred one first."""

    legal_first: Given[str] = KEEP
    legal_middle: Given[str] = KEEP
    legal_last: Given[str] = KEEP
    single_name: Given[bool] = KEEP
    unknown_label: Given[str] = KEEP
    preferred_name: Given[str] = KEEP
    aliases: Given[list[str]] = KEEP
    pronouns: Given[str] = KEEP
    dob: Given[date] = KEEP
    dob_precision: Given[DobPrecision] = KEEP
    gender: Given[Gender] = KEEP
    gender_text: Given[str] = KEEP
    identity_optional: Given[list[str]] = KEEP
    languages: Given[list[dict[str, Any]]] = KEEP
    interpreter_needed: Given[bool] = KEEP
    communication_needs: Given[list[str]] = KEEP
    address_confidential: Given[bool] = KEEP
    decision_capacity: Given[Capacity] = KEEP
    role_in_event: Given[RoleInEvent] = KEEP
    medical_alerts: Given[str] = KEEP
    deceased: Given[bool] = KEEP
    deceased_on: Given[date] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddPerson(PersonAnswers):
    """Add a person to a case."""

    case_id: str


@dataclass(frozen=True, kw_only=True)
class UpdatePerson(PersonAnswers):
    """Change a person: only the fields named here change."""

    person_id: str


@dataclass(frozen=True, kw_only=True)
class AddRelationship:
    """How `person_id` is related to `other_person_id`, or to someone who has no record (`other_label`).

    `may_receive_info` is False until the person says otherwise.
    """

    case_id: str
    person_id: str
    kind: Relation | None = None
    other_person_id: str | None = None
    other_label: str | None = None
    living_together: Tri | None = None
    custody_order: Tri | None = None
    order_id: str | None = None
    may_receive_info: bool = False


@dataclass(frozen=True, kw_only=True)
class SafeContactAnswers:
    """One way to reach a person. `safe_times` is a list of {weekday 0-6 (Monday 0), from "HH:MM", to "HH:MM"}."""

    kind: Given[ContactKind] = KEEP
    value: Given[str] = KEEP
    extension: Given[str] = KEEP
    description: Given[str] = KEEP
    safe_to_use: Given[Tri] = KEEP
    voicemail: Given[Voicemail] = KEEP
    text_ok: Given[Tri] = KEEP
    email_ok: Given[Tri] = KEEP
    mail_ok: Given[Tri] = KEEP
    caller_id: Given[CallerId] = KEEP
    say_you_are: Given[str] = KEEP
    code_word_ok: Given[str] = KEEP
    code_word_danger: Given[str] = KEEP
    safe_times: Given[list[dict[str, Any]]] = KEEP
    who_else_answers: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddSafeContact(SafeContactAnswers):
    """Add a way to reach a person; confirmed today by whoever adds it with an answer to "safe to use"."""

    person_id: str


@dataclass(frozen=True, kw_only=True)
class UpdateSafeContact(SafeContactAnswers):
    """Change a way to reach a person; a new answer to "safe to use" confirms it today."""

    safe_contact_id: str


@dataclass(frozen=True, kw_only=True)
class ConfirmSafeContact:
    """The person confirmed that the instructions still hold."""

    safe_contact_id: str


def add_person(work: Work, command: AddPerson) -> str:
    """Add a person; their id."""
    return new_person(work, case_to_write(work, command.case_id, Person), command).id


def new_person(work: Work, case: Case, answers: PersonAnswers) -> Person:
    """A person of a case; the caller has checked who may. An address is not confidential unless said."""
    person = add(work, Person, case.scope_id, case_id=case.id, address_confidential=False)
    put(person, answers)
    return person


def update_person(work: Work, command: UpdatePerson) -> None:
    """Change a person."""
    person = load(work, Person, command.person_id)
    case_to_write(work, person.case_id, Person)
    put(person, command)


def add_relationship(work: Work, command: AddRelationship) -> str:
    """Add a relationship; its id."""
    case = case_to_write(work, command.case_id, Relationship)
    relationship = add(work, Relationship, case.scope_id)
    put(relationship, command)
    return relationship.id


def add_safe_contact(work: Work, command: AddSafeContact) -> str:
    """Add a way to reach a person; its id."""
    person = load(work, Person, command.person_id)
    case_to_write(work, person.case_id, SafeContact)
    return new_safe_contact(work, person, command).id


def new_safe_contact(work: Work, person: Person, answers: SafeContactAnswers) -> SafeContact:
    """A way to reach a person, with the most protective answers where none is given; the caller has checked who may."""
    contact = add(
        work,
        SafeContact,
        person.scope_id,
        case_id=person.case_id,
        person_id=person.id,
        safe_to_use=Tri.UNKNOWN,
        voicemail=Voicemail.NONE,
        text_ok=Tri.UNKNOWN,
        email_ok=Tri.UNKNOWN,
        mail_ok=Tri.UNKNOWN,
        caller_id=CallerId.BLOCK,
    )
    put(contact, answers)
    if answers.safe_to_use in (Tri.YES, Tri.NO):
        _confirm(work, contact)
    return contact


def update_safe_contact(work: Work, command: UpdateSafeContact) -> None:
    """Change a way to reach a person."""
    contact = _contact_to_write(work, command.safe_contact_id)
    put(contact, command)
    if command.safe_to_use in (Tri.YES, Tri.NO):
        _confirm(work, contact)


def confirm_safe_contact(work: Work, command: ConfirmSafeContact) -> None:
    """The instructions still hold, as of today."""
    _confirm(work, _contact_to_write(work, command.safe_contact_id))


def _contact_to_write(work: Work, contact_id: str) -> SafeContact:
    contact = load(work, SafeContact, contact_id)
    case_to_write(work, contact.case_id, SafeContact)
    return contact


def _confirm(work: Work, contact: SafeContact) -> None:
    contact.confirmed_on, contact.confirmed_by = work.today(), work.actor.member_id
