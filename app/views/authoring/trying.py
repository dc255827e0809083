"""Trying a form before it is published: the window in which everybody fills it, and nothing is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from app.forms import stored
from app.forms.definition import FormDefinition
from app.forms.session import FormSession
from app.forms.views import NodeView
from app.queries.forms import title_in
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.dialog import Dialog
from app.views.common.empty import EmptyState
from app.views.common.form_dialog import Verb
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.forms.filling import FormWindow
from app.views.forms.prepared import Prepared
from app.views.programme import Context
from app.words import current, tr

NAME = "authoring.try"
_HEIGHT = 420


class KeepsNothing:
    """Drafts that are forgotten at once (`programme.Drafts`): what is tried is nobody's answer."""

    def keep(self, form: str, values: Mapping[str, Any], focus: str | None) -> None:
        """Forget it."""

    def load(self, form: str, done: Callable[[Mapping[str, Any] | None, str | None], None]) -> None:
        """There is never anything."""
        done(None, None)

    def drop(self, form: str) -> None:
        """There is nothing to forget."""

    def noted(self, form: str) -> None:
        """Nobody comes back here."""

    def saving(self, form: str, verb: Verb) -> Verb:
        """The verb alone."""
        return verb


class TryWindow(FormWindow):
    """Fills a form for its author. It is finished when every answer fits; then it shows what would be kept."""

    def __init__(self, context: Context, parent: QWidget, form: FormDefinition) -> None:
        titles = stored.titles_of(form)
        super().__init__(
            replace(context, drafts=KeepsNothing()),
            parent,
            NAME,
            lambda: title_in(titles, current().code),
            lambda: tr("Finish the form"),
            lambda: Prepared(form, b""),
        )
        self.cancel_button.set_text(lambda: tr("Close"))
        self.later.hide()
        self.body.insertWidget(
            0, Banner("info", lambda: tr("You are trying this form. Nothing that you type is kept."))
        )
        self.kept = SecondaryButton(lambda: tr("What would be kept"), "eye")
        self.kept.setObjectName(f"{NAME}.kept")
        self.kept.clicked.connect(self._show_kept)
        self.again = SecondaryButton(lambda: tr("Begin again"), "undo")
        self.again.setObjectName(f"{NAME}.again")
        self.again.clicked.connect(self._begin_again)
        for button in (self.kept, self.again):
            button.setEnabled(False)
            self.add_button(button)
        self.finished.connect(self.deleteLater)

    def send(self) -> None:
        """Every answer fits: say so, with what an answer would hold. The window stays."""
        KeptDialog(self, self.session, complete=True).open()

    def _show_kept(self) -> None:
        KeptDialog(self, self.session, complete=False).open()

    def _begin_again(self) -> None:
        if self.page is not None:
            self.body.removeWidget(self.page)
            self.page.hide()
            self.page.deleteLater()
        self._open(self._new())

    def _open(self, session: FormSession) -> None:
        super()._open(session)
        self.kept.setEnabled(True)
        self.again.setEnabled(True)


class KeptDialog(Dialog):
    """What an answer would hold now, results included, under the names that the workbook gives."""

    def __init__(self, parent: QWidget, session: FormSession, *, complete: bool) -> None:
        super().__init__(lambda: tr("What would be kept"), lambda: tr("Close"), parent, width=900)
        self.setObjectName(f"{NAME}.answers")
        self.cancel_button.hide()
        if complete:
            self.add(Banner("success", lambda: tr("Every answer fits: the form would be finished now.")))
        self.table = RowTable(
            [Column(lambda: tr("Name"), 240), Column(lambda: tr("Answer"), 240), Column(lambda: tr("Question"))],
            name=lambda: tr("What would be kept"),
            empty=EmptyState(
                "document",
                lambda: tr("Nothing yet"),
                lambda: tr("Answer a question: its name and its value are shown here, and every result."),
            ),
        )
        self.table.setObjectName(f"{NAME}.answers.table")
        self.table.setMinimumHeight(_HEIGHT)
        self.table.set_rows([_row(view) for view in session.nodes() if view.relevant and view.value])
        self.add(self.table)
        self.finished.connect(self.deleteLater)


def try_form(context: Context, parent: QWidget, form: FormDefinition) -> None:
    """Open a form, published or not, so that its author can answer it as everybody will."""
    TryWindow(context, parent, form).open()


def _row(view: NodeView) -> Row:
    # The root is the form itself and would stand before every name.
    name = view.path.split("/", 2)[2]
    return Row(view.path, (Cell(name, "strong"), view.value, Cell(view.label or _unseen(view), "quiet")))


def _unseen(view: NodeView) -> str:
    return tr("Worked out, not shown") if view.calculated else tr("Not shown")
