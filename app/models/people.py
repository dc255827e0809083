"""People in a case: who they are, how they are related, and how they may safely be reached (domain.md 2.1 to 2.3).

A person known to two programmes is a record in each; nothing here joins them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record, safety
from app.models.rules.safe_contact import Reach
from app.models.vocab import (
    CallerId,
    Capacity,
    ContactKind,
    DobPrecision,
    Gender,
    Relation,
    RoleInEvent,
    ScopeKind,
    Tri,
    Voicemail,
)


class Person(Record):
    """A person in a case. A name may be unknown: then `unknown_label` says whom we mean.

    `languages` is a list of {code, mode, interpreter}; the first is the preferred one.
    """

    __tablename__ = "person"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    legal_first: Mapped[str | None]
    legal_middle: Mapped[str | None]
    legal_last: Mapped[str | None]
    single_name: Mapped[bool | None]
    unknown_label: Mapped[str | None]
    preferred_name: Mapped[str | None]
    aliases: Mapped[list[str] | None] = mapped_column(Json)
    pronouns: Mapped[str | None]
    dob: Mapped[date | None]
    dob_precision: Mapped[DobPrecision | None] = mapped_column(Code(DobPrecision))
    gender: Mapped[Gender | None] = mapped_column(Code(Gender))
    gender_text: Mapped[str | None]
    identity_optional: Mapped[list[str] | None] = mapped_column(Json)
    languages: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    interpreter_needed: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    communication_needs: Mapped[list[str] | None] = mapped_column(Json, info=safety("union"))
    address_confidential: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))
    decision_capacity: Mapped[Capacity | None] = mapped_column(Code(Capacity))
    role_in_event: Mapped[RoleInEvent | None] = mapped_column(Code(RoleInEvent))
    medical_alerts: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))
    deceased: Mapped[bool | None]
    deceased_on: Mapped[date | None]
    possible_duplicate_of: Mapped[list[str] | None] = mapped_column(Json)


class Relationship(Record):
    """How one person of a case is related to another."""

    __tablename__ = "relationship"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[str | None]
    other_person_id: Mapped[str | None]
    other_label: Mapped[str | None]
    kind: Mapped[Relation | None] = mapped_column(Code(Relation))
    living_together: Mapped[Tri | None] = mapped_column(Code(Tri))
    custody_order: Mapped[Tri | None] = mapped_column(Code(Tri))
    order_id: Mapped[str | None]
    may_receive_info: Mapped[bool | None]


class SafeContact(Record):
    """One way to reach a person, and whether and how it is safe to use it (domain.md 2.3).

    `value` is the number (E.164), address or name; `safe_times` a list of {weekday 0-6, from, to} in local time.
    Nothing may contact the person without `rules/safe_contact.py` saying so.
    """

    __tablename__ = "safe_contact"
    scope_kind = ScopeKind.CASE

    case_id: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[ContactKind | None] = mapped_column(Code(ContactKind))
    value: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))
    extension: Mapped[str | None]
    description: Mapped[str | None]
    safe_to_use: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    voicemail: Mapped[Voicemail | None] = mapped_column(Code(Voicemail), info=safety("voicemail"))
    text_ok: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    email_ok: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    mail_ok: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    caller_id: Mapped[CallerId | None] = mapped_column(Code(CallerId), info=safety("caller_id"))
    say_you_are: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))
    code_word_ok: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))
    code_word_danger: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))
    safe_times: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=safety("newest_keep_both"))
    who_else_answers: Mapped[str | None] = mapped_column(info=safety("newest_keep_both"))
    confirmed_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    confirmed_by: Mapped[str | None]


def reach_of(contact: SafeContact, deceased: bool) -> Reach:
    """The plain values of a way to reach someone, as `rules/safe_contact.py` judges them."""
    return Reach(
        kind=contact.kind,
        safe_to_use=contact.safe_to_use,
        voicemail=contact.voicemail,
        text_ok=contact.text_ok,
        email_ok=contact.email_ok,
        mail_ok=contact.mail_ok,
        caller_id=contact.caller_id,
        say_you_are=contact.say_you_are,
        code_word_ok=contact.code_word_ok,
        code_word_danger=contact.code_word_danger,
        safe_times=tuple(contact.safe_times or ()),
        who_else_answers=contact.who_else_answers,
        confirmed_on=contact.confirmed_on,
        deceased=deceased,
    )
