"""At which times of the week a contact is safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import IconButton, QuietButton
from app.views.common.dates import TimeField
from app.views.common.picker import ComboPicker
from app.views.common.text import QuietText
from app.views.common.wording import locale
from app.words import tr


class SafeTimes(QWidget):
    """Rows of a weekday with a span; none means that every time is meant. A list of {weekday, from, to}."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Span] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(2))
        self._add = QuietButton(lambda: tr("Add a safe time"), "plus")
        self._add.clicked.connect(self._on_add)
        self._column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def value(self) -> list[dict[str, Any]]:
        """The spans that are complete."""
        return [span for row in self._rows if (span := row.value()) is not None]

    def set_value(self, value: Sequence[Mapping[str, Any]] | None) -> None:
        """Show spans."""
        for row in tuple(self._rows):
            self._drop(row)
        for span in value or ():
            self._append().set_value(span)

    def is_valid(self) -> bool:
        """False while a span stands there half written."""
        return all(row.value() is not None or row.is_empty() for row in self._rows)

    def _on_add(self) -> None:
        self._append().setFocus()

    def _append(self) -> _Span:
        row = _Span()
        row.changed.connect(self.changed)
        row.gone.connect(lambda: self._on_gone(row))
        self._rows.append(row)
        self._column.insertWidget(len(self._rows) - 1, row)
        return row

    def _on_gone(self, row: _Span) -> None:
        self._drop(row)
        self.changed.emit()

    def _drop(self, row: _Span) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()


class _Span(QWidget):
    changed = Signal()
    gone = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._day = ComboPicker([(number, _day_name(number)) for number in range(7)])
        self._from, self._to = TimeField(), TimeField()
        remove = IconButton("trash", lambda: tr("Remove this time"))
        remove.clicked.connect(self.gone)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(2))
        row.addWidget(self._day, 2)
        row.addWidget(QuietText(lambda: tr("from")))
        row.addWidget(self._from, 1)
        row.addWidget(QuietText(lambda: tr("to")))
        row.addWidget(self._to, 1)
        row.addWidget(remove)
        self.setFocusProxy(self._day)
        self._day.setAccessibleName(tr("Day of the week"))
        self._from.setAccessibleName(tr("From"))
        self._to.setAccessibleName(tr("To"))
        for part in (self._day, self._from, self._to):
            part.changed.connect(self.changed)

    def is_empty(self) -> bool:
        return self._day.value() is None and self._from.value() is None and self._to.value() is None

    def value(self) -> dict[str, Any] | None:
        day, start, end = self._day.value(), self._from.value(), self._to.value()
        if day is None or start is None or end is None:
            return None
        return {"weekday": day, "from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}

    def set_value(self, span: Mapping[str, Any]) -> None:
        self._day.set_value(span.get("weekday"))
        for field, name in ((self._from, "from"), (self._to, "to")):
            try:
                field.set_value(time.fromisoformat(str(span.get(name))))
            except ValueError:
                field.set_value(None)


def _day_name(number: int) -> Any:
    monday = date(2024, 1, 1)
    return lambda: locale().dayName(monday.weekday() + 1 + number, QLocale.FormatType.LongFormat)
