"""One way to reach a person, and how to do so without putting them in danger (domain.md 2.3)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import CallerId, ContactKind, Voicemail
from app.queries.crisis.rows import PersonRow, SafeContactRow
from app.services.people import AddSafeContact, UpdateSafeContact, add_safe_contact, update_safe_contact
from app.views.common.choices import SegmentedChoice, TriChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import LineEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.safe_times import SafeTimes
from app.words import tr

_NAMES = (
    "kind", "value", "extension", "description", "safe_to_use", "voicemail", "text_ok", "email_ok", "mail_ok",
    "caller_id", "say_you_are", "code_word_ok", "code_word_danger", "safe_times", "who_else_answers",
)  # fmt: skip


class SafeContactDialog(FormDialog):
    """Ask the person; what is not known counts as not safe."""

    def __init__(self, desk: Desk, person: PersonRow, contact: SafeContactRow | None = None) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "safe_contact",
            (lambda: tr("How to reach this person safely")),
            lambda: tr("Save"),
            subject=contact.id if contact else person.id,
            text=lambda: tr("Ask the person. What nobody has asked counts as not safe."),
            said=lambda: tr("The instructions are saved."),
        )
        self._person, self._contact = person, contact
        self._ask_way()
        self._ask_safety()
        values = {name: getattr(contact, name) for name in _NAMES} if contact else {}
        if contact:
            values["safe_times"] = [dict(span) for span in contact.safe_times]
        self.begin(values or {"kind": ContactKind.PHONE, "voicemail": Voicemail.NONE, "caller_id": CallerId.BLOCK})

    def check(self) -> bool:
        """A way to reach someone needs its number, address or name."""
        if "value" not in self.answers():
            return self.refuse("value", lambda: tr("Write the number, the address or the name."))
        if not self._fields["safe_times"].control.is_valid():  # type: ignore[attr-defined]  # it is a SafeTimes
            return self.refuse("safe_times", lambda: tr("Give each safe time its day, its beginning and its end."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the way to reach the person."""
        if self._contact is not None:
            return update_safe_contact, UpdateSafeContact(safe_contact_id=self._contact.id, **self.changes())
        return add_safe_contact, AddSafeContact(person_id=self._person.id, **self.answers())

    def _kind(self) -> object:
        return self._fields["kind"].control.value()  # type: ignore[attr-defined]  # it is a SegmentedChoice

    def _spoken(self) -> bool:
        return self._kind() in (ContactKind.PHONE, ContactKind.PERSON)

    def _ask_way(self) -> None:
        self.part()
        self.ask("kind", lambda: tr("What is it"), SegmentedChoice(options(ContactKind)), required=True, wide=True)
        self.ask("value", lambda: tr("Number, address or name"), LineEdit(), required=True)
        self.ask("extension", lambda: tr("Extension"), LineEdit(), when=self._spoken)
        self.ask("description", lambda: tr("What it is"), LineEdit(lambda: tr("Work phone, sister’s home")))

    def _ask_safety(self) -> None:
        self.part(lambda: tr("Is it safe?"))
        self.ask("safe_to_use", lambda: tr("Safe to use"), TriChoice(), required=True, wide=True)
        self.ask(
            "voicemail", lambda: tr("Voicemail"), SegmentedChoice(options(Voicemail)), wide=True, when=self._spoken
        )
        self.ask("caller_id", lambda: tr("Caller ID"), SegmentedChoice(options(CallerId)), wide=True, when=self._spoken)
        by_phone = lambda: self._kind() == ContactKind.PHONE  # noqa: E731  (a condition)
        self.ask("text_ok", lambda: tr("Text messages are safe"), TriChoice(), when=by_phone)
        self.ask("email_ok", lambda: tr("E-mail is safe"), TriChoice(), when=lambda: self._kind() == ContactKind.EMAIL)
        self.ask(
            "mail_ok", lambda: tr("Letters are safe"), TriChoice(), when=lambda: self._kind() == ContactKind.ADDRESS
        )
        self.ask(
            "say_you_are", lambda: tr("Say you are"), LineEdit(lambda: tr("An agreed name, such as a dental office"))
        )
        self.ask("who_else_answers", lambda: tr("Who else may answer or read"), LineEdit())
        self.ask("code_word_ok", lambda: tr("Code word: safe to talk"), LineEdit())
        self.ask("code_word_danger", lambda: tr("Code word: not safe, call police"), LineEdit())
        self.ask("safe_times", lambda: tr("Safe times"), SafeTimes(), wide=True)
