"""Our line icons, tinted by a token at any size."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app import resources
from app.views import style

_SIZES = (16, 20, 24, 32, 48, 64)


def names() -> tuple[str, ...]:
    """The names of all icons."""
    return tuple(sorted(file.stem for file in resources.path("icons").glob("*.svg")))


def icon(name: str, token: str = "text") -> QIcon:
    """The icon in the token's colour of the current mode. Raises FileNotFoundError for a name without a drawing."""
    return _icon(name, style.colour(token).name(), style.colour("text-disabled").name(), 0)


def icon_before_text(name: str, token: str = "text") -> QIcon:
    """The icon with a little room after it, for buttons that write their text beside it."""
    return _icon(name, style.colour(token).name(), style.colour("text-disabled").name(), 6)


def pixmap(name: str, token: str = "text", size: int = 24, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of `size` logical pixels for a screen of the given device pixel ratio."""
    return _drawn(name, style.colour(token).name(), size, 0, ratio)


@lru_cache(maxsize=512)
def _icon(name: str, tint: str, disabled: str, room: int) -> QIcon:
    made = QIcon()
    for size in _SIZES:
        for ratio in (1.0, 2.0):
            made.addPixmap(_drawn(name, tint, size, room, ratio), QIcon.Mode.Normal)
            made.addPixmap(_drawn(name, disabled, size, room, ratio), QIcon.Mode.Disabled)
    return made


@cache
def _text(name: str) -> str:
    """The drawing as it stands in its file: read once, although it is drawn in two dozen sizes."""
    return resources.text("icons", f"{name}.svg")


@lru_cache(maxsize=2048)
def _drawn(name: str, tint: str, size: int, room: int, ratio: float) -> QPixmap:
    drawing = _text(name).replace("currentColor", tint)
    picture = QPixmap(QSize(round((size + size * room / 20) * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = size * ratio
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
