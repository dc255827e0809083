"""The gate before every contact: instructions first, the number only after them (domain.md 2.3, acceptance 3d)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.errors import RuleBroken
from app.models.rules.safe_contact import Verdict
from app.models.vocab import Channel
from app.queries.crisis.rows import ContactDecision, SafeContactRow
from app.services.crisis import BeginContact, begin_contact
from app.views import style
from app.views.common.banner import Banner
from app.views.common.choices import SegmentedChoice
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.picker import ComboPicker
from app.views.common.text import NoteEdit, PlainLabel, QuietText
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.views.crisis.instructions import Instructions
from app.views.messages import sentence_of
from app.words import tr

_CHANNELS = (Channel.PHONE, Channel.TEXT, Channel.EMAIL, Channel.MAIL, Channel.VIDEO, Channel.HOME)
_NO_WAY = {
    Channel.PHONE: lambda: tr("No telephone number is recorded for this person."),
    Channel.TEXT: lambda: tr("No telephone number is recorded for this person."),
    Channel.EMAIL: lambda: tr("No e-mail address is recorded for this person."),
    Channel.MAIL: lambda: tr("No postal address is recorded: letters are not known to be safe."),
    Channel.VIDEO: lambda: tr("No number or e-mail for a video call is recorded."),
    Channel.HOME: lambda: tr("No address is recorded for this person."),
}


class DialledNumber(QFrame):
    """The number or address, large, once the instructions were read."""

    def __init__(self) -> None:
        super().__init__()
        self._value, self._extension = PlainLabel(""), QuietText("")
        self._value.setObjectName("contact_now.value")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(1))
        column.addWidget(self._value)
        column.addWidget(self._extension)
        self.hide()

    def show_contact(self, contact: SafeContactRow) -> None:
        """Show where to call or write."""
        self._value.set_text(contact.value or "")
        self._value.set_selectable()
        extension = contact.extension
        self._extension.set_text((lambda: tr("Extension {number}", number=extension)) if extension else "")
        self._extension.setVisible(bool(extension))
        self.show()


class ContactNowDialog(Dialog):
    """Choose how, read how it is safe, then see the number. `recording` asks for the contact to be recorded."""

    recording = Signal(object, str, str)
    """(Channel, safe contact's id, the reason of an override or an empty text)."""

    def __init__(self, desk: Desk, channel: Channel = Channel.PHONE) -> None:
        super().__init__(
            lambda: tr("Before you make contact"),
            lambda: tr("I have read this: show the number"),
            desk.window,
            cancel=lambda: tr("Do not contact"),
            width=640,
        )
        self._desk = desk
        self._begun = False
        self.setObjectName("contact_now")
        self.accept_button.setObjectName("contact_now.show")
        self.cancel_button.setObjectName("contact_now.cancel")
        self.channel = SegmentedChoice(options(_CHANNELS), optional=False)
        self.channel.setObjectName("contact_now.channel")
        self.contact = ComboPicker()
        self.contact.setObjectName("contact_now.contact")
        self.refusal = Banner("danger", "")
        self.refusal.setObjectName("contact_now.refusal")
        self.instructions = Instructions()
        self.instructions.setObjectName("contact_now.instructions")
        self.reason = NoteEdit(lambda: tr("Why this contact is needed now"), least_lines=2)
        self.reason.setObjectName("contact_now.reason")
        self.number = DialledNumber()
        self._place_parts()
        self.channel.set_value(channel)
        self.channel.changed.connect(self._on_channel)
        self.contact.changed.connect(self._show)
        self._on_channel()

    def check(self) -> bool:
        """The first press asks the gate, the second one goes on to record what happened."""
        chosen = self._chosen()
        if chosen is None:
            return False
        if self._begun:
            return True
        decision = self._decision(chosen)
        if decision is not None and decision.verdict is Verdict.NEEDS_OVERRIDE and self.reason.value() is None:
            self._reason_field.set_error(lambda: tr("Write the reason: it is recorded."))
            self.reason.setFocus()
            return False
        self._begin(chosen)
        return False

    def accept(self) -> None:
        """Record what happened."""
        chosen = self._chosen()
        super().accept()
        if chosen is not None and self._begun:
            self.recording.emit(self._channel(), chosen.id, self.reason.value() or "")

    def _place_parts(self) -> None:
        self._channel_field = Field(lambda: tr("How"), self.channel)
        self._contact_field = Field(lambda: tr("Which one"), self.contact)
        self._reason_field = Field(lambda: tr("Reason"), self.reason, required=True)
        # The number comes first, so that nobody has to scroll for it; the instructions stay in sight below it.
        for part in (
            self.number,
            self._channel_field,
            self._contact_field,
            self.refusal,
            self.instructions,
            self._reason_field,
        ):
            self.add(part)

    def _begin(self, chosen: SafeContactRow) -> None:
        self.complain(None)
        self.accept_button.setEnabled(False)
        command = BeginContact(
            safe_contact_id=chosen.id, channel=self._channel(), override_reason=self._override(chosen)
        )
        self._desk.context.tasks.write(self, begin_contact, command, self._on_allowed, self._on_refused)

    def _override(self, chosen: SafeContactRow) -> str | None:
        decision = self._decision(chosen)
        needed = decision is not None and decision.verdict is Verdict.NEEDS_OVERRIDE
        return self.reason.value() if needed or not self._reason_field.isHidden() else None

    def _on_allowed(self, _decision: Any) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        self._begun = True
        self.number.show_contact(chosen)
        self.accept_button.set_text(lambda: tr("Record this contact"))
        self.accept_button.setEnabled(True)
        self.cancel_button.set_text(lambda: tr("Close"))
        for part in (self._channel_field, self._contact_field, self._reason_field):
            part.setEnabled(False)
            part.hide()
        self.fit()

    def _on_refused(self, problem: Exception) -> None:
        self.accept_button.setEnabled(True)
        if isinstance(problem, RuleBroken) and problem.field == "override_reason":
            self._reason_field.show()
            self._reason_field.set_error(lambda: problem.sentence)
            self.reason.setFocus()
            return
        self.complain(lambda: sentence_of(problem))

    def _on_channel(self) -> None:
        channel = self._channel()
        fitting = [contact for contact in self._desk.contacts if channel in contact.decisions]
        self.contact.set_options([(contact.id, _name(contact)) for contact in fitting])
        if fitting and self.contact.value() is None:
            self.contact.set_value(fitting[0].id)
        self._contact_field.setVisible(len(fitting) > 1)
        self._show()

    def _show(self) -> None:
        chosen = self._chosen()
        decision = self._decision(chosen) if chosen else None
        verdict = decision.verdict if decision else Verdict.REFUSED
        self.instructions.set_rows(decision.instructions if decision else ())
        self._reason_field.setVisible(verdict is Verdict.NEEDS_OVERRIDE)
        self._reason_field.set_error(None)
        self.refusal.setVisible(verdict is not Verdict.ALLOWED)
        if decision is None:
            self.refusal.set_message("danger", _NO_WAY[self._channel()])
        elif verdict is not Verdict.ALLOWED:
            self.refusal.set_message("danger" if verdict is Verdict.REFUSED else "warning", decision.sentence)
        self.accept_button.setEnabled(verdict is not Verdict.REFUSED)

    def _channel(self) -> Channel:
        value = self.channel.value()
        return value if isinstance(value, Channel) else Channel.PHONE

    def _chosen(self) -> SafeContactRow | None:
        wanted = self.contact.value()
        return next((contact for contact in self._desk.contacts if contact.id == wanted), None)

    def _decision(self, contact: SafeContactRow) -> ContactDecision | None:
        return contact.decisions.get(self._channel())


def _name(contact: SafeContactRow) -> str:
    return " · ".join(part for part in (contact.masked, contact.description) if part)
