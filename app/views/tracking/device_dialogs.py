"""Keeping a device for a client, using its number, destroying positions that are past their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import Channel, label
from app.queries.members import MemberRow
from app.queries.tracking import ApplicationEntry, DeviceRow, LoanEntry
from app.services import tracking_checks, tracking_locations, tracking_stock
from app.views.common.choices import SegmentedChoice
from app.views.common.dialog import Dialog
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import Heading, NoteEdit
from app.views.common.wording import Wording
from app.views.programme import Context
from app.views.tracking.inputs import people
from app.words import tr, trn


class ReserveDialog(FormDialog):
    """Keeps a device on the shelf for an application that is approved or waits for a device."""

    def __init__(
        self, context: Context, parent: QWidget, row: DeviceRow, applications: Sequence[ApplicationEntry]
    ) -> None:
        super().__init__(
            context,
            parent,
            "tracking.reserve",
            lambda: tr("Keep the device for a client"),
            lambda: tr("Keep it"),
            subject=row.id,
            text=lambda: tr("Device {number} is lent to nobody else while it is kept.", number=row.asset_no),
            said=lambda: tr("The device is kept for this application."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = row.id
        options = [(one.id, _application_words(one)) for one in applications]
        self.ask("application_id", lambda: tr("Application"), ComboPicker(options), required=True, wide=True)
        self.begin()

    def check(self) -> bool:
        """It is said for whom."""
        if super().check() and not self.typed()["application_id"]:
            return self.refuse("application_id", lambda: tr("Choose the application."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Keep it."""
        command = tracking_stock.ReserveDevice(device_id=self._id, application_id=self.typed()["application_id"])
        return tracking_stock.reserve_device, command


class ContactDeviceDialog(FormDialog):
    """Asks whether the number of the device itself may be used now; it is shown only when it may."""

    def __init__(self, context: Context, parent: QWidget, loan: LoanEntry) -> None:
        super().__init__(
            context,
            parent,
            "tracking.contact",
            lambda: tr("Use the number of the device"),
            lambda: tr("Show the number"),
            subject=loan.id,
            text=lambda: tr("Only as the client agreed. For a welfare call use the safe contact, never the device."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id, self._page = loan.id, parent
        ways = [(one, one.label) for one in (Channel.PHONE, Channel.TEXT)]
        self.ask("channel", lambda: tr("How"), SegmentedChoice(ways), required=True, wide=True)
        self.begin()

    def check(self) -> bool:
        """A way is chosen."""
        if super().check() and self.typed()["channel"] is None:
            return self.refuse("channel", lambda: tr("Choose how you reach the device."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Ask for the number; the service refuses what the client did not agree to."""
        command = tracking_checks.ContactDevice(loan_id=self._id, channel=self.typed()["channel"])
        return tracking_checks.contact_device, command

    def saved(self, result: Any) -> None:
        """Show the number."""
        DeviceNumberDialog(str(result), self._page).open()


class DeviceNumberDialog(Dialog):
    """The number of a device, after it was allowed."""

    def __init__(self, number: str, parent: QWidget) -> None:
        super().__init__(
            lambda: tr("The number of the device"),
            lambda: tr("Done"),
            parent,
            text=lambda: tr("That you use it is recorded. Say who you are only once you know who answers."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("tracking.number")
        self.cancel_button.hide()
        self.add(Heading(number, 1))


class DestroyDialog(FormDialog):
    """A supervisor and a second person destroy the positions whose time is over."""

    def __init__(self, context: Context, parent: QWidget, count: int, members: Sequence[MemberRow]) -> None:
        super().__init__(
            context,
            parent,
            "tracking.destroy",
            lambda: tr("Destroy positions"),
            lambda: tr("Destroy them"),
            text=lambda: trn(
                "The positions of {count} track are past their time. Their number and their times stay, the places go. "
                "This cannot be undone. Do not destroy what somebody has asked to see.",
                "The positions of {count} tracks are past their time. Their number and their times stay, the places "
                "go. This cannot be undone. Do not destroy what somebody has asked to see.",
                count,
            ),
            said=lambda: tr("The positions are destroyed."),
            danger=True,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        second = ComboPicker(people(members, context.person.member_id))
        self.ask("second", lambda: tr("Second person"), second, required=True, wide=True)
        self.ask("reason", lambda: tr("Why?"), NoteEdit(least_lines=2), required=True, wide=True)
        self.begin()

    def request(self) -> tuple[Verb, Any]:
        """Destroy them; the service asks for reason and second person at the field."""
        typed = self.typed()
        command = tracking_locations.DestroyLocations(reason=typed["reason"] or "", second=typed["second"])
        return tracking_locations.destroy_locations, command


def _application_words(entry: ApplicationEntry) -> Wording:
    return lambda: " · ".join(
        part for part in (entry.number, label(entry.status), label(entry.values.get("priority"))) if part
    )
