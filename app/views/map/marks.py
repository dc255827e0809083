"""What is drawn on the map: bearings, fix, rings, places, track. Nothing is told by colour alone."""

from __future__ import annotations

import math
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from app.views import style
from app.views.common.icons import pixmap
from app.views.map.contents import (
    BearingLine,
    BearingState,
    FixMark,
    LastSeen,
    NextPosition,
    OtherPlace,
    PlaceKind,
    PlaceMark,
    SearchMap,
    Spot,
)
from app.views.map.ground import length, written
from app.views.map.projection import View
from app.words import tr

_FAINTEST = 0.25
_SIGN = 13.0
_SIGNS = {
    PlaceKind.HOME: ("home", "info"),
    PlaceKind.ADDRESS: ("house", "info"),
    PlaceKind.PLACE: ("pin", "accent"),
    PlaceKind.ATTRACTION: ("pin", "warning"),
    PlaceKind.FOUND_BEFORE: ("history", "success"),
    PlaceKind.OBSERVER: ("person", "text"),
    PlaceKind.FOUND: ("check-circle", "success"),
}
_BEARING_LOOKS = {
    BearingState.USED: ("chart-1", Qt.PenStyle.SolidLine),
    BearingState.REFLECTED: ("chart-3", Qt.PenStyle.DotLine),
    BearingState.SET_ASIDE: ("text-quiet", Qt.PenStyle.DashLine),
}


