"""Makes a prepared picture fit: cut to what matters, no larger than it has to be, within so many bytes.

Works on what `intake.prepared` gave, never on a file from outside.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage

from app.errors import EnvironmentProblem
from app.pictures.drawing import as_jpeg, drawn_anew
from app.words import mark

NOT_FITTED = mark("This picture could not be made small enough. Try another one.")
_QUALITIES = (84, 78, 72, 66, 60, 52, 44, 36, 28)
_SMALLER = 0.8
_LEAST = 64


@dataclass(frozen=True)
class Cut:
    """The part of a picture that is kept, as shares of its width and height from 0 to 1."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0

    def of(self, image: QImage) -> QRect:
        """The dots of the part, at least one."""
        wide, high = image.width(), image.height()
        left, top = min(max(self.left, 0.0), 1.0) * wide, min(max(self.top, 0.0), 1.0) * high
        rect = QRect(round(left), round(top), max(1, round(self.width * wide)), max(1, round(self.height * high)))
        return rect.intersected(image.rect())


def fitted(jpeg: bytes, *, longest: int, most: int, cut: Cut | None = None) -> bytes:
    """The part of a prepared picture as JPEG: its longer edge at most `longest` dots, its file at most `most` bytes.

    The quality gives way first, then the size. Raises EnvironmentProblem when nothing helps.
    """
    image = QImage.fromData(jpeg)
    if image.isNull():
        raise EnvironmentProblem(NOT_FITTED)
    part = image.copy((cut or Cut()).of(image))
    edge = min(longest, max(part.width(), part.height()))
    while edge >= _LEAST or edge == max(part.width(), part.height()):
        scaled = drawn_anew(_scaled(part, edge))
        for quality in _QUALITIES:
            made = as_jpeg(scaled, quality)
            if len(made) <= most:
                return made
        if edge <= _LEAST:
            break
        edge = int(edge * _SMALLER)
    raise EnvironmentProblem(NOT_FITTED)


def _scaled(image: QImage, edge: int) -> QImage:
    if max(image.width(), image.height()) <= edge:
        return image
    return image.scaled(edge, edge, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
