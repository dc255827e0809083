"""What lies below: the agency's map where it has one, the degrees, rings of distance, scale and north."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from app.views import style
from app.views.map.contents import Spot
from app.views.map.projection import View, round_length
from app.views.map.tiles import TileKey, TileStore
from app.words import tr

_LINES = 6
_DEGREE_STEPS = (30.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005)
_DARKENED = 0.55
"""How much a map made for paper is dimmed at night."""


def length(metres: float) -> str:
    """A length as one says it."""
    if metres < 1000:
        return tr("{metres} m", metres=round(metres))
    kilometres = f"{metres / 1000:.1f}".rstrip("0").rstrip(".")
    return tr("{kilometres} km", kilometres=kilometres.replace(".", tr(".")))


def tiles_seen(view: View, store: TileStore) -> list[TileKey]:
    """The tiles that this view shows, those in the middle first."""
    zoom = min(max(round(view.zoom), store.facts.farthest), store.facts.nearest)
    count = 1 << zoom
    corners = [view.world_at(QPointF(x, y)) for x in (0, view.width) for y in (0, view.height)]
    west, east = (edge(x for x, _ in corners) for edge in (min, max))
    top, bottom = (edge(y for _, y in corners) for edge in (min, max))
    columns = range(math.floor(west * count), math.floor(east * count) + 1)
    rows = range(max(math.floor(top * count), 0), min(math.floor(bottom * count), count - 1) + 1)
    if len(columns) * len(rows) > 200:
        return []
    seen = [(column, row) for column in columns for row in rows]
    seen.sort(key=lambda one: abs(one[0] + 0.5 - view.x * count) + abs(one[1] + 0.5 - view.y * count))
    return [(zoom, column, row) for column, row in seen]


def draw_tiles(painter: QPainter, view: View, store: TileStore) -> None:
    """The map file's pictures, turned with the view."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for zoom, column, row in tiles_seen(view, store):
        count = 1 << zoom
        picture = store.get((zoom, column % count, row))
        if picture is None:
            continue
        corner = view.at_world(column / count, row / count)
        side = view.world_px / count
        painter.setTransform(QTransform().translate(corner.x(), corner.y()).rotate(-view.up_deg))
        # Half a pixel more, so that no seam is seen between turned tiles.
        painter.drawPixmap(QRectF(0, 0, side + 0.5, side + 0.5), picture, QRectF(picture.rect()))
    painter.restore()
    if style.mode() == "dark":
        dim = QColor(style.colour("surface-sunken"))
        dim.setAlphaF(_DARKENED)
        painter.fillRect(0, 0, view.width, view.height, dim)


def draw_degrees(painter: QPainter, view: View) -> None:
    """Lines of latitude and longitude with their numbers at the edge."""
    painter.save()
    pen = QPen(style.colour("border"), 1, Qt.PenStyle.SolidLine)
    corners = [view.spot_at(QPointF(x, y)) for x in (0, view.width) for y in (0, view.height)]
    south, north = min(one.lat for one in corners), max(one.lat for one in corners)
    middle = view.middle
    painter.setFont(style.font("caption"))
    wide = view.width / view.world_px * 360
    step = next((one for one in reversed(_DEGREE_STEPS) if wide / one <= _LINES), _DEGREE_STEPS[0])
    for lat in _steps(south, north, step):
        _line(painter, pen, view, Spot(lat, middle.lon), 90.0)
        _number(painter, view, Spot(lat, middle.lon), _written(lat, step, tr("N"), tr("S")), along_side=True)
    for lon in _steps(middle.lon - wide, middle.lon + wide, step):
        _line(painter, pen, view, Spot(middle.lat, (lon + 180) % 360 - 180), 0.0)
        where = Spot(middle.lat, (lon + 180) % 360 - 180)
        _number(painter, view, where, _written(where.lon, step, tr("E"), tr("W")), along_side=False)
    painter.restore()


def _steps(low: float, high: float, step: float) -> Iterator[float]:
    for number in range(math.ceil(low / step), math.floor(high / step) + 1):
        value = number * step
        if abs(value) <= 180:
            yield value


def _line(painter: QPainter, pen: QPen, view: View, spot: Spot, bearing: float) -> None:
    painter.setPen(pen)
    here = view.at(spot)
    turn = math.radians(bearing - view.up_deg)
    far = float(view.width + view.height)
    step = QPointF(far * math.sin(turn), -far * math.cos(turn))
    painter.drawLine(here - step, here + step)


