"""A vault that is not what was last saved: what was found, what will be done, and one button that does it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import RecoveryPlan
from app.views import style
from app.views.common.banner import Banner
from app.views.common.card import Card
from app.views.common.progress import JobBar
from app.views.common.text import PlainLabel
from app.views.entrance.doors import Opened
from app.views.entrance.frame import titled
from app.views.entrance.step import Step
from app.views.tasks import Jobs
from app.words import tr

Again = Callable[[], Opened]


class MendStep(Step):
    """Explains a recovery before it is done. Nothing is changed until the person presses the button."""

    def __init__(
        self,
        plan: RecoveryPlan,
        again: Again,
        jobs: Jobs,
        finished: Callable[[Opened], None],
        back: Callable[[], None],
    ) -> None:
        super().__init__(
            jobs,
            finished,
            title=lambda: tr("Your vault needs to be brought back"),
            lead=lambda: tr("Haven looked at its files before opening them. Nothing was changed yet."),
            action=lambda: tr("Bring it back"),
            working=lambda: tr("Bringing it back. This can take a minute…"),
            back=back,
        )
        self._again = again
        card = Card()
        card.add(PlainLabel(lambda: tr("What was found"), strong=True))
        card.add(PlainLabel(lambda: plan.found.sentence))
        card.add(PlainLabel(lambda: tr("What will be done"), strong=True))
        card.add(PlainLabel(lambda: plan.remedy.sentence))
        self.form.setSpacing(style.space(3))
        self.form.addWidget(card)
        self.outcome = Banner("success" if plan.complete else "warning", lambda: plan.outcome.sentence)
        self.form.addWidget(self.outcome)
        self.form.addWidget(PlainLabel(lambda: tr("The file that is there now is kept beside the new one.")))
        self.progress = JobBar(lambda: tr("Bringing your vault back…"), can_cancel=False)
        self.progress.hide()
        self.form.addWidget(self.progress)

    def submit(self) -> None:
        """Do it."""
        self.progress.show()
        self.work(self._again)

    def failed(self, problem: Exception) -> None:
        """Say why; the file is as it was."""
        self.progress.hide()
        super().failed(problem)


class RestoringWindow(QWidget):
    """What stands on the screen while a backup is put in the vault's place."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("entrance")
        self.setWindowTitle("Haven")
        self.resize(style.grown(560), style.grown(220))
        step, layout = titled(
            lambda: tr("Putting the backup in its place"),
            lambda: tr("This can take a minute. Haven then asks for your passphrase again."),
        )
        layout.addWidget(JobBar(lambda: tr("Please leave the computer switched on."), can_cancel=False))
        whole = QVBoxLayout(self)
        edge = style.space(6)
        whole.setContentsMargins(edge, edge, edge, edge)
        whole.addWidget(step)
        whole.addStretch(1)
