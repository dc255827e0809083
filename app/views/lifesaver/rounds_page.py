"""What is due: batteries, visits and every other date of the programme; technicians see the visits they are sent on."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.models.vocab import Role, label
from app.queries import lifesaver, lifesaver_due
from app.queries.lifesaver import ClientRow, VisitRow
from app.queries.lifesaver_due import DueRow
from app.queries.settings import local_day
from app.services import lifesaver_care as care
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.tabs import TabBar
from app.views.common.text import LineEdit
from app.views.common.wording import Wording
from app.views.lifesaver import client_dialogs
from app.views.lifesaver.ask import Act, Ask, AskDialog
from app.views.programme import Context
from app.words import tr

_OFFICE = frozenset({Role.REG, Role.SUP})
KINDS = (
    "battery_event", "daily_test", "lifesaver_client", "lifesaver_fee", "lifesaver_receiver", "lifesaver_visit",
    "search_activation", "search_operator", "task",
)  # fmt: skip


class RoundsPage(Page):
    """Batteries, visits and dates in three lists."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Rounds and dates"), lambda: tr("What is late comes first."), scrolls=False)
        self._context = context
        self._office = context.person.role in _OFFICE
        self._visits: dict[str, VisitRow] = {}
        tabs: list[tuple[str, Wording]] = [("visits", lambda: tr("Visits"))]
        if self._office:
            tabs = [("batteries", lambda: tr("Batteries")), *tabs, ("dates", lambda: tr("All dates"))]
        self._tabs = TabBar(tabs)
        self._stack = QStackedWidget()
        self._panes: dict[str, QWidget] = {}
        self._tables = {key: _table(key) for key, _ in tabs}
        for key, _ in tabs:
            self._panes[key] = self._make_pane(key)
            self._stack.addWidget(self._panes[key])
        self.add(self._tabs)
        self.add(self._stack, 1)
        self._tabs.chosen.connect(self.show_tab)
        self.show_tab(tabs[0][0])
        if self._office:
            self._tables["batteries"].opened.connect(self._go_client)
        Live(self, context.broadcast, KINDS, self.refresh)
        self.refresh()

    def show_tab(self, key: str) -> None:
        """Show one of the lists."""
        self._tabs.set_current(key)
        self._stack.setCurrentWidget(self._panes[key])

    def refresh(self) -> None:
        """Ask again."""
        now, mine = self._context.clock(), None if self._office else self._context.person.member_id

        def question(session: Any) -> Any:
            day = local_day(session, now)
            batteries = lifesaver.due_batteries(session, today=day) if self._office else ()
            dates = lifesaver_due.due(session, today=day) if self._office else ()
            return batteries, lifesaver.visits(session, member_id=mine, open_only=True), dates

        self._context.tasks.read(self, question, lambda found: self._show(*found))

    def _show(self, batteries: tuple[ClientRow, ...], visits: tuple[VisitRow, ...], dates: tuple[DueRow, ...]) -> None:
        self._visits = {row.id: row for row in visits}
        self._tables["visits"].set_rows([_visit(row) for row in visits])
        if self._office:
            self._tables["batteries"].set_rows([_battery(row) for row in batteries])
            self._tables["dates"].set_rows([_date(row) for row in dates])

    def _make_pane(self, key: str) -> QWidget:
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(3))
        column.addWidget(self._tables[key], 1)
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        buttons: list[tuple[Button, str, Any]] = []
        if key == "visits" and self._context.person.role is not Role.SUP:
            buttons = [
                (PrimaryButton(lambda: tr("New battery"), "plus"), "battery", self._battery),
                (SecondaryButton(lambda: tr("How the visit went"), "check"), "done", self._done),
                (QuietButton(lambda: tr("Cancel the visit"), "cross"), "cancel", self._cancel),
            ]
        elif key == "batteries":
            buttons = [(SecondaryButton(lambda: tr("Open the client"), "arrow-right"), "client", self._open_client)]
        for button, name, act in buttons:
            button.setObjectName(f"pls.rounds.{name}")
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return pane

    def _again(self, _result: Any = None) -> None:
        self.refresh()

    def _chosen_visit(self) -> VisitRow | None:
        return self._visits.get(self._tables["visits"].selected_id())

    def _battery(self) -> None:
        row = self._chosen_visit()
        if row is not None:
            client_dialogs.battery(self._context, self, row.client_id, row.id, self._again).open()

    def _done(self) -> None:
        row = self._chosen_visit()
        if row is not None:
            client_dialogs.visit_done(self._context, self, row, self._again).open()

    def _cancel(self) -> None:
        row = self._chosen_visit()
        if row is None:
            return
        act = Act(
            "pls.cancel_visit",
            lambda: tr("Cancel the visit"),
            lambda: tr("Cancel it"),
            care.cancel_visit,
            lambda typed: care.CancelVisit(visit_id=row.id, reason=typed["reason"] or ""),
            subject=row.id,
        )
        ask = Ask("reason", lambda: tr("Why?"), LineEdit(), required=True, wide=True)
        AskDialog(self._context, self, act, [ask], None, self._again).open()

    def _open_client(self) -> None:
        self._go_client(self._tables["batteries"].selected_id())

    def _go_client(self, client_id: str) -> None:
        if client_id:
            self._context.go("lifesaver.clients", client_id=client_id)


def _table(key: str) -> RowTable:
    columns = {
        "batteries": [
            Column(lambda: tr("Battery due on"), 220),
            Column(lambda: tr("Number"), 150),
            Column(lambda: tr("Person"), 80),
            Column(lambda: tr("Municipality"), 170),
            Column(lambda: tr("Transmitter")),
        ],
        "visits": [
            Column(lambda: tr("Day"), 150),
            Column(lambda: tr("Number"), 150),
            Column(lambda: tr("What for"), 170),
            Column(lambda: tr("Address"), 240),
            Column(lambda: tr("Transmitter"), 110),
            Column(lambda: tr("Who goes")),
        ],
        "dates": [
            Column(lambda: tr("Due on"), 170),
            Column(lambda: tr("What for"), 170),
            Column(lambda: tr("Task")),
        ],
    }
    empty = EmptyState(
        "check-circle", lambda: tr("Nothing is due"), lambda: tr("What comes due appears here by itself.")
    )
    table = RowTable(columns[key], name=lambda: tr("Rounds and dates"), empty=empty)
    table.setObjectName(f"pls.rounds.{key}")
    return table


def _battery(row: ClientRow) -> Row:
    assert row.battery is not None, "it was asked for"
    said = when.day(row.battery.due_on)
    due = Cell(said, "danger", "danger") if row.battery.is_red else Cell(said, "warning", "clock")
    return Row(row.id, (due, Cell(row.number, "strong"), row.initials, row.municipality, ", ".join(row.serials)))


def _visit(row: VisitRow) -> Row:
    day = " ".join(part for part in (when.day(row.planned_on), row.planned_at) if part)
    address = ", ".join(part for part in (row.address, row.municipality) if part)
    return Row(
        row.id, (day, Cell(row.client_number, "strong"), label(row.kind), address, row.serial, ", ".join(row.who))
    )


def _date(row: DueRow) -> Row:
    due = Cell(when.day(row.due_on), "danger", "danger") if row.late else Cell(when.day(row.due_on))
    return Row(row.id, (due, label(row.kind), row.title))
