"""Tasks, one's own or (for a supervisor) everyone's: what is late comes first. Done, cancelled or handed over here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from app.models.vocab import Role
from app.queries import members, settings, supervision, today
from app.queries.tasks import TaskRow
from app.services import task_list
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.due.dialogs import CancelDialog, DoneDialog, HandOverDialog
from app.views.programme import Context, way_of
from app.words import tr

_MOST = 500


class DuePage(Page):
    """A table of tasks and what can be done with the chosen one."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Tasks"), lambda: tr("What is late comes first."), scrolls=False)
        self._context = context
        self._rows: dict[str, TaskRow] = {}
        self._whose = SegmentedChoice(
            [("mine", lambda: tr("Mine")), ("late", lambda: tr("Everyone's overdue"))], optional=False
        )
        self._whose.set_value("mine")
        self._whose.changed.connect(self.refresh)
        self._whose.setVisible(context.person.role is Role.SUP)
        self.table = RowTable(
            [
                Column(lambda: tr("Due"), 150),
                Column(lambda: tr("Task")),
                Column(lambda: tr("Case"), 170),
                Column(lambda: tr("For"), 150),
                Column(lambda: tr("Owner"), 220),
            ],
            name=lambda: tr("Tasks"),
            empty=EmptyState(
                "check-circle",
                lambda: tr("Nothing to do"),
                lambda: tr("Tasks appear here when a case, a referral or an order makes them."),
            ),
        )
        self.table.opened.connect(self._open)
        self.table.selected.connect(lambda _: self._allow())
        self.add(self._whose)
        self.add(self.table, 1)
        self.add_layout(self._buttons())
        self._allow()
        Live(self, context.broadcast, ("task", "case_file"), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        member, now = self._context.person.member_id, self._context.clock()
        everyone = self._whose.value() == "late"

        def question(session: Any) -> tuple[date, tuple[TaskRow, ...]]:
            day = settings.local_day(session, now)
            if everyone:
                return day, supervision.overdue_tasks(session, today=day, limit=_MOST)
            due = today.due(session, member, today=day)
            return day, (*due.overdue, *due.today, *due.coming)

        self._context.tasks.read(self, question, lambda answer: self._show(*answer))

    def _show(self, day: date, rows: tuple[TaskRow, ...]) -> None:
        self._rows = {row.id: row for row in rows}
        self.table.set_rows([_row(row, day) for row in rows])
        self._allow()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        self._done = PrimaryButton(lambda: tr("Done"), "check")
        self._done.setObjectName("tasks.done")
        self._done.clicked.connect(self._on_done)
        self._hand = SecondaryButton(lambda: tr("Hand over"), "handshake")
        self._hand.clicked.connect(self._on_hand_over)
        self._cancel = QuietButton(lambda: tr("Not needed any more"))
        self._cancel.clicked.connect(self._on_cancel)
        self._go = QuietButton(lambda: tr("Open"), "arrow-right")
        self._go.clicked.connect(lambda: self._open(self.table.selected_id()))
        for button in (self._done, self._hand, self._cancel):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._go)
        return row

    def _allow(self) -> None:
        chosen = bool(self.table.selected_id())
        for button in (self._done, self._hand, self._cancel, self._go):
            button.setEnabled(chosen)

    def _open(self, task_id: str) -> None:
        row = self._rows.get(task_id)
        if row is None:
            return
        if row.case_id:
            self._context.go("crisis.case", case_id=row.case_id)
        elif row.request_id:
            self._context.go("requests.detail", request_id=row.request_id)
        elif (way := way_of(row.rule or "")) is not None:
            route, name = way
            self._context.go(route, **({name: row.subject_id} if name else {}))

    def _on_done(self) -> None:
        self._with_chosen(lambda row: DoneDialog(self, row.title, self._finish(row)).open())

    def _finish(self, row: TaskRow) -> Callable[[str | None], None]:
        return lambda note: self._context.tasks.write(
            self, task_list.complete_task, task_list.CompleteTask(task_id=row.id, note=note)
        )

    def _on_cancel(self) -> None:
        self._with_chosen(
            lambda row: CancelDialog(
                self,
                row.title,
                lambda reason: self._context.tasks.write(
                    self, task_list.cancel_task, task_list.CancelTask(task_id=row.id, reason=reason)
                ),
            ).open()
        )

    def _on_hand_over(self) -> None:
        self._context.tasks.read(self, members.members, self._ask_to_whom)

    def _ask_to_whom(self, people: tuple[members.MemberRow, ...]) -> None:
        self._with_chosen(
            lambda row: HandOverDialog(
                self,
                row.title,
                [person for person in people if person.id != row.owner_id],
                lambda member_id, outside: self._context.tasks.write(
                    self,
                    task_list.hand_over_task,
                    task_list.HandOverTask(task_id=row.id, member_id=member_id, to_text=outside),
                ),
            ).open()
        )

    def _with_chosen(self, act: Callable[[TaskRow], None]) -> None:
        row = self._rows.get(self.table.selected_id())
        if row is not None:
            act(row)


def _row(row: TaskRow, day: date) -> Row:
    late = row.due_day is not None and row.due_day < day
    due = Cell(when.day_near(row.due_day, day), "danger" if late else "plain", "warning" if late else "")
    who = f"{row.initials}, {row.age_band.label()}" if row.initials else ""
    of_case = row.case_id or row.request_id
    number = row.case_number or row.request_number or (tr("Number pending") if of_case else "")
    title = Cell(row.title, "strong", "shield" if row.safety else "")
    return Row(row.id, (due, title, Cell(number, "quiet"), who, row.owner))
