"""A part of a page that can be folded away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import by_keyboard, draw_focus_ring
from app.views.common.icons import pixmap
from app.views.common.wording import Wording, button_text, say
from app.words import tr


class SectionHeader(QAbstractButton):
    """The line that folds a section: an arrow, the title, and a quiet summary at the end."""

    def __init__(self, title: Wording, summary: Wording, parent: QWidget) -> None:
        super().__init__(parent)
        self.title, self.summary = title, summary
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda _open: self.speak())
        self.speak()

    def speak(self) -> None:
        """Say title and state in the language of this moment."""
        self.setText(button_text(say(self.title)))
        title = say(self.title)
        self.setAccessibleName(
            tr("{title}, open", title=title) if self.isChecked() else tr("{title}, folded", title=title)
        )
        self.setAccessibleDescription(say(self.summary))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a finger needs."""
        return QSize(240, style.height("touch"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here."""
        self.setProperty("ring", by_keyboard(event))
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw arrow, title and summary."""
        painter = QPainter(self)
        mirrored, middle = self.isRightToLeft(), (self.height() - 20) // 2
        name = "chevron-down" if self.isChecked() else "chevron-left" if mirrored else "chevron-right"
        arrow = pixmap(name, "text-quiet", 20, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 24 if mirrored else 4, middle, arrow)
        title = self.rect().adjusted(*((8, 0, -34, 0) if mirrored else (34, 0, -8, 0)))
        painter.setFont(style.font("heading-3"))
        painter.setPen(style.colour("accent" if self.underMouse() else "text"))
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(title, int(centre | Qt.AlignmentFlag.AlignLeading), say(self.title))
        used = painter.fontMetrics().horizontalAdvance(say(self.title)) + 24
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text-quiet"))
        room = title.adjusted(0, 0, -used, 0) if mirrored else title.adjusted(used, 0, 0, 0)
        summary = painter.fontMetrics().elidedText(say(self.summary), Qt.TextElideMode.ElideRight, max(room.width(), 0))
        painter.drawText(room, int(centre | Qt.AlignmentFlag.AlignTrailing), summary)
        if self.hasFocus() and self.property("ring"):
            draw_focus_ring(painter, QRectF(self.rect()), style.radius("control"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.speak()


class SectionBody(QWidget):
    """What a section holds."""


class Section(QWidget):
    """A titled part; `summary` says what is in it while it is folded."""

    folded = Signal(bool)

    def __init__(
        self, title: Wording, parent: QWidget | None = None, *, summary: Wording = "", opened: bool = True
    ) -> None:
        super().__init__(parent)
        self._header = SectionHeader(title, summary, self)
        self._content = SectionBody()
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(style.space(2), style.space(2), 0, style.space(3))
        self.body.setSpacing(style.space(4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._content)
        self._header.toggled.connect(self._on_toggled)
        self._header.setChecked(opened)
        self._content.setVisible(opened)
        self.setFocusProxy(self._header)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end of the section."""
        self.body.addWidget(widget)

    def set_summary(self, summary: Wording) -> None:
        """Say what is in it."""
        self._header.summary = summary
        self._header.speak()

    def set_open(self, opened: bool) -> None:
        """Fold or unfold."""
        self._header.setChecked(opened)

    def is_open(self) -> bool:
        """Whether its body is shown."""
        return self._header.isChecked()

    def _on_toggled(self, opened: bool) -> None:
        self._content.setVisible(opened)
        self.folded.emit(not opened)
