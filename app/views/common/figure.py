"""A number that leads to what it counts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.picture import Picture
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording, say


class FigureTile(QFrame):
    """One figure and what it counts; a press, Enter or Space opens the list behind it."""

    pressed = Signal()

    def __init__(self, icon_name: str, title: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._title_wording = icon_name, title
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._number, self._title = Heading("–", 1), QuietText(title)
        self._picture = Picture(icon_name, "text-quiet", 22)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.space(4), style.space(3), style.space(3), style.space(3))
        row.setSpacing(style.space(3))
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._number)
        column.addWidget(self._title)
        column.addStretch(1)
        row.addLayout(column, 1)
        self._speak()

    def set_figure(self, text: str, *, attention: bool = False) -> None:
        """Show a number; `attention` puts a warning sign beside it."""
        self._number.set_text(text)
        self._number.set_kind("danger" if attention else "")
        self._picture.set_icon("warning" if attention else self._icon_name, "danger" if attention else "text-quiet")
        self._speak()

    def set_title(self, title: Wording) -> None:
        """Say differently what is counted."""
        self._title_wording = title
        self._title.set_text(title)
        self._speak()

    def text(self) -> str:
        """The figure as shown."""
        return self._number.text()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press anywhere on the tile."""
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_number"):
            self._speak()

    def _speak(self) -> None:
        self.setAccessibleName(f"{say(self._title_wording)}: {self._number.text()}")
