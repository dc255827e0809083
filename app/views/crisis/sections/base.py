"""What every part of a case is: it asks when it is first shown, and again when something in it changed."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.views import style
from app.views.broadcast import Live
from app.views.common.text import QuietText
from app.views.crisis.desk import Desk
from app.views.crisis.parts import empty_layout
from app.words import tr


class CaseSection(QWidget):
    """One part. A subclass asks in `question` (on the vault's worker) and builds its widgets in `draw`."""

    KINDS: ClassVar[tuple[str, ...]] = ()
    SKIP_OWN: ClassVar[bool] = False
    """Whether the part shows its own writes by itself, so that it need not be drawn anew under the finger."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.answer: Any = None
        self._asked = False
        self._hid = desk.hides
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(style.space(4))
        self.body.addWidget(QuietText(lambda: tr("Reading…")))
        self.body.addStretch(1)
        Live(self, desk.context.broadcast, self.KINDS, self._renew, skip_own=self.SKIP_OWN)
        desk.changed.connect(self._on_desk)

    def question(self, session: Any) -> Any:
        """What this part shows, read from the store."""
        raise NotImplementedError

    def draw(self, answer: Any) -> None:
        """Fill `body` with the answer."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Ask when it is first seen."""
        super().showEvent(event)
        if not self._asked:
            self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        self._asked = True
        self.desk.read(self, self.question, self._arrived)

    def redraw(self) -> None:
        """Draw the last answer again; the keyboard stays where it was."""
        focused = QApplication.focusWidget()
        name = focused.objectName() if focused is not None and self.isAncestorOf(focused) else ""
        self._hid = self.desk.hides
        empty_layout(self.body)
        self.draw(self.answer)
        self.body.addStretch(1)
        found = self.findChild(QWidget, name) if name else None
        if isinstance(found, QWidget):
            found.setFocus()

    def _arrived(self, answer: Any) -> None:
        self.answer = answer
        self.redraw()

    def _renew(self) -> None:
        if self._asked:
            self.refresh()

    def _on_desk(self) -> None:
        if self.answer is not None and self._hid != self.desk.hides:
            self.redraw()
