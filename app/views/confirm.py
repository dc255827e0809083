"""Asking for the passphrase again, before what could do harm in a stranger's hands (safety.md 5.5).

Within two minutes of the last right passphrase (unlocking counts) nobody is asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.wording import Wording
from app.views.entrance.passphrase import SecretEdit
from app.views.messages import sentence_of
from app.views.tasks import Jobs
from app.words import tr


class Confirmation:
    """Knows how long ago the passphrase was typed. `verify(typed)` takes a second and raises when it is wrong.

    `clock`: seconds that never go back, sleep included.
    """

    GRACE = 120.0

    def __init__(self, jobs: Jobs, verify: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._jobs, self._verify, self._clock = jobs, verify, clock
        self._confirmed = clock()
        self._dialog: ConfirmPassphrase | None = None

    def ask(self, parent: QWidget, why: Wording, then: Callable[[], None]) -> None:
        """Ask, and call `then` when the passphrase is right."""
        if self._clock() - self._confirmed <= self.GRACE:
            then()
            return
        if self._dialog is not None and isValid(self._dialog) and self._dialog.isVisible():
            return

        def right() -> None:
            self._confirmed = self._clock()
            then()

        self._dialog = ConfirmPassphrase(parent, why, self._jobs, self._verify)
        self._dialog.accepted.connect(right)
        self._dialog.open()


class ConfirmPassphrase(Dialog):
    """The passphrase of the open vault, checked in the background."""

    def __init__(self, parent: QWidget, why: Wording, jobs: Jobs, verify: Callable[[str], None]) -> None:
        super().__init__(lambda: tr("Is it you?"), lambda: tr("Go on"), parent, text=why)
        self.setObjectName("confirm")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._jobs, self._verify = jobs, verify
        self.secret = SecretEdit()
        self.secret.line.setObjectName("confirm.secret")
        self.accept_button.setObjectName("confirm.go")
        self.cancel_button.setObjectName("confirm.cancel")
        self._field = Field(
            lambda: tr("Passphrase"),
            self.secret,
            hint=lambda: tr("The same as for unlocking. It is not asked for again within two minutes."),
        )
        self.add(self._field)
        self.secret.setFocus()

    def check(self) -> bool:
        """Never at once: the passphrase is checked in the background, then the dialog closes by itself."""
        typed = self.secret.value()
        if not typed:
            self._field.set_error(lambda: tr("Please type your passphrase."))
            return False
        self._field.set_error(None)
        self.accept_button.setEnabled(False)
        self.accept_button.set_text(lambda: tr("Checking…"))
        self._jobs.job(self, lambda: self._verify(typed), lambda _: self.accept(), self._wrong)
        return False

    def _wrong(self, problem: Exception) -> None:
        self.secret.clear()
        self.accept_button.setEnabled(True)
        self.accept_button.set_text(lambda: tr("Go on"))
        self._field.set_error(lambda: sentence_of(problem))
        self.secret.setFocus()
