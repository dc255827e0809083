"""The steps of a longer capture: where one is, what is done, what is still to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QSizePolicy, QWidget

from app.views import style
from app.views.common.buttons import by_keyboard, draw_focus_ring
from app.views.common.icons import pixmap
from app.views.common.wording import Wording, say
from app.words import tr

_DOT = 28


class _Step(QAbstractButton):
    def __init__(self, number: int, wording: Wording, upright: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.number, self.wording, self.upright = number, wording, upright
        self.done = self.attention = False
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        wide = QSizePolicy.Policy.Expanding if upright else QSizePolicy.Policy.Preferred
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self.speak()

    def speak(self) -> None:
        text = say(self.wording)
        self.setText(text)
        sentence = tr("Step {number}: {title}", number=self.number, title=text)
        if self.attention:
            sentence = tr("Step {number}: {title}, something is missing", number=self.number, title=text)
        elif self.done:
            sentence = tr("Step {number}: {title}, done", number=self.number, title=text)
        self.setAccessibleName(sentence)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(_DOT + 34 + round(metrics.horizontalAdvance(self.text()) * 1.08), style.height("row"))

    def minimumSizeHint(self) -> QSize:
        return QSize(_DOT + 12, style.height("touch"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setProperty("ring", by_keyboard(event))
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored, current = self.isRightToLeft(), self.isChecked()
        if current and self.upright:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("accent-soft"))
            painter.drawRoundedRect(QRectF(self.rect()), style.radius("control"), style.radius("control"))
        left = self.width() - _DOT - 8 if mirrored else 8
        dot = QRect(left, (self.height() - _DOT) // 2, _DOT, _DOT)
        self._paint_dot(painter, dot)
        font = style.font("body")
        font.setWeight(font.Weight.DemiBold if current else font.Weight.Normal)
        painter.setFont(font)
        painter.setPen(style.colour("accent" if current else "text" if self.done else "text-quiet"))
        room = self.rect().adjusted(*((8, 0, -_DOT - 18, 0) if mirrored else (_DOT + 18, 0, -8, 0)))
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading), shown)
        if self.hasFocus() and self.property("ring"):
            draw_focus_ring(painter, QRectF(self.rect()), style.radius("control"))

    def _paint_dot(self, painter: QPainter, dot: QRect) -> None:
        current = self.isChecked()
        edge = "warning" if self.attention else "accent" if current or self.done else "border-strong"
        fill = (
            "accent"
            if current
            else "warning-soft"
            if self.attention
            else "accent-soft"
            if self.done
            else "surface-raised"
        )
        painter.setPen(QPen(style.colour(edge), 1.5))
        painter.setBrush(style.colour(fill))
        painter.drawEllipse(QRectF(dot).adjusted(1, 1, -1, -1))
        mark = "warning" if self.attention else "check" if self.done else ""
        if mark and not current:
            ink = "warning" if self.attention else "accent"
            painter.drawPixmap(dot.topLeft() + QPoint(6, 6), pixmap(mark, ink, 16, self.devicePixelRatioF()))
            return
        painter.setFont(style.font("small", style.font().Weight.DemiBold))
        painter.setPen(style.colour("accent-text" if current else "text-quiet"))
        painter.drawText(dot, int(Qt.AlignmentFlag.AlignCenter), str(self.number))


class StepBar(QWidget):
    """A list of steps, side by side or (with `upright`) below each other. `chosen` carries the index touched."""

    chosen = Signal(int)

    def __init__(self, steps: Sequence[Wording], parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        direction = QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        layout = QBoxLayout(direction, self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.space(1))
        self._steps = [_Step(index + 1, wording, upright, self) for index, wording in enumerate(steps)]
        for index, step in enumerate(self._steps):
            layout.addWidget(step)
            step.clicked.connect(lambda _checked=False, index=index: self.chosen.emit(index))
        layout.addStretch(1)
        self.set_current(0)

    def current(self) -> int:
        """The index of the step one is in."""
        return next((index for index, step in enumerate(self._steps) if step.isChecked()), 0)

    def set_current(self, index: int) -> None:
        """Go to a step."""
        if 0 <= index < len(self._steps):
            self._steps[index].setChecked(True)

    def set_states(self, done: Iterable[int] = (), attention: Iterable[int] = ()) -> None:
        """Which steps are done, and in which something is missing."""
        finished, missing = set(done), set(attention)
        for index, step in enumerate(self._steps):
            step.done, step.attention = index in finished, index in missing
            step.speak()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            for step in self._steps:
                step.speak()
