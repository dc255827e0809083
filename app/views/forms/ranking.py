"""Putting choices in order, with the keyboard or with two buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView

from app.forms.views import ChoiceView
from app.views import style
from app.views.common.buttons import SecondaryButton
from app.views.common.text import QuietText
from app.views.forms.base import Input
from app.words import tr


class RankInput(Input):
    """All choices in a list. It is no answer before something was moved or the order was said to be right."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: dict[str, str] = {}
        self._order: list[str] = []
        self._answered = False
        self._rows = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._rows)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.installEventFilter(self)
        self.up = SecondaryButton(lambda: tr("Move up"), "chevron-up")
        self.down = SecondaryButton(lambda: tr("Move down"), "chevron-down")
        self.right = SecondaryButton(lambda: tr("This order is right"), "check")
        self.up.clicked.connect(lambda: self.move_by(-1))
        self.down.clicked.connect(lambda: self.move_by(1))
        self.right.clicked.connect(self._answer)
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        for button in (self.up, self.down, self.right):
            row.addWidget(button)
        row.addStretch(1)
        self._put(self.list)
        self._column.addWidget(QuietText(lambda: tr("Alt with the arrow up or down moves what is marked.")))
        self._put_row(row)

    def value(self) -> str:
        """The codes in their order; empty before anything was put in order."""
        return " ".join(self._order) if self._answered else ""

    def show_value(self, value: str) -> None:
        """Show an order; choices that are not in it come last."""
        known = [code for code in value.split() if code in self._labels]
        self._answered = bool(value)
        self._order = [*known, *(code for code in self._labels if code not in known)]
        self._draw(self.list.currentIndex().row())

    def set_choices(self, choices: Sequence[ChoiceView]) -> None:
        """Offer other choices."""
        labels = {choice.value: choice.label or choice.value for choice in choices}
        if labels != self._labels:
            before = self.value()
            self._labels = labels
            self.show_value(before)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.list.setEnabled(not read_only)
        for button in (self.up, self.down, self.right):
            button.setVisible(not read_only)

    def move_by(self, step: int) -> None:
        """Move what is marked one up (-1) or down (1)."""
        here = self.list.currentIndex().row()
        there = here + step
        if here < 0 or not 0 <= there < len(self._order):
            return
        self._order.insert(there, self._order.pop(here))
        self._draw(there)
        self._answer()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt with an arrow moves."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.move_by(step)
                return True
        return super().eventFilter(watched, event)

    def _answer(self) -> None:
        self._answered = True
        self._draw(self.list.currentIndex().row())
        self.changed.emit()

    def _draw(self, current: int) -> None:
        self._rows.clear()
        for number, code in enumerate(self._order, 1):
            self._rows.appendRow(QStandardItem(f"{number}. {self._labels[code]}"))
        self.list.setFixedHeight(min(max(len(self._order), 1), 8) * style.height("touch") + 8)
        if self._order:
            self.list.setCurrentIndex(self._rows.index(min(max(current, 0), len(self._order) - 1), 0))
        self.right.setEnabled(not self._answered)