def _number(painter: QPainter, view: View, spot: Spot, text: str, *, along_side: bool) -> None:
    """Only while north is nearly up: a number at the edge of a turned map would stand beside the wrong line."""
    if min(view.up_deg, 360 - view.up_deg) > 10:
        return
    here = view.at(spot)
    painter.setPen(style.colour("text-quiet"))
    room = painter.fontMetrics().boundingRect(text)
    if along_side:
        painter.drawText(QPointF(6, here.y() - 3), text)
    else:
        painter.drawText(QPointF(here.x() + 4, room.height()), text)


def _written(value: float, step: float, positive: str, negative: str) -> str:
    digits = max(0, math.ceil(-math.log10(step)))
    return f"{abs(value):.{digits}f}°{positive if value >= 0 else negative}".replace(".", tr("."))


def draw_rings(painter: QPainter, view: View, anchor: Spot) -> None:
    """Rings of distance around what everything is measured from."""
    scale = view.pixels_a_metre(anchor.lat)
    step = round_length(min(view.width, view.height) / 4.2 / scale)
    centre = view.at(anchor)
    painter.save()
    painter.setPen(QPen(style.colour("border-strong"), 1, Qt.PenStyle.DotLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(style.font("caption"))
    for number in range(1, 7):
        radius = step * number * scale
        if radius > 4 * max(view.width, view.height):
            break
        painter.drawEllipse(centre, radius, radius)
    for number in range(1, 7):
        label_at = QPointF(centre.x() + step * number * scale * 0.707, centre.y() + step * number * scale * 0.707)
        written(painter, label_at, length(step * number), "text-quiet", "caption")
    painter.restore()


def draw_scale(painter: QPainter, view: View) -> None:
    """The scale bar in the lower left corner."""
    scale = view.pixels_a_metre()
    metres = round_length(min(view.width / 4, 170) / scale)
    wide = metres * scale
    left, bottom = 14.0, view.height - 16.0
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    back = QColor(style.colour("surface-raised"))
    back.setAlphaF(0.85)
    painter.setBrush(back)
    painter.setFont(style.font("caption"))
    text = length(metres)
    high = painter.fontMetrics().height() + 16
    around = max(wide, painter.fontMetrics().horizontalAdvance(text)) + 20
    painter.drawRoundedRect(QRectF(left - 8, bottom - high + 6, around, high), 6, 6)
    painter.setPen(QPen(style.colour("text"), 2))
    painter.drawLine(QPointF(left, bottom), QPointF(left + wide, bottom))
    for x in (left, left + wide):
        painter.drawLine(QPointF(x, bottom - 4), QPointF(x, bottom + 4))
    painter.drawText(QPointF(left, bottom - 8), text)
    painter.restore()


def draw_north(painter: QPainter, view: View) -> None:
    """The arrow to true north in the upper right corner."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(view.width - 34, 38)
    back = QColor(style.colour("surface-raised"))
    back.setAlphaF(0.85)
    painter.setPen(QPen(style.colour("border-strong"), 1))
    painter.setBrush(back)
    painter.drawEllipse(QPointF(0, 0), 24, 24)
    painter.rotate(-view.up_deg)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("danger"))
    painter.drawPolygon(QPolygonF([QPointF(0, -21), QPointF(7, -8), QPointF(-7, -8)]))
    painter.setPen(QPen(style.colour("text-quiet"), 2))
    painter.drawLine(QPointF(0, 12), QPointF(0, 20))
    painter.rotate(view.up_deg)
    painter.setPen(style.colour("text"))
    painter.setFont(style.font("caption", QFont.Weight.Bold))
    painter.drawText(QRectF(-10, -8, 20, 18), int(Qt.AlignmentFlag.AlignCenter), tr("N"))
    painter.restore()


def written(painter: QPainter, at: QPointF, text: str, token: str = "text", role: str = "small") -> QRectF:
    """A short text with a halo, legible on any map; the room it takes."""
    painter.save()
    font = style.font(role)
    painter.setFont(font)
    path = QPainterPath()
    path.addText(at, font, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.strokePath(path, QPen(style.colour("surface-raised"), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap,
                                  Qt.PenJoinStyle.RoundJoin))  # fmt: skip
    painter.fillPath(path, style.colour(token))
    painter.restore()
    return path.boundingRect()


def spot_words(spot: Spot) -> str:
    """A position in degrees, as it is typed."""
    return f"{spot.lat:.5f}, {spot.lon:.5f}"
