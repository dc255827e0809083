"""A forgotten passphrase: the printed recovery key opens the vault and a new passphrase is chosen."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import RecoveryPlan, RuleBroken
from app.profile import VaultPlace
from app.views import style
from app.views.common.recovery_entry import RecoveryEntry
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
            lead=lambda: tr("Type what was kept in the safe, and choose a new passphrase."),
            action=lambda: tr("Open with the recovery key"),
            working=lambda: tr("Opening…"),
            back=back,
            mend=mend,
        )
        self._place, self._doors = place, doors
        self.entry = RecoveryEntry()
        self.passphrase = PassphraseChoice(doors.suggest_passphrase)
        self.form.setSpacing(style.space(3))
        self.form.addWidget(self.entry)
        self.form.addWidget(self.passphrase)

    def submit(self) -> None:
        """Open when the key is typed and the passphrase will do."""
        typed = self.entry.check()
        if not self.passphrase.check() or not typed:
            return
        key, passphrase = self.entry.value(), self.passphrase.value()
        self.work(
            lambda: self._doors.recover(self._place, key, passphrase),
            lambda: self._doors.recover(self._place, key, passphrase, bring_back=True),
        )

    def failed(self, problem: Exception) -> None:
        """What was mistyped is said where it was typed."""
        super().failed(problem)
        if not isinstance(problem, RuleBroken):
            return
        if problem.field == "recovery_key":
            self.problem.hide()
            self.entry.set_error(lambda: problem.sentence)
        elif problem.field == "passphrase":
            self.problem.hide()
            self.passphrase.show_problem(problem.sentence)
