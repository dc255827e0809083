"""A forgotten passphrase: the printed recovery key opens the vault and a new passphrase is chosen."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import RecoveryPlan
from app.profile import VaultPlace
from app.views import style
from app.views.common.field import Field
from app.views.common.text import LineEdit
from app.views.entrance.doors import Doors, Opened
from app.views.entrance.passphrase import PassphraseChoice
from app.views.entrance.step import Step
from app.views.tasks import Jobs
from app.words import tr


class RecoverStep(Step):
    """The recovery key, then a new passphrase."""

    def __init__(
        self,
        place: VaultPlace,
        doors: Doors,
        jobs: Jobs,
        finished: Callable[[Opened], None],
        back: Callable[[], None],
        mend: Callable[[RecoveryPlan, Callable[[], Opened]], None] | None = None,
    ) -> None:
        super().__init__(
            jobs,
            finished,
            title=lambda: tr("Use the recovery key"),
            lead=lambda: tr("Type the recovery key that was printed for the safe, and choose a new passphrase."),
            action=lambda: tr("Open with the recovery key"),
            working=lambda: tr("Opening…"),
            back=back,
            mend=mend,
        )
        self._place, self._doors = place, doors
        self.key = LineEdit()
        self._key_field = Field(lambda: tr("Recovery key"), self.key, required=True)
        self.passphrase = PassphraseChoice(doors.suggest_passphrase)
        self.form.setSpacing(style.space(3))
        self.form.addWidget(self._key_field)
        self.form.addWidget(self.passphrase)

    def submit(self) -> None:
        """Open when the key is typed and the passphrase will do."""
        key = (self.key.value() or "").strip()
        self._key_field.set_error(None if key else lambda: tr("Please type the recovery key."))
        if not self.passphrase.check() or not key:
            return
        passphrase = self.passphrase.value()
        self.work(
            lambda: self._doors.recover(self._place, key, passphrase),
            lambda: self._doors.recover(self._place, key, passphrase, bring_back=True),
        )
