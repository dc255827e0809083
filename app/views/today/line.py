"""One line of a list on Today: a title, a quiet sentence below, something at the right, and a press that opens it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.picture import Picture
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording, say


class Line(QFrame):
    """Opens on a press, Enter or space."""

    def __init__(self, icon_name: str, title: Wording, text: Wording, opened: Callable[[], None]) -> None:
        super().__init__()
        self._opened = opened
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{say(title)}. {say(text)}")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(style.space(2), style.space(2), style.space(2), style.space(2))
        self._row.setSpacing(style.space(3))
        self._row.addWidget(Picture(icon_name, "text-quiet", 20))
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(PlainLabel(title, strong=True))
        column.addWidget(QuietText(text))
        self._row.addLayout(column, 1)

    def add(self, widget: QWidget) -> None:
        """Put something at the right."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press opens it, unless it is taken away before it is let go."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._opened()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space open it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._opened()
            return
        super().keyPressEvent(event)
