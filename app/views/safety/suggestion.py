"""A suggested item: one touch adds it to the plan."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.views import style
from app.views.common.buttons import by_keyboard, draw_focus_ring
from app.views.common.icons import pixmap
from app.views.common.wording import Wording, button_text, say
from app.words import tr


class SuggestionButton(QAbstractButton):
    """A plus and a text that may wrap."""

    def __init__(self, text: Wording, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wording = text
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._speak()

    def hasHeightForWidth(self) -> bool:
        """The text wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the wrapped text, at least as much as a finger needs."""
        flags = int(Qt.TextFlag.TextWordWrap)
        room = self.fontMetrics().boundingRect(0, 0, max(width - 56, 40), 10_000, flags, say(self._wording))
        return max(style.height("touch"), room.height() + 2 * style.space(3))

    def sizeHint(self) -> QSize:
        """Wide enough to read."""
        return QSize(260, self.heightForWidth(260))

    def minimumSizeHint(self) -> QSize:
        """As high as a finger needs."""
        return QSize(160, style.height("touch"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here."""
        self.setProperty("ring", by_keyboard(event))
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a dashed box, a plus and the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corner, over = style.radius("control"), self.underMouse()
        painter.setPen(QPen(style.colour("accent" if over else "border"), 1.0))
        painter.setBrush(style.colour("accent-soft" if over else "surface-raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
        mirrored = self.isRightToLeft()
        at = QPoint(self.width() - 32 if mirrored else 12, (self.height() - 20) // 2)
        painter.drawPixmap(at, pixmap("plus", "accent", 20, self.devicePixelRatioF()))
        painter.setPen(style.colour("text"))
        painter.setFont(style.font("body"))
        room = self.rect().adjusted(*((12, 0, -44, 0) if mirrored else (44, 0, -12, 0)))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(room, int(flags) | int(Qt.TextFlag.TextWordWrap), say(self._wording))
        if self.hasFocus() and self.property("ring"):
            draw_focus_ring(painter, QRectF(self.rect()), corner)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._speak()

    def _speak(self) -> None:
        text = say(self._wording)
        self.setText(button_text(text))
        self.setAccessibleName(tr("Add: {item}", item=text))
        self.updateGeometry()
        self.update()
