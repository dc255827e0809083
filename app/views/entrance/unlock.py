"""Unlocking: which vault, and its passphrase. Says how much waits to be sent, and nothing else about what is inside."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent

from app.errors import RecoveryPlan
from app.profile import VaultPlace
from app.views import style
from app.views.common.badge import Badge
from app.views.common.buttons import QuietButton
from app.views.common.choices import SegmentedChoice
from app.views.common.field import Field
from app.views.entrance.doors import Doors, Opened
from app.views.entrance.passphrase import SecretEdit
from app.views.entrance.step import Step
from app.views.tasks import Jobs
from app.words import tr, trn


class UnlockStep(Step):
    """The passphrase of one of this computer's vaults."""

    def __init__(
        self,
        doors: Doors,
        jobs: Jobs,
        finished: Callable[[Opened], None],
        other_ways: Callable[[], None],
        forgotten: Callable[[VaultPlace], None],
        *,
        chosen: str | None,
        waiting: int | None,
        mend: Callable[[RecoveryPlan, Callable[[], Opened]], None] | None = None,
    ) -> None:
        super().__init__(
            jobs,
            finished,
            title=lambda: tr("Unlock"),
            lead="",
            action=lambda: tr("Unlock"),
            working=lambda: tr("Unlocking…"),
            back=None,
            mend=mend,
        )
        self._doors = doors
        self._places = doors.vaults()
        self._choice = SegmentedChoice(
            [(place.name, _name_of(place, index)) for index, place in enumerate(self._places)], optional=False
        )
        names = [place.name for place in self._places]
        self._choice.set_value(chosen if chosen in names else names[0])
        if len(self._places) > 1:
            self.form.addWidget(Field(lambda: tr("Which vault?"), self._choice))
        self.secret = SecretEdit()
        self.secret.line.setObjectName("unlock.secret")
        self.secret.entered.connect(self.submit)
        self._field = Field(lambda: tr("Passphrase"), self.secret)
        self.form.addWidget(self._field)
        self.form.setSpacing(style.space(3))
        if waiting:
            self.form.addWidget(
                Badge(
                    lambda: trn("{count} thing waits to be sent", "{count} things wait to be sent", waiting),
                    "sync-here",
                    "info",
                )
            )
        forgot = QuietButton(lambda: tr("Use the recovery key"))
        forgot.clicked.connect(lambda: forgotten(self._place()))
        ways = QuietButton(lambda: tr("Other ways to begin"))
        ways.clicked.connect(other_ways)
        self.row.addWidget(forgot)
        self.row.addWidget(ways)
        self._choice.changed.connect(self._show_need)
        self._show_need()

    def submit(self) -> None:
        """Try the passphrase; the demonstration needs none."""
        place = self._place()
        if place.is_demonstration:
            self.work(self._doors.demonstration)
            return
        passphrase = self.secret.value()
        if not passphrase:
            self._field.set_error(lambda: tr("Please type your passphrase."))
            return
        self._field.set_error(None)
        self.work(
            lambda: self._doors.unlock(place, passphrase),
            lambda: self._doors.unlock(place, passphrase, bring_back=True),
        )

    def failed(self, problem: Exception) -> None:
        """Forget what was typed, say why, and put the cursor back."""
        self.secret.clear()
        super().failed(problem)
        self.secret.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor stands in the passphrase at once."""
        super().showEvent(event)
        self.secret.setFocus()

    def _place(self) -> VaultPlace:
        return next(place for place in self._places if place.name == self._choice.value())

    def _show_need(self, *_: object) -> None:
        self._field.setVisible(not self._place().is_demonstration)


def _name_of(place: VaultPlace, index: int) -> Callable[[], str]:
    if place.is_demonstration:
        return lambda: tr("Demonstration")
    return lambda: tr("Vault {number}", number=index + 1)
