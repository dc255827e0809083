"""The list of cases: initials and age bands only, a page of rows at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.models.vocab import AgeBand, CaseStatus, Priority, Role, SupportLevel
from app.queries import settings
from app.queries.crisis import listing
from app.queries.crisis.rows import CaseFilter, CaseRow
from app.queries.members import MemberRow, members
from app.views import style
from app.views.broadcast import Live
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.picker import ComboPicker
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import LineEdit
from app.views.crisis.asking import day_words, options, zone_of
from app.views.crisis.signs import ICON_OF_SYNC, KIND_OF_PRIORITY
from app.views.leaving import LeavingBanners
from app.views.programme import Context
from app.words import tr, trn

ANY, NOT_CLOSED, MINE, EVERYONE = "any", "not_closed", "mine", "everyone"
_PAUSE_MS = 250
_WORKER = 4


class CasesPage(Page):
    """Search, filters and the cases that fit; Enter or a double click opens one."""

    WIDEST = 1440

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Cases"), scrolls=False)
        self._context = context
        self._count: int | None = None
        self._asked = CaseFilter()
        self._round = 0
        self.setObjectName("cases")
        self._make_filters()
        self.table = self._make_table()
        self.leaving = LeavingBanners(context, "cases")
        self.add_above(self.leaving)
        self.add(self._filter_row())
        self.add(self.table, 1)
        self._add_open_button()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        Live(self, context.broadcast, ("case_file", "person", "task", "contact_log", "incident"), self.refresh)
        context.tasks.read(self, members, self._show_workers)

    def open(self, **asked: Any) -> None:
        """Show the list, up to date."""
        if asked.get("status") in tuple(CaseStatus):
            self.status.set_value(asked["status"])
        self.refresh()

    def refresh(self) -> None:
        """Ask again with the filters as they stand."""
        self._pause.stop()
        self.leaving.refresh()
        self._asked = self._filter()
        self._round += 1
        number, asked = self._round, self._asked
        self._context.tasks.read(
            self, lambda session: listing.case_count(session, asked), lambda count: self._show(number, count)
        )

    def _make_filters(self) -> None:
        self.search = LineEdit(lambda: tr("Number, name or phone"), icon_name="search")
        self.search.setObjectName("cases.search")
        self.search.setAccessibleName(tr("Search cases"))
        self.search.changed.connect(lambda: self._pause.start())
        self.search.returnPressed.connect(self.refresh)
        self.status = ComboPicker(
            [
                (NOT_CLOSED, lambda: tr("Not closed")),
                *options(CaseStatus),
                (ANY, lambda: tr("Every status")),
            ]
        )
        self.status.set_value(NOT_CLOSED)
        self.worker = ComboPicker([(MINE, lambda: tr("My cases")), (EVERYONE, lambda: tr("All workers"))])
        self.worker.set_value(EVERYONE if self._context.person.role is Role.SUP else MINE)
        self.priority = ComboPicker([(ANY, lambda: tr("Every priority")), *options(Priority)])
        self.priority.set_value(ANY)
        names = {
            "cases.status": (self.status, tr("Status")),
            "cases.worker": (self.worker, tr("Worker")),
            "cases.priority": (self.priority, tr("Priority")),
        }
        for name, (picker, spoken) in names.items():
            picker.setObjectName(name)
            picker.setAccessibleName(spoken)
            picker.changed.connect(self.refresh)

    def _filter_row(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(3))
        row.addWidget(self.search, 3)
        for picker in (self.worker, self.status, self.priority):
            row.addWidget(picker, 2)
        clear = QuietButton(lambda: tr("Clear filters"), "undo")
        clear.setObjectName("cases.clear")
        clear.clicked.connect(self._clear)
        row.addWidget(clear)
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return holder

    def _make_table(self) -> RowTable:
        empty = EmptyState(
            "case",
            lambda: tr("No case fits"),
            lambda: tr("Change the search or the filters, or open a case for the person in front of you."),
        )
        table = RowTable(
            [
                Column(lambda: tr("Number"), 158),
                Column(lambda: tr("Person")),
                Column(lambda: tr("Status")),
                Column(lambda: tr("Priority"), 118),
                Column(lambda: tr("Worker")),
                Column(lambda: tr("Last contact"), 128),
                Column(lambda: tr("Next due"), 152),
                Column(lambda: tr("Sent"), 124),
            ],
            name=lambda: tr("Cases"),
            empty=empty,
        )
        table.setObjectName("cases.table")
        table.opened.connect(lambda case_id: self._context.go("crisis.case", case_id=case_id))
        return table

    def _add_open_button(self) -> None:
        if self._context.person.role not in (Role.VSU, Role.VQC):
            return
        button = PrimaryButton(lambda: tr("Open a case"), "plus")
        button.setObjectName("cases.open")
        button.clicked.connect(lambda: self._context.go("crisis.capture"))
        self.add_action(button)

    def _filter(self) -> CaseFilter:
        status, worker, priority = self.status.value(), self.worker.value(), self.priority.value()
        chosen = {EVERYONE: None, None: None, MINE: self._context.person.member_id}
        return CaseFilter(
            text=self.search.value() or "",
            status=status if isinstance(status, CaseStatus) else None,
            any_status=status == ANY,
            worker=chosen[worker] if worker in chosen else str(worker),
            priority=priority if isinstance(priority, Priority) else None,
        )

    def _clear(self) -> None:
        self.search.set_value(None)
        self.status.set_value(NOT_CLOSED)
        self.priority.set_value(ANY)
        self.worker.set_value(EVERYONE if self._context.person.role is Role.SUP else MINE)
        self.refresh()

    def _show_workers(self, found: tuple[MemberRow, ...]) -> None:
        workers = [one for one in found if {Role.VSU, Role.VQC} & set(one.roles)]
        self.worker.set_options(
            [
                (MINE, lambda: tr("My cases")),
                (EVERYONE, lambda: tr("All workers")),
                *((one.id, one.name) for one in workers if one.id != self._context.person.member_id),
            ]
        )

    def _show(self, number: int, count: int) -> None:
        if number != self._round:
            return
        self._count = count
        self.table.view.setColumnHidden(_WORKER, self._asked.worker is not None)
        self.set_title(lambda: tr("Cases"), lambda: self._subtitle_words())
        self.table.set_source_later(count, lambda offset, limit: self._fetch(number, offset, limit))
        if count:
            self.table.view.selectRow(0)

    def _fetch(self, number: int, offset: int, limit: int) -> None:
        asked, context = self._asked, self._context

        def question(session: Any) -> tuple[CaseRow, ...]:
            day = settings.local_day(session, context.clock())
            return listing.case_list(session, asked, today=day, limit=limit, offset=offset)

        def arrived(rows: tuple[CaseRow, ...]) -> None:
            if number == self._round:
                self.table.deliver(offset, [self._row(row) for row in rows])

        context.tasks.read(self, question, arrived)

    def _row(self, row: CaseRow) -> Row:
        late = row.overdue_tasks > 0
        due = Cell(day_words(row.next_due), "danger" if late else "plain", "danger" if late else "")
        status = row.status.label() if isinstance(row.status, CaseStatus) else str(row.status or "")
        enhanced = row.support_level is SupportLevel.ENHANCED
        return Row(
            row.id,
            (
                Cell(row.number or tr("Number pending"), "strong", "flag" if row.flagged else ""),
                Cell(_person(row)),
                Cell(
                    tr("{status}, enhanced", status=status) if enhanced else status, "plain", "flag" if enhanced else ""
                ),
                Cell(row.priority.label() if row.priority else "", *KIND_OF_PRIORITY.get(row.priority, ("quiet", ""))),
                Cell(row.worker or tr("Nobody yet"), "plain" if row.worker else "warning"),
                Cell(self._day(row.last_contact_at) or tr("None yet"), "quiet"),
                due,
                Cell(row.sync.label(), "quiet", ICON_OF_SYNC.get(row.sync, "")),
            ),
        )

    def _day(self, moment: datetime | None) -> str:
        return day_words(moment.astimezone(zone_of(self._context)).date()) if moment else ""

    def _subtitle_words(self) -> str:
        return "" if self._count is None else trn("{count} case", "{count} cases", self._count)


def _person(row: CaseRow) -> str:
    band = "" if row.age_band is AgeBand.UNKNOWN else str(row.age_band.value)
    return " · ".join(part for part in (row.initials or "–", band) if part)
