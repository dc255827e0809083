"""Signing with pen, finger or mouse, or by typing one's name."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.field import Field
from app.views.common.text import LineEdit, QuietText
from app.words import tr

Stroke = list[tuple[float, float]]


class _Sheet(QWidget):
    """The paper: always white with dark ink, in dark mode too, since it will be printed."""

    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strokes: list[Stroke] = []
        self.locked = False
        self._drawing = False
        self.setMinimumHeight(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def sizeHint(self) -> QSize:
        return QSize(480, 160)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        if event.type() == QEvent.Type.TabletPress:
            self._begin(event.position())
        elif event.type() == QEvent.Type.TabletMove:
            self._go_on(event.position())
        elif event.type() == QEvent.Type.TabletRelease:
            self._end()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.colour("border-strong"), 1))
        painter.setBrush(style.colour("paper"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, style.radius("control"), style.radius("control"))
        base = self.height() * 0.74
        painter.setPen(QPen(QColor(style.tokens("light")["border-strong"]), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(24, base), QPointF(self.width() - 24, base))
        pen = QPen(style.colour("ink"), 2.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self.strokes:
            painter.drawPath(self._path(stroke))

    def _path(self, stroke: Stroke) -> QPainterPath:
        points = [QPointF(x * self.width(), y * self.height()) for x, y in stroke]
        path = QPainterPath(points[0])
        if len(points) == 1:
            path.lineTo(points[0] + QPointF(0.1, 0))
        for before, after in pairwise(points[1:]):
            path.quadTo(before, (before + after) / 2)
        if len(points) > 1:
            path.lineTo(points[-1])
        return path

    def _begin(self, position: QPointF) -> None:
        if not self.locked:
            self._drawing = True
            self.strokes.append([self._share(position)])
            self.update()

    def _go_on(self, position: QPointF) -> None:
        if self._drawing:
            self.strokes[-1].append(self._share(position))
            self.update()

    def _end(self) -> None:
        if self._drawing:
            self._drawing = False
            self.drawn.emit()

    def _share(self, position: QPointF) -> tuple[float, float]:
        x, y = position.x() / max(self.width(), 1), position.y() / max(self.height(), 1)
        return round(min(max(x, 0.0), 1.0), 4), round(min(max(y, 0.0), 1.0), 4)


class SignaturePad(QWidget):
    """A place to sign. `strokes()` are lists of points with both numbers from 0 to 1; `typed()` the typed name."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = _Sheet()
        self._name = LineEdit()
        self._typed = Field(lambda: tr("Full name, typed instead of a signature"), self._name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(1))
        # It shows its first widget at once: without a place of its own that would be a window.
        self._stack = QStackedLayout()
        column.addLayout(self._stack)
        self._stack.addWidget(self._sheet)
        self._stack.addWidget(self._typed)
        self._clear = QuietButton(lambda: tr("Clear"), "undo")
        self._switch = QuietButton(self._switch_words, "edit")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._clear)
        row.addWidget(self._switch)
        column.addWidget(QuietText(lambda: tr("Sign with a pen, a finger or the mouse.")))
        column.addLayout(row)
        self.setFocusProxy(self._switch)
        self._sheet.drawn.connect(self._on_change)
        self._name.changed.connect(self._on_change)
        self._clear.clicked.connect(self._on_clear)
        self._switch.clicked.connect(self._on_switch)
        self._show_state()

    def strokes(self) -> list[Stroke]:
        """What was drawn; empty when nothing was, or when the name was typed."""
        return [] if self.is_typing() else [list(stroke) for stroke in self._sheet.strokes]

    def typed(self) -> str | None:
        """The name that was typed instead, or None."""
        return self._name.value() if self.is_typing() else None

    def is_typing(self) -> bool:
        """Whether the typed alternative is in use."""
        return self._stack.currentWidget() is self._typed

    def is_signed(self) -> bool:
        """Whether there is a signature of either form."""
        return bool(self.strokes() or self.typed())

    def set_value(self, strokes: list[Stroke], typed: str | None = None) -> None:
        """Show a signature."""
        self._sheet.strokes = [list(stroke) for stroke in strokes if stroke]
        self._name.set_value(typed)
        self._stack.setCurrentWidget(self._typed if typed else self._sheet)
        self._sheet.update()
        self._show_state()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._sheet.locked = read_only
        self._name.set_read_only(read_only)
        for button in (self._clear, self._switch):
            button.setVisible(not read_only)

    def setAccessibleName(self, name: str) -> None:
        """Speak the label at the sheet and at the button that leads to typing."""
        super().setAccessibleName(name)
        self._sheet.setAccessibleName(name)
        self._switch.setAccessibleDescription(name)

    def _switch_words(self) -> str:
        return tr("Sign by hand instead") if self.is_typing() else tr("Type the name instead")

    def _on_switch(self) -> None:
        typing = self.is_typing()
        self._stack.setCurrentWidget(self._sheet if typing else self._typed)
        if not typing:
            self._name.setFocus()
        self._switch.retranslate()
        self._on_change()

    def _on_clear(self) -> None:
        self._sheet.strokes.clear()
        self._name.set_value(None)
        self._sheet.update()
        self._on_change()

    def _on_change(self) -> None:
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        self._clear.setEnabled(bool(self._sheet.strokes or self._name.value()))
        self._switch.retranslate()
        self._sheet.setAccessibleDescription(tr("Signed") if self._sheet.strokes else tr("Not signed yet"))
