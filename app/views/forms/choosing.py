"""Choosing one or several of what the form offers; how it looks follows from how many there are and how long."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QWidget

from app.forms.views import ChoiceView
from app.views import style
from app.views.common.choices import ChipChoice, SegmentedChoice, TickBox
from app.views.common.picker import ComboPicker, folded
from app.views.common.text import LineEdit, QuietText
from app.views.forms.base import Input
from app.words import tr

SIDE_BY_SIDE = 7
"""Up to so many short choices stand side by side."""
IN_SIGHT = 12
"""Up to so many choices are all in sight; more are a list that narrows."""
SHORT = 32
"""Characters of a choice that may stand beside others."""


def _options(choices: Sequence[ChoiceView]) -> list[tuple[Hashable, str]]:
    return [(choice.value, choice.label or choice.value) for choice in choices]


class OneInput(Input):
    """One of a few that are all in sight, side by side or below each other."""

    def __init__(self, *, column: bool) -> None:
        super().__init__()
        self.choice = SegmentedChoice([], column=column)
        self._offered: tuple[ChoiceView, ...] = ()
        self._put(self.choice)
        self.choice.changed.connect(self.changed)
        self._read_only = False

    def value(self) -> str:
        """The chosen code."""
        return str(self.choice.value() or "")

    def show_value(self, value: str) -> None:
        """Choose."""
        self.choice.set_value(value or None)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._read_only = read_only
        self.choice.set_read_only(read_only)

    def set_choices(self, choices: Sequence[ChoiceView]) -> None:
        """Offer other choices."""
        if tuple(choices) != self._offered:
            self._offered = tuple(choices)
            self.choice.set_options(_options(choices))
            self.choice.set_read_only(self._read_only)


class DropInput(Input):
    """One of many, in a list that narrows while one types."""

    def __init__(self) -> None:
        super().__init__()
        self.choice = ComboPicker([])
        self.choice.setMaximumWidth(560)
        self._offered: tuple[ChoiceView, ...] = ()
        self._put(self.choice)
        self.choice.changed.connect(self.changed)

    def value(self) -> str:
        """The chosen code."""
        return str(self.choice.value() or "")

    def show_value(self, value: str) -> None:
        """Choose."""
        self.choice.set_value(value or None)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.choice.set_read_only(read_only)

    def set_choices(self, choices: Sequence[ChoiceView]) -> None:
        """Offer other choices."""
        if tuple(choices) != self._offered:
            self._offered = tuple(choices)
            self.choice.set_options(_options(choices))


class SeveralInput(Input):
    """Any number of a few that are all in sight."""

    def __init__(self) -> None:
        super().__init__()
        self.choice = ChipChoice([])
        self._offered: tuple[ChoiceView, ...] = ()
        self._put(self.choice)
        self.choice.changed.connect(self.changed)
        self._read_only = False

    def value(self) -> str:
        """The chosen codes with blanks between."""
        return " ".join(str(code) for code in self.choice.value())

    def show_value(self, value: str) -> None:
        """Choose exactly these."""
        self.choice.set_value(value.split())

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._read_only = read_only
        self.choice.set_read_only(read_only)

    def set_choices(self, choices: Sequence[ChoiceView]) -> None:
        """Offer other choices."""
        if tuple(choices) != self._offered:
            self._offered = tuple(choices)
            self.choice.set_options(_options(choices))
            self.choice.set_read_only(self._read_only)


class TickList(QListView):
    """Rows with a tick each; Space ticks."""

    ticked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = QStandardItemModel(self)
        self.setModel(self.rows)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setFixedHeight(6 * style.height("row"))
        self._told = False
        self.rows.itemChanged.connect(self._on_item)
        self.clicked.connect(lambda _index: None)

    def fill(self, choices: Sequence[ChoiceView]) -> None:
        """Offer these."""
        self._told = True
        self.rows.clear()
        for choice in choices:
            item = QStandardItem(choice.label or choice.value)
            item.setCheckable(True)
            item.setData(choice.value, Qt.ItemDataRole.UserRole)
            self.rows.appendRow(item)
        self._told = False
        if self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(0, 0))

    def chosen(self) -> list[str]:
        """The codes that are ticked, in order."""
        items = (self.rows.item(row) for row in range(self.rows.rowCount()))
        return [
            str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() is Qt.CheckState.Checked
        ]

    def choose(self, codes: set[str]) -> None:
        """Tick exactly these."""
        self._told = True
        for row in range(self.rows.rowCount()):
            item = self.rows.item(row)
            wanted = item.data(Qt.ItemDataRole.UserRole) in codes
            item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
        self._told = False

    def narrow(self, typed: str) -> None:
        """Show the rows in which that stands."""
        wanted = folded(typed)
        for row in range(self.rows.rowCount()):
            self.setRowHidden(row, wanted not in folded(self.rows.item(row).text()))

    def _on_item(self) -> None:
        if not self._told:
            self.ticked.emit()


class ManyInput(Input):
    """Any number of many, in a list that narrows while one types above it."""

    def __init__(self) -> None:
        super().__init__()
        self.search = LineEdit(lambda: tr("Type to search"), icon_name="search")
        self.list = TickList()
        self.said = QuietText()
        self._offered: tuple[ChoiceView, ...] = ()
        self._put(self.search, tr("search"))
        self._put(self.list)
        self._column.addWidget(self.said)
        self.search.changed.connect(lambda: self.list.narrow(self.search.text()))
        self.list.ticked.connect(self._on_ticked)

    def value(self) -> str:
        """The chosen codes with blanks between."""
        return " ".join(self.list.chosen())

    def show_value(self, value: str) -> None:
        """Choose exactly these."""
        self.list.choose(set(value.split()))
        self._say()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.list.setEnabled(not read_only)

    def set_choices(self, choices: Sequence[ChoiceView]) -> None:
        """Offer other choices."""
        if tuple(choices) == self._offered:
            return
        before = self.value()
        self._offered = tuple(choices)
        self.list.fill(choices)
        self.list.narrow(self.search.text())
        self.show_value(before)

    def _on_ticked(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        labels = {choice.value: choice.label or choice.value for choice in self._offered}
        chosen = ", ".join(labels.get(code, code) for code in self.list.chosen())
        self.said.set_text(lambda: tr("Chosen: {choices}", choices=chosen) if chosen else tr("Nothing chosen yet"))


class TickInput(Input):
    """Something that is acknowledged with one tick; `OK` is what the form stores."""

    def __init__(self) -> None:
        super().__init__()
        self.tick = TickBox(lambda: tr("Yes, I have seen this"))
        self._put(self.tick)
        self.tick.changed.connect(self.changed)

    def value(self) -> str:
        """`OK` when ticked."""
        return "OK" if self.tick.value() else ""

    def show_value(self, value: str) -> None:
        """Tick it or not."""
        self.tick.set_value(value != "")

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.tick.set_read_only(read_only)

    def setAccessibleName(self, name: str) -> None:
        """Speak what is acknowledged, then the tick's own words."""
        super().setAccessibleName(name)
        tick = self.tick.focusProxy()
        if tick is not None:
            tick.setAccessibleDescription(name)

    def changeEvent(self, event: QEvent) -> None:
        """The tick follows the language by itself."""
        super().changeEvent(event)
