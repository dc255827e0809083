"""Typing a recovery in: the whole key, or the words of two of the three sheets."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views import style
from app.views.common.choices import SegmentedChoice
from app.views.common.field import Field
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.wording import Wording
from app.words import tr


class TwoSheets(QWidget):
    """The words of two sheets, however they are typed."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = (NoteEdit(least_lines=3, most_lines=6) for _ in range(2))
        for name, edit in (("first", self.first), ("second", self.second)):
            edit.setObjectName(f"recovery.sheet.{name}")
            edit.setTabChangesFocus(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(3))
        column.addWidget(
            Field(
                lambda: tr("Words of one sheet"),
                self.first,
                hint=lambda: tr("All 33 words in their order. The first four letters of each are enough."),
            )
        )
        column.addWidget(Field(lambda: tr("Words of another sheet"), self.second))
        self.setFocusProxy(self.first)

    def value(self) -> str:
        """Both, one after the other."""
        return f"{self.first.value() or ''}\n{self.second.value() or ''}"

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not self.value().strip()

    def clear(self) -> None:
        """Forget what was typed."""
        for edit in (self.first, self.second):
            edit.set_value(None)


class RecoveryEntry(QWidget):
    """The key or two sheets: one value, with its sentence when it does not open."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.way = SegmentedChoice(
            [("key", lambda: tr("The recovery key")), ("sheets", lambda: tr("Two of the three sheets"))], optional=False
        )
        self.way.set_value("key")
        self.way.setObjectName("recovery.way")
        self.way.changed.connect(self._show_way)
        self.key = LineEdit()
        self.key.setObjectName("recovery.typed")
        self.key.returnPressed.connect(self.entered)
        self.key_field = Field(
            lambda: tr("Recovery key"), self.key, hint=lambda: tr("14 groups of four letters and digits.")
        )
        self.sheets = TwoSheets()
        self._sheets_field = Field(lambda: tr("From the sheets"), self.sheets)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(3))
        column.addWidget(Field(lambda: tr("What do you have?"), self.way))
        column.addWidget(self.key_field)
        column.addWidget(self._sheets_field)
        self._show_way()

    def value(self) -> str:
        """What was typed; empty when nothing was."""
        return self.sheets.value().strip() if self.way.value() == "sheets" else (self.key.value() or "").strip()

    def set_error(self, sentence: Wording | None) -> None:
        """Say at the field what is wrong with it."""
        by_sheets = self.way.value() == "sheets"
        self.key_field.set_error(None if by_sheets else sentence)
        self._sheets_field.set_error(sentence if by_sheets else None)

    def check(self) -> bool:
        """Whether anything was typed; otherwise the field says so."""
        self.set_error(None)
        if not self.value():
            self.set_error(
                (lambda: tr("Please type the words of two sheets."))
                if self.way.value() == "sheets"
                else (lambda: tr("Please type the recovery key."))
            )
        return bool(self.value())

    def clear(self) -> None:
        """Forget what was typed."""
        self.key.set_value(None)
        self.sheets.clear()

    def _show_way(self, *_: object) -> None:
        by_sheets = self.way.value() == "sheets"
        self.key_field.setVisible(not by_sheets)
        self._sheets_field.setVisible(by_sheets)
