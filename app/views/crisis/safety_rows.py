"""One step of immediate safety as a row with five large choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout

from app.models.vocab import SafetyStatus, SafetyStep
from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.choices import SegmentedChoice
from app.views.common.text import LineEdit, PlainLabel
from app.views.crisis.asking import options
from app.views.crisis.parts import StepRow
from app.words import tr


class SafetyRow(StepRow):
    """The step's name, its five answers, and a note when one is wanted. `changed` speaks for each answer."""

    changed = Signal()

    def __init__(self, step: SafetyStep, *, note: bool = True) -> None:
        super().__init__()
        self.step = step
        self.status = SegmentedChoice(options(SafetyStatus))
        self.status.setObjectName(f"safety.{step}")
        self.status.setAccessibleName(step.label())
        self.note = LineEdit(lambda: tr("Note"))
        self.note.setAccessibleName(tr("Note"))
        self._more = QuietButton(lambda: tr("Note"), "note")
        self._more.clicked.connect(self._show_note)
        self._with_note = note
        head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.addWidget(PlainLabel(step.label, strong=True), 1)
        head.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.space(4), style.space(2), style.space(4), style.space(3))
        column.setSpacing(style.space(1))
        column.addLayout(head)
        column.addWidget(self.status)
        column.addWidget(self.note)
        self.note.hide()
        self._more.setVisible(note)
        self.status.changed.connect(self.changed)
        self.note.editingFinished.connect(self._on_note)
        self._saved_note: str | None = None

    def value(self) -> dict[str, Any]:
        """Status and note."""
        status = self.status.value()
        return {"status": status if isinstance(status, SafetyStatus) else None, "note": self.note.value()}

    def set_value(self, value: Mapping[str, Any]) -> None:
        """Show an answer."""
        self.status.set_value(value.get("status"))
        self._saved_note = value.get("note")
        self.note.set_value(self._saved_note)
        self.note.setVisible(bool(self._saved_note) and self._with_note)
        self._more.setVisible(not self._saved_note and self._with_note)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.status.set_read_only(read_only)
        self.note.set_read_only(read_only)
        self._more.setVisible(not read_only and not self._saved_note and self._with_note)

    def _show_note(self) -> None:
        self._more.hide()
        self.note.show()
        self.note.setFocus()

    def _on_note(self) -> None:
        if self.note.value() != self._saved_note:
            self._saved_note = self.note.value()
            self.changed.emit()
