"""The overview: a handful of figures, what waits, and two charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.queries import supervision
from app.queries.settings import setting
from app.queries.supervision import AwaitingReviewRow, MonthRow, NeedsLevelRow, Overview
from app.queries.tasks import TaskRow
from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.card import Card
from app.views.common.chart import Bar, BarChart
from app.views.common.figure import FigureTile
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import Heading, PlainLabel
from app.views.common.wording import Wording, locale
from app.views.programme import Context, way_to
from app.views.supervision import rows
from app.views.supervision.behind import Behind, IdList, Records
from app.views.supervision.needs import needing_help
from app.views.supervision.part import Part, scrolled
from app.words import tr

_SHOWN = 5
_MONTHS = 6


@dataclass(frozen=True)
class _Answer:
    today: date
    figures: Overview
    minutes: int
    waiting: tuple[AwaitingReviewRow, ...]
    late: tuple[TaskRow, ...]
    months: tuple[MonthRow, ...]
    needs: tuple[NeedsLevelRow, ...]


class OverviewPart(Part):
    """Figures on top, below them what waits longest, and the months and needs as bars."""

    KINDS: ClassVar[tuple[str, ...]] = ()

    part_asked = Signal(str)
    """The key of another tab that should be shown."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._answer: _Answer | None = None
        self.open_cases = self._tile("open", "case", lambda: tr("Open cases"))
        self.overdue = self._tile("overdue", "clock", lambda: tr("Overdue tasks"))
        self.call_backs = self._tile("call_backs", "call-back", lambda: tr("Called back in time"))
        self.waiting = self._tile("review", "supervisor", lambda: tr("Waiting for review"))
        self.enhanced = self._tile("enhanced", "shield", lambda: tr("Enhanced support"))
        self._waiting_table = _table([Column(lambda: tr("Case"), 168), *_two()], lambda: tr("Waiting for review"))
        self._waiting_table.opened.connect(lambda case_id: context.go("supervision.review", case_id=case_id))
        self._late_table = _table([Column(lambda: tr("Due"), 150), *_owned()], lambda: tr("Overdue tasks"))
        self._late_table.opened.connect(self._open_task)
        self._months = BarChart(lambda: tr("Cases opened by month"), lambda: tr("Month"))
        self._needs = BarChart(lambda: tr("Cases that need help now"), lambda: tr("Need"))
        self.body.addWidget(scrolled(self._lay_out()))

    def question(self, session: Any, today: date) -> _Answer:
        """Everything on this part."""
        return _Answer(
            today=today,
            figures=supervision.overview(session, now=self.context.clock()),
            minutes=int(setting(session, "vsu.requester_callback_min", today)),
            waiting=supervision.awaiting_review(session, today=today)[:_SHOWN],
            late=supervision.overdue_tasks(session, today=today, limit=_SHOWN),
            months=supervision.months(session, today=today, count=_MONTHS),
            needs=supervision.needs_levels(session),
        )

    def show_answer(self, answer: _Answer) -> None:
        """Show the figures."""
        self._answer = answer
        figures = answer.figures
        self.open_cases.set_figure(str(figures.open_cases.count))
        self.overdue.set_figure(str(figures.overdue_tasks.count), attention=figures.overdue_tasks.count > 0)
        self.waiting.set_figure(str(figures.awaiting_review.count))
        self.enhanced.set_figure(str(figures.enhanced.count))
        self._show_call_backs(answer)
        self._waiting_table.set_rows([_waiting_row(row) for row in answer.waiting])
        self._late_table.set_rows([_late_row(row, answer.today) for row in answer.late])
        for table in (self._waiting_table, self._late_table):
            _fit(table)
        self._months.set_bars([Bar(_month(row.month), row.opened) for row in answer.months])
        needing = sorted(answer.needs, key=lambda row: -needing_help(row.latest))[:_MONTHS]
        self._needs.set_bars([Bar(row.domain.label, needing_help(row.latest)) for row in needing])

    def _show_call_backs(self, answer: _Answer) -> None:
        figure, minutes = answer.figures.call_backs, answer.minutes
        self.call_backs.set_title(lambda: tr("Called back within {minutes} min", minutes=minutes))
        percent = figure.percent
        self.call_backs.set_figure("–" if percent is None else tr("{percent}%", percent=percent))
        self.call_backs.setToolTip(
            tr("On-scene requests of the last 90 days: {met} of {total}.", met=figure.met, total=figure.total)
        )

    def _tile(self, name: str, icon: str, title: Wording) -> FigureTile:
        tile = FigureTile(icon, title)
        tile.setObjectName(f"supervision.figure.{name}")
        tile.pressed.connect(lambda: self._open_figure(name))
        return tile

    def _open_figure(self, name: str) -> None:
        if self._answer is None:
            return
        figures = self._answer.figures
        lists: dict[str, tuple[Wording, Records, tuple[str, ...]]] = {
            "open": (lambda: tr("Open cases"), "cases", figures.open_cases.ids),
            "overdue": (lambda: tr("Overdue tasks"), "tasks", figures.overdue_tasks.ids),
            "call_backs": (lambda: tr("Called back too late, or not yet"), "requests", figures.call_backs.late),
            "review": (lambda: tr("Waiting for review"), "cases", figures.awaiting_review.ids),
            "enhanced": (lambda: tr("Enhanced support"), "cases", figures.enhanced.ids),
        }
        title, records, ids = lists[name]
        self.open_list(Behind(title, (IdList(name, title, records, ids),)))

    def _open_task(self, task_id: str) -> None:
        task = next((row for row in self._answer.late if row.id == task_id), None) if self._answer else None
        way = way_to(task) if task is not None else None
        if way is not None:
            self.context.go(way[0], **way[1])

    def _lay_out(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(4))
        tiles = QHBoxLayout()
        tiles.setSpacing(style.space(3))
        for tile in (self.open_cases, self.overdue, self.call_backs, self.waiting, self.enhanced):
            tiles.addWidget(tile, 1)
        column.addLayout(tiles)
        grid = QGridLayout()
        grid.setSpacing(style.space(4))
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            side.setSpacing(style.space(4))
        left.addWidget(self._list_of(self._waiting_table, lambda: tr("Waiting for review"), "waiting"))
        left.addWidget(self._list_of(self._late_table, lambda: tr("Overdue tasks"), ""))
        left.addStretch(1)
        for chart in (self._months, self._needs):
            card = Card()
            card.add(chart)
            right.addWidget(card)
        right.addStretch(1)
        grid.addLayout(left, 0, 0)
        grid.addLayout(right, 0, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        return whole

    def _list_of(self, table: RowTable, title: Wording, tab: str) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        head = QHBoxLayout()
        head.addWidget(Heading(title, 3), 1)
        everything = QuietButton(lambda: tr("See all"), "arrow-right")
        everything.setObjectName(f"supervision.all.{tab or 'overdue'}")
        everything.clicked.connect(lambda: self.part_asked.emit(tab) if tab else self._open_figure("overdue"))
        head.addWidget(everything)
        column.addLayout(head)
        column.addWidget(table)
        return holder


def _table(columns: list[Column], name: Wording) -> RowTable:
    nothing = PlainLabel(lambda: tr("Nothing waits. Well done."))
    nothing.setContentsMargins(style.space(4), 0, style.space(4), 0)
    return RowTable(columns, name=name, empty=nothing)


def _fit(table: RowTable) -> None:
    table.fit_height(_SHOWN)
    if not table.model.rowCount():
        table.setFixedHeight(style.height("row"))


def _two() -> tuple[Column, ...]:
    return (Column(lambda: tr("Why")), Column(lambda: tr("Waiting"), 115))


def _owned() -> tuple[Column, ...]:
    return (Column(lambda: tr("Task")), Column(lambda: tr("Owner"), 150))


def _waiting_row(row: AwaitingReviewRow) -> Row:
    return Row(
        row.case_id,
        (Cell(row.number or tr("Number pending"), "strong"), row.reason, rows.days_cell(row.days_waiting)),
    )


def _late_row(row: TaskRow, today: date) -> Row:
    due, title = rows.task_row(row, today).cells[:2]
    return Row(row.id, (due, title, row.owner or tr("Nobody")))


def _month(first: date) -> Wording:
    # Said when it is drawn, in the language of that moment.
    return lambda: f"{locale().standaloneMonthName(first.month)} {first.year}"
