"""Buttons. A page has one primary action; everything else is secondary or quiet."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from app.views import style
from app.views.common.icons import icon, icon_before_text
from app.views.common.spots import pressed
from app.views.common.wording import Wording, button_text, plain_tooltip, say

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)


def by_keyboard(event: QFocusEvent) -> bool:
    """Whether the focus came by the keyboard, so that its ring is to be shown; after a click it would only distract."""
    return event.reason() in _BY_KEYBOARD


def draw_focus_ring(painter: QPainter, rect: QRectF, radius: float) -> None:
    """Draw the ring that shows where the keyboard is: two pixels of focus colour around one of surface."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(style.colour("focus"), 2.0))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.setPen(QPen(style.colour("surface-raised"), 1.5))
    painter.drawRoundedRect(rect.adjusted(2.75, 2.75, -2.75, -2.75), max(radius - 2, 1), max(radius - 2, 1))
    painter.restore()


class Button(QPushButton):
    """What all buttons share: words that follow the language, a tinted icon, a visible focus ring."""

    icon_token = "text"

    def __init__(self, text: Wording, icon_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wording = text
        self._icon_name = icon_name
        self._ring = False
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda: pressed(self))
        self.retranslate()
        self._tint()

    def set_text(self, text: Wording) -> None:
        """Write another text on the button."""
        self._wording = text
        self.retranslate()

    def set_icon(self, icon_name: str) -> None:
        """Put another icon on the button; an empty name takes it away."""
        self._icon_name = icon_name
        self._tint()

    def retranslate(self) -> None:
        """Say the words in the language of this moment."""
        text = say(self._wording)
        self.setText(button_text(text))
        self.setAccessibleName(text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here, not for a click."""
        self._ring = by_keyboard(event)
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, and the ring upon it."""
        super().paintEvent(event)
        if self.hasFocus() and self._ring:
            draw_focus_ring(QPainter(self), QRectF(self.rect()), style.radius("control"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the looks."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "_icon_name"):
            self._tint()

    def _tint(self) -> None:
        if self._icon_name:
            self.setIcon(icon_before_text(self._icon_name, self._token()))
            self.setIconSize(QSize(style.grown(20) * 26 // 20, style.grown(20)))

    def _token(self) -> str:
        return self.icon_token


class PrimaryButton(Button):
    """The one obvious next step of a page or dialog."""

    icon_token = "accent-text"


class SecondaryButton(Button):
    """Another step one may take."""


class QuietButton(Button):
    """A step at the edge: looks like a link."""

    icon_token = "accent"


class DangerButton(Button):
    """A step that destroys or cannot be undone. Filled only in the dialog that asks for the second time."""

    icon_token = "danger"

    def __init__(
        self, text: Wording, icon_name: str = "", parent: QWidget | None = None, *, filled: bool = False
    ) -> None:
        super().__init__(text, icon_name, parent)
        self.setProperty("filled", filled)
        self._tint()

    def _token(self) -> str:
        return "danger-text" if self.property("filled") else "danger"


class IconButton(Button):
    """A button that is only an icon; `name` is what a screen reader says and what the tooltip shows."""

    def __init__(self, icon_name: str, name: Wording, parent: QWidget | None = None, *, token: str = "text") -> None:
        if not say(name).strip():
            raise ValueError("an icon button needs a name that can be spoken")
        self._icon_token = token
        super().__init__(name, icon_name, parent)

    def retranslate(self) -> None:
        """Say the name in the language of this moment."""
        name = say(self._wording)
        self.setAccessibleName(name)
        self.setToolTip(plain_tooltip(name))

    def _tint(self) -> None:
        self.setIcon(icon(self._icon_name, self._icon_token))
        self.setIconSize(QSize(style.grown(22), style.grown(22)))
