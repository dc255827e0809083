"""Large clocks of a search, and the buttons that note its moments."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.models.search_vocab import SearchStep
from app.views import style
from app.views.common import when
from app.views.common.buttons import SecondaryButton
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording, say
from app.words import tr


class ClockDigits(PlainLabel):
    """The digits, large enough to be read from across a room."""


class ClockFace(QFrame):
    """A span in hours and minutes under its title; a dash while it has not begun."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QuietText("")
        self._digits = ClockDigits("–")
        self._digits.setWordWrap(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.space(4), style.space(2), style.space(4), style.space(2))
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addWidget(self._digits)

    def show_span(self, title: Wording, start: datetime | None, end: datetime | None) -> None:
        """Show how long it was from `start` to `end`."""
        text = span(start, end)
        if text != self._digits.text() or say(title) != self._title.text():
            self._title.set_text(title)
            self._digits.set_text(text)
            self.setAccessibleName(tr("{label}: {value}", label=say(title), value=text))

    def text(self) -> str:
        """The digits as shown."""
        return self._digits.text()


def span(start: datetime | None, end: datetime | None) -> str:
    """`1:05` for an hour and five minutes; a dash when one of both is not known."""
    if start is None or end is None:
        return "–"
    minutes = max(0, int((end - start).total_seconds() // 60))
    return f"{minutes // 60}:{minutes % 60:02d}"


class StepButton(SecondaryButton):
    """Notes a moment; once noted it shows the time, and pressing it again takes it back."""

    def __init__(self, step: SearchStep, zone: str) -> None:
        self._step, self._zone = step, zone
        self._at: datetime | None = None
        super().__init__(self._words)

    def show_at(self, at: datetime | None) -> None:
        """Show when it was."""
        self._at = at
        self.set_text(self._words)
        self.setProperty("noted", at is not None)
        self.style().unpolish(self)
        self.style().polish(self)

    def _words(self) -> str:
        if self._at is None:
            return self._step.label()
        return tr("{step} {time}", step=self._step.label(), time=when.time_of(self._at, self._zone))
