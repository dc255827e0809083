"""The 14 domains of need as large choices, each with its prompts (domain.md 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from app.models.vocab import NEED_PROMPTS, NeedDomain, NeedLevel
from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.choices import SegmentedChoice
from app.views.common.field import Field
from app.views.common.text import Heading, NoteEdit, QuietText
from app.views.crisis.asking import options
from app.words import tr

_HELP = (NeedLevel.INFORMATION, NeedLevel.SOME_HELP, NeedLevel.URGENT)


class StepRow(QFrame):
    """A box of its own for one question that is answered with one touch."""


class NeedRow(StepRow):
    """One domain: level, and where help is needed a note and the client's own goal."""

    changed = Signal()

    def __init__(self, domain: NeedDomain, *, with_notes: bool) -> None:
        super().__init__()
        self.domain, self._with_notes = domain, with_notes
        self.level = SegmentedChoice(options(NeedLevel))
        self.level.setObjectName(f"need.{domain}")
        self.level.setAccessibleName(domain.label())
        self.note, self.goal = NoteEdit(least_lines=2), NoteEdit(least_lines=2)
        self._more = QuietButton(lambda: tr("Add a note and the client’s goal"), "note")
        self._more.clicked.connect(lambda: self._show_notes(True))
        self._notes = QWidget()
        inner = QVBoxLayout(self._notes)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(style.space(3))
        inner.addWidget(Field(lambda: tr("Note (facts)"), self.note))
        inner.addWidget(Field(lambda: tr("The client’s own goal"), self.goal))
        column = QVBoxLayout(self)
        column.setContentsMargins(style.space(4), style.space(3), style.space(4), style.space(3))
        column.setSpacing(style.space(2))
        column.addWidget(Heading(domain.label, 3))
        column.addWidget(QuietText(lambda: tr(NEED_PROMPTS[domain])))
        column.addWidget(self.level)
        column.addWidget(self._more)
        column.addWidget(self._notes)
        self._show_notes(False)
        for control in (self.level, self.note, self.goal):
            control.changed.connect(self._on_changed)

    def value(self) -> dict[str, Any]:
        """Level, note and goal, those that are answered."""
        found = {"level": self.level.value(), "note": self.note.value(), "goal": self.goal.value()}
        return {name: value for name, value in found.items() if value is not None}

    def set_value(self, value: Mapping[str, Any]) -> None:
        """Show answers."""
        self.level.set_value(value.get("level"))
        self.note.set_value(value.get("note"))
        self.goal.set_value(value.get("goal"))
        self._show_notes(bool(value.get("note") or value.get("goal")))

    def _on_changed(self) -> None:
        self._show_notes(not self._notes.isHidden())
        self.changed.emit()

    def _show_notes(self, shown: bool) -> None:
        self._notes.setVisible(shown and self._with_notes)
        self._more.setVisible(self._with_notes and not shown and self.level.value() in _HELP)


class NeedsForm(QWidget):
    """All domains; its value maps a domain's code to its answers."""

    changed = Signal()

    def __init__(self, *, with_notes: bool = True) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(3))
        self._rows: dict[str, NeedRow] = {}
        for domain in NeedDomain:
            row = NeedRow(domain, with_notes=with_notes)
            row.changed.connect(self.changed)
            column.addWidget(row)
            self._rows[domain.value] = row
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def value(self) -> dict[str, dict[str, Any]]:
        """The answers by domain, without domains that nobody answered."""
        found = {code: row.value() for code, row in self._rows.items()}
        return {code: answers for code, answers in found.items() if answers}

    def set_value(self, value: Mapping[str, Mapping[str, Any]] | None) -> None:
        """Show answers."""
        for code, row in self._rows.items():
            row.set_value((value or {}).get(code, {}))

    def row(self, domain: NeedDomain) -> NeedRow:
        """The row of one domain."""
        return self._rows[domain.value]
