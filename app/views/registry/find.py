"""Find a person: one field, results while typing, a reason, the card. Everything by keyboard alone."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from app.models.vocab import RegistryStage
from app.queries.registry_search import LEAST_LETTERS, FoundCard, find_cards
from app.views.broadcast import Live
from app.views.common.buttons import SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import LineEdit
from app.views.programme import Context
from app.views.registry.reason import ReasonPanel
from app.words import tr

_TO_TABLE = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class SearchField(LineEdit):
    """The one field of this page, large enough to be read at arm's length."""


class FindPage(Page):
    """The field above; below it what was found, then the question why."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Find a person"),
            lambda: tr("By name, nickname, address or part of a telephone number. Opening a card asks for a reason."),
            scrolls=False,
        )
        self._context = context
        self._asked: str | None = None
        self._wanted = ""
        self._rows: dict[str, FoundCard] = {}
        self._search = SearchField(lambda: tr("Name, address or telephone"), icon_name="search")
        self._search.setObjectName("registry.search")
        self._search.setAccessibleName(tr("Find a person"))
        self._search.changed.connect(self.refresh)
        self._search.installEventFilter(self)
        self._start = EmptyState(
            "search",
            lambda: tr("Whom are you looking for?"),
            lambda: tr("Type at least two letters or digits. Accents and capitals do not matter."),
        )
        self._table = RowTable(
            [
                Column(lambda: tr("Person"), 150),
                Column(lambda: tr("Age"), 170),
                Column(lambda: tr("Found by"), 170),
                Column(lambda: tr("Registration")),
            ],
            name=lambda: tr("People found"),
            empty=EmptyState(
                "search",
                lambda: tr("Nobody found"),
                lambda: tr("Try another spelling, a street, or the last digits of a telephone number."),
            ),
        )
        self._table.setObjectName("registry.results")
        self._table.opened.connect(self._ask_why)
        self._table.view.installEventFilter(self)
        self._reason = ReasonPanel(context)
        self._reason.opened.connect(self._opened)
        self._reason.left.connect(self._back_to_list)
        self._stack = QStackedWidget()
        for part in (self._start, self._table, self._reason):
            self._stack.addWidget(part)
        describe = SecondaryButton(lambda: tr("Describe a found person"), "person")
        describe.setObjectName("registry.describe")
        describe.clicked.connect(lambda: context.go("registry.found"))
        self.add_action(describe)
        self.add(self._search)
        self.add(self._stack, 1)
        self.setFocusProxy(self._search)
        Live(self, context.broadcast, ("emergency_card",), self._ask_again)

    def open(self, text: str = "") -> None:
        """Begin anew: the last search is not left standing for the next person at the screen."""
        self._search.set_value(text)
        self._search.setFocus()
        self.refresh()

    def refresh(self) -> None:
        """Ask for what is typed now; while an answer is under way only the newest text is asked next."""
        self._wanted = self._search.value() or ""
        self._show_list()
        if self._asked is None:
            self._ask_again()

    def _ask_again(self) -> None:
        text, today = self._wanted, self._today()
        self._asked = text

        def question(session: Any) -> tuple[FoundCard, ...]:
            return find_cards(session, text, today=today)

        self._context.tasks.read(self, question, self._found, self._failed)

    def _found(self, rows: tuple[FoundCard, ...]) -> None:
        asked, self._asked = self._asked, None
        if asked != self._wanted:
            self._ask_again()
            return
        self._rows = {row.card_id: row for row in rows}
        self._table.set_rows([_row(row) for row in rows])
        if rows:
            self._table.view.selectRow(0)

    def _failed(self, problem: Exception) -> None:
        self._asked = None
        self._context.messages.failed(problem)

    def _today(self) -> date:
        return self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while one types, Enter opens what is chosen, Escape empties the field."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if watched is self._search:
            return self._typed(event)
        if watched is self._table.view and event.text().isprintable() and event.text():
            self._search.setFocus()
            self._search.event(event)
            return True
        return super().eventFilter(watched, event)

    def _typed(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._asked is None and self._table.selected_id():
                self._ask_why(self._table.selected_id())
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.open()
            return True
        if event.key() in _TO_TABLE and self._rows:
            here = max(self._table.view.currentIndex().row(), 0)
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 8)
            step = -8 if event.key() == Qt.Key.Key_PageUp else step
            self._table.view.selectRow(min(max(here + step, 0), len(self._rows) - 1))
            return True
        return False

    def _ask_why(self, card_id: str) -> None:
        row = self._rows.get(card_id)
        if row is None:
            return
        self._reason.ask(row)
        self._stack.setCurrentWidget(self._reason)
        self._reason.setFocus()

    def _show_list(self) -> None:
        long_enough = len(self._wanted) >= LEAST_LETTERS
        self._stack.setCurrentWidget(self._table if long_enough else self._start)

    def _back_to_list(self) -> None:
        self._show_list()
        self._search.setFocus()

    def _opened(self, view_id: str) -> None:
        self._context.go("registry.card", view_id=view_id)
        self._search.set_value(None)
        self._rows = {}
        self._wanted = ""
        self._table.set_rows([])
        self._show_list()


def _row(row: FoundCard) -> Row:
    stage = Cell(tr("Provisional"), "warning", "warning") if row.provisional else Cell(tr("Valid"), "quiet", "check")
    if row.stage is RegistryStage.GRACE:
        stage = Cell(tr("Expired, in grace"), "warning", "warning")
    return Row(row.card_id, (Cell(row.initials, "strong"), row.age_band.label(), row.matched.label(), stage))
