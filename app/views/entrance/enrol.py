"""A new vault that belongs to an agency: the server's address and a one-time code."""

from __future__ import annotations

from collections.abc import Callable

from app.views import style
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
            back=back,
        )
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
        for widget in (self._address_field, self._code_field, self.passphrase):
            self.form.addWidget(widget)

    def submit(self) -> None:
        """Enrol when everything is typed."""
        address, code = (self.address.value() or "").strip(), (self.code.value() or "").strip()
        self._address_field.set_error(None if address else lambda: tr("Please type the server's address."))
        self._code_field.set_error(None if code else lambda: tr("Please type the code."))
        if not self.passphrase.check() or not address or not code:
            return
        passphrase = self.passphrase.value()
        self.work(lambda: self._doors.enrol(address, code, passphrase))
