"""A dispatch card that was opened with a reason, by itself on a page."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut

from app.models.vocab import label
from app.queries import dispatch_card
from app.queries.dispatch_card import DispatchCardRow, ViewRow
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.messages import sentence_of
from app.views.programme import Context
from app.views.tracking.card_view import DispatchCardView
from app.words import tr

_WEEK = 7


class CardPage(Page):
    """`open(view_id=...)` names the recorded view."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Dispatch card"))
        self._context = context
        self._view_id, self._card_id = "", ""
        self._card = Card()
        back = QuietButton(lambda: tr("Alarms"), "chevron-left")
        back.clicked.connect(lambda: context.go("tracking.dispatch"))
        self._print = SecondaryButton(lambda: tr("Print the card"), "print")
        self._print.setObjectName("tracking.card.print")
        self._print.clicked.connect(self.print_card)
        self.add_action(back)
        self.add_action(self._print)
        self.add(self._card)
        QShortcut(QKeySequence.StandardKey.Print, self, self.print_card)

    def open(self, view_id: str = "", **_more: Any) -> None:
        """Show the card of a recorded view."""
        self._view_id, self._card_id = view_id, ""
        self._card.clear()
        self._print.setEnabled(False)
        person, now = self._context.person, self._context.clock()
        self._context.tasks.read(
            self,
            lambda session: dispatch_card.card(session, view_id, member_id=person.member_id, now=now),
            self._show,
            self._failed,
        )

    def print_card(self) -> None:
        """Print the card that is shown."""
        if self._card_id:
            self._context.preview(self, "F-804", record_id=self._card_id)

    def _show(self, row: DispatchCardRow) -> None:
        self._card_id = row.card_id
        self._print.setEnabled(True)
        self._card.clear()
        self._card.add(DispatchCardView(row))

    def _failed(self, problem: Exception) -> None:
        self._card.clear()
        self._card.add(EmptyState("shield", lambda: tr("No card is open"), lambda: sentence_of(problem)))


class ViewsPage(Page):
    """Who opened a dispatch card or looked at positions in the last week, and why."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Who opened dispatch cards"), lambda: tr("Every look has a reason here."), scrolls=False
        )
        self._context = context
        self._table = RowTable(
            [
                Column(lambda: tr("When"), 210),
                Column(lambda: tr("Who"), 220),
                Column(lambda: tr("What"), 170),
                Column(lambda: tr("Why")),
                Column(lambda: tr("Occurrence number"), 150),
            ],
            name=lambda: tr("Who opened dispatch cards"),
            empty=EmptyState("eye", lambda: tr("Nobody looked"), lambda: tr("Whoever opens a card is listed here.")),
        )
        self._table.setObjectName("tracking.views")
        back = QuietButton(lambda: tr("Personal alarms"), "chevron-left")
        back.clicked.connect(lambda: context.go("tracking.list"))
        self.add_action(back)
        self.add(self._table, 1)
        Live(self, context.broadcast, ("tracking_view",), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        now = self._context.clock()
        self._context.tasks.read(self, lambda session: dispatch_card.views(session, now=now, days=_WEEK), self._show)

    def _show(self, rows: tuple[ViewRow, ...]) -> None:
        zone = self._context.zone
        self._table.set_rows([_view_row(str(place), row, zone) for place, row in enumerate(rows)])


def _view_row(place: str, row: ViewRow, zone: str) -> Row:
    who = " · ".join(part for part in (row.who, label(row.role)) if part)
    what = tr("Positions") if row.what == "location_track" else tr("Dispatch card")
    why = " · ".join(part for part in (label(row.why), row.reason) if part)
    return Row(place, (when.moment(row.at, zone), Cell(who, "strong"), what, why, row.occurrence_no))
