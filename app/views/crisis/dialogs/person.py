"""A person of the case: who they are and what they need to be understood (domain.md 2.1)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import Capacity, DobPrecision, Gender, RoleInEvent
from app.queries.crisis.rows import PersonRow
from app.services.people import AddPerson, UpdatePerson, add_person, update_person
from app.views.common.choices import ChipChoice, SegmentedChoice, TickBox
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, NoteEdit
from app.views.crisis.asking import language_options, marked, options
from app.views.crisis.desk import Desk
from app.views.crisis.lists import COMMUNICATION_NEEDS
from app.words import tr


class PersonDialog(FormDialog):
    """Add someone to the case, or change what is known of them. Everything is optional but a name or a label."""

    def __init__(self, desk: Desk, person: PersonRow | None = None) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "person",
            (lambda: tr("Change this person")) if person else (lambda: tr("Add a person")),
            lambda: tr("Save the person"),
            subject=person.id if person else desk.case_id,
            said=lambda: tr("The person is saved."),
        )
        self._case_id, self._person = desk.case_id, person
        self._ask_names()
        self._ask_about()
        self._ask_language()
        self.begin(_values(person) if person else {})

    def check(self) -> bool:
        """Someone who has no name here has at least a label."""
        answers = self.answers()
        if not any(name in answers for name in ("preferred_name", "legal_first", "legal_last", "unknown_label")):
            return self.refuse("preferred_name", lambda: tr("Write a name, or a label such as “Unknown child 1”."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the person."""
        person = self._person
        found = self.changes() if person else self.answers()
        code = found.pop("language", None)
        interpreter = self.typed()["interpreter_needed"]
        if code is not None or (person and "interpreter_needed" in found and person.languages):
            spoken = code or (person.languages[0].code if person else "")
            rest = [_language(row.code, row.mode, row.interpreter) for row in person.languages[1:]] if person else []
            found["languages"] = [_language(str(spoken), "spoken", bool(interpreter)), *rest]
        if person is not None:
            return update_person, UpdatePerson(person_id=person.id, **found)
        return add_person, AddPerson(case_id=self._case_id, **found)

    def _ask_names(self) -> None:
        self.part(lambda: tr("Name"))
        hint = lambda: tr("What staff see and what is printed")  # noqa: E731  (a wording)
        self.ask("preferred_name", lambda: tr("Preferred name"), LineEdit(), hint=hint)
        self.ask(
            "unknown_label",
            lambda: tr("Label, when the name is not known"),
            LineEdit(lambda: tr("Unknown child 1")),
            hint=lambda: tr("A description that singles nobody out"),
        )
        self.ask("legal_first", lambda: tr("First name"), LineEdit())
        self.ask("legal_last", lambda: tr("Last name"), LineEdit())
        self.ask("single_name", lambda: tr("One name only"), TickBox(lambda: tr("The person uses a single name")))
        self.ask("pronouns", lambda: tr("Pronouns"), LineEdit())

    def _ask_about(self) -> None:
        self.part(lambda: tr("About the person"))
        self.ask("dob", lambda: tr("Date of birth"), DateField(clock=self.context.clock))
        self.ask("dob_precision", lambda: tr("How well it is known"), ComboPicker(options(DobPrecision)))
        self.ask("gender", lambda: tr("Gender"), ComboPicker(options(Gender)))
        self.ask("role_in_event", lambda: tr("Role in the event"), ComboPicker(options(RoleInEvent)))
        self.ask("decision_capacity", lambda: tr("Who decides"), SegmentedChoice(options(Capacity)), wide=True)
        self.ask("medical_alerts", lambda: tr("Medical alerts"), NoteEdit(least_lines=2), wide=True)
        self.ask(
            "address_confidential",
            lambda: tr("Address"),
            TickBox(lambda: tr("The address is confidential: letters say “address on file”")),
            wide=True,
        )
        self.ask("deceased", lambda: tr("Deceased"), TickBox(lambda: tr("This person has died")), wide=True)

    def _ask_language(self) -> None:
        self.part(lambda: tr("Language and communication"))
        self.ask("language", lambda: tr("Preferred language"), ComboPicker(language_options()))
        self.ask("interpreter_needed", lambda: tr("Interpreter"), TickBox(lambda: tr("An interpreter is needed")))
        needs = ChipChoice(marked(COMMUNICATION_NEEDS))
        self.ask("communication_needs", lambda: tr("What helps in talking"), needs, wide=True)


def _values(person: PersonRow) -> dict[str, Any]:
    names = (
        "preferred_name", "unknown_label", "legal_first", "legal_last", "single_name", "pronouns", "dob",
        "dob_precision", "gender", "role_in_event", "decision_capacity", "medical_alerts", "address_confidential",
        "deceased", "interpreter_needed", "communication_needs",
    )  # fmt: skip
    values = {name: getattr(person, name) for name in names}
    return values | {"language": person.languages[0].code if person.languages else None}


def _language(code: str, mode: str, interpreter: bool) -> dict[str, Any]:
    return {"code": code, "mode": mode, "interpreter": interpreter}
