"""Signing or drawing. While a form is a draft the strokes are the answer; when it is finished they become a file."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from app.forms.session import FormSession
from app.pictures.drawing import PAPER, as_png
from app.views import style
from app.views.common.buttons import QuietButton
from app.views.common.photo import Photo
from app.views.common.signature import SignaturePad, Stroke
from app.views.forms.base import Input
from app.views.forms.files import AnswerFiles
from app.words import tr

_WIDE, _HIGH, _PEN = 960, 320, 5.0


def read_signature(value: str) -> tuple[list[Stroke], str | None]:
    """(strokes with both numbers of each point from 0 to 1, the name typed instead); nothing for what is neither."""
    try:
        found = json.loads(value)
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in found.get("strokes", [])]
        typed = found.get("typed")
    except (ValueError, TypeError, AttributeError):
        return [], None
    return strokes, typed if isinstance(typed, str) and typed else None


class SignatureInput(Input):
    """A place to sign; `{"strokes": [...]}` or `{"typed": "name"}` as compact JSON is the answer of a draft.

    A finished form names a file instead, which is shown until one signs again.
    """

    def __init__(self, files: AnswerFiles | None = None) -> None:
        super().__init__()
        self._files = files
        self._ref = ""
        self._read_only = False
        self.photo = Photo(lambda: tr("Signature or drawing"), 480, 160, icon="signature")
        self.photo.hide()
        self.again = QuietButton(lambda: tr("Sign again"), "edit")
        self.again.clicked.connect(self._sign_again)
        self.again.hide()
        self.pad = SignaturePad()
        self.pad.setMaximumWidth(560)
        self._put(self.pad)
        self._column.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignLeading)
        self._column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeading)
        self._name(self.again, tr("Sign again"))
        self.pad.changed.connect(self.changed)

    def value(self) -> str:
        """What was drawn or typed, or the file of it; empty for nothing."""
        if self._ref:
            return self._ref
        if not self.pad.is_signed():
            return ""
        typed = self.pad.typed()
        found = {"typed": typed} if typed else {"strokes": self.pad.strokes()}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    def show_value(self, value: str) -> None:
        """Show a signature."""
        row = self._files.known.get(value) if self._files is not None else None
        self._ref = value if row is not None else ""
        self.pad.set_value(*read_signature(value))
        self._lay_out()
        if row is not None and self._files is not None:
            self._files.show(self, row, self.photo.set_bytes)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._read_only = read_only
        self.pad.set_read_only(read_only)
        self._lay_out()

    def _sign_again(self) -> None:
        self._ref = ""
        self._lay_out()
        self.pad.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _lay_out(self) -> None:
        self.pad.setVisible(not self._ref)
        self.photo.setVisible(bool(self._ref))
        self.again.setVisible(bool(self._ref) and not self._read_only)


def unsealed(session: FormSession) -> list[tuple[str, str]]:
    """(path, answer) of each signature that is still strokes, or a name, in the answers."""
    found = []
    for node in session.engine.root.below():
        if session.form.bind(node.spec).type == "binary" and node.value.startswith("{"):
            strokes, typed = read_signature(node.value)
            if strokes or typed:
                found.append((node.path, node.value))
    return found


def drawn(value: str) -> tuple[bytes, str]:
    """A signature as the file of a picture, and the name when it was typed. Only on the interface's thread."""
    strokes, typed = read_signature(value)
    image = QImage(_WIDE, _HIGH, QImage.Format.Format_RGB32)
    image.fill(PAPER)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(style.tokens("light")["ink"])
    if typed:
        _write(painter, typed, ink)
    else:
        _draw(painter, strokes, ink)
    painter.end()
    return as_png(image.convertToFormat(QImage.Format.Format_Grayscale8)), typed or ""


def _draw(painter: QPainter, strokes: Sequence[Stroke], ink: QColor) -> None:
    pen = QPen(ink, _PEN)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for stroke in strokes:
        points = [QPointF(x * _WIDE, y * _HIGH) for x, y in stroke]
        if len(points) == 1:
            painter.drawPoint(points[0])
        painter.drawPolyline(QPolygonF(points))


def _write(painter: QPainter, name: str, ink: QColor) -> None:
    font = style.font("body")
    font.setItalic(True)
    font.setPixelSize(90)
    painter.setFont(font)
    wide = painter.fontMetrics().horizontalAdvance(name)
    if wide > _WIDE - 60:
        font.setPixelSize(max(24, int(90 * (_WIDE - 60) / wide)))
        painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(QRectF(30, 0, _WIDE - 60, _HIGH), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
