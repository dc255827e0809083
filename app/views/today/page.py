"""The first page: running clocks, what came back, what is due, typing that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.vocab import Role, TaskKind
from app.queries import settings, today
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.leaving import LeavingBanners
from app.views.programme import Context
from app.views.today.alerts import Alerts
from app.views.today.call_back import CallBackLine
from app.views.today.draft_line import DraftLine
from app.views.today.due_list import DueLine
from app.views.today.figures import Figures
from app.views.today.returned import ReturnedLine
from app.words import tr

_SHOWN = 8
_CASE_WORK = frozenset({Role.VSU, Role.VQC})


@dataclass(frozen=True)
class _Answer:
    day: date
    counts: today.TodayCounts
    due: today.DueTasks
    clocks: tuple[today.CallBackRow, ...]
    returned: tuple[today.ReturnedRow, ...]
    drafts: tuple[today.DraftRow, ...]


def _ask(session: Any, member_id: str, now: datetime) -> _Answer:
    day = settings.local_day(session, now)
    return _Answer(
        day=day,
        counts=today.counts(session, member_id, today=day),
        due=today.due(session, member_id, today=day),
        clocks=today.call_backs(session),
        returned=today.returned_work(session, member_id, today=day),
        drafts=today.drafts(session),
    )


class TodayPage(Page):
    """What is due, for the person who acts."""

    def __init__(self, context: Context) -> None:
        first_name = context.person.name.split(" ")[0]
        super().__init__(lambda: tr("Today"), lambda: tr("Welcome, {name}.", name=first_name))
        self._context = context
        self._add_actions()
        self.alerts = Alerts(context)
        self.add(self.alerts)
        self.leaving = LeavingBanners(context, "today")
        self.add(self.leaving)
        self._figures = Figures(context.go)
        self.add(self._figures)
        self._clocks = Card(lambda: tr("Call back"), subtitle=lambda: tr("The requester waits for a call."))
        self._returned = Card(lambda: tr("Returned for correction"))
        self._drafts = 0
        self._unfinished = Card(self._unfinished_words, subtitle=lambda: tr("Typed and not saved yet."))
        self._unfinished.setObjectName("today.unfinished")
        self._overdue = Card(lambda: tr("Overdue"))
        self._due_today = Card(lambda: tr("Due today"))
        self._coming = Card(lambda: tr("The next seven days"))
        self._more_overdue, self._more_today, self._more_coming = (
            self._see_all(card) for card in (self._overdue, self._due_today, self._coming)
        )
        self._nothing = EmptyState(
            "check-circle",
            lambda: tr("Nothing is due"),
            lambda: tr("New tasks appear here by themselves when you work on a case."),
        )
        cards = (self._clocks, self._overdue, self._due_today, self._returned, self._unfinished, self._coming)
        for card in cards:
            card.hide()
            self.add(card)
        self._nothing.hide()
        self.add(self._nothing)
        self.body.addStretch(1)
        Live(self, context.broadcast, (), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        self.alerts.refresh()
        self.leaving.refresh()
        member, now = self._context.person.member_id, self._context.clock()
        self._context.tasks.read(self, lambda session: _ask(session, member, now), self._show)

    def _show(self, answer: _Answer) -> None:
        self._figures.set_counts(answer.counts)
        _fill(self._clocks, [CallBackLine(row, self._context) for row in answer.clocks[:_SHOWN]])
        _fill(self._returned, [ReturnedLine(row, self._context) for row in answer.returned[:_SHOWN]])
        self._drafts = len(answer.drafts)
        self._unfinished.set_title(self._unfinished_words, lambda: tr("Typed and not saved yet."))
        _fill(self._unfinished, [DraftLine(row, self._context, self) for row in answer.drafts[:_SHOWN]])
        # What came back has a card of its own: its task would only say the same again.
        back = {row.case_id for row in answer.returned}
        coming = [row for row in answer.due.coming if row.kind is not TaskKind.CORRECTION or row.case_id not in back]
        for card, more, rows in (
            (self._overdue, self._more_overdue, answer.due.overdue),
            (self._due_today, self._more_today, answer.due.today),
            (self._coming, self._more_coming, coming),
        ):
            _fill(card, [DueLine(row, answer.day, self._context) for row in rows[:_SHOWN]])
            more.setVisible(len(rows) > _SHOWN)
        anything = (
            answer.clocks
            or answer.returned
            or answer.drafts
            or answer.due.overdue
            or answer.due.today
            or answer.due.coming
        )
        self._nothing.setVisible(not anything)
        self.set_title(lambda: tr("Today"), lambda: when.day(answer.day))

    def _unfinished_words(self) -> str:
        return tr("Unfinished: {count}", count=self._drafts)

    def _see_all(self, card: Card) -> QuietButton:
        button = QuietButton(lambda: tr("See all"), "arrow-right")
        button.clicked.connect(lambda: self._context.go("tasks"))
        button.hide()
        card.add_action(button)
        return button

    def _add_actions(self) -> None:
        request = PrimaryButton(lambda: tr("Request victim services"), "call")
        request.setObjectName("today.new_request")
        request.clicked.connect(lambda: self._context.go("requests.new"))
        if self._context.person.role in _CASE_WORK:
            case = SecondaryButton(lambda: tr("Open a case"), "plus")
            case.setObjectName("today.open_case")
            case.clicked.connect(lambda: self._context.go("crisis.capture"))
            self.add_action(case)
        if self._context.person.role is not Role.VOL:
            self.add_action(request)


def _fill(card: Card, lines: list[QWidget]) -> None:
    card.clear()
    column = QVBoxLayout()
    column.setSpacing(0)
    for line in lines:
        column.addWidget(line)
    holder = QWidget()
    holder.setLayout(column)
    column.setContentsMargins(0, 0, 0, 0)
    card.add(holder)
    card.setVisible(bool(lines))
