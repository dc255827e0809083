"""What moves with the day and with colleagues' work is brought up to date: at the start, on arrival, once a day."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import date
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer

from app.models.vocab import Role
from app.services import inventory, lifesaver_watch, tracking_watch
from app.vault.vault import Vault
from app.views.tasks import Tasks

_LOOK_MS = 600_000
"""How often it is looked whether a new day began."""


class ProgrammeWatch(QObject):
    """Lets every programme look after its clocks. A role that has nothing to look after asks for nothing."""

    def __init__(self, vault: Vault, tasks: Tasks, role: Callable[[], Role], zone: str, parent: QObject) -> None:
        super().__init__(parent)
        self._vault, self._tasks, self._role, self._zone = vault, tasks, role, ZoneInfo(zone)
        self._day: date | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()

    def look(self) -> None:
        """Look after everything now."""
        self._day = self._today()
        self._lifesaver()
        self._tracking()

    def arrived(self, kinds: Set[str]) -> None:
        """Look after what the arrival of these kinds of record may have moved."""
        if kinds & (lifesaver_watch.KINDS | inventory.KINDS):
            self._lifesaver()
        if kinds & tracking_watch.KINDS:
            self._tracking()

    def tick(self) -> None:
        """Look after everything when a new day began since it was done last."""
        if self._today() != self._day and not self._vault.is_full:
            self.look()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    def _lifesaver(self) -> None:
        if self._role() in lifesaver_watch.ROLES:
            self._tasks.write(self._tasks, lifesaver_watch.watch, lifesaver_watch.Watch())

    def _tracking(self) -> None:
        if self._role() in tracking_watch.ROLES:
            self._tasks.write(self._tasks, tracking_watch.watch, tracking_watch.Watch())

    def _today(self) -> date:
        return self._vault.now().astimezone(self._zone).date()
