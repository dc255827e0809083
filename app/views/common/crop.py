"""Choosing the part of a picture that is kept: with the mouse, a finger, or the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.pictures.fitting import Cut
from app.views import style
from app.views.common.buttons import draw_focus_ring
from app.words import tr

STEP, FINE = 0.02, 0.005
"""Shares of the picture by which a key moves the frame; with Shift less."""
_LEAST = 0.15
_HANDLE = 26
_GROW = 1.06


class CropView(QWidget):
    """Shows a picture with a frame of a fixed shape (`ratio` is width to height); `cut()` is the part within it.

    Arrow keys move the frame, plus and minus make it larger and smaller, Home puts it back.
    """

    changed = Signal()

    def __init__(self, ratio: float = 0.75) -> None:
        super().__init__()
        self._ratio = ratio
        self._image = QImage()
        self._frame = QRectF(0, 0, 1, 1)
        self._held: QPointF | None = None
        self._resizing = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(style.grown(300), style.grown(260))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)

    def set_picture(self, jpeg: bytes) -> None:
        """Show a prepared picture, with the frame in its middle, a little higher, where faces are."""
        self._image = QImage.fromData(jpeg)
        self._reset()

    def cut(self) -> Cut:
        """The part within the frame."""
        frame = self._frame
        return Cut(frame.x(), frame.y(), frame.width(), frame.height())

    def sizeHint(self) -> QSize:
        """Large enough to see a face well."""
        return QSize(style.grown(520), style.grown(320))

    # --- the frame: shares of the picture ---

    def _shape(self) -> float:
        """Width to height of the frame in shares of the picture."""
        return self._ratio * self._image.height() / max(self._image.width(), 1)

    def _reset(self) -> None:
        shape = self._shape()
        high = min(1.0, 1.0 / shape) if shape > 0 else 1.0
        wide = min(1.0, high * shape)
        self._frame = QRectF((1 - wide) / 2, (1 - high) / 3, wide, high)
        self._tell()

    def _move(self, right: float, down: float) -> None:
        frame = self._frame
        left = min(max(frame.x() + right, 0.0), 1.0 - frame.width())
        top = min(max(frame.y() + down, 0.0), 1.0 - frame.height())
        self._frame = QRectF(left, top, frame.width(), frame.height())
        self._tell()

    def _resize(self, times: float) -> None:
        """Larger or smaller around its middle, never past the picture."""
        frame, shape = self._frame, self._shape()
        most = min(1.0, 1.0 / shape)
        high = min(max(frame.height() * times, _LEAST * most), most)
        wide = high * shape
        middle = frame.center()
        left = min(max(middle.x() - wide / 2, 0.0), 1.0 - wide)
        top = min(max(middle.y() - high / 2, 0.0), 1.0 - high)
        self._frame = QRectF(left, top, wide, high)
        self._tell()

    def _tell(self) -> None:
        frame = self._frame
        self.setAccessibleName(tr("The part of the picture that is kept"))
        self.setAccessibleDescription(
            tr(
                "{width} percent of the width, from {left} percent; {height} percent of the height, from {top} percent."
                " Arrow keys move the frame, plus and minus change its size, Home puts it back.",
                width=round(frame.width() * 100),
                left=round(frame.x() * 100),
                height=round(frame.height() * 100),
                top=round(frame.y() * 100),
            )
        )
        self.update()
        self.changed.emit()

    # --- keys, mouse ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, resize, put back."""
        step = FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        moves = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self._move(*moves[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._resize(_GROW)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self._resize(1 / _GROW)
        elif key == Qt.Key.Key_Home:
            self._reset()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the frame, or of its lower right corner."""
        if event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._held = event.position()
            self._resizing = self._handle().contains(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held."""
        if self._held is None:
            over = self._handle().contains(event.position())
            self.setCursor(Qt.CursorShape.SizeFDiagCursor if over else Qt.CursorShape.SizeAllCursor)
            return
        place, by = self._place(), event.position() - self._held
        self._held = event.position()
        if self._resizing:
            self._resize(max(0.5, 1 + 2 * by.y() / max(self._on_screen().height(), 1)))
        else:
            self._move(by.x() / max(place.width(), 1), by.y() / max(place.height(), 1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Larger or smaller."""
        self._resize(_GROW if event.angleDelta().y() > 0 else 1 / _GROW)
        event.accept()

    # --- drawing ---

    def _place(self) -> QRectF:
        """Where the picture is drawn."""
        if self._image.isNull():
            return QRectF(self.rect())
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )

    def _on_screen(self) -> QRectF:
        place, frame = self._place(), self._frame
        return QRectF(
            place.x() + frame.x() * place.width(),
            place.y() + frame.y() * place.height(),
            frame.width() * place.width(),
            frame.height() * place.height(),
        )

    def _handle(self) -> QRectF:
        corner, side = self._on_screen().bottomRight(), style.grown(_HANDLE)
        return QRectF(corner.x() - side, corner.y() - side, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, darkened outside the frame."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), style.colour("surface-sunken"))
        if self._image.isNull():
            return
        place, frame = self._place(), self._on_screen()
        painter.drawImage(place, self._image)
        shade = QColor(0, 0, 0, 140)
        painter.fillRect(QRectF(place.left(), place.top(), place.width(), frame.top() - place.top()), shade)
        painter.fillRect(QRectF(place.left(), frame.bottom(), place.width(), place.bottom() - frame.bottom()), shade)
        painter.fillRect(QRectF(place.left(), frame.top(), frame.left() - place.left(), frame.height()), shade)
        painter.fillRect(QRectF(frame.right(), frame.top(), place.right() - frame.right(), frame.height()), shade)
        painter.setPen(QPen(QColor(255, 255, 255), 2))
        painter.drawRect(frame)
        corner, side = frame.bottomRight(), style.grown(_HANDLE) * 0.6
        painter.setPen(QPen(QColor(255, 255, 255), 4))
        painter.drawLine(corner, corner - QPointF(side, 0))
        painter.drawLine(corner, corner - QPointF(0, side))
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), style.radius("control"))
