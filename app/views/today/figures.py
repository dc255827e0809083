"""The numbers at the top of Today: each leads to what it counts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.queries.today import TodayCounts
from app.views import style
from app.views.common.picture import Picture
from app.views.common.text import Heading, QuietText
from app.words import tr


class FigureTile(QFrame):
    """One number and what it counts; pressing it goes there."""

    pressed = Signal()

    def __init__(self, icon_name: str, title: Callable[[], str], alarming: bool = False) -> None:
        super().__init__()
        self._alarming = alarming
        self._icon_name = icon_name
        self._title = title
        self._count = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._number = Heading("–", 1)
        self._picture = Picture(icon_name, "text-quiet", 22)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.space(4), style.space(3), style.space(4), style.space(3))
        row.setSpacing(style.space(3))
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self._number)
        column.addWidget(QuietText(title))
        row.addLayout(column, 1)

    def set_count(self, count: int) -> None:
        """Show a number."""
        self._count = count
        self._number.set_text(str(count))
        self._picture.set_icon(self._icon_name, "danger" if self._alarming and count else "text-quiet")
        self._number.set_kind("danger" if self._alarming and count else "")
        self.setAccessibleName(f"{self._title()}: {count}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press anywhere on the tile goes there."""
        super().mouseReleaseEvent(event)
        self.pressed.emit()

    def event(self, event: QEvent) -> bool:
        """Enter and space press it too."""
        if event.type() == QEvent.Type.KeyPress and getattr(event, "key", int)() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Space,
        ):
            self.pressed.emit()
            return True
        return super().event(event)


class Figures(QWidget):
    """Overdue, due today, call-backs and what waits to be sent."""

    def __init__(self, go: Callable[..., None]) -> None:
        super().__init__()
        self.overdue = FigureTile("warning", lambda: tr("Overdue"), alarming=True)
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
        self.overdue.set_count(counts.overdue)
        self.today.set_count(counts.due_today)
        self.clocks.set_count(counts.call_backs)
        self.unsent.set_count(counts.unsent)
