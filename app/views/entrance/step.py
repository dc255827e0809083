"""What the entrance's steps share: a button that works in the background and a sentence when it fails."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import NeedsRecovery, RecoveryPlan
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.wording import Wording
from app.views.entrance.doors import Opened
from app.views.entrance.frame import titled
from app.views.messages import sentence_of
from app.views.tasks import Jobs
from app.words import tr


class Step(QWidget):
    """A titled step with one primary button; a subclass adds its fields to `form` and says what the button does."""

    def __init__(
        self,
        jobs: Jobs,
        finished: Callable[[Opened], None],
        *,
        title: Wording,
        lead: Wording,
        action: Wording,
        working: Wording,
        back: Callable[[], None] | None,
        mend: Callable[[RecoveryPlan, Callable[[], Opened]], None] | None = None,
    ) -> None:
        super().__init__()
        self._jobs, self._finished = jobs, finished
        self._mend = mend
        self._action, self._working = action, working
        step, layout = titled(title, lead)
        self.problem = Banner("danger", "")
        self.problem.hide()
        self.form = QVBoxLayout()
        self.primary = PrimaryButton(action)
        self.primary.setObjectName("entrance.go")
        self.primary.clicked.connect(self.submit)
        self.row = QHBoxLayout()
        self.row.addWidget(self.primary)
        self.row.addStretch(1)
        layout.addWidget(self.problem)
        layout.addLayout(self.form)
        layout.addLayout(self.row)
        self._below = QVBoxLayout()
        layout.addLayout(self._below)
        if back is not None:
            button = QuietButton(lambda: tr("Back"), "chevron-left")
            button.clicked.connect(back)
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(step)

    def add_below(self, row: QHBoxLayout) -> None:
        """Put quieter ways on below the row of buttons."""
        self._below.addLayout(row)

    def submit(self) -> None:
        """What the primary button does."""
        raise NotImplementedError

    def set_action(self, action: Wording, working: Wording) -> None:
        """Say from now on that the button does something else."""
        self._action, self._working = action, working
        self.primary.set_text(action)

    def begin(self) -> None:
        """Show that something is under way; the button cannot be pressed twice."""
        self.problem.hide()
        self.primary.setEnabled(False)
        self.primary.set_text(self._working)

    def pause(self) -> None:
        """Nothing is under way: the person decides."""
        self.primary.setEnabled(True)
        self.primary.set_text(self._action)

    def work(self, opening: Callable[[], Opened], bring_back: Callable[[], Opened] | None = None) -> None:
        """Open in the background; the button says so and cannot be pressed twice.

        `bring_back` opens a vault that has to be brought back first, once the person said so.
        """
        self.begin()

        def failed(problem: Exception) -> None:
            if isinstance(problem, NeedsRecovery) and self._mend is not None and bring_back is not None:
                self._mend(problem.plan, bring_back)
            else:
                self.failed(problem)

        self._jobs.job(self, opening, self._finished, failed)

    def failed(self, problem: Exception) -> None:
        """Say why, and let the person try again."""
        self.pause()
        self.problem.set_message("danger", sentence_of(problem))
        self.problem.show()
