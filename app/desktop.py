"""The application from its first window to its last: entrance, main window, lock.

The entrance is on screen before the database layer is imported; `bootstrap` is loaded in the background meanwhile.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app import unexpected, words
from app.profile import Profile, VaultPlace
from app.vault.lock import harden_process
from app.views import style
from app.views.clipboard import clear_clipboard
from app.views.collecting import Collector, keep_what_is_imported
from app.views.common.wording import use_language
from app.views.entrance.doors import Doors, Guard, Opened
from app.views.entrance.mend import RestoringWindow
from app.views.entrance.window import EntranceWindow
from app.views.hiding import come_back, hide_everything
from app.views.messages import Messages
from app.views.tasks import Jobs

if TYPE_CHECKING:
    from app.bootstrap import House

_DRAWN_MS = 30


class LazyDoors:
    """The real doors, behind an import that is done beside the first window and not before it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def vaults(self) -> tuple[VaultPlace, ...]:
        """The vaults of this computer; needs no database layer."""
        return self._profile.vaults()

    def finds_people(self) -> bool:
        """See `Doors`; needs no database layer."""
        return finds_people()

    def unlock(self, place: VaultPlace, passphrase: str, *, bring_back: bool = False) -> Opened:
        """See `Doors`."""
        return self._real().unlock(place, passphrase, bring_back=bring_back)

    def recover(self, place: VaultPlace, recovery_key: str, passphrase: str, *, bring_back: bool = False) -> Opened:
        """See `Doors`."""
        return self._real().recover(place, recovery_key, passphrase, bring_back=bring_back)

    def create(self, owner: str, service: str, passphrase: str) -> Opened:
        """See `Doors`."""
        return self._real().create(owner, service, passphrase)

    def account_wanted(self, address: str, code: str) -> Any:
        """See `Doors`."""
        return self._real().account_wanted(address, code)

    def enrol(
        self, address: str, code: str, passphrase: str, account: Any = None, stopped: threading.Event | None = None
    ) -> Opened:
        """See `Doors`."""
        return self._real().enrol(address, code, passphrase, account, stopped)

    def demonstration(self) -> Opened:
        """See `Doors`."""
        return self._real().demonstration()

    def suggest_passphrase(self) -> str:
        """See `Doors`."""
        return self._real().suggest_passphrase()

    def _real(self) -> Doors:
        return cast(Doors, bootstrap().RealDoors(self._profile))


def bootstrap() -> Any:
    """The module that builds the house, imported at its first use: its libraries cost more than the first window."""
    first = "app.bootstrap" not in sys.modules
    found = importlib.import_module("app.bootstrap")
    if first:
        keep_what_is_imported()
    return found


def finds_people() -> bool:
    """Whether the registry programme is part of this Haven; asked without importing it."""
    return importlib.util.find_spec("app.views.registry") is not None


