"""The caseload by worker: each number opens its list."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout

from app.queries import supervision
from app.queries.supervision import CaseloadRow
from app.views import style
from app.views.common.buttons import SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import QuietText
from app.views.programme import Context
from app.views.supervision.behind import Behind, IdList
from app.views.supervision.part import Part
from app.views.supervision.rows import count_cell, days_cell
from app.words import tr

_NOBODY = "nobody"
_LISTS = ("open", "overdue", "review", "enhanced", "high_risk")
"""The lists of a worker, in the order of their columns from the second on."""


class CaseloadPart(Part):
    """One row a worker; cases without a worker come first."""

    KINDS: ClassVar[tuple[str, ...]] = ("case_file", "case_review", "task", "contact_log")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._rows: dict[str, CaseloadRow] = {}
        self._show = SecondaryButton(lambda: tr("Show the cases"), "arrow-right")
        self.table = RowTable(
            [
                Column(lambda: tr("Worker")),
                Column(lambda: tr("Open cases"), 112, numeric=True),
                Column(lambda: tr("Overdue tasks"), 135, numeric=True),
                Column(lambda: tr("To review"), 105, numeric=True),
                Column(lambda: tr("Enhanced"), 105, numeric=True),
                Column(lambda: tr("High risk"), 105, numeric=True),
                Column(lambda: tr("No contact for"), 135, numeric=True),
            ],
            name=lambda: tr("Caseload by worker"),
            empty=EmptyState(
                "case",
                lambda: tr("No open case"),
                lambda: tr("Cases appear here as soon as a worker opens one."),
            ),
        )
        self.table.setObjectName("supervision.caseload.table")
        self.table.opened.connect(self._open)
        self.table.selected.connect(lambda key: self._show.setEnabled(bool(key)))
        self._show.setObjectName("supervision.caseload.open")
        self._show.clicked.connect(lambda: self._open(self.table.selected_id()))
        self._show.setEnabled(False)
        foot = QHBoxLayout()
        foot.setSpacing(style.space(3))
        foot.addWidget(QuietText(lambda: tr("Double-click a number, or press Enter, to see the list behind it.")), 1)
        foot.addWidget(self._show)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(foot)

    def question(self, session: Any, today: date) -> tuple[CaseloadRow, ...]:
        """The caseload of everyone who has open cases."""
        return supervision.caseload(session, today=today)

    def show_answer(self, answer: tuple[CaseloadRow, ...]) -> None:
        """Show it."""
        chosen = self.table.selected_id()
        self._rows = {row.member_id or _NOBODY: row for row in answer}
        self.table.set_rows([_row(row) for row in answer])
        self._show.setEnabled(False)
        for number, key in enumerate(self._rows):
            if key == chosen:
                self.table.view.selectRow(number)

    def _open(self, key: str) -> None:
        row = self._rows.get(key)
        if row is None:
            return
        column = self.table.view.currentIndex().column()
        first = _LISTS[column - 1] if 1 <= column <= len(_LISTS) else _LISTS[0]
        lists = (
            IdList("open", lambda: tr("Open cases"), "cases", row.open.ids),
            IdList("overdue", lambda: tr("Overdue tasks"), "tasks", row.overdue.ids),
            IdList("review", lambda: tr("To review"), "cases", row.unreviewed.ids),
            IdList("enhanced", lambda: tr("Enhanced"), "cases", row.enhanced.ids),
            IdList("high_risk", lambda: tr("High risk"), "cases", row.high_risk.ids),
        )
        self.open_list(Behind(row.name, lists, first))


def _row(row: CaseloadRow) -> Row:
    name = Cell(row.name, "strong") if row.member_id else Cell(row.name, "warning", "warning")
    return Row(
        row.member_id or _NOBODY,
        (
            name,
            Cell(str(row.open.count), "strong"),
            count_cell(row.overdue.count),
            _plain(row.unreviewed.count),
            _plain(row.enhanced.count),
            count_cell(row.high_risk.count),
            days_cell(row.days_since_contact),
        ),
    )


def _plain(count: int) -> Cell:
    return Cell(str(count), "plain" if count else "quiet")
