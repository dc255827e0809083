"""What analysts see of a programme: the tables that a supervisor published, and nothing else (domain.md 20.1)."""

from __future__ import annotations

from typing import Any

from app.queries import tracking_figures
from app.queries.tracking_figures import Published
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import QuietText
from app.views.common.wording import Wording
from app.views.programme import Context
from app.words import tr


class CountsPage(Page):
    """The tables of one year below each other in one list: table, label, count."""

    def __init__(self, context: Context, programme: str, title: Wording) -> None:
        super().__init__(
            title, lambda: tr("By year. Numbers that are too small to publish are left out."), scrolls=False
        )
        self._context, self._programme = context, programme
        self._tables: tuple[Published, ...] = ()
        self._said = QuietText("")
        self._year = SegmentedChoice([], optional=False)
        self._year.setObjectName(f"{programme}.counts.year")
        self._year.changed.connect(self._draw)
        self._rows = RowTable(
            [
                Column(lambda: tr("Table"), 330),
                Column(lambda: tr("What")),
                Column(lambda: tr("Count"), 140, numeric=True),
            ],
            name=title,
            empty=EmptyState(
                "list",
                lambda: tr("Nothing is published yet"),
                lambda: tr("A supervisor publishes the counts of a year."),
            ),
        )
        self._rows.setObjectName(f"{programme}.counts")
        self.add(self._year)
        self.add(self._said)
        self.add(self._rows, 1)
        Live(self, context.broadcast, ("published_table",), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""

        def question(session: Any) -> tuple[Published, ...]:
            return tracking_figures.published(session, self._programme)

        self._context.tasks.read(self, question, self._show)

    def _show(self, tables: tuple[Published, ...]) -> None:
        self._tables = tables
        years = sorted({table.starts_on for table in tables if table.starts_on is not None}, reverse=True)
        before = self._year.value()
        self._year.set_options([(first, str(first.year)) for first in years])
        self._year.set_value(before if before in years else next(iter(years), None))
        self._year.setVisible(len(years) > 1)
        self._draw()

    def _draw(self) -> None:
        shown = [table for table in self._tables if table.starts_on == self._year.value()]
        rows = []
        for table in sorted(shown, key=lambda one: tr(one.name)):
            for place, line in enumerate(table.rows):
                title = Cell(tr(table.name), "strong") if place == 0 else ""
                value = line.values[0] if line.values else None
                rows.append(Row(f"{table.id} {place}", (title, tr(line.label), "–" if value is None else str(value))))
        self._rows.set_rows(rows)
        if shown:
            smallest, at = shown[0].smallest, when.moment(shown[0].published_at, self._context.zone)
            self._said.set_text(
                lambda: tr("A dash stands for a number under {smallest}. Published {day}.", smallest=smallest, day=at)
            )
