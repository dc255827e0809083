"""Step 1: who it is and how they can safely be reached. Leaving it saves the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.models.vocab import (
    CallerId,
    ConsentToContact,
    ContactKind,
    DobPrecision,
    Priority,
    RoleInEvent,
    Voicemail,
)
from app.queries.crisis.rows import PersonRow, RequestDetail, SafeContactRow
from app.services.crisis import OpenCase, UpdateCase, open_case, update_case
from app.services.people import (
    AddSafeContact,
    PersonAnswers,
    SafeContactAnswers,
    UpdatePerson,
    UpdateSafeContact,
    add_safe_contact,
    update_person,
    update_safe_contact,
)
from app.views.common.banner import Banner
from app.views.common.choices import SegmentedChoice, TickBox, TriChoice
from app.views.common.dates import DateField
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit
from app.views.crisis.asking import language_options, only, options, today
from app.views.crisis.capture.state import Capture
from app.views.crisis.capture.step import CaptureStep, Verb
from app.words import tr

_PERSON = (
    "preferred_name", "legal_first", "legal_last", "unknown_label", "dob", "dob_precision", "languages",
    "interpreter_needed", "address_confidential",
)  # fmt: skip
_CONTACT = (
    "value", "safe_to_use", "voicemail", "caller_id", "text_ok", "say_you_are", "code_word_ok", "code_word_danger",
    "who_else_answers",
)  # fmt: skip
_CASE = ("role_in_event", "priority")
_ADULT_CONSENT = 16


@dataclass(frozen=True, kw_only=True)
class SaveWho:
    """The answers by the record that they belong to; `case_id` None opens the case."""

    case_id: str | None
    request_id: str | None
    person_id: str | None
    contact_id: str | None
    person: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, Any] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    consent: ConsentToContact | None = None


def save_who(work: Any, command: SaveWho) -> str:
    """Open the case, or change person, contact and head of it; its id."""
    kind = {"kind": ContactKind.PHONE}
    if command.case_id is None:
        contacts = (SafeContactAnswers(**(kind | command.contact)),) if command.contact.get("value") else ()
        return open_case(
            work,
            OpenCase(
                request_id=command.request_id,
                person=PersonAnswers(**command.person),
                contacts=contacts,
                consent_to_contact=command.consent,
                **command.case,
            ),
        )
    if command.person and command.person_id:
        update_person(work, UpdatePerson(person_id=command.person_id, **command.person))
    if command.contact and command.contact_id:
        update_safe_contact(work, UpdateSafeContact(safe_contact_id=command.contact_id, **command.contact))
    elif command.contact.get("value") and command.person_id:
        add_safe_contact(work, AddSafeContact(person_id=command.person_id, **(kind | command.contact)))
    if command.case:
        update_case(work, UpdateCase(case_id=command.case_id, **command.case))
    return command.case_id


class WhoStep(CaptureStep):
    """Name or label, age, language, and the safe contact block."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(
            capture,
            "who",
            lambda: tr("Who is it?"),
            lambda: tr("A name, or a label such as “Unknown child 1”. Everything else can wait."),
        )
        self.ask("preferred_name", lambda: tr("Name they want to be called"), LineEdit())
        self.ask("unknown_label", lambda: tr("Or a label"), LineEdit(lambda: tr("Unknown child 1")))
        self.ask("legal_first", lambda: tr("First name"), LineEdit())
        self.ask("legal_last", lambda: tr("Last name"), LineEdit())
        self.ask("age", lambda: tr("About how old"), NumberField(0, 120, lambda: tr("years")))
        self.ask("dob", lambda: tr("Or date of birth"), DateField(clock=capture.context.clock))
        self._young = Banner(
            "warning",
            lambda: tr(
                "Under 16: a parent or guardian permits the service. If that person may be unsafe, think about a "
                "report to the children’s aid society, and ask the supervisor for an exception."
            ),
        )
        self.body.addWidget(self._young)
        self.part(lambda: tr("Language"))
        self.ask("language", lambda: tr("Preferred language"), ComboPicker(language_options()))
        self.ask("interpreter_needed", lambda: tr("Interpreter"), TickBox(lambda: tr("An interpreter is needed")))
        self.part(lambda: tr("How can we reach you safely?"))
        self._ask_contact()
        self.part(lambda: tr("In this event"))
        self.ask("role_in_event", lambda: tr("Role in the event"), SegmentedChoice(options(RoleInEvent)), wide=True)
        self.ask("priority", lambda: tr("Priority"), SegmentedChoice(options(Priority)), wide=True)
        self.ask(
            "consent_to_contact",
            lambda: tr("May we contact you again?"),
            SegmentedChoice(options(ConsentToContact)),
            wide=True,
            when=lambda: self.capture.case_id is None,
        )
        self.renew()

    def shown(self) -> dict[str, Any]:
        """What is stored of the client, or what the request said."""
        stored, request = self.capture.stored, self.capture.request
        if stored is not None and stored.header.client is not None:
            client = stored.header.client
            contact = _phone(client)
            case = {name: getattr(stored.header, name) for name in _CASE}
            return _person_values(client) | _contact_values(contact) | case
        return _request_values(request) if request is not None else {"priority": Priority.ROUTINE}

    def check(self) -> bool:
        """Someone who has no name here has at least a label."""
        typed = self.typed()
        if not any(typed[name] for name in ("preferred_name", "unknown_label", "legal_first", "legal_last")):
            return self.refuse("preferred_name", lambda: tr("Write a name, or a label such as “Unknown child 1”."))
        return super().check()

    def request(self) -> tuple[Verb, Any] | None:
        """Open the case with all answers, or save what changed."""
        capture, typed = self.capture, self.typed()
        fresh = capture.case_id is None
        answers = {name: value for name, value in typed.items() if value is not None} if fresh else self.changes()
        if not answers:
            return None
        person = self._person(answers, typed)
        client = capture.stored.header.client if capture.stored else None
        phone = _phone(client) if client else None
        command = SaveWho(
            case_id=capture.case_id,
            request_id=capture.request_id,
            person_id=client.id if client else None,
            contact_id=phone.id if phone else None,
            person=person,
            contact=only(answers, *_CONTACT),
            case=only(answers, *_CASE),
            consent=answers.get("consent_to_contact"),
        )
        return save_who, command

    def saved(self, result: Any) -> None:
        """From now on there is a case."""
        self.capture.case_id = str(result)

    def renew(self) -> None:
        """Warn when the person is young."""
        super().renew()
        if hasattr(self, "_young"):
            years = self._years()
            self._young.setVisible(years is not None and years < _ADULT_CONSENT)

    def _ask_contact(self) -> None:
        self.ask("value", lambda: tr("Telephone"), LineEdit())
        self.ask("safe_to_use", lambda: tr("Is it safe to call it?"), TriChoice())
        self.ask("voicemail", lambda: tr("Voicemail"), SegmentedChoice(options(Voicemail)), wide=True)
        self.ask("caller_id", lambda: tr("Caller ID"), SegmentedChoice(options(CallerId)), wide=True)
        self.ask("text_ok", lambda: tr("Text messages are safe"), TriChoice())
        self.ask("who_else_answers", lambda: tr("Who else may answer?"), LineEdit())
        self.ask(
            "say_you_are", lambda: tr("Who should we say we are?"), LineEdit(lambda: tr("A dental office, for example"))
        )
        self.ask("code_word_ok", lambda: tr("Code word: safe to talk"), LineEdit())
        self.ask("code_word_danger", lambda: tr("Code word: not safe, call police"), LineEdit())

    def _person(self, answers: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
        person = only(answers, *_PERSON)
        if "language" in answers or ("interpreter_needed" in answers and typed["language"]):
            code, interpreter = typed["language"], bool(typed["interpreter_needed"])
            person["languages"] = [{"code": code, "mode": "spoken", "interpreter": interpreter}] if code else []
        if "dob" in person and person["dob"] is not None:
            person["dob_precision"] = DobPrecision.EXACT
        elif answers.get("age") is not None and typed["dob"] is None:
            person |= {"dob": born(today(self.capture.context), answers["age"])}
            person["dob_precision"] = DobPrecision.ESTIMATED
        return person

    def _years(self) -> int | None:
        typed = self.typed()
        if typed["dob"] is not None:
            day, now = typed["dob"], today(self.capture.context)
            return int(now.year - day.year - ((now.month, now.day) < (day.month, day.day)))
        return typed["age"] if isinstance(typed["age"], int) else None


def born(day: date, age: int) -> date:
    """A birth date that fits an age: the first of January of the likely year."""
    return date(day.year - age, 1, 1)


def _phone(client: PersonRow) -> SafeContactRow | None:
    """The telephone number that this step is about: an address or a go-between is changed on the case page."""
    return next((contact for contact in client.contacts if contact.kind is ContactKind.PHONE), None)


def _person_values(client: PersonRow) -> dict[str, Any]:
    estimated = client.dob_precision is not DobPrecision.EXACT
    return {
        "preferred_name": client.preferred_name,
        "unknown_label": client.unknown_label,
        "legal_first": client.legal_first,
        "legal_last": client.legal_last,
        "age": client.age if estimated else None,
        "dob": None if estimated else client.dob,
        "language": client.languages[0].code if client.languages else None,
        "interpreter_needed": client.interpreter_needed,
    }


def _contact_values(contact: SafeContactRow | None) -> dict[str, Any]:
    if contact is None:
        return {"voicemail": Voicemail.NONE, "caller_id": CallerId.BLOCK}
    return {name: getattr(contact, name) for name in _CONTACT}


def _request_values(request: RequestDetail) -> dict[str, Any]:
    person = request.persons[0] if request.persons else None
    values: dict[str, Any] = {
        "value": request.contact_phone,
        "safe_to_use": request.contact_safe,
        "voicemail": request.voicemail or Voicemail.NONE,
        "caller_id": request.caller_id or CallerId.BLOCK,
        "consent_to_contact": request.row.consent_to_contact,
        "interpreter_needed": bool(request.needs_interpreter),
        "priority": Priority.ROUTINE,
    }
    if person is not None:
        values |= {
            "preferred_name": person.name,
            "unknown_label": None if person.name else person.label,
            "age": person.age,
            "language": person.language or request.needs_interpreter,
            "role_in_event": person.role,
        }
    return values
