"""When the open vault is looked through from end to end: rarely, while nobody types, beside the windows' thread."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.errors import HavenError
from app.queries import settings
from app.vault.full_look import FullLook, Look, is_due
from app.vault.vault import Vault

AFTER_MS = 5 * 60 * 1000
"""The rush of opening is over by then."""
AGAIN_MS = 60 * 60 * 1000
"""Who works for a whole day without locking gets it as well."""
QUIET_S = 3.0
"""How long nobody may have touched anything, before the next few milliseconds of it."""
_PAUSE_S = 0.02
_LONGEST_STOP_S = 2.0
_GENTLE = 19


class LookWatch(QObject):
    """Looks through the vault when it is due; `told` is called with what was found."""

    _ended = Signal(object)

    def __init__(
        self, vault: Vault, quiet_for: Callable[[], float], told: Callable[[Look], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._vault, self._quiet_for, self._told = vault, quiet_for, told
        self._stopping = threading.Event()
        self._one = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended.connect(told, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._begin)
        self._timer.start(AFTER_MS)

    def now(self) -> Look | None:
        """Look at once and without waiting for quiet, because somebody asked. None: broken off."""
        with self._one:
            return FullLook(self._vault).run(lambda: not self._stopping.is_set())

    def stop(self) -> None:
        """Break off; what is left is done another time."""
        self._timer.stop()
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_LONGEST_STOP_S)

    def _begin(self) -> None:
        self._timer.setInterval(AGAIN_MS)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._look, name="look", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        if sys.platform == "linux":
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GENTLE)
        # A full or failing disk, or a vault that was closed meanwhile: another day.
        with suppress(HavenError, OSError), self._one:
            if self._due():
                found = FullLook(self._vault).run(self._go_on)
                if found is not None and not self._stopping.is_set():
                    self._ended.emit(found)

    def _due(self) -> bool:
        with self._vault.read() as session:
            day = settings.local_day(session, self._vault.now())
            days = int(settings.setting(session, "privacy.full_look_days", day))
        return is_due(self._vault.last_look(), self._vault.now(), days)

    def _go_on(self) -> bool:
        """Wait for a quiet moment; no when it is to stop."""
        time.sleep(_PAUSE_S)
        while not self._stopping.is_set() and self._quiet_for() < QUIET_S:
            self._stopping.wait(0.5)
        return not self._stopping.is_set()
