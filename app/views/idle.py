"""Watches whether someone is there: any key, touch or mouse counts. The rule when to lock is bootstrap's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

_SIGNS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)


class IdleWatch(QObject):
    """Calls `touched` at each sign of a person, asks `is_due` every second and calls `lock` when it says yes."""

    def __init__(
        self, app: QApplication, touched: Callable[[], None], is_due: Callable[[], bool], lock: Callable[[], None]
    ) -> None:
        super().__init__(app)
        self._touched, self._is_due, self._lock = touched, is_due, lock
        app.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        app.applicationStateChanged.connect(self._on_state)

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice a person without touching the event."""
        if event.type() in _SIGNS:
            self._touched()
        return False

    def _look(self) -> None:
        if self._is_due():
            self._lock()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationSuspended:
            self._lock()
