"""Searches, those that go on first, and the way to begin one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from app.models.search_vocab import SearchStatus
from app.models.vocab import Role, label
from app.queries import lifesaver_search
from app.queries.lifesaver_search import SearchRow
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.lifesaver import search_dialogs
from app.views.programme import Context
from app.words import tr

STARTERS = frozenset({Role.DSP, Role.ESS, Role.SUP})


class SearchesPage(Page):
    """The list of searches; a row opens its room."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Searches"),
            lambda: tr("Someone is missing: start at once, the questions follow in their order."),
            scrolls=False,
        )
        self._context = context
        if context.person.role in STARTERS:
            start = PrimaryButton(lambda: tr("Start a search"), "danger")
            start.setObjectName("searches.start")
            start.clicked.connect(self._start)
            self.add_action(start)
            QShortcut(QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_N), self, self._start)
        self._table = RowTable(
            [
                Column(lambda: tr("Number"), 160),
                Column(lambda: tr("Person"), 90),
                Column(lambda: tr("Status"), 200),
                Column(lambda: tr("The call"), 220),
                Column(lambda: tr("How it ended")),
            ],
            name=lambda: tr("Searches"),
            empty=EmptyState(
                "check-circle",
                lambda: tr("Nobody is being searched for"),
                lambda: tr("A search that is started stands here until it is closed, and afterwards with its report."),
            ),
        )
        self._table.setObjectName("searches.table")
        self._table.opened.connect(lambda search_id: context.go("lifesaver.search", search_id=search_id))
        self.add(self._table, 1)
        Live(self, context.broadcast, ("search_activation",), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        self._context.tasks.read(self, lambda session: lifesaver_search.searches(session), self._show)

    def _show(self, rows: tuple[SearchRow, ...]) -> None:
        self._table.set_rows([self._line(row) for row in rows])

    def _line(self, row: SearchRow) -> Row:
        status = Cell(label(row.status), "danger", "danger")
        if row.status in (SearchStatus.CLOSED, SearchStatus.LOCATED):
            status = Cell(label(row.status), "success", "check")
        ended = label(row.outcome) if row.outcome else ""
        if row.status is SearchStatus.CLOSED and row.debriefed_on is None:
            ended = tr("{outcome}, to be debriefed", outcome=ended)
        if row.drill:
            ended = tr("Drill. {outcome}", outcome=ended)
        call = when.moment(row.call_at, self._context.zone)
        return Row(row.id, (Cell(row.number or tr("Number pending"), "strong"), row.who, status, call, ended))

    def _start(self) -> None:
        search_dialogs.activate(self._context, self, self._started).open()

    def _started(self, search_id: Any) -> None:
        self._context.go("lifesaver.search", search_id=search_id)
