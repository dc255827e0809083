"""From degrees to pixels and back, turned and zoomed."""

from __future__ import annotations

import math

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from app.views.map.contents import Spot
from app.views.map.projection import MOST, View, round_length, showing, spot_of, world

HERE = Spot(43.45, -79.70)
lats, lons = st.floats(-80, 80), st.floats(-179.9, 179.9)


def looking(spot: Spot = HERE, zoom: float = 14, up: float = 0) -> View:
    return View(*world(spot), zoom, up, 800, 600)


@given(lats, lons)
def test_there_and_back(lat: float, lon: float) -> None:
    back = spot_of(*world(Spot(lat, lon)))
    assert back.lat == pytest.approx(lat, abs=1e-9) and back.lon == pytest.approx(lon, abs=1e-9)


@given(st.floats(0, 800), st.floats(0, 600), st.floats(0, 360), st.floats(8, 18))
def test_what_lies_under_a_point_lies_at_that_point(x: float, y: float, up: float, zoom: float) -> None:
    view = looking(up=up, zoom=zoom)
    there = view.at(view.spot_at(QPointF(x, y)))
    assert [there.x(), there.y()] == pytest.approx([x, y], abs=1e-3)


@given(st.floats(0, 360), st.floats(0, 360))
def test_a_bearing_is_drawn_where_the_ellipsoid_says(bearing: float, up: float) -> None:
    view = looking(up=up)
    end = Geodesic.WGS84.Direct(HERE.lat, HERE.lon, bearing, 1000)
    drawn, right = view.ahead(view.at(HERE), bearing, 1000, HERE.lat), view.at(Spot(end["lat2"], end["lon2"]))
    apart = math.hypot(drawn.x() - right.x(), drawn.y() - right.y()) / view.pixels_a_metre()
    assert apart < 6, "six metres in a thousand: thinner than the line"


@given(st.floats(-3, 3), st.floats(0, 800), st.floats(0, 600), st.floats(0, 360))
def test_zooming_keeps_what_is_under_the_pointer(steps: float, x: float, y: float, up: float) -> None:
    view = looking(up=up)
    spot = view.spot_at(QPointF(x, y))
    there = view.zoomed(steps, QPointF(x, y)).at(spot)
    assert [there.x(), there.y()] == pytest.approx([x, y], abs=0.01)


def test_dragging_takes_the_map_along_turned_or_not() -> None:
    for up in (0.0, 75.0):
        view = looking(up=up)
        before = view.at(HERE)
        after = view.dragged(40, -25).at(HERE)
        assert [after.x() - before.x(), after.y() - before.y()] == pytest.approx([40, -25])


def test_everything_is_seen_at_first_and_across_the_date_line() -> None:
    for spots in ((Spot(43.4, -79.9), Spot(43.6, -79.5)), (Spot(10, 179.9), Spot(10.1, -179.9)), (HERE,)):
        view = showing(spots, 800, 600)
        for spot in spots:
            at = view.at(spot)
            assert 0 <= at.x() <= 800 and 0 <= at.y() <= 600, spot
    assert showing((), 0, 0).width == 1


def test_zooming_ends_somewhere() -> None:
    assert looking().zoomed(99).zoom == MOST
    assert looking().zoomed(-99).zoom == 2


@pytest.mark.parametrize(("most", "length"), [(99, 50), (100, 100), (0.7, 0.5), (2_300, 2_000), (0, 1)])
def test_round_lengths(most: float, length: float) -> None:
    assert round_length(most) == length


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="position"):
        Spot(91, 0)
