"""The cases that wait for a supervisor, the one that waits longest first."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout

from app.models.vocab import label
from app.queries import supervision
from app.queries.supervision import AwaitingReviewRow
from app.views.common.buttons import PrimaryButton
from app.views.common.empty import EmptyState
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.programme import Context
from app.views.supervision.part import Part
from app.views.supervision.rows import days_cell, who
from app.words import tr


class WaitingPart(Part):
    """Opens the review of a case."""

    KINDS: ClassVar[tuple[str, ...]] = ("case_file", "case_review")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._review = PrimaryButton(lambda: tr("Review the case"), "arrow-right")
        self.table = RowTable(
            [
                Column(lambda: tr("Case"), 168),
                Column(lambda: tr("Person"), 155),
                Column(lambda: tr("Worker")),
                Column(lambda: tr("Why")),
                Column(lambda: tr("Status"), 130),
                Column(lambda: tr("Waiting"), 115, numeric=True),
            ],
            name=lambda: tr("Waiting for review"),
            empty=EmptyState(
                "check-circle",
                lambda: tr("Nothing waits for review"),
                lambda: tr("A case comes here when its worker asks for a review, or when enhanced support is due one."),
            ),
        )
        self.table.setObjectName("supervision.waiting.table")
        self.table.opened.connect(self._open)
        self.table.selected.connect(lambda case_id: self._review.setEnabled(bool(case_id)))
        self._review.setObjectName("supervision.waiting.review")
        self._review.setEnabled(False)
        self._review.clicked.connect(lambda: self._open(self.table.selected_id()))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._review)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(foot)

    def question(self, session: Any, today: date) -> tuple[AwaitingReviewRow, ...]:
        """All that wait."""
        return supervision.awaiting_review(session, today=today)

    def show_answer(self, answer: tuple[AwaitingReviewRow, ...]) -> None:
        """Show them."""
        chosen = self.table.selected_id()
        self.table.set_rows([_row(row) for row in answer])
        self._review.setEnabled(False)
        for number, row in enumerate(answer):
            if row.case_id == chosen:
                self.table.view.selectRow(number)

    def _open(self, case_id: str) -> None:
        if case_id:
            self.context.go("supervision.review", case_id=case_id)


def _row(row: AwaitingReviewRow) -> Row:
    return Row(
        row.case_id,
        (
            Cell(row.number or tr("Number pending"), "strong"),
            who(row.initials, row.age_band),
            Cell(row.worker) if row.worker else Cell(tr("Without a worker"), "warning", "warning"),
            row.reason,
            Cell(label(row.status), "quiet"),
            days_cell(row.days_waiting),
        ),
    )
