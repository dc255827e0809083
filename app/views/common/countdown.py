"""The time left until something is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.views.common.badge import Badge, BadgeKind
from app.words import trn


class CountdownClock(QWidget):
    """Says in words how long is left, or how long it is over; `warn_at` before the end it turns amber.

    `clock` gives the time (aware UTC); it is asked every second while the widget is seen.
    """

    def __init__(
        self,
        due: datetime | None,
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
        *,
        warn_at: timedelta = timedelta(minutes=10),
    ) -> None:
        super().__init__(parent)
        self._due, self._clock, self._warn_at = due, clock, warn_at
        self._badge = Badge("")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._badge)
        row.addStretch(1)
        self._ticker = QTimer(self)
        self._ticker.setInterval(1000)
        self._ticker.timeout.connect(self.tick)
        self.tick()

    def set_due(self, due: datetime | None) -> None:
        """Count to another moment; None shows nothing."""
        self._due = due
        self.tick()

    def tick(self) -> None:
        """Look at the clock and say what is left."""
        self._badge.setVisible(self._due is not None)
        if self._due is None:
            return
        left = self._due - self._clock()
        kind, icon_name = self._looks(left)
        words = time_left(left)
        if words != self._badge.text() or kind != self._badge.property("kind"):
            self._badge.set_badge(lambda: time_left(left), icon_name, kind)
            self.setAccessibleName(words)

    def text(self) -> str:
        """The words as shown."""
        return self._badge.text()

    def showEvent(self, event: QShowEvent) -> None:
        """Tick while it is seen."""
        self.tick()
        self._ticker.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while it is not."""
        self._ticker.stop()
        super().hideEvent(event)

    def _looks(self, left: timedelta) -> tuple[BadgeKind, str]:
        if left <= timedelta(0):
            return "danger", "danger"
        return ("warning", "warning") if left <= self._warn_at else ("success", "clock")


def time_left(left: timedelta) -> str:
    """A span as words: minutes under two hours, then hours, then days."""
    over = left <= timedelta(0)
    minutes = ceil(abs(left).total_seconds() / 60) if not over else int(abs(left).total_seconds() // 60)
    if minutes < 120:
        return trn("{count} min over", "{count} min over", minutes) if over else trn(
            "{count} min left", "{count} min left", minutes)  # fmt: skip
    hours = round(minutes / 60)
    if hours < 48:
        return trn("{count} hour over", "{count} hours over", hours) if over else trn(
            "{count} hour left", "{count} hours left", hours)  # fmt: skip
    days = round(hours / 24)
    return trn("{count} day over", "{count} days over", days) if over else trn(
        "{count} day left", "{count} days left", days)  # fmt: skip
