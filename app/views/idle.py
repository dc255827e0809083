"""Watches whether someone is there: any key, touch or mouse counts. The rule when to lock is bootstrap's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
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


PANIC = Qt.Key.Key_F12
"""The one key that hides everything, wherever the cursor is."""


class IdleWatch(QObject):
    """Calls `touched` at each sign of a person, asks `is_due` every second and calls `lock` when it says yes.

    `PANIC` locks at once, also from a dialog, a menu or the preview, which a shortcut of the window would not reach.

    Watches the windows of the screen, where keys and fingers arrive once, and not every widget: a filter on the whole
    application is asked about each of the thousands of events that building a page makes.
    """

    def __init__(
        self, app: QApplication, touched: Callable[[], None], is_due: Callable[[], bool], lock: Callable[[], None]
    ) -> None:
        super().__init__(app)
        self._app, self._touched, self._is_due, self._lock = app, touched, is_due, lock
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        app.applicationStateChanged.connect(self._on_state)
        app.focusWindowChanged.connect(self._watch)
        for window in app.topLevelWindows():
            self._watch(window)

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        self._app.focusWindowChanged.disconnect(self._watch)
        self._app.applicationStateChanged.disconnect(self._on_state)
        for window in self._app.topLevelWindows():
            window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice a person without touching the event; only the one key goes no further."""
        if event.type() in _SIGNS:
            if isinstance(event, QKeyEvent) and event.key() == PANIC:
                self._lock()
                return True
            self._touched()
        return False

    def _watch(self, window: QWindow | None) -> None:
        """Watch a window that came into use; installing the filter again only moves it to the front."""
        if window is not None:
            window.installEventFilter(self)

    def _look(self) -> None:
        # Not every platform tells of each window that comes to the front: look at all of them now and then.
        for window in self._app.topLevelWindows():
            self._watch(window)
        if self._is_due():
            self._lock()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationSuspended:
            self._lock()
