"""First start: three ways to begin, each said in one sentence."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.picture import Picture
from app.views.common.text import QuietText
from app.views.common.wording import Wording
from app.views.entrance.doors import Doors, Opened
from app.views.entrance.frame import titled
from app.views.messages import sentence_of
from app.views.tasks import Jobs
from app.words import tr


class WelcomeStep(QWidget):
    """Explore the demonstration, start alone on this computer, or enrol with a code."""

    def __init__(
        self,
        explored: Callable[[Opened], None],
        create: Callable[[], None],
        enrol: Callable[[], None],
        back: Callable[[], None] | None,
        *,
        jobs: Jobs,
        doors: Doors,
    ) -> None:
        super().__init__()
        self._explored, self._jobs, self._doors = explored, jobs, doors
        step, layout = titled(
            lambda: tr("Welcome to Haven"),
            lambda: tr("Haven works without any network from the first minute. How would you like to begin?"),
        )
        self.problem = Banner("danger", "")
        self.problem.hide()
        layout.addWidget(self.problem)
        self.explore = PrimaryButton(lambda: tr("Explore"))
        self.explore.setObjectName("welcome.explore")
        self.explore.clicked.connect(self._explore)
        self.start_here = SecondaryButton(lambda: tr("Start"))
        self.start_here.setObjectName("welcome.start")
        self.start_here.clicked.connect(create)
        self.join = SecondaryButton(lambda: tr("Enrol"))
        self.join.setObjectName("welcome.enrol")
        self.join.clicked.connect(enrol)
        layout.addWidget(
            _way(
                "home",
                lambda: tr("Explore the demonstration"),
                lambda: tr("A made-up region with 250 cases. Nothing in it is real and nothing can go wrong."),
                self.explore,
            )
        )
        layout.addWidget(
            _way(
                "person",
                lambda: tr("Start on this computer without a server"),
                lambda: tr("For one person. You can join an agency's server later."),
                self.start_here,
            )
        )
        layout.addWidget(
            _way(
                "key",
                lambda: tr("Enrol with a code"),
                lambda: tr("Your administrator gave you a server address and a one-time code."),
                self.join,
            )
        )
        if back is not None:
            button = QuietButton(lambda: tr("Back"), "chevron-left")
            button.clicked.connect(back)
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(step)

    def _explore(self) -> None:
        for button in (self.explore, self.start_here, self.join):
            button.setEnabled(False)
        self.explore.set_text(lambda: tr("Preparing…"))
        self._jobs.job(self, self._doors.demonstration, self._explored, self._failed)

    def _failed(self, problem: Exception) -> None:
        for button in (self.explore, self.start_here, self.join):
            button.setEnabled(True)
        self.explore.set_text(lambda: tr("Explore"))
        self.problem.set_message("danger", sentence_of(problem))
        self.problem.show()


def _way(icon_name: str, title: Wording, sentence: Wording, button: Button) -> Card:
    card = Card(title)
    row = QHBoxLayout()
    row.setSpacing(style.space(3))
    row.addWidget(Picture(icon_name, "accent", 32), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(QuietText(sentence), 1)
    row.addWidget(button)
    card.add_layout(row)
    return card
