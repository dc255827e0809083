"""The list behind a figure, a page at a time; more than one list where a person has several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.queries import drill
from app.queries.settings import local_day
from app.queries.tasks import TaskRow
from app.views import style
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.table import Column, Row, RowTable
from app.views.common.text import Heading
from app.views.common.wording import Wording, say
from app.views.programme import Context
from app.views.supervision import rows
from app.views.supervision.behind import Behind, IdList, Records
from app.words import tr

Found = tuple[list[Row], dict[str, str]]
"""Rows, and the case or request that each opens."""


class Lists(QWidget):
    """Shows a `Behind`. `closed` asks to go back to the figures."""

    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._behind: Behind | None = None
        self._shown: IdList | None = None
        self._targets: dict[str, str] = {}
        self._title = Heading("", 2)
        back = QuietButton(lambda: tr("Back to the figures"), "chevron-left")
        back.setObjectName("supervision.list.back")
        back.clicked.connect(self.closed)
        self._open = SecondaryButton(lambda: tr("Show"), "arrow-right")
        self._open.setObjectName("supervision.list.open")
        self._open.clicked.connect(lambda: self._go(self._table().selected_id()))
        self._which: SegmentedChoice | None = None
        self._choice = QVBoxLayout()
        self._tables: dict[Records, RowTable] = {
            "cases": self._make_table(rows.case_columns(), lambda: tr("Cases")),
            "tasks": self._make_table(rows.task_columns(), lambda: tr("Tasks")),
            "requests": self._make_table(rows.request_columns(), lambda: tr("Requests")),
        }
        self._stack = QStackedLayout()
        head = QHBoxLayout()
        head.setSpacing(style.space(3))
        head.addWidget(back)
        head.addWidget(self._title, 1)
        head.addWidget(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(3))
        column.addLayout(head)
        column.addLayout(self._choice)
        column.addLayout(self._stack, 1)
        for table in self._tables.values():
            self._stack.addWidget(table)

    def show_behind(self, behind: Behind) -> None:
        """Show other lists."""
        self._behind = behind
        self._title.set_text(behind.title)
        self._offer(behind)
        self._show(behind.chosen())

    def _offer(self, behind: Behind) -> None:
        if self._which is not None:
            self._choice.removeWidget(self._which)
            self._which.hide()
            self._which.deleteLater()
            self._which = None
        if len(behind.lists) < 2:
            return
        self._which = SegmentedChoice([(one.key, _counted(one)) for one in behind.lists], optional=False)
        self._which.setObjectName("supervision.list.which")
        self._which.set_value(behind.chosen().key)
        self._which.changed.connect(self._on_which)
        self._choice.addWidget(self._which)

    def _on_which(self) -> None:
        if self._behind is not None and self._which is not None:
            self._show(self._behind.chosen(str(self._which.value())))

    def _show(self, one: IdList) -> None:
        self._shown, self._targets = one, {}
        table = self._tables[one.records]
        self._stack.setCurrentWidget(table)
        self._open.setEnabled(False)
        table.set_source_later(len(one.ids), lambda offset, limit: self._ask(one, offset, limit))

    def _ask(self, one: IdList, offset: int, limit: int) -> None:
        ids, now, zone = one.ids[offset : offset + limit], self._context.clock(), self._context.zone

        def question(session: Any) -> Found:
            return _found(session, one.records, ids, local_day(session, now), zone)

        def arrived(found: Found) -> None:
            if self._shown is one:
                self._targets |= found[1]
                self._tables[one.records].deliver(offset, found[0])

        self._context.tasks.read(self, question, arrived)

    def _make_table(self, columns: Sequence[Column], name: Wording) -> RowTable:
        table = RowTable(
            columns,
            name=name,
            empty=EmptyState("check-circle", lambda: tr("Nothing here"), lambda: tr("This list is empty now.")),
        )
        table.opened.connect(self._go)
        table.selected.connect(lambda record_id: self._open.setEnabled(bool(record_id)))
        return table

    def _table(self) -> RowTable:
        return self._tables[self._shown.records if self._shown else "cases"]

    def _go(self, record_id: str) -> None:
        target = self._targets.get(record_id, "")
        if self._shown is None or not target:
            return
        if target.startswith("request:"):
            self._context.go("requests.detail", request_id=target.removeprefix("request:"))
        elif self._shown.key == "review":
            self._context.go("supervision.review", case_id=target)
        else:
            self._context.go("crisis.case", case_id=target)


def _target(row: TaskRow) -> str:
    """The case or request of a task; empty for one of neither."""
    return row.case_id or (f"request:{row.request_id}" if row.request_id else "")


def _found(session: Any, records: Records, ids: Sequence[str], today: date, zone: str) -> Found:
    if records == "cases":
        cases = drill.cases(session, ids, today=today)
        return [rows.case_row(row, today, zone) for row in cases], {row.id: row.id for row in cases}
    if records == "tasks":
        tasks = drill.tasks(session, ids, today=today)
        targets = {row.id: _target(row) for row in tasks}
        return [rows.task_row(row, today) for row in tasks], targets
    requests = drill.requests(session, ids)
    return [rows.request_row(row, today, zone) for row in requests], {row.id: f"request:{row.id}" for row in requests}


def _counted(one: IdList) -> Callable[[], str]:
    return lambda: f"{say(one.title)} · {len(one.ids)}"
