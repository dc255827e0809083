"""Personal alarms of the unit: who waits, what is on loan, the devices, and (for supervisors) the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from app.models.rules import tracking as rules
from app.models.vocab import DeviceStatus, Role, TrackingStatus, label
from app.queries import dispatch_card, members, tracking
from app.queries.tracking import ApplicationEntry, DeviceRow, LoanListRow
from app.services import tracking_checks, tracking_stock, tracking_watch
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import QuietText
from app.views.messages import Tone
from app.views.programme import Context
from app.views.tracking import device_dialogs, dialogs
from app.words import tr, trn

_LOANS, _WAITING, _DEVICES = "loans", "waiting", "devices"
_KINDS = (
    "tracking_application", "tracking_loan", "tracking_device", "tracking_check", "location_track", "tracking_view",
)  # fmt: skip
_WORKERS = frozenset({Role.VSU, Role.VQC})
_TAKERS = frozenset({TrackingStatus.APPROVED, TrackingStatus.WAITLISTED})


@dataclass(frozen=True)
class _Answer:
    loans: tuple[LoanListRow, ...]
    waiting: tuple[ApplicationEntry, ...]
    devices: tuple[DeviceRow, ...]
    to_destroy: int


class ListPage(Page):
    """One table at a time; what can be done with the chosen row below it."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Personal alarms"), lambda: tr("Loans, who waits for one, and the devices."), scrolls=False
        )
        self._context = context
        self._answer = _Answer((), (), (), 0)
        self._view = SegmentedChoice(
            [
                (_LOANS, lambda: tr("On loan")),
                (_WAITING, lambda: tr("Waiting")),
                (_DEVICES, lambda: tr("Devices")),
            ],
            optional=False,
        )
        self._view.setObjectName("tracking.view")
        self._view.set_value(_LOANS)
        self._view.changed.connect(self._draw)
        self._count = QuietText("")
        self._tables = {_LOANS: _loans_table(), _WAITING: _waiting_table(), _DEVICES: _devices_table()}
        self._lay_out()
        Live(self, context.broadcast, _KINDS, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        today, zone, supervises = self._today(), self._context.zone, self._context.person.role is Role.SUP

        def question(session: Any) -> _Answer:
            return _Answer(
                tracking.loans(session, today=today, running=True),
                tracking.waiting(session),
                tracking.devices(session, today=today),
                dispatch_card.past_their_time(session, today=today, zone=zone) if supervises else 0,
            )

        self._context.tasks.read(self, question, self._show)

    def note_missed(self) -> None:
        """Note the tests that nobody did in the loans of the worker who sits here."""
        self._context.tasks.write(
            self, tracking_checks.note_missed_tests, tracking_checks.NoteMissedTests(), self._noted
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Bring what follows from the day and from colleagues' work up to date; nothing is written without need."""
        super().showEvent(event)
        self._context.tasks.write(self, tracking_watch.watch, tracking_watch.Watch())

    def _noted(self, count: int) -> None:
        if not count:
            words = tr("No test was missed.")
        else:
            words = trn("{count} missed test was noted.", "{count} missed tests were noted.", count)
        self._context.messages.say(words, Tone.SUCCESS)

    def _today(self) -> date:
        return self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

    def _lay_out(self) -> None:
        add = PrimaryButton(lambda: tr("New device"), "plus")
        add.setObjectName("tracking.device.add")
        add.clicked.connect(lambda: dialogs.DeviceDialog(self._context, self, None).open())
        if self._context.person.role in _WORKERS:
            look = SecondaryButton(lambda: tr("Look for missed tests"), "search")
            look.setObjectName("tracking.missed")
            look.clicked.connect(self.note_missed)
            self.add_action(look)
        self._destroy = SecondaryButton(lambda: tr("Destroy positions"), "trash")
        self._destroy.setObjectName("tracking.destroy.open")
        self._destroy.clicked.connect(self._on_destroy)
        self._destroy.hide()
        self.add_action(self._destroy)
        if self._context.person.role is Role.SUP:
            figures = SecondaryButton(lambda: tr("Figures"), "list")
            figures.setObjectName("tracking.figures")
            figures.clicked.connect(lambda: self._context.go("tracking.figures"))
            self.add_action(figures)
            seen = SecondaryButton(lambda: tr("Who opened dispatch cards"), "eye")
            seen.setObjectName("tracking.seen")
            seen.clicked.connect(lambda: self._context.go("tracking.views"))
            self.add_action(seen)
        paper = SecondaryButton(lambda: tr("Print the inventory"), "print")
        paper.setObjectName("tracking.inventory")
        paper.clicked.connect(self._print)
        self.add_action(paper)
        self.add_action(add)
        self.add(self._view)
        self.add(self._count)
        for name, table in self._tables.items():
            table.setObjectName(f"tracking.{name}")
            table.selected.connect(lambda _: self._allow())
            self.add(table, 1)
        self._tables[_LOANS].opened.connect(self._open_loan)
        self._tables[_WAITING].opened.connect(self._open_application)
        self._tables[_DEVICES].opened.connect(lambda _: self._change())
        self.add_layout(self._buttons())
        self._draw()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        self._go = SecondaryButton(lambda: tr("Open the file"), "arrow-right")
        self._go.setObjectName("tracking.open")
        self._go.clicked.connect(self._open_chosen)
        self._edit = SecondaryButton(lambda: tr("Change"), "edit")
        self._edit.setObjectName("tracking.device.edit")
        self._edit.clicked.connect(self._change)
        self._keep = SecondaryButton(lambda: tr("Keep for a client"), "flag")
        self._keep.setObjectName("tracking.device.reserve")
        self._keep.clicked.connect(self._on_keep)
        self._wipe = SecondaryButton(lambda: tr("Record the wipe"), "check")
        self._wipe.setObjectName("tracking.device.wipe")
        self._wipe.clicked.connect(self._on_wipe)
        self._off = SecondaryButton(lambda: tr("It is switched off"), "lock")
        self._off.setObjectName("tracking.device.off")
        self._off.clicked.connect(self._on_off)
        self._aside = QuietButton(lambda: tr("Set aside"))
        self._aside.setObjectName("tracking.device.aside")
        self._aside.clicked.connect(self._on_aside)
        for button in (self._go, self._edit, self._keep, self._wipe, self._off, self._aside):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _show(self, answer: _Answer) -> None:
        self._answer = answer
        today = self._today()
        self._destroy.setVisible(answer.to_destroy > 0)
        self._tables[_LOANS].set_rows([_loan_row(row, today) for row in answer.loans])
        self._tables[_WAITING].set_rows([_waiting_row(row, today) for row in answer.waiting])
        self._tables[_DEVICES].set_rows([_device_row(row) for row in answer.devices])
        self._draw()

    def _draw(self) -> None:
        shown = self._shown()
        for name, table in self._tables.items():
            table.setVisible(name == shown)
        counts: dict[str, Sequence[object]] = {
            _LOANS: self._answer.loans, _WAITING: self._answer.waiting, _DEVICES: self._answer.devices,
        }  # fmt: skip
        count = len(counts[shown])
        words = {
            _LOANS: lambda: trn("{count} device on loan", "{count} devices on loan", count),
            _WAITING: lambda: trn("{count} application waits", "{count} applications wait", count),
            _DEVICES: lambda: trn("{count} device", "{count} devices", count),
        }
        self._count.set_text(words[shown])
        self._allow()

    def _shown(self) -> str:
        return str(self._view.value() or _LOANS)

    def _print(self) -> None:
        """Print the list of devices; the blank one when there is none."""
        record_id = next((row.id for row in self._answer.devices), None)
        self._context.preview(self, "F-809", record_id=record_id)

    def _chosen_device(self) -> DeviceRow | None:
        chosen = self._tables[_DEVICES].selected_id() if self._shown() == _DEVICES else ""
        return next((row for row in self._answer.devices if row.id == chosen), None)

    def _allow(self) -> None:
        devices, row = self._shown() == _DEVICES, self._chosen_device()
        self._go.setVisible(not devices)
        self._go.setEnabled(not devices and bool(self._tables[self._shown()].selected_id()))
        for button in (self._edit, self._wipe, self._off, self._aside):
            button.setVisible(devices)
        self._keep.setVisible(devices and self._context.person.role in _WORKERS)
        in_stock = row is not None and row.status is DeviceStatus.IN_STOCK
        self._keep.setEnabled(in_stock and bool(self._takers()))
        self._edit.setEnabled(row is not None)
        self._aside.setEnabled(row is not None and row.status is not DeviceStatus.LOANED)
        self._wipe.setEnabled(row is not None and row.status in rules.USED | {DeviceStatus.REPAIR})
        self._off.setEnabled(row is not None and row.disable_waits)

    def _open_chosen(self) -> None:
        chosen = self._tables[self._shown()].selected_id()
        (self._open_loan if self._shown() == _LOANS else self._open_application)(chosen)

    def _open_loan(self, loan_id: str) -> None:
        row = next((one for one in self._answer.loans if one.loan_id == loan_id), None)
        if row is not None:
            self._context.go("tracking.case", case_id=row.case_id)

    def _open_application(self, application_id: str) -> None:
        row = next((one for one in self._answer.waiting if one.id == application_id), None)
        if row is not None:
            self._context.go("tracking.case", case_id=str(row.values.get("case_id") or ""))

    def _change(self) -> None:
        row = self._chosen_device()
        if row is not None:
            dialogs.DeviceDialog(self._context, self, row).open()

    def _takers(self) -> list[ApplicationEntry]:
        """The applications for which a device may be kept."""
        return [one for one in self._answer.waiting if one.status in _TAKERS]

    def _on_keep(self) -> None:
        row = self._chosen_device()
        if row is not None:
            device_dialogs.ReserveDialog(self._context, self, row, self._takers()).open()

    def _on_destroy(self) -> None:
        count = self._answer.to_destroy
        self._context.tasks.read(
            self,
            members.members,
            lambda rows: device_dialogs.DestroyDialog(self._context, self, count, rows).open(),
        )

    def _on_wipe(self) -> None:
        row = self._chosen_device()
        if row is not None:
            self._context.tasks.read(
                self, members.members, lambda rows: dialogs.WipeDialog(self._context, self, row, rows).open()
            )

    def _on_off(self) -> None:
        row = self._chosen_device()
        if row is not None:
            command = tracking_stock.ConfirmDisabled(device_id=row.id)
            self._context.tasks.write(self, tracking_stock.confirm_disabled, command)

    def _on_aside(self) -> None:
        row = self._chosen_device()
        if row is not None:
            dialogs.AsideDialog(self._context, self, row).open()


def _loans_table() -> RowTable:
    return RowTable(
        [
            Column(lambda: tr("Number"), 150),
            Column(lambda: tr("Device"), 110),
            Column(lambda: tr("Status"), 150),
            Column(lambda: tr("Review due"), 150),
            Column(lambda: tr("Ends on"), 150),
            Column(lambda: tr("Tests")),
        ],
        name=lambda: tr("Devices on loan"),
        empty=EmptyState(
            "shield",
            lambda: tr("No device is on loan"),
            lambda: tr("A loan begins in the case of the client, once the application is approved."),
        ),
    )


def _waiting_table() -> RowTable:
    return RowTable(
        [
            Column(lambda: tr("Number"), 150),
            Column(lambda: tr("Priority"), 120),
            Column(lambda: tr("Status"), 170),
            Column(lambda: tr("Referred on"), 150),
            Column(lambda: tr("Still open")),
        ],
        name=lambda: tr("Applications that wait"),
        empty=EmptyState(
            "check-circle",
            lambda: tr("Nobody waits"),
            lambda: tr("Applications appear here until a device is handed over."),
        ),
    )


def _devices_table() -> RowTable:
    return RowTable(
        [
            Column(lambda: tr("Number of the device"), 150),
            Column(lambda: tr("Kind of device"), 190),
            Column(lambda: tr("Status"), 190),
            Column(lambda: tr("With"), 150),
            Column(lambda: tr("Due back"), 150),
            Column(lambda: tr("Battery health")),
        ],
        name=lambda: tr("Devices"),
        empty=EmptyState(
            "shield",
            lambda: tr("No device yet"),
            lambda: tr("Enter the devices of the service with “New device”."),
        ),
    )


def _loan_row(row: LoanListRow, today: date) -> Row:
    late = row.review_due is not None and row.review_due < today
    over = row.ends_on is not None and row.ends_on < today
    tests = trn("{count} missed", "{count} missed", row.missed) if row.missed else tr("In order")
    return Row(
        row.loan_id,
        (
            Cell(row.number or "–", "strong"),
            row.asset_no,
            label(row.status),
            Cell(when.day_near(row.review_due, today), "danger" if late else "plain", "warning" if late else ""),
            Cell(when.day_near(row.ends_on, today), "danger" if over else "plain", "warning" if over else ""),
            Cell(tests, "warning" if row.missed else "quiet", "warning" if row.missed else "check"),
        ),
    )


def _waiting_row(row: ApplicationEntry, today: date) -> Row:
    still = ", ".join(tr(one.text) for one in (*row.unmet, *row.unanswered))
    return Row(
        row.id,
        (
            Cell(row.number or "–", "strong"),
            label(row.values.get("priority")),
            label(row.status),
            when.day_near(row.values.get("referred_on"), today),
            Cell(still, "quiet"),
        ),
    )


def _device_row(row: DeviceRow) -> Row:
    status = Cell(label(row.status))
    if row.disputed:
        status = Cell(tr("Issued twice: to decide"), "danger", "warning")
    elif row.disable_waits:
        status = Cell(tr("{status}, not switched off yet", status=label(row.status)), "danger", "warning")
    due = Cell(when.day(row.due_on), "danger" if row.overdue else "plain", "warning" if row.overdue else "")
    return Row(
        row.id, (Cell(row.asset_no, "strong"), label(row.device_type), status, row.holder, due, row.battery_health)
    )
