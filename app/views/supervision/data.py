"""Data quality: which open cases lack something that the work depends on, and what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout

from app.queries import supervision
from app.queries.supervision import Figure, Gap, MissingDataRow
from app.views import style
from app.views.common.buttons import SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.picker import ComboPicker
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import PlainLabel
from app.views.programme import Context
from app.views.supervision.part import Part
from app.views.supervision.rows import who
from app.words import tr, trn

_MOST = 1000


@dataclass(frozen=True)
class _Answer:
    counts: Mapping[Gap, Figure]
    rows: tuple[MissingDataRow, ...]


class DataPart(Part):
    """Cases with what they lack, those that lack most first; narrowed to one gap on request."""

    KINDS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._answer = _Answer({}, ())
        self._gap = ComboPicker([], lambda: tr("Everything that is missing"))
        self._gap.setObjectName("supervision.data.gap")
        self._gap.setAccessibleName(tr("Show only"))
        self._gap.changed.connect(self._show_rows)
        self._said = PlainLabel(strong=True)
        self._go = SecondaryButton(lambda: tr("Open the case"), "arrow-right")
        self.table = RowTable(
            [
                Column(lambda: tr("Case"), 168),
                Column(lambda: tr("Person"), 150),
                Column(lambda: tr("Worker"), 205),
                Column(lambda: tr("What is missing")),
            ],
            name=lambda: tr("Cases that lack something"),
            empty=EmptyState(
                "check-circle",
                lambda: tr("Nothing is missing"),
                lambda: tr("Every open case has what the work depends on."),
            ),
        )
        self.table.setObjectName("supervision.data.table")
        self.table.opened.connect(self._open)
        self.table.selected.connect(lambda case_id: self._go.setEnabled(bool(case_id)))
        self._go.setObjectName("supervision.data.open")
        self._go.setEnabled(False)
        self._go.clicked.connect(lambda: self._open(self.table.selected_id()))
        head = QHBoxLayout()
        head.setSpacing(style.space(4))
        head.addWidget(self._said, 1)
        head.addWidget(self._gap, 1)
        head.addWidget(self._go)
        self.body.addLayout(head)
        self.body.addWidget(self.table, 1)

    def question(self, session: Any, today: date) -> _Answer:
        """What is missing where."""
        return _Answer(
            supervision.gap_counts(session, today=today), supervision.missing_data(session, today=today, limit=_MOST)
        )

    def show_answer(self, answer: _Answer) -> None:
        """Show it."""
        self._answer = answer
        self._gap.set_options(
            [(gap, _counted(gap, figure.count)) for gap, figure in answer.counts.items() if figure.count]
        )
        self._show_rows()

    def _show_rows(self) -> None:
        gap = self._gap.value()
        shown = [row for row in self._answer.rows if gap is None or gap in row.gaps]
        count = len(shown)
        self._said.set_text(
            lambda: trn("{count} open case lacks something", "{count} open cases lack something", count)
        )
        self.table.set_rows([_row(row) for row in shown])
        self._go.setEnabled(False)

    def _open(self, case_id: str) -> None:
        if case_id:
            self.context.go("crisis.case", case_id=case_id)


def _counted(gap: Gap, count: int) -> Callable[[], str]:
    return lambda: f"{gap.label()} · {count}"


def _row(row: MissingDataRow) -> Row:
    return Row(
        row.case_id,
        (
            Cell(row.number or tr("Number pending"), "strong"),
            who(row.initials, row.age_band),
            Cell(row.worker) if row.worker else Cell(tr("Without a worker"), "warning", "warning"),
            " · ".join(gap.label() for gap in row.gaps),
        ),
    )
