"""Why somebody stands in the list of the description search, said in words."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.models.vocab import Listed
from app.queries.found_person import FoundPerson, Reason
from app.views import style
from app.views.common.card import empty
from app.views.common.picture import Picture
from app.views.common.text import PlainLabel
from app.words import tr

_MOST, _SHORT = 14, 3


def said(reason: Reason) -> str:
    """One reason as a sentence."""
    values = {name: value.label() if isinstance(value, Listed) else value for name, value in reason.values.items()}
    if reason.metres is not None:
        values["distance"] = distance(reason.metres)
    return tr(reason.sentence, **values) if values else tr(reason.sentence)


def distance(metres: int) -> str:
    """A distance as one says it: to ten metres, above a kilometre to a hundred."""
    if metres < 1000:
        return tr("{metres} m", metres=max(10, round(metres, -1)))
    return tr("{kilometres} km", kilometres=f"{metres / 1000:.1f}".replace(".", tr(".")))


def in_short(row: FoundPerson) -> str:
    """The strongest reasons for somebody, on one line."""
    return " · ".join([said(reason) for reason in row.reasons if reason.speaks_for][:_SHORT])


class ReasonLine(QWidget):
    """One reason with the sign of what it speaks for."""

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        sentence = said(reason)
        self.setAccessibleName(
            tr("For: {reason}", reason=sentence) if reason.speaks_for else tr("Against: {reason}", reason=sentence)
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(2))
        sign = Picture("check", "success", 18) if reason.speaks_for else Picture("minus", "warning", 18)
        row.addWidget(sign)
        row.addWidget(PlainLabel(sentence), 1)


class ReasonsPanel(QScrollArea):
    """What speaks for and against the chosen one, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("registry.found.reasons")
        self._holder = QWidget()
        self._columns = QHBoxLayout(self._holder)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._for, self._against = QVBoxLayout(), QVBoxLayout()
        for column in (self._for, self._against):
            column.setSpacing(style.space(1))
            self._columns.addLayout(column, 1)
        self.setWidget(self._holder)

    def show_reasons(self, row: FoundPerson) -> None:
        """Show the reasons of one person, the strongest first."""
        for column, title, speaks_for in (
            (self._for, tr("Speaks for it"), True),
            (self._against, tr("Speaks against it"), False),
        ):
            empty(column)
            column.addWidget(PlainLabel(title, strong=True))
            reasons = [reason for reason in row.reasons if reason.speaks_for is speaks_for][:_MOST]
            for reason in reasons:
                column.addWidget(ReasonLine(reason))
            if not reasons:
                column.addWidget(PlainLabel(tr("Nothing.")))
            column.addStretch(1)