def draw(painter: QPainter, view: View, contents: SearchMap, now: datetime) -> None:
    """Everything, what matters most on top."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if contents.last_seen is not None:
        _last_seen(painter, view, contents.last_seen, now)
    _track(painter, view, contents.track)
    for bearing in sorted(contents.bearings, key=lambda one: one.fresh):
        _bearing(painter, view, bearing)
    for other in contents.others:
        _other(painter, view, other)
    if contents.fix is not None:
        _fix(painter, view, contents.fix)
    if contents.next_position is not None:
        _next(painter, view, contents.next_position)
    seen = [(place, at) for place in contents.places if _on_surface(view, at := view.at(place.at))]
    taken = [QRectF(at.x() - _SIGN, at.y() - _SIGN, 2 * _SIGN, 2 * _SIGN) for _, at in seen]
    for place, at in seen:
        _sign(painter, place, at)
    for place, at in seen:
        _name(painter, place, at, taken)


def _on_surface(view: View, at: QPointF) -> bool:
    return -200 < at.x() < view.width + 200 and -200 < at.y() < view.height + 200


def _tinted(token: str, share: float) -> QColor:
    colour = QColor(style.colour(token))
    colour.setAlphaF(max(min(share, 1.0), 0.0))
    return colour


def _bearing(painter: QPainter, view: View, bearing: BearingLine) -> None:
    token, line = _BEARING_LOOKS[bearing.state]
    strength = _FAINTEST + (1 - _FAINTEST) * max(min(bearing.fresh, 1.0), 0.0)
    start = view.at(bearing.at)
    painter.setPen(Qt.PenStyle.NoPen)
    if bearing.state is BearingState.USED:
        painter.setBrush(_tinted(token, 0.16 * strength))
        painter.drawPath(_wedge(view, bearing, start))
    painter.setPen(QPen(_tinted(token, strength), 2.2, line))
    end = view.ahead(start, bearing.true_deg, bearing.reach_m, bearing.at.lat)
    painter.drawLine(start, end)
    painter.setPen(QPen(style.colour("surface-raised"), 1.5))
    painter.setBrush(_tinted(token, max(strength, 0.5)))
    painter.drawEllipse(start, 6, 6)
    if bearing.label:
        written(painter, start + QPointF(9, -6), bearing.label, token if token != "text-quiet" else "text", "caption")


def _wedge(view: View, bearing: BearingLine, start: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    steps = 8
    for number in range(steps + 1):
        turn = bearing.true_deg + bearing.noise_deg * (2 * number / steps - 1)
        path.lineTo(view.ahead(start, turn, bearing.reach_m, bearing.at.lat))
    path.closeSubpath()
    return path


def _fix(painter: QPainter, view: View, fix: FixMark) -> None:
    scale = view.pixels_a_metre(fix.at.lat)
    centre = view.at(fix.at)
    painter.save()
    painter.translate(centre)
    painter.rotate(fix.azimuth_deg - view.up_deg)
    painter.setPen(QPen(style.colour("danger"), 2.5))
    painter.setBrush(_tinted("danger", 0.14))
    # The long axis points along the azimuth, which is up before the painter is turned.
    painter.drawEllipse(QPointF(0, 0), fix.semi_minor_m * scale, fix.semi_major_m * scale)
    painter.restore()
    painter.setPen(QPen(style.colour("surface-raised"), 5))
    _cross(painter, centre, 10)
    painter.setPen(QPen(style.colour("danger"), 2.5))
    _cross(painter, centre, 10)
    below = centre + QPointF(12, 18)
    room = written(painter, below, tr("Fix, 95 %: {length}", length=length(fix.semi_major_m)), "danger")
    if fix.warning:
        written(painter, below + QPointF(0, room.height() + 6), fix.warning, "warning")


def _cross(painter: QPainter, at: QPointF, reach: float) -> None:
    painter.drawLine(at - QPointF(reach, 0), at + QPointF(reach, 0))
    painter.drawLine(at - QPointF(0, reach), at + QPointF(0, reach))


def _other(painter: QPainter, view: View, other: OtherPlace) -> None:
    centre = view.at(other.at)
    painter.setPen(QPen(style.colour("danger"), 2, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(centre, 11, 11)
    written(
        painter, centre + QPointF(14, 5), tr("Or here: {share} %", share=round(100 * other.share)), "danger", "caption"
    )


def _next(painter: QPainter, view: View, suggestion: NextPosition) -> None:
    centre = view.at(suggestion.at)
    turn = suggestion.looking_deg - view.up_deg
    painter.save()
    painter.translate(centre)
    painter.rotate(turn)
    painter.setPen(QPen(style.colour("success"), 2.5))
    painter.setBrush(_tinted("success", 0.2))
    painter.drawEllipse(QPointF(0, 0), 12, 12)
    painter.setBrush(style.colour("success"))
    painter.drawPolygon(QPolygonF([QPointF(0, -24), QPointF(6, -13), QPointF(-6, -13)]))
    painter.restore()
    written(painter, centre + QPointF(16, 5), tr("Next bearing from here"), "success")


def _last_seen(painter: QPainter, view: View, seen: LastSeen, now: datetime) -> None:
    centre = view.at(seen.at)
    reach = seen.ring_m(now)
    radius = reach * view.pixels_a_metre(seen.at.lat)
    painter.setPen(QPen(style.colour("warning"), 2, Qt.PenStyle.DashDotLine))
    painter.setBrush(_tinted("warning", 0.07))
    if radius < 30 * max(view.width, view.height):
        painter.drawEllipse(centre, radius, radius)
    painter.setBrush(style.colour("warning"))
    painter.setPen(QPen(style.colour("surface-raised"), 2))
    painter.drawPolygon(QPolygonF([centre + QPointF(0, -9), centre + QPointF(9, 7), centre + QPointF(-9, 7)]))
    written(painter, centre + QPointF(12, -8), tr("Last seen; may be {length} away", length=length(reach)), "warning")


def _track(painter: QPainter, view: View, track: tuple[Spot, ...]) -> None:
    if not track:
        return
    line = QPolygonF([view.at(spot) for spot in track])
    painter.setPen(QPen(style.colour("surface-raised"), 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPolyline(line)
    painter.setPen(QPen(style.colour("chart-4"), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPolyline(line)
    painter.setBrush(style.colour("chart-4"))
    painter.drawEllipse(line.at(line.size() - 1), 4, 4)


def _sign(painter: QPainter, place: PlaceMark, at: QPointF) -> None:
    name, token = _SIGNS[place.kind]
    painter.setPen(QPen(style.colour(token), 1.5))
    painter.setBrush(style.colour("surface-raised"))
    painter.drawEllipse(at, _SIGN, _SIGN)
    sign = pixmap(name, token, 16, painter.device().devicePixelRatioF())
    painter.drawPixmap(QRectF(at.x() - 8, at.y() - 8, 16, 16), sign, QRectF(sign.rect()))


def _name(painter: QPainter, place: PlaceMark, at: QPointF, taken: list[QRectF]) -> None:
    """The name beside its sign: at the right, else at the left, else below, where nothing else stands."""
    painter.setFont(style.font("caption"))
    wide, high = painter.fontMetrics().horizontalAdvance(place.name), painter.fontMetrics().height()
    right = QRectF(at.x() + _SIGN + 4, at.y() - high / 2, wide, high)
    tried = [right, right.translated(-wide - 2 * _SIGN - 8, 0)]
    tried += [right.translated(0, high * step) for step in (1, -1, 2, -2, 3)]
    room = next((one for one in tried if not any(one.intersects(other) for other in taken)), right)
    taken.append(room)
    written(painter, QPointF(room.left(), room.bottom() - high * 0.25), place.name, "text", "caption")


def arrow_words(degrees: float) -> str:
    """A direction as one of eight winds."""
    winds = (tr("north"), tr("north-east"), tr("east"), tr("south-east"), tr("south"), tr("south-west"), tr("west"),
             tr("north-west"))  # fmt: skip
    return winds[math.floor((degrees + 22.5) % 360 / 45)]
