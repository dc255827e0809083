"""What every part of the supervisor's page is: it asks when it is first seen, and again when something changed."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.queries.settings import local_day
from app.views import style
from app.views.broadcast import Live
from app.views.common.page import PageColumn
from app.views.programme import Context
from app.views.supervision.behind import Behind


class Part(QWidget):
    """A subclass asks in `question` (on the vault's worker) and shows the answer in `show_answer`."""

    KINDS: ClassVar[tuple[str, ...]] = ()

    opened = Signal(object)
    """A `Behind`: what a figure stands for, to be shown as lists."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._asked = False
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(style.space(4))
        Live(self, context.broadcast, self.KINDS, self._renew)

    def question(self, session: Any, today: date) -> Any:
        """What this part shows, read from the store."""
        raise NotImplementedError

    def show_answer(self, answer: Any) -> None:
        """Show what was read."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Ask when it is first seen."""
        super().showEvent(event)
        if not self._asked:
            self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        self._asked = True
        now = self.context.clock()
        self.context.tasks.read(self, lambda session: self.question(session, local_day(session, now)), self.show_answer)

    def open_list(self, behind: Behind) -> None:
        """Show the lists behind a figure."""
        self.opened.emit(behind)

    def _renew(self) -> None:
        if self._asked:
            self.refresh()


def scrolled(content: QWidget) -> QScrollArea:
    """Something that may be higher than the window, scrolling up and down only."""
    holder = PageColumn()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, style.space(3), style.space(4))
    column.addWidget(content)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(area.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
    area.setFocusPolicy(area.focusPolicy().NoFocus)
    area.setWidget(holder)
    return area
