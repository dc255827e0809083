"""Who opened which card in the last week, and why: the registry's weekly access list (domain.md 6f)."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from app.models.vocab import label
from app.queries import registry
from app.queries.registry import CardViewRow
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import QuietButton
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.programme import Context
from app.words import tr

_WEEK, _MONTH = 7, 28


class ViewsPage(Page):
    """A table of the recorded views, the newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Who opened cards"), lambda: tr("Every opened card has a reason here."), scrolls=False
        )
        self._context = context
        self._days = SegmentedChoice(
            [(_WEEK, lambda: tr("The last week")), (_MONTH, lambda: tr("The last four weeks"))], optional=False
        )
        self._days.set_value(_WEEK)
        self._days.changed.connect(self.refresh)
        self._owed = TickBox(lambda: tr("Only where the occurrence number is still owed"))
        self._owed.setObjectName("registry.views.owed")
        self._owed.changed.connect(self.refresh)
        self._table = RowTable(
            [
                Column(lambda: tr("When"), 210),
                Column(lambda: tr("Who"), 210),
                Column(lambda: tr("Registration"), 190),
                Column(lambda: tr("Why")),
                Column(lambda: tr("Occurrence number"), 170),
                Column(lambda: tr("How it ended"), 170),
            ],
            name=lambda: tr("Who opened cards"),
            empty=EmptyState(
                "eye",
                lambda: tr("No card was opened"),
                lambda: tr("Whoever opens a card is listed here with the reason."),
            ),
        )
        self._table.setObjectName("registry.views.table")
        back = QuietButton(lambda: tr("Registry"), "chevron-left")
        back.clicked.connect(lambda: context.go("registry.list"))
        self.add_action(back)
        top = QHBoxLayout()
        top.addWidget(self._days, 1)
        top.addWidget(self._owed)
        self.add_layout(top)
        self.add(self._table, 1)
        Live(self, context.broadcast, ("card_view", "card_follow_up"), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        days, now = int(str(self._days.value() or _WEEK)), self._context.clock()

        def question(session: Any) -> tuple[CardViewRow, ...]:
            return registry.card_views(session, now=now, days=days, limit=1000)

        self._context.tasks.read(self, question, self._show)

    def _show(self, rows: tuple[CardViewRow, ...]) -> None:
        zone = self._context.zone
        if self._owed.value():
            rows = tuple(row for row in rows if row.due_at is not None)
        self._table.set_rows([_row(str(place), row, zone) for place, row in enumerate(rows)])


def _row(place: str, row: CardViewRow, zone: str) -> Row:
    who = " · ".join(part for part in (row.who, label(row.role)) if part)
    about = " · ".join(part for part in (row.number, row.initials) if part)
    why = " · ".join(part for part in (label(row.why), row.reason) if part)
    number = Cell(row.occurrence_no or row.without)
    if row.due_at is not None:
        said = tr("missing") if row.late else tr("by {moment}", moment=when.moment(row.due_at, zone))
        number = Cell(said, "danger" if row.late else "warning", "warning")
    return Row(
        place, (when.moment(row.at, zone), Cell(who, "strong"), about, why, number, Cell(label(row.outcome), "quiet"))
    )
