"""Putting a draft away that was begun by mistake, and taking it up again."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.queries.forms import AnswerRow, title_in
from app.services import forms as verbs
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import LineEdit
from app.views.forms.answering import NAME
from app.views.messages import Tone
from app.views.programme import Context
from app.words import current, tr


class PutAwayDialog(FormDialog):
    """Asks for the reason; what was answered stays and can be taken up again."""

    def __init__(self, context: Context, parent: QWidget, row: AnswerRow) -> None:
        super().__init__(
            context,
            parent,
            "forms.put_away",
            lambda: tr("Put “{title}” away?", title=title_in(row.titles, current().code)),
            lambda: tr("Put it away"),
            subject=row.id,
            text=lambda: tr("It leaves the list. What was answered stays, and it can be taken up again at any time."),
            said=lambda: tr("The draft is put away."),
            width=560,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._row = row
        self.ask("reason", lambda: tr("Why?"), LineEdit(), required=True, wide=True)
        self.begin()

    def request(self) -> tuple[Verb, Any]:
        """Put it away."""
        return verbs.drop_answer, verbs.DropAnswer(answer_id=self._row.id, reason=str(self.typed()["reason"] or ""))

    def saved(self, result: Any) -> None:
        """What was typed in its window and not saved is forgotten with it."""
        self.context.drafts.drop(f"{NAME}:{self._row.id}")


def restore(context: Context, parent: QWidget, answer_id: str) -> None:
    """Take a draft up again."""
    context.tasks.write(
        parent,
        verbs.restore_answer,
        verbs.RestoreAnswer(answer_id=answer_id),
        lambda _none: context.messages.say(tr("The draft is back in the list."), Tone.SUCCESS),
    )
