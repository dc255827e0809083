"""How two people of the case are related (domain.md 2.2)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import Relation
from app.queries.crisis.rows import PersonRow
from app.services.people import AddRelationship, add_relationship
from app.views.common.choices import TickBox, TriChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.words import tr


class RelationshipDialog(FormDialog):
    """Who is what to whom. Nobody is told anything unless the client says so."""

    def __init__(self, desk: Desk, people: tuple[PersonRow, ...], person_id: str | None = None) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "relationship",
            lambda: tr("Add a relationship"),
            lambda: tr("Save the relationship"),
            subject=desk.case_id,
            said=lambda: tr("The relationship is saved."),
        )
        self._case_id = desk.case_id
        everyone = [(person.id, person.display_name) for person in people]
        self.ask("person_id", lambda: tr("This person"), ComboPicker(everyone), required=True)
        self.ask("kind", lambda: tr("is"), ComboPicker(options(Relation)), required=True)
        self.ask("other_person_id", lambda: tr("of this person"), ComboPicker(everyone))
        self.ask("other_label", lambda: tr("or of someone who is not in the case"), LineEdit())
        self.ask("living_together", lambda: tr("They live together"), TriChoice(), wide=True)
        self.ask("custody_order", lambda: tr("A custody order is in place"), TriChoice(), wide=True)
        self.ask(
            "may_receive_info",
            lambda: tr("Information"),
            TickBox(lambda: tr("The client agrees that this person is told about the case")),
            wide=True,
        )
        client = next((person.id for person in people if person.is_client), None)
        self.begin({"person_id": person_id, "other_person_id": client if person_id != client else None})

    def check(self) -> bool:
        """Two people and how they are related."""
        answers = self.answers()
        for name in ("person_id", "kind"):
            if name not in answers:
                return self.refuse(name, lambda: tr("Choose one."))
        if "other_person_id" not in answers and "other_label" not in answers:
            return self.refuse("other_person_id", lambda: tr("Choose a person, or write who it is."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the relationship."""
        return add_relationship, AddRelationship(case_id=self._case_id, **self.answers())
