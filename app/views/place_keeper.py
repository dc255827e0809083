"""Keeps where the person is, within two seconds, so that a lock or a crash leads back there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.views.common.draft_keeper import DraftKeeper
from app.views.place import PLACE, Place


class PlaceKeeper(QObject):
    """`here` says where the person is, `keep(name, place)` writes it down, encrypted."""

    def __init__(
        self, app: QApplication, here: Callable[[], Place | None], keep: Callable[[str, Mapping[str, Any]], None]
    ) -> None:
        super().__init__(app)
        self._app, self._here, self._keep = app, here, keep
        self._kept: Place | None = None
        self.waits = False
        """While the windows are being put back, where they are is not where the person was."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DraftKeeper.EVERY_MS)
        self._timer.timeout.connect(self.keep_now)
        app.focusChanged.connect(self._on_focus)

    def soon(self) -> None:
        """The person did something."""
        if not self._timer.isActive():
            self._timer.start()

    def keep_now(self) -> None:
        """Keep the place, when it is another one than before."""
        self._timer.stop()
        place = None if self.waits else self._here()
        if place is not None and place != self._kept:
            self._kept = place
            self._keep(PLACE, place)

    def stop(self) -> None:
        """Keep no more."""
        self._timer.stop()
        self._app.focusChanged.disconnect(self._on_focus)

    def _on_focus(self, _before: QWidget | None, _now: QWidget | None) -> None:
        self.soon()
