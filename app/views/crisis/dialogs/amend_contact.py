"""Correct a contact while it is open, or add to it once it is locked (domain.md 2.5)."""

from __future__ import annotations

from typing import Any

from app.queries.crisis.rows import TimelineRow
from app.services.crisis import AmendContact, amend_contact
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import NoteEdit
from app.views.crisis.desk import Desk
from app.words import tr


class AmendContactDialog(FormDialog):
    """The facts of an open contact, or an addendum to a locked one."""

    def __init__(self, desk: Desk, row: TimelineRow) -> None:
        self._own = row.author_id == desk.context.person.member_id and not row.locked
        super().__init__(
            desk.context,
            desk.window,
            "amend",
            (lambda: tr("Correct the facts")) if self._own else (lambda: tr("Add to this contact")),
            lambda: tr("Save"),
            subject=row.record_id,
            text=""
            if self._own
            else lambda: tr(
                "This contact is locked. What you write now is added below it with your name and the time."
            ),
            said=lambda: tr("Saved."),
        )
        self._row = row
        name = "service_fact" if self._own else "addendum"
        label = (lambda: tr("What was done, as a fact")) if self._own else (lambda: tr("Addendum"))
        self.ask(name, label, NoteEdit(), required=True, wide=True)
        self.begin({"service_fact": row.text or None})

    def check(self) -> bool:
        """An addendum needs words."""
        if not self._own and "addendum" not in self.answers():
            return self.refuse("addendum", lambda: tr("Write what you want to add."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the correction."""
        return amend_contact, AmendContact(contact_id=self._row.record_id, **self.changes())
