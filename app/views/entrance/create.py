"""A new vault for one person, without a server."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import RuleBroken
from app.views import style
from app.views.common.field import Field
from app.views.common.text import LineEdit
from app.views.entrance.doors import Doors, Opened
from app.views.entrance.passphrase import PassphraseChoice
from app.views.entrance.step import Step
from app.views.tasks import Jobs
from app.words import tr


class CreateStep(Step):
    """The owner's name and a passphrase; the recovery key follows."""

    def __init__(self, doors: Doors, jobs: Jobs, finished: Callable[[Opened], None], back: Callable[[], None]) -> None:
        super().__init__(
            jobs,
            finished,
            title=lambda: tr("Start on this computer"),
            lead=lambda: tr("Your name stands on what you write and print. It is kept inside the encrypted vault."),
            action=lambda: tr("Make my vault"),
            working=lambda: tr("Making your vault…"),
            back=back,
        )
        self._doors = doors
        self.name = LineEdit()
        self._name_field = Field(lambda: tr("Your name"), self.name, required=True)
        self.service = LineEdit()
        self.name.setObjectName("create.name")
        self.service.setObjectName("create.service")
        self._service_field = Field(
            lambda: tr("Name of your service"),
            self.service,
            hint=lambda: tr("As it stands on your letters."),
            required=True,
        )
        self.passphrase = PassphraseChoice(doors.suggest_passphrase)
        self.form.setSpacing(style.space(3))
        self.form.addWidget(self._name_field)
        self.form.addWidget(self._service_field)
        self.form.addWidget(self.passphrase)

    def submit(self) -> None:
        """Make the vault when name and passphrase will do."""
        name = (self.name.value() or "").strip()
        self._name_field.set_error(None if name else lambda: tr("Please type your name."))
        service = (self.service.value() or "").strip()
        self._service_field.set_error(None if service else lambda: tr("Please type the name of your service."))
        if not self.passphrase.check() or not name or not service:
            return
        passphrase = self.passphrase.value()
        self.work(lambda: self._doors.create(name, service, passphrase))

    def failed(self, problem: Exception) -> None:
        """A weak passphrase is said at its field."""
        super().failed(problem)
        if isinstance(problem, RuleBroken):
            self.problem.hide()
            self.passphrase.show_problem(problem.sentence)
