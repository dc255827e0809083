"""The people in a case and how each may safely be reached (domain.md 2.1 to 2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.crisis import Case
from app.models.people import Person, Relationship, SafeContact, reach_of
from app.models.rules import ages
from app.models.rules import safe_contact as rule
from app.models.rules.safe_contact import Reach, Verdict
from app.models.vocab import Channel, ContactKind
from app.queries import members, outbox
from app.queries.clients import display_name
from app.queries.crisis.rows import ContactDecision, InstructionRow, LanguageRow, PersonRow, SafeContactRow
from app.queries.masking import age_band, initials, masked
from app.queries.settings import local_day, setting, zone
from app.words import mark, tr

_USUAL = {
    ContactKind.PHONE: Channel.PHONE,
    ContactKind.EMAIL: Channel.EMAIL,
    ContactKind.ADDRESS: Channel.MAIL,
    ContactKind.PERSON: Channel.PHONE,
}


def case_people(session: Session, case_id: str, *, now: datetime) -> tuple[PersonRow, ...]:
    """Everyone recorded in a case, the client first, then in the order in which they were recorded."""
    case = session.get(Case, case_id)
    asked = select(Person).where(Person.case_id == case_id, Person.removed_at.is_(None)).order_by(Person.id)
    people = list(session.scalars(asked))
    client_id = case.person_id if case else None
    people.sort(key=lambda person: person.id != client_id)
    relations = _relations(session, case_id, client_id)
    contacts = _contacts(session, case_id, people, bool(case and case.high_risk), now)
    states = outbox.states(session, (person.id for person in people))
    today = local_day(session, now)
    rows = []
    for person in people:
        relation = relations.get(person.id)
        rows.append(
            PersonRow(
                id=person.id,
                is_client=person.id == client_id,
                display_name=display_name(person),
                initials=initials(person.preferred_name or person.legal_first, person.legal_last, person.unknown_label),
                legal_first=person.legal_first,
                legal_middle=person.legal_middle,
                legal_last=person.legal_last,
                single_name=bool(person.single_name),
                unknown_label=person.unknown_label,
                preferred_name=person.preferred_name,
                aliases=tuple(person.aliases or ()),
                pronouns=person.pronouns,
                dob=person.dob,
                dob_precision=person.dob_precision,
                age=ages.age_on(person.dob, today) if person.dob and person.dob <= today else None,
                age_band=age_band(person.dob, person.dob_precision, today),
                gender=person.gender,
                gender_text=person.gender_text,
                identity_optional=tuple(person.identity_optional or ()),
                languages=languages(person),
                interpreter_needed=bool(person.interpreter_needed),
                communication_needs=tuple(person.communication_needs or ()),
                address_confidential=bool(person.address_confidential),
                decision_capacity=person.decision_capacity,
                role_in_event=person.role_in_event,
                relation=relation.kind if relation else None,
                living_together=relation.living_together if relation else None,
                may_receive_info=bool(relation and relation.may_receive_info),
                medical_alerts=person.medical_alerts,
                deceased=bool(person.deceased),
                contacts=contacts.get(person.id, ()),
                sync=states[person.id],
                flagged=person.flagged,
            )
        )
    return tuple(rows)


def safe_contact(session: Session, contact_id: str, *, now: datetime) -> SafeContactRow:
    """One way to reach a person, as it must be shown before it is used. Raises NotFound."""
    contact = session.get(SafeContact, contact_id)
    if contact is None or contact.removed_at is not None:
        raise NotFound(mark("This way of contact is not on this computer."))
    person = session.get(Person, contact.person_id or "")
    case = session.get(Case, contact.case_id or "")
    reader = _Reader(session, now, bool(case and case.high_risk))
    return reader.row(contact, bool(person and person.deceased), outbox.states(session, [contact.id])[contact.id])


def languages(person: Person) -> tuple[LanguageRow, ...]:
    """The languages of a person, the preferred one first."""
    return tuple(
        LanguageRow(str(spoken.get("code") or ""), str(spoken.get("mode") or ""), bool(spoken.get("interpreter")))
        for spoken in person.languages or ()
    )


def _relations(session: Session, case_id: str, client_id: str | None) -> dict[str, Relationship]:
    """How each person is related to the client, whichever way round it was recorded."""
    asked = (
        select(Relationship)
        .where(Relationship.case_id == case_id, Relationship.removed_at.is_(None))
        .order_by(Relationship.id)
    )
    found: dict[str, Relationship] = {}
    for relation in session.scalars(asked):
        if relation.other_person_id == client_id and relation.person_id:
            found[relation.person_id] = relation
        elif relation.person_id == client_id and relation.other_person_id:
            found.setdefault(relation.other_person_id, relation)
    return found


def _contacts(
    session: Session, case_id: str, people: Sequence[Person], high_risk: bool, now: datetime
) -> dict[str, tuple[SafeContactRow, ...]]:
    asked = (
        select(SafeContact)
        .where(SafeContact.case_id == case_id, SafeContact.removed_at.is_(None))
        .order_by(SafeContact.id)
    )
    contacts = session.scalars(asked).all()
    states = outbox.states(session, (contact.id for contact in contacts))
    reader = _Reader(session, now, high_risk)
    deceased = {person.id for person in people if person.deceased}
    found: dict[str, tuple[SafeContactRow, ...]] = {}
    for contact in contacts:
        person_id = contact.person_id or ""
        row = reader.row(contact, person_id in deceased, states[contact.id])
        found[person_id] = (*found.get(person_id, ()), row)
    return found


class _Reader:
    """Turns contacts into rows; holds what is the same for all of them."""

    def __init__(self, session: Session, now: datetime, high_risk: bool) -> None:
        today = local_day(session, now)
        key = "safe_contact.stale_days_high_risk" if high_risk else "safe_contact.stale_days"
        self._stale_days = int(setting(session, key, today))
        self._local_now = now.astimezone(zone(session, today))
        self._names = members.names(session)

    def row(self, contact: SafeContact, deceased: bool, state: outbox.SyncState) -> SafeContactRow:
        """One contact with a decision for each channel that fits."""
        reach = reach_of(contact, deceased)
        channels = rule.CHANNELS.get(contact.kind, frozenset()) if contact.kind else frozenset()
        decisions = {channel: self._decision(reach, channel) for channel in Channel if channel in channels}
        usual = decisions.get(_USUAL.get(contact.kind, Channel.PHONE) if contact.kind else Channel.PHONE)
        return SafeContactRow(
            id=contact.id,
            person_id=contact.person_id,
            kind=contact.kind,
            value=contact.value,
            masked=masked(contact.kind, contact.value),
            extension=contact.extension,
            description=contact.description,
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
            confirmed_by=self._names.get(contact.confirmed_by or "", ""),
            usable=usual is not None and usual.verdict is Verdict.ALLOWED,
            stale=rule.is_stale(contact.confirmed_on, self._local_now.date(), self._stale_days),
            instructions=usual.instructions if usual else (),
            decisions=decisions,
            sync=state,
            flagged=contact.flagged,
        )

    def _decision(self, reach: Reach, channel: Channel) -> ContactDecision:
        found = rule.decide(reach, channel, self._local_now, self._stale_days)
        shown = tuple(InstructionRow(each.kind, tr(each.text, **each.values)) for each in found.instructions)
        return ContactDecision(found.verdict, tr(found.text), shown)
