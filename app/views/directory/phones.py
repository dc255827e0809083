"""The telephone numbers of a service, each with what it is for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.text import LineEdit
from app.words import tr


class PhonesEdit(QWidget):
    """As many lines as are needed. Its value is a list of {number, description}; an empty line is not part of it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[LineEdit, LineEdit]] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(style.space(2))
        more = QuietButton(lambda: tr("Another number"), "plus")
        more.setObjectName("directory.form.phones.more")
        more.clicked.connect(self._add_line)
        foot = QHBoxLayout()
        foot.addWidget(more)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        column.addLayout(self._rows)
        column.addLayout(foot)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._add_line()

    def value(self) -> list[dict[str, str]]:
        """The numbers that were typed."""
        pairs = ((number.value(), words.value()) for number, words in self._lines)
        return [{"number": number, "description": words or ""} for number, words in pairs if number]

    def set_value(self, value: Sequence[dict[str, str]] | None) -> None:
        """Show numbers."""
        found = list(value or ())
        while len(self._lines) < max(len(found), 1):
            self._add_line()
        for place, (number, words) in enumerate(self._lines):
            entry = found[place] if place < len(found) else {}
            number.set_value(entry.get("number"))
            words.set_value(entry.get("description"))

    def _add_line(self) -> None:
        place = len(self._lines)
        number, words = LineEdit(lambda: tr("Number")), LineEdit(lambda: tr("What it is for"))
        number.setObjectName(f"directory.form.phones.{place}.number")
        words.setObjectName(f"directory.form.phones.{place}.description")
        number.setAccessibleName(tr("Telephone number {place}", place=place + 1))
        words.setAccessibleName(tr("What telephone number {place} is for", place=place + 1))
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        row.addWidget(number, 2)
        row.addWidget(words, 3)
        self._rows.addLayout(row)
        self._lines.append((number, words))
        if place == 0:
            self.setFocusProxy(number)
        for line in (number, words):
            line.changed.connect(self.changed)
