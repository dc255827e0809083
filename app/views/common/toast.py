"""A quiet message at the foot of the window: something was done, and perhaps can be undone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.views import style
from app.views.common.picture import Picture
from app.views.common.text import PlainLabel
from app.views.common.wording import Wording


class Toast(QFrame):
    """Belongs to a window; `show_message` shows one sentence for some seconds and never takes the keyboard.

    A press on it takes it away: what it covers can be reached at once, and is not pressed unseen.
    """

    SECONDS = 6.0

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._picture = Picture("check", "surface-raised", 20)
        self._label = PlainLabel()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(style.space(4), style.space(3), style.space(4), style.space(3))
        self._row.setSpacing(style.space(3))
        self._row.addWidget(self._picture)
        self._row.addWidget(self._label, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        window.installEventFilter(self)
        self.hide()

    def show_message(self, text: Wording, icon_name: str = "check", seconds: float | None = None) -> None:
        """Show a sentence; an earlier one gives way."""
        self._label.set_text(text)
        self._picture.set_icon(icon_name)
        self._place()
        self.show()
        self.raise_()
        self.setAccessibleName(self._label.text())
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self._timer.start(round((seconds if seconds is not None else self.SECONDS) * 1000))

    def text(self) -> str:
        """The sentence shown last."""
        return self._label.text()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Give way."""
        self.hide()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot when the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        # A text is drawn a little wider than its letters are counted, hence the slack.
        room = min(560, window.width() - 2 * style.space(5))
        wanted = self._label.fontMetrics().horizontalAdvance(self._label.text()) + 2 * style.space(4) + 44
        width = min(room, wanted)
        layout_height = self._row.heightForWidth(width)
        self.resize(width, max(layout_height, style.height("touch")))
        self.move((window.width() - width) // 2, window.height() - self.height() - style.space(5))
