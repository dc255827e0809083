"""A form that somebody began and did not save, on Today: go on with it, or throw it away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.queries.today import DraftRow
from app.views.common import when
from app.views.common.buttons import QuietButton
from app.views.common.dialog import ConfirmDialog, Dialog
from app.views.common.text import PlainLabel
from app.views.programme import Context
from app.views.today.line import Line
from app.words import tr


class DraftLine(Line):
    """What the form is called and when something was last typed into it."""

    def __init__(self, row: DraftRow, context: Context, page: QWidget) -> None:
        super().__init__(
            "edit",
            row.title or (lambda: tr("A form without a name")),
            lambda: tr("Last typed {when}", when=when.moment(row.kept_at, context.zone)),
            self._go_on,
        )
        self._draft, self._context, self._page = row, context, page
        self.setObjectName("today.draft")
        away = QuietButton(lambda: tr("Throw away"), "trash")
        away.setObjectName("today.draft.drop")
        away.clicked.connect(self._ask_to_drop)
        self.add(away)

    def _go_on(self) -> None:
        if self._draft.texts:
            TextsDialog(self._page, self._draft).open()
            return
        self._context.resume(self._draft.place)

    def _ask_to_drop(self) -> None:
        context, form = self._context, self._draft.form
        dialog = ConfirmDialog(
            lambda: tr("Throw this away?"),
            tr("What was typed into “{title}” and never saved is deleted.", title=self._draft.title),
            lambda: tr("Throw away"),
            self._page,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: context.drafts.drop(form))
        dialog.open()


class TextsDialog(Dialog):
    """What was typed into a form that could not be opened again, to be read and copied."""

    def __init__(self, parent: QWidget, row: DraftRow) -> None:
        super().__init__(row.title or (lambda: tr("What you typed")), lambda: tr("Close"), parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.cancel_button.hide()
        for text in row.texts:
            label = PlainLabel(text)
            label.set_selectable()
            self.add(label)
