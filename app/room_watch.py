"""What the main window says while the disk has no room, and how it hears that there is room again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.errors import EnvironmentProblem
from app.vault.problems import is_full
from app.vault.vault import Vault
from app.views.main_window import MainWindow
from app.views.tasks import Tasks
from app.words import tr

AGAIN_MS = 20_000
"""How often it is tried whether there is room again."""


class RoomWatch(QObject):
    """Shows a standing notice while nothing can be saved, and enters what was set aside once it can."""

    _heard = Signal(bool)

    def __init__(self, vault: Vault, tasks: Tasks, window: MainWindow) -> None:
        super().__init__(window)
        self._vault, self._tasks, self._window = vault, tasks, window
        self._timer = QTimer(self)
        self._timer.setInterval(AGAIN_MS)
        self._timer.timeout.connect(self.look)
        # The vault finds out on its worker's thread.
        self._heard.connect(self._show, Qt.ConnectionType.QueuedConnection)
        vault.on_room = self._heard.emit

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Within: a full disk that has no room even for the audit trail keeps nobody from reading."""
        try:
            yield
        except EnvironmentProblem as problem:
            if not is_full(problem):
                raise

    def look(self) -> None:
        """Try whether there is room."""
        self._tasks.later(self._tasks, self._vault.make_up)

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        self._vault.on_room = lambda full: None

    def _show(self, full: bool) -> None:
        if full:
            self._window.stand(
                lambda: tr(
                    "This computer's disk is full. You can read and print, and what you type is kept, but nothing can "
                    "be saved until there is room. Delete or move other files; this line then goes away by itself."
                )
            )
            self._timer.start()
        else:
            self._window.stand(None)
            self._timer.stop()
