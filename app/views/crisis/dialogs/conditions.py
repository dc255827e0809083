"""The conditions of an order, one in each line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import IconButton, QuietButton
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit
from app.words import tr


class Conditions(QWidget):
    """A list of {verb, place, metres, exceptions}."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Condition] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(3))
        add = QuietButton(lambda: tr("Add a condition"), "plus")
        add.clicked.connect(lambda: self._append().setFocus())
        self._column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def value(self) -> list[dict[str, Any]]:
        """The conditions that say anything."""
        return [found for row in self._rows if (found := row.value())]

    def set_value(self, value: Sequence[Mapping[str, Any]] | None) -> None:
        """Show conditions."""
        for row in tuple(self._rows):
            self._drop(row)
        for condition in value or ():
            self._append().set_value(condition)

    def _append(self) -> _Condition:
        row = _Condition()
        row.changed.connect(self.changed)
        row.gone.connect(lambda: self._on_gone(row))
        self._rows.append(row)
        self._column.insertWidget(len(self._rows) - 1, row)
        return row

    def _on_gone(self, row: _Condition) -> None:
        self._drop(row)
        self.changed.emit()

    def _drop(self, row: _Condition) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()


class _Condition(QWidget):
    changed = Signal()
    gone = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._verb = LineEdit(lambda: tr("What is forbidden or ordered"))
        self._place = LineEdit(lambda: tr("Where, or whom"))
        self._metres = NumberField(0, 99999, lambda: tr("metres"), step=50)
        self._exceptions = LineEdit(lambda: tr("Exceptions"))
        remove = IconButton("trash", lambda: tr("Remove this condition"))
        remove.clicked.connect(self.gone)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self._verb, 1)
        first.addWidget(self._place, 1)
        first.addWidget(remove)
        second.addWidget(self._metres)
        second.addWidget(self._exceptions, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(first)
        column.addLayout(second)
        self.setFocusProxy(self._verb)
        for part, name in (
            (self._verb, tr("What is forbidden or ordered")),
            (self._place, tr("Where, or whom")),
            (self._metres, tr("Distance in metres")),
            (self._exceptions, tr("Exceptions")),
        ):
            part.setAccessibleName(name)
            part.changed.connect(self.changed)

    def value(self) -> dict[str, Any]:
        found = {
            "verb": self._verb.value(),
            "place": self._place.value(),
            "metres": self._metres.value(),
            "exceptions": self._exceptions.value(),
        }
        return found if any(value is not None for value in found.values()) else {}

    def set_value(self, condition: Mapping[str, Any]) -> None:
        self._verb.set_value(condition.get("verb"))
        self._place.set_value(condition.get("place"))
        metres = condition.get("metres")
        self._metres.set_value(metres if isinstance(metres, int) else None)
        self._exceptions.set_value(condition.get("exceptions"))
