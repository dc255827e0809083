"""A photograph on the screen, from bytes in memory."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from shiboken6 import isValid

from app.models.rules.attachments import Sealed
from app.views import style
from app.views.common.icons import pixmap
from app.views.common.wording import Wording, say
from app.views.programme import Context


class Photo(QWidget):
    """Shows a picture within `width` by `height` pixels; a quiet figure stands there while there is none.

    The bytes are those of a picture that Haven drew anew itself. `words` say what it shows, for who cannot see it.
    """

    def __init__(self, words: Wording, width: int = 120, height: int = 160, icon: str = "person") -> None:
        super().__init__()
        self._words, self._room, self._icon = words, (width, height), icon
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(say(words))

    def set_bytes(self, data: bytes) -> None:
        """Show a picture; what cannot be read is shown as none."""
        self._image = QImage.fromData(data)
        self.updateGeometry()
        self.update()

    def has_picture(self) -> bool:
        """Whether there is one to see."""
        return not self._image.isNull()

    def sizeHint(self) -> QSize:
        """The picture's own shape within the room that it has."""
        wide, high = (style.grown(side) for side in self._room)
        if self._image.isNull():
            return QSize(wide, high)
        return self._image.size().scaled(wide, high, Qt.AspectRatioMode.KeepAspectRatio)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it with round corners and a thin line, so that a dark picture ends somewhere on a dark page."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(box, style.radius("control"), style.radius("control"))
        painter.setClipPath(shape)
        if self._image.isNull():
            painter.fillRect(self.rect(), style.colour("surface-sunken"))
            side = style.grown(40)
            left, top = (self.width() - side) // 2, (self.height() - side) // 2
            painter.drawPixmap(left, top, pixmap(self._icon, "text-quiet", side, self.devicePixelRatioF()))
        else:
            painter.drawImage(self.rect(), self._image)
        painter.setClipping(False)
        painter.setPen(QPen(style.colour("border-strong"), 1))
        painter.drawPath(shape)


def show_photo(context: Context, owner: QWidget, sealed: Sealed | None, show: Callable[[bytes], None]) -> None:
    """Read a photograph beside the interface and show it; one that cannot be read leaves its place empty."""
    media = context.media
    if media is None or sealed is None:
        return

    def shown(data: bytes) -> None:
        if isValid(owner):
            show(data)

    context.tasks.job(owner, lambda: media.read_whole(sealed, _LARGEST), shown, lambda _: None)


_LARGEST = 5_000_000
