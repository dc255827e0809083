"""The only way to show and to take text: always plain, whatever it looks like.

Qt's own labels and editors guess markup and would load files that a text names; these never do.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from app.views import style
from app.views.common.icons import icon
from app.views.common.wording import Wording, plain_tooltip, say
from app.words import tr, trn


class PlainLabel(QLabel):
    """A text, word-wrapped, shown literally. `strong` makes it semibold."""

    def __init__(self, text: Wording = "", parent: QWidget | None = None, *, strong: bool = False) -> None:
        super().__init__(parent)
        self._wording: Wording = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        if strong:
            self.setProperty("strong", True)
        self.set_text(text)

    def set_text(self, text: Wording) -> None:
        """Show another text."""
        self._wording = text
        self.setText(say(text))

    def say_again(self) -> None:
        """Show the text as its wording is now."""
        if (text := say(self._wording)) != self.text():
            self.setText(text)

    def set_kind(self, kind: str) -> None:
        """Colour the text as `danger`, `warning`, `success`, `info`, or plain again with an empty string."""
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)

    def set_selectable(self) -> None:
        """Let the person mark the text with mouse or keyboard, to copy it."""
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def changeEvent(self, event: QEvent) -> None:
        """Say the text anew when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setText(say(self._wording))


class ElidedLabel(PlainLabel):
    """A text of one line that ends in an ellipsis where the room ends; the tooltip has all of it."""

    def __init__(self, text: Wording = "", parent: QWidget | None = None, *, strong: bool = False) -> None:
        super().__init__(text, parent, strong=strong)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for a few letters."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def shown_text(self) -> str:
        """The text as it fits now."""
        metrics = QFontMetrics(self.font())
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as a tooltip only while a part of it is cut off."""
        super().resizeEvent(event)
        self.setToolTip(plain_tooltip(self.text()) if self.shown_text() != self.text() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), self.shown_text())


class Heading(PlainLabel):
    """A heading of level 1 (the page), 2 (a part) or 3 (a card)."""

    def __init__(self, text: Wording = "", level: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("level", level)


class QuietText(PlainLabel):
    """Secondary text: smaller and quieter, still of full contrast."""


class LineEdit(QLineEdit):
    """One line of text. Its value is stored as typed; surrounding blanks are not part of it."""

    changed = Signal()

    def __init__(self, placeholder: Wording = "", parent: QWidget | None = None, *, icon_name: str = "") -> None:
        super().__init__(parent)
        self._placeholder = placeholder
        self._icon_name = icon_name
        self._leading: QAction | None = None
        if icon_name:
            self._leading = self.addAction(icon(icon_name, "text-quiet"), self.ActionPosition.LeadingPosition)
        self.setPlaceholderText(say(placeholder))
        self.textEdited.connect(lambda _text: self.changed.emit())

    def value(self) -> str | None:
        """What was typed; None when it is empty."""
        return self.text().strip() or None

    def set_value(self, value: str | None) -> None:
        """Show a value."""
        self.setText(value or "")
        self.setCursorPosition(0)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.setReadOnly(read_only)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the looks."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setPlaceholderText(say(self._placeholder))
        elif event.type() == QEvent.Type.StyleChange and self._leading is not None:
            self._leading.setIcon(icon(self._icon_name, "text-quiet"))


class NoteEdit(QPlainTextEdit):
    """Several lines of plain text; grows with what is written, and counts down to a limit when it has one.

    More than the limit may be typed (nothing typed is lost); `overflow()` tells by how much.
    """

    changed = Signal()

    def __init__(
        self,
        placeholder: Wording = "",
        parent: QWidget | None = None,
        *,
        least_lines: int = 3,
        most_lines: int = 14,
        limit: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._placeholder = placeholder
        self._least, self._most, self._limit = least_lines, most_lines, limit
        self._by_program = False
        self._counter = QuietText("", self)
        self._counter.setWordWrap(False)
        self._counter.setVisible(limit is not None)
        self.setPlaceholderText(say(placeholder))
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._on_text)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())
        self._count()
        self._grow()

    def value(self) -> str | None:
        """What was typed; None when there is nothing but blanks."""
        text = self.toPlainText()
        return text if text.strip() else None

    def set_value(self, value: str | None) -> None:
        """Show a value."""
        self._by_program = True
        self.setPlainText(value or "")
        self._by_program = False

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.setReadOnly(read_only)

    def overflow(self) -> int:
        """How many characters stand beyond the limit."""
        return max(0, self.document().characterCount() - 1 - self._limit) if self._limit is not None else 0

    def loadResource(self, type: int, name: object) -> None:
        """Never load what a text names."""
        return

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew, and keep the counter in its corner."""
        super().resizeEvent(event)
        self._place_counter()
        self._grow()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the looks."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setPlaceholderText(say(self._placeholder))
            self._count()
        elif event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and hasattr(self, "_counter"):
            self._grow()

    def _on_text(self) -> None:
        self._count()
        if not self._by_program:
            self.changed.emit()

    def _count(self) -> None:
        if self._limit is None:
            return
        left = self._limit - (self.document().characterCount() - 1)
        if left >= 0:
            self._counter.set_text(lambda: trn("{count} character left", "{count} characters left", left))
        else:
            self._counter.set_text(lambda: tr("{count} too many", count=-left))
        self._counter.set_kind("danger" if left < 0 else "")
        self._place_counter()

    def _place_counter(self) -> None:
        self._counter.adjustSize()
        corner = self.rect().bottomRight()
        self._counter.move(corner.x() - self._counter.width() - 12, corner.y() - self._counter.height() - 5)

    def _grow(self) -> None:
        line = self.fontMetrics().lineSpacing()
        lines = min(max(round(self.document().size().height()), self._least), self._most)
        room = style.space(5) + (style.space(5) if self._limit is not None else 0)
        self.setViewportMargins(0, 0, 0, style.space(5) if self._limit is not None else 0)
        self.setFixedHeight(lines * line + room + 2)
