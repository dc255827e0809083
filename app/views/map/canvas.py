"""The surface of the map: dragged, turned and zoomed by mouse, touchpad and keys; a click chooses a place.

Keys: arrows move, + and - zoom, comma and period turn, N puts north up, Home shows everything, Enter chooses the middle
while a place is to be chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views import style
from app.views.common.buttons import draw_focus_ring
from app.views.map import ground, marks
from app.views.map.contents import SearchMap, Spot
from app.views.map.projection import View, showing
from app.views.map.tiles import TileStore
from app.words import tr

_STEP_PX, _TURN_DEG, _NOTCH = 80, 15.0, 120.0
_CLICK_PX = 5.0
_TILES_AT_ONCE = 4
_TICK_MS = 20_000


class MapCanvas(QWidget):
    """Shows a `SearchMap`. `chosen(lat, lon)` while `choosing`; `moved` whenever something else is looked at."""

    chosen = Signal(float, float)
    moved = Signal()

    def __init__(self, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._contents = SearchMap()
        self._view = showing((), 640, 400)
        self._fitted = False
        self._tiles: TileStore | None = None
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._turning = False
        self._choosing = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(280, 150))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.update)
        self._reader = QTimer(self)
        self._reader.setInterval(0)
        self._reader.timeout.connect(self._read_tiles)
        self.speak()

    @property
    def view(self) -> View:
        """What is looked at now."""
        return self._view

    @property
    def contents(self) -> SearchMap:
        """What is shown."""
        return self._contents

    def show_contents(self, contents: SearchMap) -> None:
        """Show something else; the view stays unless nothing was shown before."""
        before, self._contents = self._contents.spots(), contents
        if not self._fitted or not before:
            self.fit()
        self._tick.start() if contents.last_seen is not None and self.isVisible() else self._tick.stop()
        self.update()

    def set_tiles(self, tiles: TileStore | None) -> None:
        """Lay an agency's map below, or nothing; the one before is closed."""
        if self._tiles is not None:
            self._tiles.close()
        self._tiles = tiles
        self._after_move()

    def set_choosing(self, choosing: bool) -> None:
        """Whether a click chooses a place."""
        self._choosing = choosing
        self.setCursor(Qt.CursorShape.CrossCursor if choosing else Qt.CursorShape.OpenHandCursor)
        self.update()

    def fit(self) -> None:
        """Look at everything, north up."""
        spots = self._contents.spots()
        self._view = showing(spots, self.width(), self.height())
        self._fitted = bool(spots)
        self._after_move()

    def look_at(self, spot: Spot, zoom: float = 13.0) -> None:
        """Look at one position."""
        self._view = showing((spot,), self.width(), self.height()).zoomed(0)
        self._view = self._view.zoomed(zoom - self._view.zoom)
        self._fitted = True
        self._after_move()

    def zoom(self, steps: float, about: QPointF | None = None) -> None:
        """Nearer (positive) or farther."""
        self._view = self._view.zoomed(steps, about)
        self._after_move()

    def turn(self, degrees: float) -> None:
        """Turn the map."""
        self._view = self._view.turned(degrees)
        self._after_move()

    def north_up(self) -> None:
        """Put north up again."""
        self._view = self._view.turned(-self._view.up_deg)
        self._after_move()

    def speak(self) -> None:
        """Say in this moment's language what this is and how it is used."""
        self.setAccessibleName(tr("Map"))
        self.setWhatsThis(
            tr("Arrow keys move, plus and minus zoom, comma and period turn, N puts north up, Home shows everything.")
        )

    # --- mouse, touchpad, keys ----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the map; with the right button or Ctrl, to turn it."""
        self._pressed = self._last = event.position()
        self._turning = event.button() == Qt.MouseButton.RightButton or bool(
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if not self._choosing:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag or turn."""
        if self._last is None:
            return
        step = event.position() - self._last
        self._last = event.position()
        self._view = self._view.turned(-step.x() * 0.5) if self._turning else self._view.dragged(step.x(), step.y())
        self._after_move()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a press without a drag chooses."""
        pressed, self._pressed, self._last = self._pressed, None, None
        self.set_choosing(self._choosing)
        if pressed is None or self._turning or not self._choosing:
            return
        if (event.position() - pressed).manhattanLength() <= _CLICK_PX:
            self._choose(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nearer, about this point."""
        if not self._choosing:
            self.zoom(1, event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        turns = event.angleDelta().y() / _NOTCH
        if turns:
            self.zoom(turns * 0.5, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinch and turn with two fingers on a touchpad."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(event.value(), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
                self.turn(-event.value())
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, zoom, turn and choose by keys."""
        moves = {
            Qt.Key.Key_Left: (_STEP_PX, 0),
            Qt.Key.Key_Right: (-_STEP_PX, 0),
            Qt.Key.Key_Up: (0, _STEP_PX),
            Qt.Key.Key_Down: (0, -_STEP_PX),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self._view = self._view.dragged(*moves[key])
            self._after_move()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.5)
        elif key == Qt.Key.Key_Minus:
            self.zoom(-0.5)
        elif key in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            self.turn(-_TURN_DEG if key == Qt.Key.Key_Comma else _TURN_DEG)
        elif key == Qt.Key.Key_N:
            self.north_up()
        elif key == Qt.Key.Key_Home:
            self.fit()
        elif self._choosing and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(QPointF(self.width() / 2, self.height() / 2))
        else:
            super().keyPressEvent(event)

    # --- drawing ------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle in the middle; the first size that is known shows everything."""
        super().resizeEvent(event)
        if not self._fitted or event.oldSize().width() <= 0:
            self.fit()
            return
        self._view = self._view.sized(self.width(), self.height())
        self._after_move()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, what is on it, and what helps to read it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), style.colour("surface-sunken"))
        if self._tiles is not None:
            ground.draw_tiles(painter, self._view, self._tiles)
        ground.draw_degrees(painter, self._view)
        anchor = self._contents.anchor()
        if anchor is not None:
            ground.draw_rings(painter, self._view, anchor)
        marks.draw(painter, self._view, self._contents, self._clock())
        ground.draw_scale(painter, self._view)
        ground.draw_north(painter, self._view)
        if self._choosing:
            self._draw_cross(painter)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect().toRectF(), 2)

    def showEvent(self, event: QEvent) -> None:
        """Let rings grow while somebody looks."""
        if self._contents.last_seen is not None:
            self._tick.start()

    def hideEvent(self, event: QEvent) -> None:
        """Rest while nobody looks."""
        self._tick.stop()
        self._reader.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the looks."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.speak()
        self.update()

    def _draw_cross(self, painter: QPainter) -> None:
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(QPen(style.colour("focus"), 2))
        for step in (QPointF(14, 0), QPointF(-14, 0), QPointF(0, 14), QPointF(0, -14)):
            painter.drawLine(middle + step / 3, middle + step)

    def _choose(self, point: QPointF) -> None:
        spot = self._view.spot_at(point)
        self.chosen.emit(spot.lat, spot.lon)

    def _after_move(self) -> None:
        if self._tiles is not None and self._missing():
            self._reader.start()
        self.moved.emit()
        self.update()

    def _missing(self) -> list[tuple[int, int, int]]:
        if self._tiles is None:
            return []
        wanted = ((zoom, column % (1 << zoom), row) for zoom, column, row in ground.tiles_seen(self._view, self._tiles))
        return [key for key in wanted if not self._tiles.has(key)]

    def _read_tiles(self) -> None:
        """A few tiles between two events, so that dragging never waits for a file."""
        missing = self._missing()
        if self._tiles is None or not missing:
            self._reader.stop()
            return
        for key in missing[:_TILES_AT_ONCE]:
            self._tiles.read(key)
        self.update()
