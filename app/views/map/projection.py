"""From degrees to pixels and back: Web Mercator, as the tiles of map files are cut, turned and zoomed freely.

Mercator keeps angles, so a bearing is a straight line at its own angle; lengths are right for the latitude where they
are drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF

from app.views.map.contents import Spot

TILE = 256
LEAST, MOST = 2.0, 20.0
_EQUATOR_M = 40_075_016.686
_HIGHEST_LAT = 85.0511


def world(spot: Spot) -> tuple[float, float]:
    """A position as shares of the whole world map: x from the date line eastwards, y from the north downwards."""
    lat = math.radians(min(max(spot.lat, -_HIGHEST_LAT), _HIGHEST_LAT))
    return spot.lon / 360 + 0.5, 0.5 - math.asinh(math.tan(lat)) / (2 * math.pi)


def spot_of(x: float, y: float) -> Spot:
    """The position of a place on the world map."""
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * min(max(y, 0.0), 1.0)))))
    return Spot(lat, (x % 1.0) * 360 - 180)


@dataclass(frozen=True)
class View:
    """What is looked at: the middle of the surface, how near, how far turned (the bearing that points up), its size."""

    x: float
    y: float
    zoom: float
    up_deg: float
    width: int
    height: int

    @property
    def world_px(self) -> float:
        """How many pixels wide the whole world is."""
        return float(TILE * 2.0**self.zoom)

    @property
    def middle(self) -> Spot:
        """The position in the middle."""
        return spot_of(self.x, self.y)

    def pixels_a_metre(self, lat: float | None = None) -> float:
        """How many pixels a metre takes at a latitude (default: the middle's)."""
        lat = self.middle.lat if lat is None else lat
        return self.world_px / (_EQUATOR_M * max(math.cos(math.radians(lat)), 0.01))

    def at(self, spot: Spot) -> QPointF:
        """Where a position lies on the surface."""
        return self.at_world(*world(spot))

    def at_world(self, x: float, y: float) -> QPointF:
        """Where a place of the world map lies on the surface, by the shorter way round."""
        right, down = ((x - self.x + 0.5) % 1.0 - 0.5) * self.world_px, (y - self.y) * self.world_px
        turn = math.radians(self.up_deg)
        return QPointF(
            self.width / 2 + right * math.cos(turn) + down * math.sin(turn),
            self.height / 2 - right * math.sin(turn) + down * math.cos(turn),
        )

    def world_at(self, point: QPointF) -> tuple[float, float]:
        """The place of the world map under a point of the surface."""
        right, down = point.x() - self.width / 2, point.y() - self.height / 2
        turn = math.radians(self.up_deg)
        east = right * math.cos(turn) - down * math.sin(turn)
        south = right * math.sin(turn) + down * math.cos(turn)
        return self.x + east / self.world_px, self.y + south / self.world_px

    def spot_at(self, point: QPointF) -> Spot:
        """The position under a point of the surface."""
        return spot_of(*self.world_at(point))

    def ahead(self, start: QPointF, bearing_deg: float, metres: float, lat: float) -> QPointF:
        """The point that lies so far from `start` in a direction."""
        turn = math.radians(bearing_deg - self.up_deg)
        away = metres * self.pixels_a_metre(lat)
        return QPointF(start.x() + away * math.sin(turn), start.y() - away * math.cos(turn))

    # --- other views --------------------------------------------------------------------------------------------------

    def sized(self, width: int, height: int) -> View:
        """The same on another surface."""
        return replace(self, width=max(width, 1), height=max(height, 1))

    def dragged(self, right: float, down: float) -> View:
        """What lies under the finger goes along with it."""
        x, y = self.world_at(QPointF(self.width / 2 - right, self.height / 2 - down))
        return replace(self, x=x % 1.0, y=min(max(y, 0.0), 1.0))

    def zoomed(self, steps: float, about: QPointF | None = None) -> View:
        """Nearer or farther by a power of two; what lies under `about` stays there."""
        zoom = min(max(self.zoom + steps, LEAST), MOST)
        about = QPointF(self.width / 2, self.height / 2) if about is None else about  # a point 0, 0 is falsy
        x, y = self.world_at(about)
        nearer = replace(self, zoom=zoom)
        now = nearer.at_world(x, y)
        return nearer.dragged(about.x() - now.x(), about.y() - now.y())

    def turned(self, degrees: float) -> View:
        """Turned clockwise about the middle by so many degrees of the map's up."""
        return replace(self, up_deg=(self.up_deg + degrees) % 360)


def showing(spots: tuple[Spot, ...], width: int, height: int, margin_m: float = 300.0) -> View:
    """The view in which all of these are seen, north up, with some room around them."""
    if not spots:
        return View(0.5, 0.5, LEAST, 0.0, max(width, 1), max(height, 1))
    first_x = world(spots[0])[0]
    places = [((x - first_x + 0.5) % 1.0 - 0.5 + first_x, y) for x, y in map(world, spots)]
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    top, bottom = min(y for _, y in places), max(y for _, y in places)
    edge = margin_m / (_EQUATOR_M * max(math.cos(math.radians(spots[0].lat)), 0.01))
    wide, high = east - west + 2 * edge, bottom - top + 2 * edge
    zoom = math.log2(min(max(width, 1) / wide, max(height, 1) / high) / TILE)
    middle = ((east + west) / 2 % 1.0, (top + bottom) / 2)
    return View(*middle, min(max(zoom, LEAST), 17.0), 0.0, max(width, 1), max(height, 1))


def round_length(most: float) -> float:
    """The longest of 1, 2, 5, 10, 20, 50 ... that is not longer than `most`."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (5, 2, 1) if step * power <= most * 1.0000001)
