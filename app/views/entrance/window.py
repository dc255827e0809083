"""The entrance window: which step is shown, and what follows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.errors import RecoveryPlan
from app.profile import Profile, VaultPlace
from app.views import style
from app.views.common import when
from app.views.common.wording import Wording, use_language
from app.views.entrance.create import CreateStep
from app.views.entrance.doors import Doors, Guard, Opened
from app.views.entrance.enrol import EnrolStep
from app.views.entrance.frame import EntranceFrame
from app.views.entrance.mend import MendStep
from app.views.entrance.recover import RecoverStep
from app.views.entrance.recovery_key import RecoveryKeyStep
from app.views.entrance.unlock import UnlockStep
from app.views.entrance.welcome import WelcomeStep
from app.views.messages import Messages
from app.views.tasks import Jobs
from app.words import current, tr


class EntranceWindow(QWidget):
    """Unlocks a vault or makes one; `opened` is told when the main window may come.

    `guard` watches over a vault whose recovery key is on the screen: its keys are in memory from then on.
    """

    def __init__(
        self,
        doors: Doors,
        profile: Profile,
        jobs: Jobs,
        messages: Messages,
        opened: Callable[[Opened], None],
        *,
        guard: Callable[[Opened], Guard],
        vault_name: str | None = None,
        waiting: int | None = None,
        choose: bool = False,
    ) -> None:
        super().__init__()
        self._choose = choose
        self._doors, self._profile, self._jobs, self._messages = doors, profile, jobs, messages
        self._opened, self._guard = opened, guard
        self._guarding: Guard | None = None
        self._waiting = waiting
        self._vault_name = vault_name
        self.setWindowTitle("Haven")
        self.resize(1000, 720)
        self._frame = EntranceFrame(self._switch_language, self._switch_light, _erased(profile))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._frame)
        if doors.vaults():
            self.show_unlock()
        else:
            self.show_welcome()

    def show_welcome(self) -> None:
        """The three ways to begin."""
        back = self.show_unlock if self._doors.vaults() else None
        self._frame.show_step(
            WelcomeStep(self._explore, self.show_create, self.show_enrol, back, jobs=self._jobs, doors=self._doors)
        )

    def show_unlock(self) -> None:
        """Ask for the passphrase of a vault of this computer."""
        self._frame.show_step(
            UnlockStep(
                self._doors,
                self._jobs,
                self._finish,
                self.show_welcome,
                self.show_recover,
                chosen=self._vault_name,
                waiting=self._waiting,
                choose=self._choose,
                mend=self.show_mend,
            )
        )

    def show_create(self) -> None:
        """A new vault without a server."""
        self._frame.show_step(CreateStep(self._doors, self._jobs, self._finish, self.show_welcome))

    def show_enrol(self) -> None:
        """A new vault with a code from an administrator."""
        self._frame.show_step(EnrolStep(self._doors, self._jobs, self._finish, self.show_welcome))

    def show_recover(self, place: VaultPlace) -> None:
        """The recovery key instead of a forgotten passphrase."""
        self._frame.show_step(
            RecoverStep(place, self._doors, self._jobs, self._finish, self.show_unlock, mend=self.show_mend)
        )

    def show_mend(self, plan: RecoveryPlan, again: Callable[[], Opened]) -> None:
        """Explain what is wrong with a vault's files, and bring it back when the person says so."""
        self._frame.show_step(MendStep(plan, again, self._jobs, self._finish, self.show_unlock))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the entrance ends Haven."""
        self._watch_no_longer()
        super().closeEvent(event)

    def _explore(self, opened: Opened) -> None:
        self._finish(opened)

    def _finish(self, opened: Opened) -> None:
        if opened.recovery_key and not opened.place.is_demonstration:
            self._guarding = self._guard(opened)
            self._frame.show_step(RecoveryKeyStep(opened, self._jobs, self._messages, self._go_in))
        else:
            self._go_in(opened)

    def _go_in(self, opened: Opened) -> None:
        self._watch_no_longer()
        self._opened(opened)

    def _watch_no_longer(self) -> None:
        if self._guarding is not None:
            self._guarding.stop()
            self._guarding = None

    def _switch_language(self) -> None:
        code = "fr" if current().code == "en" else "en"
        use_language(code)
        self._profile.keep("language", code)

    def _switch_light(self) -> None:
        app = QApplication.instance()
        mode: style.Mode = "light" if style.mode() == "dark" else "dark"
        if isinstance(app, QApplication):
            style.apply(app, mode, style.text_scale())
        self._profile.keep("mode", mode)
        self._messages.say(tr("Dark") if mode == "dark" else tr("Light"))


def _erased(profile: Profile) -> Wording:
    """What somebody has to know who looks for their vault and does not find it."""
    at = profile.erased_lately(datetime.now(UTC))
    if at is None:
        return ""
    return lambda: tr(
        "A vault on this computer was erased on {day}: an administrator took the computer out of the service. What the "
        "server had received is safe there. For work on this computer, ask your administrator for a new code.",
        day=when.day(at.date()),
    )
