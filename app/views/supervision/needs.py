"""The needs of the open cases by domain: how they stood at the first assessment, and how they stand now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from app.models.vocab import NeedDomain, NeedLevel
from app.queries import supervision
from app.queries.supervision import NeedsLevelRow
from app.views.common.card import Card
from app.views.common.chart import Bar, BarChart
from app.views.common.choices import SegmentedChoice
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import QuietText
from app.views.programme import Context
from app.views.supervision.behind import Behind, IdList
from app.views.supervision.part import Part, scrolled
from app.views.supervision.rows import count_cell
from app.words import tr

_SPOKEN = (NeedLevel.NONE, NeedLevel.INFORMATION, NeedLevel.SOME_HELP, NeedLevel.URGENT)


class NeedsPart(Part):
    """A table of start against latest, or the same as bars."""

    KINDS: ClassVar[tuple[str, ...]] = ("needs_assessment", "need_answer", "case_file")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._rows: tuple[NeedsLevelRow, ...] = ()
        self._how = SegmentedChoice(
            [("table", lambda: tr("Start and now")), ("bars", lambda: tr("Bars"))], optional=False
        )
        self._how.setObjectName("supervision.needs.how")
        self._how.set_value("table")
        self._how.changed.connect(self._show_one)
        self.table = RowTable(
            [
                Column(lambda: tr("Need")),
                Column(lambda: tr("Urgent, start"), 125, numeric=True),
                Column(lambda: tr("Urgent, now"), 125, numeric=True),
                Column(lambda: tr("Some help, start"), 155, numeric=True),
                Column(lambda: tr("Some help, now"), 150, numeric=True),
                Column(lambda: tr("Not asked"), 110, numeric=True),
            ],
            name=lambda: tr("Needs at the start and now"),
        )
        self.table.setObjectName("supervision.needs.table")
        self.table.opened.connect(self._open)
        self._bars = BarChart(lambda: tr("Open cases that need help now: urgent or some help"), lambda: tr("Need"))
        card = Card()
        card.add(self._bars)
        self._drawn = scrolled(card)
        self._explained = QuietText(
            lambda: tr(
                "Open cases at their first and latest assessment. Double-click a need to see where it is urgent."
            )
        )
        for widget in (self._how, self.table, self._explained, self._drawn):
            self.body.addWidget(widget, 1 if widget in (self.table, self._drawn) else 0)
        self._show_one()

    def question(self, session: Any, today: date) -> tuple[NeedsLevelRow, ...]:
        """Every domain."""
        return supervision.needs_levels(session)

    def show_answer(self, answer: tuple[NeedsLevelRow, ...]) -> None:
        """Show it."""
        self._rows = answer
        self.table.set_rows([_row(row) for row in answer])
        self._bars.set_bars([Bar(row.domain.label, needing_help(row.latest)) for row in answer])

    def _show_one(self) -> None:
        table = self._how.value() == "table"
        self.table.setVisible(table)
        self._explained.setVisible(table)
        self._drawn.setVisible(not table)

    def _open(self, code: str) -> None:
        row = next((row for row in self._rows if row.domain == code), None)
        if row is not None:
            domain: NeedDomain = row.domain
            title = tr("{need}: urgent now", need=domain.label())
            self.open_list(Behind(title, (IdList("urgent", title, "cases", row.urgent_now),)))


def needing_help(levels: Mapping[NeedLevel, int]) -> int:
    """How many cases have a need that somebody should help with."""
    return levels.get(NeedLevel.URGENT, 0) + levels.get(NeedLevel.SOME_HELP, 0)


def _row(row: NeedsLevelRow) -> Row:
    not_asked = sum(count for level, count in row.latest.items() if level not in _SPOKEN)
    return Row(
        str(row.domain),
        (
            Cell(row.domain.label(), "strong"),
            _plain(row.start.get(NeedLevel.URGENT, 0)),
            count_cell(row.latest.get(NeedLevel.URGENT, 0)),
            _plain(row.start.get(NeedLevel.SOME_HELP, 0)),
            _plain(row.latest.get(NeedLevel.SOME_HELP, 0)),
            _plain(not_asked),
        ),
    )


def _plain(count: int) -> Cell:
    return Cell(str(count), "plain" if count else "quiet")
