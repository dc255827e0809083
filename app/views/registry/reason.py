"""Why a card is opened: a quick choice by one digit, words, an occurrence number; Enter opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.errors import RuleBroken
from app.models.vocab import AgeBand, CardReason
from app.services.registry_cards import OpenCard, open_card
from app.views import style
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.choices import Segment, SegmentedChoice
from app.views.common.field import Field
from app.views.common.text import Heading, LineEdit, QuietText
from app.views.messages import sentence_of
from app.views.programme import Context
from app.words import tr


class ListedCard(Protocol):
    """A card as a list shows it."""

    @property
    def card_id(self) -> str:
        """The card."""

    @property
    def initials(self) -> str:
        """Whose it is."""

    @property
    def age_band(self) -> AgeBand:
        """About how old."""


class ReasonPanel(QFrame):
    """Asks for the reason. `opened` carries the id of the recorded view, `left` says that nobody wants it any more."""

    opened = Signal(str)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._card_id = ""
        self._title = Heading("", 2)
        self._choice = SegmentedChoice(
            [(reason, _numbered(place, reason)) for place, reason in enumerate(CardReason, start=1)]
        )
        self._choice.setObjectName("registry.reason.choice")
        self._words, self._occurrence = LineEdit(), LineEdit()
        self._words.setObjectName("registry.reason.text")
        self._occurrence.setObjectName("registry.reason.occurrence")
        self._reason = Field(lambda: tr("In words"), self._words, hint=lambda: tr("Such as the number of the call."))
        self._open = PrimaryButton(lambda: tr("Open the card"), "unlock")
        self._open.setObjectName("registry.reason.open")
        self._open.clicked.connect(self.send)
        back = QuietButton(lambda: tr("Back to the list"))
        back.setObjectName("registry.reason.back")
        back.clicked.connect(self.left)
        self._lay_out(back)
        for segment in self._choice.findChildren(Segment):
            segment.installEventFilter(self)
        for line in (self._words, self._occurrence):
            line.installEventFilter(self)
            line.changed.connect(lambda: self._reason.set_error(None))
        self._choice.changed.connect(lambda: self._reason.set_error(None))
        self.setFocusProxy(self._choice)

    def ask(self, row: ListedCard, why: CardReason | None = None, occurrence: str | None = None) -> None:
        """Ask about one person; only what was said for the search that led here is filled in."""
        self._card_id = row.card_id
        self._title.set_text(lambda: tr("{person}: why do you open this card?", person=_who(row)))
        self._choice.set_value(why)
        self._words.set_value(None)
        self._occurrence.set_value(occurrence)
        self._reason.set_error(None)
        self._open.setEnabled(True)

    def send(self) -> None:
        """Record the reason and open the card."""
        if not self._open.isEnabled():
            return
        why = self._choice.value()
        command = OpenCard(
            card_id=self._card_id,
            why=why if isinstance(why, CardReason) else None,
            reason=self._words.value(),
            occurrence_no=self._occurrence.value(),
        )
        self._open.setEnabled(False)
        self._context.tasks.write(self, open_card, command, self._recorded, self._refused)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A digit chooses, other letters go to the words, Enter opens, Escape goes back."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.send()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return True
        if isinstance(watched, Segment) and event.text().isprintable() and event.text().strip():
            return self._typed(event)
        return super().eventFilter(watched, event)

    def _typed(self, event: QKeyEvent) -> bool:
        reasons = list(CardReason)
        if event.text().isdigit() and 1 <= int(event.text()) <= len(reasons):
            self._choice.set_value(reasons[int(event.text()) - 1])
            self._reason.set_error(None)
            if reasons[int(event.text()) - 1] is CardReason.OTHER:
                self._words.setFocus()
            return True
        self._words.setFocus()
        self._words.event(event)
        return True

    def _recorded(self, view_id: str) -> None:
        self._open.setEnabled(True)
        self.opened.emit(view_id)

    def _refused(self, problem: Exception) -> None:
        self._open.setEnabled(True)
        if isinstance(problem, RuleBroken):
            self._reason.set_error(lambda: sentence_of(problem))
            self._words.setFocus()
            return
        self._context.messages.failed(problem)

    def _lay_out(self, back: QuietButton) -> None:
        row = QHBoxLayout()
        row.setSpacing(style.space(3))
        row.addWidget(self._open)
        row.addWidget(back)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, style.space(3), 0, 0)
        column.setSpacing(style.space(4))
        column.addWidget(self._title)
        column.addWidget(QuietText(lambda: tr("Press a digit, or type. The registry sees who opened a card and why.")))
        column.addWidget(self._choice)
        column.addWidget(self._reason)
        column.addWidget(Field(lambda: tr("Occurrence number, when there is one"), self._occurrence))
        column.addLayout(row)
        column.addStretch(1)


def _numbered(place: int, reason: CardReason) -> Callable[[], str]:
    return lambda: f"{place}  {reason.label()}"


def _who(row: ListedCard) -> str:
    return f"{row.initials}, {row.age_band.label()}"
