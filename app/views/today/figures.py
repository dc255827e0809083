"""The numbers at the top of Today: each leads to what it counts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.queries.today import TodayCounts
from app.views import style
from app.views.common.figure import FigureTile
from app.words import tr


class Figures(QWidget):
    """Overdue, due today, call-backs and what waits to be sent."""

    def __init__(self, go: Callable[..., None]) -> None:
        super().__init__()
        self.overdue = FigureTile("warning", lambda: tr("Overdue"))
        self.today = FigureTile("today", lambda: tr("Due today"))
        self.clocks = FigureTile("call-back", lambda: tr("Call-backs running"))
        self.unsent = FigureTile("sync-here", lambda: tr("Only on this computer"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(4))
        for tile, route in (
            (self.overdue, "tasks"),
            (self.today, "tasks"),
            (self.clocks, "requests.list"),
            (self.unsent, "outbox"),
        ):
            tile.pressed.connect(lambda route=route: go(route))
            row.addWidget(tile, 1)

    def set_counts(self, counts: TodayCounts) -> None:
        """Show other numbers."""
        self.overdue.set_figure(str(counts.overdue), attention=counts.overdue > 0)
        self.today.set_figure(str(counts.due_today))
        self.clocks.set_figure(str(counts.call_backs))
        self.unsent.set_figure(str(counts.unsent))
