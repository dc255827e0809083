"""One section of a case under review: its facts, and a place for a comment on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.card import Card
from app.views.common.picture import Picture
from app.views.common.text import Heading, NoteEdit, PlainLabel, QuietText
from app.views.supervision.review_facts import ICONS, TITLES, FactLine
from app.words import tr

_AT_ONCE = 8


class SectionCard(Card):
    """Facts at the left, the comment at the right; `changed` when the comment is typed."""

    changed = Signal()

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        head = QHBoxLayout()
        head.setSpacing(style.space(2))
        head.addWidget(Picture(ICONS[key], "accent", 20), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(Heading(self._title_words, 3), 1)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(style.space(1))
        left = QVBoxLayout()
        left.setSpacing(style.space(2))
        left.addLayout(head)
        left.addLayout(self._facts)
        left.addStretch(1)
        self.comment = NoteEdit(lambda: tr("Comment"), least_lines=2, most_lines=8)
        self.comment.setObjectName(f"review.comment.{key}")
        self.comment.setAccessibleName(tr("Comment on: {section}", section=self._title_words()))
        self.comment.changed.connect(self.changed)
        row = QHBoxLayout()
        row.setSpacing(style.space(5))
        row.addLayout(left, 3)
        right = QVBoxLayout()
        right.addWidget(self.comment)
        right.addStretch(1)
        row.addLayout(right, 2)
        self.add_layout(row)

    def show_lines(self, lines: Sequence[FactLine]) -> None:
        """Show other facts."""
        _empty(self._facts)
        for line in lines[:_AT_ONCE]:
            self._facts.addWidget(_fact(line))
        if len(lines) > _AT_ONCE:
            more = len(lines) - _AT_ONCE
            self._facts.addWidget(QuietText(tr("and {count} more in the case", count=more)))
        if not lines:
            nothing = tr("Nothing is missing.") if self.key == "missing" else tr("Nothing recorded yet.")
            self._facts.addWidget(QuietText(nothing))

    def _title_words(self) -> str:
        return tr(TITLES[self.key])


def _fact(line: FactLine) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(style.space(2))
    if line.alarm:
        row.addWidget(Picture("warning", "warning", 16), 0, Qt.AlignmentFlag.AlignTop)
        holder.setAccessibleName(tr("Attention: {fact}", fact=line.text))
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(PlainLabel(line.text))
    if line.detail:
        words.addWidget(QuietText(line.detail))
    row.addLayout(words, 1)
    return holder


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
