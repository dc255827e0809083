"""Lists of small records in a form: addresses, contacts, places. As many entries as are needed, or "none known"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.models.vocab import Listed
from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.choices import TickBox
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, NoteEdit, QuietText
from app.views.common.wording import Wording, say
from app.words import tr

_POSITION = re.compile(r"^\s*(-?\d{1,2}(?:[.,]\d+)?)\s*[;, ]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*$")


@dataclass(frozen=True)
class Part:
    """One input of an entry. `listed`: one of a closed list; `position`: latitude and longitude in degrees."""

    name: str
    label: Wording
    listed: type[Listed] | None = None
    position: bool = False
    number: bool = False
    tick: bool = False
    wide: bool = False


class LinesEdit(QWidget):
    """Short texts, one on each line. Its value is a list; None when nothing was typed."""

    changed = Signal()

    def __init__(self, least_lines: int = 2) -> None:
        super().__init__()
        self._note = NoteEdit(least_lines=least_lines)
        self._note.changed.connect(self.changed)
        self.setFocusProxy(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._note)

    def value(self) -> list[str] | None:
        """The lines that say something."""
        lines = [line.strip() for line in (self._note.value() or "").splitlines() if line.strip()]
        return lines or None

    def set_value(self, value: Sequence[str] | None) -> None:
        """Show lines."""
        self._note.set_value("\n".join(value or ()))

    def setAccessibleName(self, name: str) -> None:
        """The note inside carries the name."""
        super().setAccessibleName(name)
        self._note.setAccessibleName(name)


class EntryBox(QFrame):
    """The frame of one entry."""


class _Entry:
    def __init__(self, parts: Sequence[Part], name: str, number: int) -> None:
        self.kept: dict[str, Any] = {}
        self.box = EntryBox()
        self.parts = parts
        self.inputs: dict[str, Any] = {}
        grid = QGridLayout(self.box)
        grid.setContentsMargins(style.space(3), style.space(2), style.space(3), style.space(3))
        grid.setHorizontalSpacing(style.space(3))
        grid.setVerticalSpacing(2)
        row = column = 0
        for part in parts:
            if part.wide and column:
                row, column = row + 2, 0
            control = _control(part)
            control.setObjectName(f"{name}.{number}.{part.name}")
            control.setAccessibleName(say(part.label))
            span = 2 if part.wide else 1
            if not part.tick:
                grid.addWidget(QuietText(part.label), row, column, 1, span)
            grid.addWidget(control, row + 1, column, 1, span)
            self.inputs[part.name] = control
            column += span
            if column >= 2:
                row, column = row + 2, 0
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def value(self) -> dict[str, Any]:
        """What was answered, with what this form does not ask."""
        found = dict(self.kept)
        for part in self.parts:
            typed = self.inputs[part.name].value()
            if part.position:
                lat_lon = degrees(typed)
                found.update({"lat": lat_lon[0], "lon": lat_lon[1]} if lat_lon else {})
            elif part.number:
                found.update({part.name: int(typed)} if (typed or "").isdigit() else {})
            elif typed:
                found[part.name] = str(typed) if part.listed is not None else typed
        return found

    def set_value(self, entry: dict[str, Any]) -> None:
        """Show an entry."""
        asked = {part.name for part in self.parts if not part.position}
        position = any(part.position for part in self.parts)
        self.kept = {
            name: value
            for name, value in entry.items()
            if name not in asked and not (position and name in ("lat", "lon"))
        }
        for part in self.parts:
            value = entry.get(part.name)
            if part.position:
                lat, lon = entry.get("lat"), entry.get("lon")
                value = f"{lat}, {lon}" if lat is not None and lon is not None else None
            elif part.number:
                value = None if value is None else str(value)
            self.inputs[part.name].set_value(value)

    def is_valid(self) -> bool:
        """Whether positions and numbers can be read; the cursor goes to the first that cannot."""
        for part in self.parts:
            typed = self.inputs[part.name].value()
            wrong = (part.position and typed and degrees(typed) is None) or (
                part.number and typed and not typed.isdigit()
            )
            if wrong:
                self.inputs[part.name].setFocus()
                return False
        return True


class EntriesEdit(QWidget):
    """Its value is a list of plain records; [] when "none known" is ticked, None when nothing was answered."""

    changed = Signal()

    def __init__(self, name: str, parts: Sequence[Part], more: Wording, none_known: Wording = "") -> None:
        super().__init__()
        self._name, self._parts = name, tuple(parts)
        self._entries: list[_Entry] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(style.space(2))
        self._more = QuietButton(more, "plus")
        self._more.setObjectName(f"{name}.more")
        self._more.clicked.connect(self._add_by_hand)
        self._none = TickBox(none_known) if none_known else None
        foot = QHBoxLayout()
        foot.addWidget(self._more)
        if self._none is not None:
            self._none.setObjectName(f"{name}.none")
            self._none.changed.connect(self.changed)
            foot.addWidget(self._none)
        foot.addStretch(1)
        self._wrong = QuietText(
            lambda: tr("Write a position as latitude and longitude, such as 43.5120, -79.8820; a number in digits.")
        )
        self._wrong.set_kind("danger")
        self._wrong.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(style.space(2))
        whole.addLayout(self._column)
        whole.addWidget(self._wrong)
        whole.addLayout(foot)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setFocusProxy(self._more)

    def value(self) -> list[dict[str, Any]] | None:
        """The entries that say something."""
        found = [value for value in (entry.value() for entry in self._entries) if value]
        if found:
            return found
        return [] if self._none is not None and self._none.value() else None

    def set_value(self, value: Sequence[dict[str, Any]] | None) -> None:
        """Show entries."""
        while self._entries:
            self._drop(self._entries[-1])
        for each in value or ():
            self._add().set_value(dict(each))
        if self._none is not None:
            self._none.set_value(value is not None and not value)

    def is_valid(self) -> bool:
        """Whether every position and number can be read."""
        valid = all(entry.is_valid() for entry in self._entries)
        self._wrong.setVisible(not valid)
        return valid

    def _add_by_hand(self) -> None:
        entry = self._add()
        entry.inputs[self._parts[0].name].setFocus()
        self.changed.emit()

    def _add(self) -> _Entry:
        entry = _Entry(self._parts, self._name, len(self._entries))
        remove = QuietButton(lambda: tr("Take away"), "trash")
        remove.clicked.connect(lambda: self._remove(entry))
        grid = entry.box.layout()
        assert isinstance(grid, QGridLayout), "an entry is a grid"
        grid.addWidget(remove, 0, 2, 2, 1)
        for control in entry.inputs.values():
            control.changed.connect(self.changed)
        self._column.addWidget(entry.box)
        self._entries.append(entry)
        return entry

    def _remove(self, entry: _Entry) -> None:
        self._drop(entry)
        self._more.setFocus()
        self.changed.emit()

    def _drop(self, entry: _Entry) -> None:
        self._entries.remove(entry)
        entry.box.hide()
        entry.box.deleteLater()


def _control(part: Part) -> Any:
    if part.listed is not None:
        return ComboPicker([(one, one.label) for one in part.listed])
    return TickBox(part.label) if part.tick else LineEdit()


def degrees(typed: str | None) -> tuple[float, float] | None:
    """A typed latitude and longitude in degrees; None when it is no position."""
    found = _POSITION.match(typed or "")
    if found is None:
        return None
    lat, lon = (float(one.replace(",", ".")) for one in found.groups())
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None
