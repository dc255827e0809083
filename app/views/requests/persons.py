"""The people to support, one line each: a name or only a label, age band, role, language, injury, distress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.models.vocab import AgeBand, Distress, Injury, Listed, RoleInEvent
from app.services.crisis.requests import PersonToSupport
from app.views import style
from app.views.common.buttons import IconButton, SecondaryButton
from app.views.common.field import Field
from app.views.common.form import FormLayout
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit
from app.words import tr

_CODES: dict[str, type[Listed]] = {"age_band": AgeBand, "role": RoleInEvent, "injury": Injury, "distress": Distress}


class PersonLine(QFrame):
    """One person."""

    changed = Signal()
    removed = Signal()

    def __init__(self, number: int) -> None:
        super().__init__()
        self.controls: dict[str, Any] = {
            "name": LineEdit(),
            "label": LineEdit(lambda: tr("For example: adult woman")),
            "age": NumberField(0, 120),
            "age_band": ComboPicker([(band, band.label) for band in AgeBand]),
            "role": ComboPicker([(role, role.label) for role in list(RoleInEvent)[:4]]),
            "language": LineEdit(lambda: tr("For example: Portuguese")),
            "injury": ComboPicker([(injury, injury.label) for injury in Injury]),
            "distress": ComboPicker([(distress, distress.label) for distress in Distress]),
        }
        titles = {
            "name": lambda: tr("Name"),
            "label": lambda: tr("Or how we call this person"),
            "age": lambda: tr("Age"),
            "age_band": lambda: tr("Age group, if the age is not known"),
            "role": lambda: tr("Role"),
            "language": lambda: tr("Language"),
            "injury": lambda: tr("Injury"),
            "distress": lambda: tr("Distress"),
        }
        form = FormLayout()
        for name, control in self.controls.items():
            control.setObjectName(f"request.person.{number}.{name}")
            control.changed.connect(self.changed)
            form.add(Field(titles[name], control))
        remove = IconButton("trash", lambda: tr("Remove this person"))
        remove.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, style.space(3))
        row.addWidget(form, 1)
        row.addWidget(remove)

    def typed(self) -> dict[str, Any]:
        """What stands in the line."""
        return {name: control.value() for name, control in self.controls.items()}

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put values back."""
        for name, control in self.controls.items():
            value = values.get(name)
            if name in _CODES and value is not None:
                value = _CODES[name].of(str(value))
            control.set_value(value)

    def person(self) -> PersonToSupport | None:
        """The person, None while nothing is typed."""
        values = self.typed()
        return PersonToSupport(**values) if any(value not in (None, "") for value in values.values()) else None


class PersonsEditor(QWidget):
    """A list of people that grows on request; there is always one line."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[PersonLine] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(style.space(3))
        self.more = SecondaryButton(lambda: tr("Another person"), "plus")
        self.more.setObjectName("request.another_person")
        self.more.clicked.connect(self._add_by_hand)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._column)
        row = QHBoxLayout()
        row.addWidget(self.more)
        row.addStretch(1)
        whole.addLayout(row)
        self._add()

    def value(self) -> list[PersonToSupport]:
        """Everyone of whom something is known."""
        return [person for line in self._lines if (person := line.person()) is not None]

    def typed(self) -> list[dict[str, Any]]:
        """What stands in the lines."""
        return [line.typed() for line in self._lines]

    def fill(self, people: Sequence[Mapping[str, Any]]) -> None:
        """Show these people."""
        for line in tuple(self._lines):
            self._remove(line)
        for person in people or ({},):
            self._add().fill(person)

    def _add_by_hand(self) -> None:
        self._add().controls["name"].setFocus()
        self.changed.emit()

    def _add(self) -> PersonLine:
        line = PersonLine(len(self._lines) + 1)
        line.changed.connect(self.changed)
        line.removed.connect(lambda: self._on_remove(line))
        self._lines.append(line)
        self._column.addWidget(line)
        return line

    def _on_remove(self, line: PersonLine) -> None:
        self._remove(line)
        if not self._lines:
            self._add()
        self.changed.emit()

    def _remove(self, line: PersonLine) -> None:
        self._lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()
