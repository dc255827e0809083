"""The acts on a registration that ask something first: the check of authority, a reason, how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import RegistryAuthority, RegistryStatus
from app.services import registry as verbs
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.form_dialog import FormDialog
from app.views.common.text import LineEdit, NoteEdit
from app.views.programme import Context
from app.words import tr

_ENDS = (RegistryStatus.WITHDRAWN, RegistryStatus.MOVED_OUT, RegistryStatus.DECEASED)


class VerifyDialog(FormDialog):
    """What was seen of the submitter's authority and identity."""

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        registration_id: str,
        values: Mapping[str, Any],
        done: Callable[[], None],
    ) -> None:
        super().__init__(
            context,
            parent,
            "registry.verify",
            lambda: tr("Check authority and identity"),
            lambda: tr("Record the check"),
            subject=registration_id,
            said=lambda: tr("The check is recorded."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._registration_id = registration_id
        self.ask(
            "authority",
            lambda: tr("Authority"),
            SegmentedChoice([(one, one.label) for one in RegistryAuthority], optional=False),
            wide=True,
            required=True,
        )
        self.ask(
            "evidence",
            lambda: tr("Proof that was seen"),
            LineEdit(),
            hint=lambda: tr("Such as a birth certificate or a power of attorney."),
        )
        self.ask("id_checked", lambda: tr("Identity"), TickBox(lambda: tr("Photo identification was checked")))
        self.begin(
            {
                "authority": values.get("authority"),
                "evidence": values.get("authority_evidence"),
                "id_checked": values.get("id_checked"),
            }
        )
        self.done_with.connect(lambda _: done())

    def check(self) -> bool:
        """Say what was found, be it nothing."""
        if super().check() and self.typed()["authority"] is None:
            return self.refuse("authority", lambda: tr("Choose one; “No authority shown” is an answer."))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Record the check."""
        typed = self.typed()
        command = verbs.VerifyRegistration(
            registration_id=self._registration_id,
            authority=typed["authority"],
            evidence=typed["evidence"],
            id_checked=typed["id_checked"],
        )
        return verbs.verify_registration, command


class EndDialog(FormDialog):
    """The registration ends."""

    def __init__(self, context: Context, parent: QWidget, registration_id: str, done: Callable[[], None]) -> None:
        super().__init__(
            context,
            parent,
            "registry.end",
            lambda: tr("End the registration"),
            lambda: tr("End it"),
            subject=registration_id,
            text=lambda: tr(
                "The card leaves the sight of officers at once. The record is kept as long as the law asks."
            ),
            said=lambda: tr("The registration has ended; nobody finds the card any more."),
            danger=True,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._registration_id = registration_id
        self.ask(
            "status",
            lambda: tr("How it ends"),
            SegmentedChoice([(one, one.label) for one in _ENDS]),
            required=True,
            wide=True,
        )
        self.ask("reason", lambda: tr("Why?"), NoteEdit(), required=True, wide=True)
        self.begin()
        self.done_with.connect(lambda _: done())

    def check(self) -> bool:
        """How it ends has to be said."""
        if super().check() and self.typed()["status"] is None:
            return self.refuse("status", lambda: tr("Choose how the registration ends."))
        return super().check()

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """End it."""
        typed = self.typed()
        command = verbs.EndRegistration(
            registration_id=self._registration_id,
            status=RegistryStatus.of(str(typed["status"])),
            reason=typed["reason"] or "",
        )
        return verbs.end_registration, command
