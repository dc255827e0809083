"""Pictures drawn anew: only dots go along, and the file that is made says nothing else."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage, QPainter

PAPER = QColor(255, 255, 255)


def drawn_anew(image: QImage) -> QImage:
    """The dots of a picture on white paper, in an image that never knew its file: no text, no profile."""
    fresh = QImage(image.size(), QImage.Format.Format_RGB32)
    fresh.fill(PAPER)
    painter = QPainter(fresh)
    painter.drawImage(0, 0, image)
    painter.end()
    return fresh


def as_jpeg(image: QImage, quality: int) -> bytes:
    """The file of a picture."""
    return _as_file(image, "JPEG", quality)


def as_png(image: QImage) -> bytes:
    """The file of a drawing: lines stay sharp."""
    return _as_file(image, "PNG", -1)


def _as_file(image: QImage, form: str, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, form, quality)  # type: ignore[call-overload]  # the stubs know only a path here
    return bytes(buffer.data().data())
