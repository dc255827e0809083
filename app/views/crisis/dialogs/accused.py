"""Who is accused, in the sealed panel (domain.md 2.4)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import AccusedWhereabouts
from app.queries.crisis.rows import AccusedRow
from app.services.crisis import UpdateAccused, update_accused
from app.views.common.choices import SegmentedChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import LineEdit, NoteEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.words import tr


class AccusedDialog(FormDialog):
    """Only the workers of the case read this."""

    def __init__(self, desk: Desk, accused: AccusedRow | None) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "accused",
            lambda: tr("Who is accused"),
            lambda: tr("Save"),
            subject=desk.case_id,
            text=lambda: tr("Only the workers of this case can read this. It never leaves on a client’s copy."),
            said=lambda: tr("Saved."),
        )
        self._case_id = desk.case_id
        self.ask("name", lambda: tr("Name"), LineEdit())
        self.ask("relation", lambda: tr("Relation to the client"), LineEdit())
        self.ask("whereabouts", lambda: tr("Where now"), SegmentedChoice(options(AccusedWhereabouts)), wide=True)
        self.ask("description", lambda: tr("Description"), NoteEdit(least_lines=2), wide=True)
        self.ask("vehicle", lambda: tr("Vehicle"), LineEdit(), wide=True)
        self.ask("note", lambda: tr("Note"), NoteEdit(least_lines=2), wide=True)
        names = ("name", "relation", "whereabouts", "description", "vehicle", "note")
        self.begin({name: getattr(accused, name) for name in names} if accused else {})

    def request(self) -> tuple[Verb, Any]:
        """Save the panel."""
        return update_accused, UpdateAccused(case_id=self._case_id, **self.changes())
