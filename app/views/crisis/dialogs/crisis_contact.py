"""How the person was met, and what crisis intervention gave them (domain.md 3.3, CrisisContact)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import CrisisComponent, Precision, PresentingState, Tri
from app.services.crisis import RecordCrisisContact, record_crisis_contact
from app.views.common.banner import Banner
from app.views.common.choices import ChipChoice, TriChoice
from app.views.common.dates import InstantField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.moments import Moment
from app.views.common.text import NoteEdit
from app.views.crisis.asking import marked, options, zone_of
from app.views.crisis.desk import Desk
from app.views.crisis.lists import MATERIALS, SUICIDE_STEPS
from app.words import current, tr


class CrisisContactDialog(FormDialog):
    """Presenting state, what was delivered, and the protocol when there is concern about suicide."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "crisis_contact",
            lambda: tr("Crisis intervention"),
            lambda: tr("Save"),
            subject=desk.case_id,
            said=lambda: tr("The crisis intervention is recorded."),
            width=820,
        )
        self._case_id = desk.case_id
        context = desk.context
        zone = zone_of(context)
        self.ask("at", lambda: tr("When"), InstantField(clock=context.clock, zone=zone), wide=True)
        self.ask("presenting", lambda: tr("How the person is"), ChipChoice(options(PresentingState)), wide=True)
        given = ChipChoice(options(CrisisComponent))
        self.ask("components", lambda: tr("What was given"), given, required=True, wide=True)
        self.ask("suicide_concern", lambda: tr("Concern about suicide"), TriChoice(), wide=True)
        self._protocol = Banner(
            "danger", lambda: tr("Stay with the person. Call 911 or a crisis line together, now. Tell the supervisor.")
        )
        self.add(self._protocol)
        self.part()
        self.ask(
            "suicide_steps",
            lambda: tr("What was done"),
            ChipChoice(marked(SUICIDE_STEPS)),
            wide=True,
            when=self._concern,
        )
        reached = InstantField(clock=context.clock, zone=zone)
        self.ask(
            "crisis_line_reached_at",
            lambda: tr("When 911 or a crisis line was reached"),
            reached,
            wide=True,
            when=self._concern,
        )
        self.ask("materials", lambda: tr("Given to take along"), ChipChoice(marked(MATERIALS)), wide=True)
        self.ask("handed_over", lambda: tr("Things handed over"), NoteEdit(least_lines=2), wide=True)
        self.begin({"at": Moment(context.clock().replace(second=0, microsecond=0), Precision.EXACT)})

    def request(self) -> tuple[Verb, Any]:
        """Save it."""
        return record_crisis_contact, RecordCrisisContact(
            case_id=self._case_id, **crisis_answers(self.answers(), current().code)
        )

    def _concern(self) -> bool:
        return self.typed().get("suicide_concern") == Tri.YES

    def _show_conditions(self) -> None:
        super()._show_conditions()
        if hasattr(self, "_protocol"):
            self._protocol.setVisible(self._concern())


def crisis_answers(answers: dict[str, Any], language: str) -> dict[str, Any]:
    """The answers as the verb takes them: instants for moments, materials with their language."""
    found = dict(answers)
    for name in ("at", "crisis_line_reached_at"):
        if isinstance(found.get(name), Moment):
            found[name] = found[name].when
    if "materials" in found:
        found["materials"] = [{"material": str(code), "language": language} for code in found["materials"] or ()]
    return found
