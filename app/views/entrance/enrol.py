"""A new vault that belongs to an agency: the server's address and a one-time code."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

from app.views import style
from app.views.common.banner import Banner
from app.views.common.field import Field
from app.views.common.text import LineEdit
from app.views.entrance.doors import Doors, Opened
from app.views.entrance.passphrase import PassphraseChoice
from app.views.entrance.step import Step
from app.views.tasks import Jobs
from app.words import tr


class EnrolStep(Step):
    """Needs the network this once; afterwards everything works without it."""

    def __init__(self, doors: Doors, jobs: Jobs, finished: Callable[[Opened], None], back: Callable[[], None]) -> None:
        super().__init__(
            jobs,
            finished,
            title=lambda: tr("Enrol with a code"),
            lead=lambda: tr("This step needs the network once. Afterwards Haven works without it."),
            action=lambda: tr("Enrol"),
            working=lambda: tr("Enrolling…"),
            back=self._leave,
        )
        self._back = back
        self._stopped = Event()
        self._asked: tuple[str, str] | None = None
        self._account: Any = None
        self.notice = Banner("info", "")
        self.notice.hide()
        self._doors = doors
        self.address = LineEdit("https://")
        self.code = LineEdit()
        self.address.setObjectName("enrol.address")
        self.code.setObjectName("enrol.code")
        self._address_field = Field(lambda: tr("Server address"), self.address, required=True)
        self._code_field = Field(
            lambda: tr("One-time code"),
            self.code,
            hint=lambda: tr("From your administrator. It works once and expires after seven days."),
            required=True,
        )
        self.passphrase = PassphraseChoice(doors.suggest_passphrase)
        self.form.setSpacing(style.space(3))
        for widget in (self._address_field, self._code_field, self.passphrase, self.notice):
            self.form.addWidget(widget)

    def submit(self) -> None:
        """Enrol when everything is typed; first ask whether the agency wants its people to sign in."""
        address, code = (self.address.value() or "").strip(), (self.code.value() or "").strip()
        self._address_field.set_error(None if address else lambda: tr("Please type the server's address."))
        self._code_field.set_error(None if code else lambda: tr("Please type the code."))
        if not self.passphrase.check() or not address or not code:
            return
        if self._asked == (address, code):
            self._enrol(address, code)
            return
        self._say_sign_in(None)
        self.begin()
        self._jobs.job(
            self,
            lambda: self._doors.account_wanted(address, code),
            lambda wanted: self._told(address, code, wanted),
            self.failed,
        )

    def _told(self, address: str, code: str, wanted: Any) -> None:
        """Go on at once, or let the person decide when the browser opens."""
        self._say_sign_in(wanted)
        if wanted is None:
            self._enrol(address, code)
            return
        self._asked = (address, code)
        self.pause()
        self.primary.setFocus()

    def _say_sign_in(self, wanted: Any) -> None:
        """Show what the agency asks for, and let the button say what it does now."""
        self._account, self._asked = wanted, None
        self.notice.setVisible(wanted is not None)
        if wanted is None:
            self.set_action(lambda: tr("Enrol"), lambda: tr("Enrolling…"))
            return
        self.notice.set_message(
            "info",
            lambda: tr(
                "Your agency asks you to sign in with your agency's account first. Your browser opens for that; "
                "come back here afterwards."
            ),
        )
        self.set_action(lambda: tr("Sign in with your agency's account"), lambda: tr("Waiting for your browser…"))

    def _enrol(self, address: str, code: str) -> None:
        passphrase, account, self._stopped = self.passphrase.value(), self._account, Event()
        stopped = self._stopped
        self.work(lambda: self._doors.enrol(address, code, passphrase, account, stopped))

    def _leave(self) -> None:
        """Wait for no browser any longer."""
        self._stopped.set()
        self._back()