class Desktop(QObject):
    """One run of the application. `command` starts it again after a lock, in the place of this process."""

    LONGEST_LEAVING = 20.0
    """Seconds after which a lock no longer waits for what is under way: no key stays in memory for longer."""

    def __init__(self, app: QApplication, profile: Profile, command: Sequence[str]) -> None:
        super().__init__()
        self._app, self._profile, self._command = app, profile, list(command)
        self.messages = Messages()
        self.jobs = Jobs(self.messages.failed)
        self.entrance: EntranceWindow | None = None
        self.house: House | None = None
        self._waiting_window: RestoringWindow | None = None
        app.setQuitOnLastWindowClosed(True)

    def start(
        self,
        *,
        vault_name: str | None = None,
        waiting: int | None = None,
        choose: bool = False,
        demonstration: bool = False,
    ) -> None:
        """Show the entrance, or the demonstration at once; load the database layer meanwhile."""
        come_back(self._app)
        self.entrance = EntranceWindow(
            LazyDoors(self._profile),
            self._profile,
            self.jobs,
            self.messages,
            self.enter,
            guard=self._guard,
            vault_name=vault_name,
            waiting=waiting,
            choose=choose,
        )
        self.entrance.show()
        # Once the first window is drawn: the imports would take its thread's turns.
        QTimer.singleShot(_DRAWN_MS, self._begin_to_load)
        if demonstration:
            self.jobs.job(self.entrance, LazyDoors(self._profile).demonstration, self.enter)

    def _begin_to_load(self) -> None:
        threading.Thread(target=self._load, name="imports", daemon=True).start()

    def _load(self) -> None:
        bootstrap().finish_erasing(self._profile)

    def leave_erased(self, done: bool) -> None:
        """By order of the administrator: hide everything now; once the vault is `done` with, start anew without it."""
        hide_everything(self._app)
        if done and self.house is not None:
            house, self.house = self.house, None
            try:
                clear_clipboard(self._app)
            finally:
                self._give_up(house, [*self._command, "--choose"])

    def enter(self, opened: Opened) -> None:
        """From the entrance into the house."""
        come_back(self._app)
        self.house = bootstrap().open_house(
            opened,
            self._profile,
            self.messages,
            self.lock,
            self.restore,
            self.switch_person,
            self.leave_erased,
        )
        window: QWidget = self.house.window
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        if self.entrance is not None and self.entrance.isMaximized():
            window.showMaximized()
        else:
            window.show()
        self.house.shown()
        if self.entrance is not None:
            self.entrance.close()
            # Qt takes it apart. Left to a collection of Python's garbage, children would outlive their parents.
            self.entrance.deleteLater()
            self.entrance = None

    def lock(self) -> None:
        """Hide first, keep drafts, close the vault, and replace this process: it held keys (safety.md, finding 6)."""
        if self.house is not None:
            self._leave(self.house, ["--vault", self.house.place.name])

    def _guard(self, opened: Opened) -> Guard:
        watch = bootstrap().FirstKeyWatch(self._app, opened.vault, lambda: self._lock_first(opened))
        return cast(Guard, watch)

    def _lock_first(self, opened: Opened) -> None:
        """Lock while the first recovery key is shown. It was not kept yet: the next unlock shows another one."""
        hide_everything(self._app)
        command = [*self._command, "--vault", opened.place.name]
        latest = threading.Timer(self.LONGEST_LEAVING, bootstrap().replace_process, (command,))
        latest.daemon = True
        latest.start()
        try:
            clear_clipboard(self._app)
            if self.entrance is not None:
                self.entrance.close()
            opened.vault.close()
        finally:
            latest.cancel()
            bootstrap().replace_process(command)

    def switch_person(self) -> None:
        """Lock, and ask whose vault is to be opened next, with nobody chosen."""
        if self.house is not None:
            self._leave(self.house, ["--choose"])

    def _leave(self, house: House, then: list[str]) -> None:
        self.house = None
        hide_everything(self._app)
        command = [*self._command, *then]
        latest = threading.Timer(self.LONGEST_LEAVING, self._give_up, (house, command))
        latest.daemon = True
        latest.start()
        try:
            clear_clipboard(self._app)
            waiting = house.lock()
            hide_everything(self._app)
            if "--vault" in then:
                command += ["--waiting", str(waiting)]
        finally:
            latest.cancel()
            bootstrap().replace_process(command)

    def _give_up(self, house: House, command: list[str]) -> None:
        """What is under way does not end: the process is replaced all the same, and its child with it."""
        house.renderer.stop()
        bootstrap().replace_process(command)

    def restore(self, chosen: Path, as_it_was: bool) -> None:
        """Put a backup in the vault's place, then start anew at the entrance: the process held keys."""
        if self.house is None:
            return
        house, self.house = self.house, None
        self._app.clipboard().clear()
        self._waiting_window = RestoringWindow()
        self._waiting_window.show()
        house.window.hide()
        waiting = house.close(keep_vault=True)
        arguments = [*self._command, "--vault", house.place.name, "--waiting", str(waiting)]

        def again(_: object) -> None:
            bootstrap().replace_process(arguments)

        self.jobs.job(
            self._waiting_window, lambda: house.vault.restore(chosen, as_it_was=as_it_was), again, failed=again
        )

    def close(self) -> None:
        """End in order: what is queued is written, the vault is closed."""
        if self.house is not None:
            house, self.house = self.house, None
            house.close()
        self.jobs.stop()


def run(
    home: Path | None,
    *,
    vault_name: str | None = None,
    waiting: int | None = None,
    choose: bool = False,
    demonstration: bool = False,
) -> int:
    """Open the desktop; the exit code of the application."""
    harden_process()
    profile = Profile(home)
    settings = profile.settings()
    words.use(settings["language"])
    forget_folders()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Haven")
    app.setApplicationDisplayName("Haven")
    if settings["mode"] == "system":
        style.follow_system(app, settings["text_scale"])
    else:
        style.apply(app, settings["mode"], settings["text_scale"])
    use_language(settings["language"])
    collector = Collector()
    desktop = Desktop(app, profile, start_command(home))
    unexpected.catch(desktop.messages.failed)
    desktop.start(vault_name=vault_name, waiting=waiting, choose=choose, demonstration=demonstration)
    try:
        return app.exec()
    finally:
        desktop.close()
        collector.stop()


def forget_folders() -> None:
    """Keep Qt's own dialogs from writing down where files were saved: that file would be readable (safety.md 2)."""
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, os.devnull)


def start_command(home: Path | None, *extra: str) -> list[str]:
    """How this application starts itself again: from source through the interpreter, frozen as the bundle's program."""
    start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    return [*start, *(["--home", str(home)] if home is not None else []), *extra]
