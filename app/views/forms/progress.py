"""How much of a form is answered: a thin bar and a sentence."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from app.views import style
from app.views.common.text import QuietText
from app.words import tr


class AnsweredBar(QWidget):
    """`show_count(answered, asked)`; both change while one answers, since questions come and go."""

    def __init__(self) -> None:
        super().__init__()
        self._answered = self._asked = 0
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(120)
        self._words = QuietText(self._say)
        self._words.setWordWrap(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(3))
        row.addWidget(self._bar, 1)
        row.addWidget(self._words)

    def show_count(self, answered: int, asked: int) -> None:
        """Show how many of the questions that are asked now have an answer."""
        self._answered, self._asked = answered, asked
        self._bar.setRange(0, max(asked, 1))
        self._bar.setValue(answered)
        self._words.say_again()
        self._bar.setAccessibleName(self._say())

    def _say(self) -> str:
        return tr("{answered} of {asked} answered", answered=self._answered, asked=self._asked)
