"""The documents of a personal alarm that can be made now, as a menu at a button."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.queries.tracking import CaseTracking
from app.views.common.buttons import SecondaryButton
from app.views.common.wording import Wording, button_text, say
from app.views.programme import Context
from app.words import tr


class PrintsButton(SecondaryButton):
    """Opens the menu; `offer` says what there is."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(lambda: tr("Print"), "print")
        self.setObjectName("tracking.print")
        self._context, self._page = context, parent
        self._found: CaseTracking | None = None
        self.setEnabled(False)
        self.clicked.connect(self.show_menu)

    def offer(self, found: CaseTracking) -> None:
        """Take what there is in the case."""
        self._found = found
        self.setEnabled(found.application is not None)

    def forms(self) -> list[tuple[str, Wording, str]]:
        """Form, words and record of each document."""
        found = self._found
        if found is None or found.application is None:
            return []
        application, loan = found.application.id, found.loan or next(iter(found.past), None)
        offered: list[tuple[str, Wording, str]] = [
            ("F-801", lambda: tr("Application and conditions"), application),
            ("F-802", lambda: tr("Agreement to sign"), application),
            ("F-803", lambda: tr("Short guide to take along"), application),
        ]
        if loan is not None:
            offered += [
                ("F-805", lambda: tr("Receipt"), loan.id),
                ("F-806", lambda: tr("Log of the checks"), loan.id),
                ("F-808", lambda: tr("Review and extension"), loan.id),
            ]
        return offered

    def show_menu(self) -> None:
        """Open the menu below the button."""
        menu = QMenu(self)
        menu.setObjectName("tracking.prints")
        menu.aboutToHide.connect(menu.deleteLater)
        language = self._found.loan.values.get("language") if self._found and self._found.loan else None
        for form_id, words, record_id in self.forms():
            action = QAction(button_text(say(words)), menu)
            action.setObjectName(f"print.{form_id}")
            action.triggered.connect(self._printing(form_id, record_id, language))
            menu.addAction(action)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _printing(self, form_id: str, record_id: str, language: object) -> object:
        return lambda: self._context.preview(self._page, form_id, record_id=record_id, language=language)
