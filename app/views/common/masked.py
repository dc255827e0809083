"""A text that must not be read over a shoulder: hidden until it is asked for, hidden again by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.text import PlainLabel
from app.words import tr

_MASK = "•" * 10


class MaskedText(QWidget):
    """Shows dots; the button shows the text for 30 seconds. A screen reader hears "hidden" until then.

    `ask(show)` is asked first (a passphrase, the limit of an hour, the audit trail) and calls `show` when it may be
    shown; it never does when it may not. The text is not in any label while it is hidden. `clock` counts seconds
    (monotonic).
    """

    SECONDS = 30.0
    revealed = Signal()

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        ask: Callable[[Callable[[], None]], None] = lambda show: show(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._text, self._ask, self._clock = text, ask, clock
        self._until = 0.0
        self._label = PlainLabel()
        self._button = QuietButton(self._button_words, "eye")
        self._button.clicked.connect(self._on_button)
        self._ticker = QTimer(self)
        self._ticker.setInterval(500)
        self._ticker.timeout.connect(self.tick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(2))
        row.addWidget(self._label)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        self.setFocusProxy(self._button)
        self.conceal()

    def set_text(self, text: str) -> None:
        """Hold another text, hidden."""
        self._text = text
        self.conceal()

    def is_shown(self) -> bool:
        """Whether the text can be read now."""
        return self._until > 0

    def reveal(self) -> None:
        """Show the text for some seconds, when it may be shown; asking may take a moment."""
        self._asked = True
        self._ask(self._show)

    def _show(self) -> None:
        if not isValid(self) or not self._asked:
            return
        self._until = self._clock() + self.SECONDS
        self._label.set_text(self._text)
        self._label.setWordWrap(len(self._text) > 32)
        self._label.setAccessibleName(self._text)
        self._label.set_selectable()
        self._ticker.start()
        self._after("eye-off")
        self.revealed.emit()

    def conceal(self) -> None:
        """Hide the text."""
        self._until = 0.0
        self._asked = False
        self._ticker.stop()
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._label.set_text(_MASK if self._text else "")
        self._label.setAccessibleName(tr("Hidden"))
        self._after("eye")

    def tick(self) -> None:
        """Hide the text when its time is over."""
        if self.is_shown() and self._clock() >= self._until:
            self.conceal()

    def hideEvent(self, event: QHideEvent) -> None:
        """Never come back shown."""
        super().hideEvent(event)
        self.conceal()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and not self.is_shown():
            self._label.setAccessibleName(tr("Hidden"))

    def _button_words(self) -> str:
        return tr("Hide") if self.is_shown() else tr("Show")

    def _on_button(self) -> None:
        if self.is_shown():
            self.conceal()
        else:
            self.reveal()

    def _after(self, icon_name: str) -> None:
        self._button.setVisible(bool(self._text))
        self._button.set_icon(icon_name)
        self._button.retranslate()
