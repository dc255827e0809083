"""The dispatcher's list: devices on loan by number, alarms that go on; a card opens with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.models.rules.access import ALARM_TAKERS
from app.models.vocab import AlarmSource, TrackingReason, label
from app.queries import dispatch_card, tracking
from app.queries.dispatch_card import AlarmRow
from app.queries.tracking import DispatchRow
from app.services import dispatch_cards, tracking_alarms
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import DangerButton, QuietButton, SecondaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.dialog import Dialog
from app.views.common.empty import EmptyState
from app.views.common.field import Field
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import LineEdit
from app.views.messages import sentence_of
from app.views.programme import Context
from app.views.tracking.inputs import pairs
from app.words import tr

_MOST = 40


class DispatchPage(Page):
    """Devices above, alarms below. Enter on a device asks for the reason and opens its card."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Alarms"),
            lambda: tr("Devices on loan. A card opens with a reason; the case stays closed."),
            scrolls=False,
        )
        self._context = context
        self._rows: dict[str, DispatchRow] = {}
        self._takes = context.person.role in ALARM_TAKERS
        self._text = LineEdit(lambda: tr("Number of the device or at the monitoring centre"), icon_name="search")
        self._text.setObjectName("tracking.dispatch.text")
        self._text.changed.connect(self._draw)
        self._devices = RowTable(
            [
                Column(lambda: tr("Device"), 130),
                Column(lambda: tr("Monitoring centre"), 170),
                Column(lambda: tr("Kind of device"), 190),
                Column(lambda: tr("Person"), 110),
                Column(lambda: tr("Now")),
            ],
            name=lambda: tr("Devices on loan"),
            empty=EmptyState(
                "shield",
                lambda: tr("No device is on loan"),
                lambda: tr("Devices appear here as soon as victim services hand them over."),
            ),
        )
        self._devices.setObjectName("tracking.dispatch.devices")
        self._devices.opened.connect(self._open_card)
        self._devices.selected.connect(lambda _: self._allow())
        self._alarms = RowTable(
            [
                Column(lambda: tr("Received"), 230),
                Column(lambda: tr("Device"), 130),
                Column(lambda: tr("Raised by"), 230),
                Column(lambda: tr("Outcome")),
            ],
            name=lambda: tr("Alarms"),
            empty=EmptyState(
                "check-circle", lambda: tr("No alarm so far"), lambda: tr("Alarms stand here, the newest first.")
            ),
        )
        self._alarms.setObjectName("tracking.dispatch.alarms")
        self._alarms.opened.connect(lambda event_id: context.go("tracking.alarm", event_id=event_id))
        self.add(self._text)
        self.add(self._devices, 3)
        self.add_layout(self._buttons())
        self.add(self._alarms, 2)
        self.setFocusProxy(self._text)
        QShortcut(QKeySequence.StandardKey.Find, self, self._text.setFocus)
        Live(self, context.broadcast, ("dispatch_card", "alarm_event"), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""

        def question(session: Any) -> tuple[tuple[DispatchRow, ...], tuple[AlarmRow, ...]]:
            return tracking.dispatch_list(session), dispatch_card.alarms(session, limit=_MOST)

        self._context.tasks.read(self, question, lambda answer: self._show(*answer))

    def _show(self, rows: tuple[DispatchRow, ...], alarms: tuple[AlarmRow, ...]) -> None:
        self._rows = {row.card_id: row for row in rows}
        self._draw()
        self._alarms.set_rows([_alarm_row(row, self._context.zone) for row in alarms])

    def _draw(self) -> None:
        asked = (self._text.value() or "").casefold()
        found = [row for row in self._rows.values() if asked in f"{row.asset_no} {row.monitoring_id}".casefold()]
        self._devices.set_rows([_device_row(row) for row in found])
        if found and asked:
            self._devices.view.selectRow(0)
        self._allow()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        self._raise = DangerButton(lambda: tr("Raise an alarm (Ctrl+Enter)"))
        self._raise.setObjectName("tracking.dispatch.raise")
        self._raise.clicked.connect(self.raise_alarm)
        self._raise.setVisible(self._takes)
        self._card = SecondaryButton(lambda: tr("Open the card"), "unlock")
        self._card.setObjectName("tracking.dispatch.card")
        self._card.clicked.connect(lambda: self._open_card(self._devices.selected_id()))
        seen = QuietButton(lambda: tr("Go to the alarm"), "arrow-right")
        seen.setObjectName("tracking.dispatch.alarm")
        seen.clicked.connect(self._go_to_alarm)
        self._seen = seen
        for button in (self._raise, self._card, seen):
            row.addWidget(button)
        row.addStretch(1)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.raise_alarm)
        return row

    def raise_alarm(self) -> None:
        """Ask what raised it, with the moment of the key already taken."""
        row = self._chosen()
        if row is None or not self._takes:
            return
        dialog = RaiseDialog(self._context, self, row, self._context.clock())
        dialog.done_with.connect(lambda event_id: self._context.go("tracking.alarm", event_id=str(event_id)))
        dialog.open()

    def _chosen(self) -> DispatchRow | None:
        return self._rows.get(self._devices.selected_id())

    def _allow(self) -> None:
        row = self._chosen()
        self._raise.setEnabled(row is not None)
        self._card.setEnabled(row is not None)
        self._seen.setEnabled(row is not None and bool(row.open_alarm_id))

    def _go_to_alarm(self) -> None:
        row = self._chosen()
        if row is not None and row.open_alarm_id:
            self._context.go("tracking.alarm", event_id=row.open_alarm_id)

    def _open_card(self, card_id: str) -> None:
        row = self._rows.get(card_id)
        if row is not None:
            CardReasonDialog(self._context, self, row.card_id, row.asset_no).open()


