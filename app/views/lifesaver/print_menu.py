"""The button that offers the sheets of one record, by the role that may print them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu, QWidget

from app.documents.catalogue import CATALOGUE
from app.models.rules.lifesaver_printing import LIFESAVER_FORMS
from app.views.common.buttons import QuietButton
from app.views.common.wording import button_text
from app.views.programme import Context
from app.words import tr


class PrintButton(QuietButton):
    """Opens a list of sheets; `record` names what they are about, empty when nothing is chosen."""

    def __init__(self, context: Context, owner: QWidget, form_ids: Sequence[str], record: Callable[[], str]) -> None:
        super().__init__(lambda: tr("Print"), "print")
        self._context, self._owner, self._record = context, owner, record
        role = context.person.role
        self._forms = [form_id for form_id in form_ids if role in LIFESAVER_FORMS[form_id][1]]
        self.setObjectName("pls.print")
        self.setVisible(bool(self._forms))
        self.clicked.connect(self._open)

    @property
    def form_ids(self) -> tuple[str, ...]:
        """The sheets that are offered."""
        return tuple(self._forms)

    def print_sheet(self, form_id: str) -> None:
        """Show one sheet of the record; the blank when nothing is chosen."""
        self._context.preview(self._owner, form_id, record_id=self._record() or None)

    def _open(self) -> None:
        menu = QMenu(self)
        for form_id in self._forms:
            action = menu.addAction(button_text(f"{tr(CATALOGUE[form_id].title)} ({form_id})"))
            action.triggered.connect(lambda _checked=False, form_id=form_id: self.print_sheet(form_id))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
