"""What a list shows while there is nothing in it: what it is for and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.views import style
from app.views.common.picture import Picture
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording


class EmptyState(QWidget):
    """An icon, a title, a sentence that says what to do next, and the button that does it."""

    def __init__(
        self,
        icon_name: str,
        title: Wording,
        next_step: Wording,
        action: QPushButton | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        heading, sentence = Heading(title, 3), QuietText(next_step)
        middle = QWidget()
        middle.setMaximumWidth(480)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        column.addStretch(1)
        column.addWidget(Picture(icon_name, "accent", 44), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(style.space(2))
        self._labels = (heading, sentence)
        for label in self._labels:
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        if action is not None:
            column.addSpacing(style.space(3))
            column.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.space(5), style.space(6), style.space(5), style.space(6))
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)

    def say_again(self) -> None:
        """Show the words as they are now, where they depend on what is listed."""
        for label in self._labels:
            label.say_again()