class RaiseDialog(FormDialog):
    """What raised the alarm; the moment was taken when the key was pressed."""

    def __init__(self, context: Context, parent: QWidget, row: DispatchRow, at: datetime) -> None:
        super().__init__(
            context,
            parent,
            "tracking.raise",
            lambda: tr("Alarm of device {number}", number=row.asset_no),
            lambda: tr("Raise the alarm"),
            subject=row.loan_id,
            text=lambda: tr("Received {time}", time=when.time_of(at, context.zone)),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._loan_id, self._at = row.loan_id, at
        self.ask("source", lambda: tr("What raised it"), SegmentedChoice(pairs(AlarmSource), optional=False), wide=True)
        self.ask("voice", lambda: tr("What was heard"), LineEdit(), wide=True)
        self.begin({"source": AlarmSource.SOS})

    def request(self) -> tuple[Verb, Any]:
        """Raise it."""
        typed = self.typed()
        command = tracking_alarms.RaiseAlarm(
            loan_id=self._loan_id, source=typed["source"], received_at=self._at, voice=typed["voice"]
        )
        return tracking_alarms.raise_alarm, command


class CardReasonDialog(Dialog):
    """Why the card is opened; it is recorded, then the card is shown."""

    def __init__(self, context: Context, parent: QWidget, card_id: str, asset_no: str) -> None:
        super().__init__(
            lambda: tr("Why do you open the card of {number}?", number=asset_no),
            lambda: tr("Open the card"),
            parent,
            text=lambda: tr("The reason is recorded and the supervisor sees it."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._card_id = context, card_id
        self._why = SegmentedChoice(pairs(TrackingReason))
        self._why.setObjectName("tracking.reason.why")
        self._reason, self._occurrence = LineEdit(), LineEdit()
        self._reason.setObjectName("tracking.reason.text")
        self._occurrence.setObjectName("tracking.reason.occurrence")
        self.accept_button.setObjectName("tracking.reason.open")
        self.add(self._why)
        self.add(Field(lambda: tr("In words"), self._reason))
        self.add(Field(lambda: tr("Occurrence number, when there is one"), self._occurrence))
        self.setFocusProxy(self._why)

    def check(self) -> bool:
        """Record the reason first; the dialog closes once it is recorded."""
        why = self._why.value()
        command = dispatch_cards.OpenDispatchCard(
            card_id=self._card_id,
            why=why if isinstance(why, TrackingReason) else None,
            reason=self._reason.value(),
            occurrence_no=self._occurrence.value(),
        )
        self._context.tasks.write(
            self, dispatch_cards.open_dispatch_card, command, self._recorded, lambda problem: self._refused(problem)
        )
        return False

    def _recorded(self, view_id: str) -> None:
        self.done(Dialog.DialogCode.Accepted)
        self._context.go("tracking.card", view_id=view_id)

    def _refused(self, problem: Exception) -> None:
        self.complain(lambda: sentence_of(problem))


def _device_row(row: DispatchRow) -> Row:
    now = Cell(tr("Quiet"), "quiet", "check")
    if row.open_alarm_id:
        now = Cell(tr("Alarm going on"), "danger", "danger")
    elif row.compromised:
        now = Cell(tr("Lost or compromised"), "warning", "warning")
    kind = row.device_type.label() if row.device_type else ""
    return Row(row.card_id, (Cell(row.asset_no, "strong"), row.monitoring_id, kind, row.initials, now))


def _alarm_row(row: AlarmRow, zone: str) -> Row:
    going_on = Cell(tr("Going on"), "danger", "danger")
    outcome = Cell(label(row.outcome)) if row.outcome is not None else going_on
    return Row(row.id, (when.moment(row.received_at, zone), Cell(row.asset_no, "strong"), label(row.source), outcome))
