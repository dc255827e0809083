"""The supervisor's page: overview, caseload by worker, reviews that wait, needs, and what is missing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.page import Page
from app.views.common.tabs import Tab, TabBar
from app.views.programme import Context
from app.views.supervision.behind import Behind
from app.views.supervision.caseload import CaseloadPart
from app.views.supervision.data import DataPart
from app.views.supervision.lists import Lists
from app.views.supervision.needs import NeedsPart
from app.views.supervision.overview import OverviewPart
from app.views.supervision.part import Part
from app.views.supervision.waiting import WaitingPart
from app.words import tr

_PARTS: dict[str, type[Part]] = {
    "overview": OverviewPart,
    "caseload": CaseloadPart,
    "waiting": WaitingPart,
    "needs": NeedsPart,
    "data": DataPart,
}


class CaseloadPage(Page):
    """Parts under tabs; a figure that is pressed shows its list in their place. Everything is on this computer."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Supervision"),
            lambda: tr("What this computer holds of the unit's work. Each figure opens its list."),
            scrolls=False,
        )
        # A part is built when it is first shown: all five at once would let the page come late.
        self._context = context
        self._parts: dict[str, Part] = {}
        self.tabs = TabBar(
            [
                ("overview", lambda: tr("Overview")),
                ("caseload", lambda: tr("Caseload")),
                ("waiting", lambda: tr("Waiting for review")),
                ("needs", lambda: tr("Needs")),
                ("data", lambda: tr("Data quality")),
            ]
        )
        for tab in self.tabs.findChildren(Tab):
            tab.setObjectName(f"supervision.tab.{tab.key}")
        self.tabs.chosen.connect(self.show_part)
        self._lists: Lists | None = None
        self._part_stack, self._whole = QStackedLayout(), QStackedLayout()
        self._lay_out()
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.show_figures)
        self.show_part("overview")

    def show_part(self, key: str) -> None:
        """Show the part of a tab."""
        self.tabs.set_current(key)
        self._part_stack.setCurrentWidget(self._part(key))
        self.show_figures()

    def show_behind(self, behind: Behind) -> None:
        """Show the lists behind a figure."""
        if self._lists is None:
            self._lists = Lists(self._context)
            self._lists.closed.connect(self.show_figures)
            self._whole.addWidget(self._lists)
        self._lists.show_behind(behind)
        self._whole.setCurrentWidget(self._lists)

    def show_figures(self) -> None:
        """Go back from a list to where it was opened."""
        self._whole.setCurrentIndex(0)

    def _lay_out(self) -> None:
        self.body.addLayout(self._whole, 1)
        figures = QWidget()
        column = QVBoxLayout(figures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(4))
        column.addWidget(self.tabs)
        column.addLayout(self._part_stack, 1)
        self._whole.addWidget(figures)

    def _part(self, key: str) -> Part:
        if key not in self._parts:
            part = _PARTS[key](self._context)
            part.opened.connect(self.show_behind)
            if isinstance(part, OverviewPart):
                part.part_asked.connect(self.show_part)
            self._part_stack.addWidget(part)
            self._parts[key] = part
        return self._parts[key]
