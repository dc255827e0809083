"""The list of requests: what is open with its clock, or all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from app.models.vocab import Role, label
from app.queries import crisis
from app.queries.crisis.rows import RequestRow
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.programme import Context
from app.words import tr, trn

_MOST = 500
_EVERY_MS = 20_000


class RequestsPage(Page):
    """Open requests first; the clock in words, never by colour alone."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Requests"), lambda: tr("Call the requester back within 30 minutes."), scrolls=False
        )
        self._context = context
        new = PrimaryButton(lambda: tr("Request victim services"), "plus")
        new.setObjectName("requests.new")
        new.clicked.connect(lambda: context.go("requests.new"))
        if context.person.role is not Role.VOL:
            self.add_action(new)
        self._which = SegmentedChoice(
            [("open", lambda: tr("Open requests")), ("all", lambda: tr("All requests"))], optional=False
        )
        self._which.set_value("open")
        self._which.changed.connect(self.refresh)
        self.table = RowTable(
            [
                Column(lambda: tr("Number"), 160),
                Column(lambda: tr("Call back"), 150),
                Column(lambda: tr("What happened")),
                Column(lambda: tr("Where"), 110),
                Column(lambda: tr("Response wanted"), 150),
                Column(lambda: tr("Status"), 110),
            ],
            name=lambda: tr("Requests"),
            empty=EmptyState(
                "call",
                lambda: tr("No open request"),
                lambda: tr("A new request takes about a minute, with or without a network."),
            ),
        )
        self.table.opened.connect(lambda request_id: context.go("requests.detail", request_id=request_id))
        self.add(self._which)
        self.add(self.table, 1)
        QShortcut(QKeySequence.StandardKey.New, self, lambda: context.go("requests.new"))
        Live(self, context.broadcast, ("service_request", "responder", "deployment"), self.refresh)
        self._ticker = QTimer(self)
        self._ticker.setInterval(_EVERY_MS)
        self._ticker.timeout.connect(lambda: self.refresh() if self.isVisible() else None)
        self._ticker.start()
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        now, only_open = self._context.clock(), self._which.value() == "open"

        def question(session: Any) -> tuple[RequestRow, ...]:
            if only_open:
                return crisis.open_requests(session, now=now, limit=_MOST)
            return crisis.request_list(session, open_only=False, limit=_MOST)

        self._context.tasks.read(self, question, lambda rows: self._show(rows, now))

    def _show(self, rows: tuple[RequestRow, ...], now: datetime) -> None:
        chosen = self.table.selected_id()
        self.table.set_rows([self._row(row, now) for row in rows])
        for number, row in enumerate(rows):
            if row.id == chosen:
                self.table.view.selectRow(number)

    def _row(self, row: RequestRow, now: datetime) -> Row:
        return Row(
            row.id,
            (
                Cell(row.number or tr("Number pending"), "strong"),
                clock_cell(row, now, self._context.zone),
                label(row.offence_group),
                row.municipality or row.location or "",
                label(row.response_wanted),
                Cell(label(row.status), "quiet"),
            ),
        )


def clock_cell(row: RequestRow, now: datetime, zone: str) -> Cell:
    """The call-back clock of a request in words."""
    if row.called_back_at is not None:
        said = tr("Called back {time}", time=when.time_of(row.called_back_at, zone))
        return Cell(said, "success" if row.call_back_met else "warning", "check" if row.call_back_met else "warning")
    if row.call_back_due is None:
        return Cell("", "quiet")
    minutes = int((row.call_back_due - now).total_seconds() // 60)
    if minutes < 0:
        return Cell(trn("{count} min over", "{count} min over", -minutes), "danger", "warning")
    return Cell(trn("{count} min left", "{count} min left", minutes), "warning" if minutes < 10 else "info", "clock")
