"""A private note that belongs to no contact."""

from __future__ import annotations

from typing import Any

from app.services.crisis import AddSupportNote, add_support_note
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import NoteEdit
from app.views.crisis.desk import Desk
from app.words import tr


class SupportNoteDialog(FormDialog):
    """What the client told in private, under its own key. `corrects_id` names a note that this one corrects."""

    def __init__(self, desk: Desk, corrects_id: str | None = None) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "support_note",
            (lambda: tr("Correct a support note")) if corrects_id else (lambda: tr("Write a support note")),
            lambda: tr("Save the note"),
            subject=corrects_id or desk.case_id,
            text=lambda: tr("Only the workers of this case can read this. Never in a report or a letter."),
            said=lambda: tr("The note is saved."),
        )
        self._case_id, self._corrects_id = desk.case_id, corrects_id
        self.ask("text", lambda: tr("Support note"), NoteEdit(least_lines=6), required=True, wide=True)
        self.begin()

    def check(self) -> bool:
        """A note needs words."""
        if "text" not in self.answers():
            return self.refuse("text", lambda: tr("Write the note first."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the note."""
        text = self.answers()["text"]
        return add_support_note, AddSupportNote(case_id=self._case_id, text=text, corrects_id=self._corrects_id)
