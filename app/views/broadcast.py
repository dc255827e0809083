"""Who hears that something changed: visible screens ask again, hidden ones when they are next shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from app.models.changes import Changes


class Broadcast(QObject):
    """Announces committed changes, from this window or from a colleague through sync."""

    announced = Signal(object, object)
    """(Changes, who started it or None)."""

    def announce(self, changes: Changes, initiator: object = None) -> None:
        """Tell everyone which kinds changed."""
        if changes:
            self.announced.emit(changes, initiator)


class Live(QObject):
    """Keeps one screen fresh: calls `refresh` when a kind it shows changed, at once or when it is next seen.

    `kinds` empty means every kind. The screen that made the change is refreshed too, unless `skip_own`.
    """

    def __init__(
        self,
        screen: QWidget,
        broadcast: Broadcast,
        kinds: Iterable[str],
        refresh: Callable[[], None],
        *,
        skip_own: bool = False,
    ) -> None:
        super().__init__(screen)
        self._screen = screen
        self._kinds = frozenset(kinds)
        self._refresh = refresh
        self._skip_own = skip_own
        self._stale = False
        screen.installEventFilter(self)
        broadcast.announced.connect(self._heard)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch up when the screen comes into view."""
        if event.type() == QEvent.Type.Show and self._stale:
            self._stale = False
            self._refresh()
        return super().eventFilter(watched, event)

    def _heard(self, changes: Changes, initiator: object) -> None:
        if self._skip_own and initiator is self._screen:
            return
        if self._kinds and not self._kinds & changes.kinds:
            return
        if self._screen.isVisible():
            self._refresh()
        else:
            self._stale = True
