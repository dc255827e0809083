"""Retiring a form: why, and what that means."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.queries.forms import FormRow, title_in
from app.services import forms as verbs
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.text import LineEdit
from app.views.messages import Tone, sentence_of
from app.views.programme import Context
from app.words import current, tr


class RetireDialog(Dialog):
    """Asks for the reason; it can be taken back at any time."""

    def __init__(self, context: Context, parent: QWidget, row: FormRow) -> None:
        super().__init__(
            lambda: tr("Retire “{title}”?", title=title_in(row.titles, current().code)),
            lambda: tr("Retire the form"),
            parent,
            text=lambda: tr(
                "Nobody can begin it any more, on any device. Drafts can still be finished, and what was answered"
                " stays. You can offer it again at any time."
            ),
            danger=True,
        )
        self.setObjectName("authoring.retire_dialog")
        self.accept_button.setObjectName("authoring.retire.go")
        self._context, self._row = context, row
        self.reason = LineEdit()
        self.reason.setObjectName("authoring.retire.reason")
        self.add(Field(lambda: tr("Why?"), self.reason, required=True))
        self.finished.connect(self.deleteLater)

    def check(self) -> bool:
        """Retire it; the dialog stays open when that is refused."""
        command = verbs.RetireForm(form_id=self._row.form_id, reason=self.reason.value() or "")
        self._context.tasks.write(self, verbs.retire_form, command, self._done, self._refused)
        return False

    def _done(self, _none: None) -> None:
        self._context.messages.say(tr("The form is retired."), Tone.SUCCESS)
        self.accept()

    def _refused(self, problem: Exception) -> None:
        self.complain(sentence_of(problem))
