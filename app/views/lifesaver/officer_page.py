"""The card of somebody who is being searched for, as an officer opens it: with a reason, while the search goes on."""

from __future__ import annotations

from typing import Any

from app.queries import search_cards
from app.queries.search_cards import CardView, GoingOn
from app.queries.settings import local_day
from app.services import search_notices
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.why_dialog import WhyDialog
from app.views.lifesaver.search_panes import PersonPane
from app.views.messages import sentence_of
from app.views.programme import Context
from app.words import tr


class OfficerPage(Page):
    """Searches that go on above, the opened card below. The frequency is the search specialists' alone."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Missing now"),
            lambda: tr("Searches that go on. The card of who is missing opens with a reason."),
            scrolls=False,
        )
        self._context = context
        self._view_id = ""
        self._button = PrimaryButton(lambda: tr("Open the card"), "eye")
        self._button.setObjectName("officer.open")
        self.add_action(self._button)
        self._table: RowTable = RowTable(
            [
                Column(lambda: tr("Number"), 170),
                Column(lambda: tr("Person"), 90),
                Column(lambda: tr("Age"), 120),
                Column(lambda: tr("Municipality"), 180),
                Column(lambda: tr("The call")),
            ],
            name=lambda: tr("Searches that go on"),
            empty=EmptyState(
                "check-circle",
                lambda: tr("Nobody is being searched for"),
                lambda: tr("When dispatch starts a search, it stands here. Other people’s emergency cards: F3."),
            ),
        )
        self._table.setObjectName("officer.table")
        self._table.opened.connect(self._ask)
        self._button.clicked.connect(lambda: self._ask(self._table.selected_id()))
        self._table.selected.connect(lambda _: self._allow())
        self.add(self._table, 2)
        self.card = PersonPane(context)
        self.card.setObjectName("officer.card")
        self.card.hide()
        self.add(self.card, 5)
        Live(self, context.broadcast, ("search_notice", "search_card", "battery_notice", "attachment"), self.refresh)
        self._allow()
        self.refresh()

    def refresh(self) -> None:
        """Ask again; a card whose search is over goes from the screen."""
        now = self._context.clock()
        self._context.tasks.read(
            self, lambda session: search_cards.going_on(session, today=local_day(session, now)), self._show
        )
        if self._view_id:
            self._read(self._view_id)

    def _show(self, rows: tuple[GoingOn, ...]) -> None:
        self._table.set_rows([_line(row, self._context.zone) for row in rows])
        self._allow()

    def _allow(self) -> None:
        self._button.setEnabled(bool(self._table.selected_id()))

    def _ask(self, notice_id: str) -> None:
        if not notice_id:
            return
        dialog = WhyDialog(
            self._context,
            self,
            "officer.why",
            lambda: tr("Open the card of who is missing"),
            lambda: tr("Open the card"),
            search_notices.open_search_card,
            lambda reason: search_notices.OpenSearchCard(notice_id=notice_id, reason=reason),
            subject=notice_id,
            text=lambda: tr("The reason is recorded and the registry sees it."),
        )
        dialog.done_with.connect(lambda view_id: self._read(str(view_id)))
        dialog.open()

    def _read(self, view_id: str) -> None:
        self._view_id = view_id
        now = self._context.clock()

        def question(session: Any) -> CardView:
            return search_cards.opened_card(session, view_id, today=local_day(session, now))

        self._context.tasks.read(self, question, self._show_card, self._gone)

    def _show_card(self, card: CardView) -> None:
        self.card.show_card(card)
        self.card.show()

    def _gone(self, problem: Exception) -> None:
        if self._view_id:
            self._context.messages.say(sentence_of(problem))
        self._view_id = ""
        self.card.hide()


def _line(row: GoingOn, zone: str) -> Row:
    number = tr("Drill. {number}", number=row.number) if row.drill else row.number
    return Row(
        row.notice_id,
        (
            Cell(number or tr("Number pending"), "strong"),
            row.initials,
            row.age_band.label(),
            row.municipality,
            when.moment(row.call_at, zone),
        ),
    )
