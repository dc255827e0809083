"""Faces of nobody, drawn: anyone sees that they are made up."""

from __future__ import annotations

import random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from app.models.rules.attachments import Sealed
from app.pictures.drawing import as_jpeg
from app.pictures.fitting import fitted
from app.vault.attachments import Attachments

_WIDTH, _HEIGHT = 480, 640
_WALLS = ("#d9e4dd", "#e4ddd0", "#dce0ea", "#ece0e0", "#e3e8d8")
_SKINS = ("#f3d3bd", "#e0b08c", "#c68d64", "#9b6a45", "#6f4a31")
_HAIRS = ("#2b211c", "#5a3a22", "#a06a3a", "#c9b037", "#8d8d8d", "#e6e2da")
_SHIRTS = ("#3d6b63", "#7a4b6b", "#40608c", "#8a5a33", "#5d6b3a")
_FULL, _SMALL = 60_000, 18_000


def drawn(rng: random.Random) -> bytes:
    """One face as JPEG."""
    image = QImage(_WIDTH, _HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(rng.choice(_WALLS)))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    skin, hair = QColor(rng.choice(_SKINS)), QColor(rng.choice(_HAIRS))
    wide = rng.randint(104, 126)
    painter.setBrush(QColor(rng.choice(_SHIRTS)))
    painter.drawRoundedRect(QRectF(70, 500, 340, 220), 110, 110)
    painter.setBrush(skin.darker(112))
    painter.drawRect(QRectF(205, 400, 70, 120))
    if rng.random() < 0.4:
        painter.setBrush(hair)
        painter.drawRoundedRect(QRectF(240 - wide - 22, 150, 2 * wide + 44, 330), 110, 110)
    painter.setBrush(skin)
    painter.drawEllipse(QPointF(240, 310), wide, 150)
    _draw_hair(painter, hair, wide)
    _draw_features(painter, rng, skin)
    painter.end()
    return as_jpeg(image, 88)


def _draw_hair(painter: QPainter, hair: QColor, wide: int) -> None:
    top = QPainterPath()
    top.moveTo(240 - wide, 300)
    top.cubicTo(240 - wide - 16, 110, 240 + wide + 16, 110, 240 + wide, 300)
    top.cubicTo(240 + wide * 0.6, 205, 240 - wide * 0.6, 205, 240 - wide, 300)
    painter.setBrush(hair)
    painter.drawPath(top)


def _draw_features(painter: QPainter, rng: random.Random, skin: QColor) -> None:
    ink = QColor("#2a2522")
    painter.setBrush(ink)
    for x in (200, 280):
        painter.drawEllipse(QPointF(x, 305), 8, 10)
    pen = QPen(ink, 5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(195, 345, 90, 60), 200 * 16, rng.randint(120, 150) * 16)
    painter.setPen(QPen(skin.darker(130), 5))
    painter.drawLine(QPointF(240, 310), QPointF(234, 350))
    if rng.random() < 0.35:
        painter.setPen(QPen(ink, 4))
        for x in (200, 280):
            painter.drawEllipse(QPointF(x, 305), 30, 26)
        painter.drawLine(QPointF(230, 305), QPointF(250, 305))


def sealed(rng: random.Random, store: Attachments) -> tuple[Sealed, Sealed]:
    """A face and its small picture, sealed."""
    whole = fitted(drawn(rng), longest=640, most=_FULL)
    small = fitted(whole, longest=320, most=_SMALL)
    return store.keep_bytes(whole, _FULL), store.keep_bytes(small, _SMALL)
