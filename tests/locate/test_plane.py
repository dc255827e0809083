"""The flat map of the search against the ellipsoid."""

from __future__ import annotations

import pytest

from app.locate import Place, geodesy
from app.locate.plane import Plane, Sight, crossing, crossing_angle_deg

_HORIZON_M = 100_000.0


@pytest.mark.parametrize("middle", [Place(43.45, -79.7), Place(70, 180), Place(-70, 20), Place(0, 0)])
def test_lines_cross_on_the_map_where_they_cross_on_the_ground(middle: Place) -> None:
    """Observers 15 km east and west: without the convergence of meridians the lines would miss by many metres."""
    target = geodesy.moved(middle, 2000, 12_000)
    plane = Plane(middle)
    sights = [
        plane.sight(place, geodesy.line(place, target).leaving_deg)
        for place in (geodesy.moved(middle, -15_000, 500), geodesy.moved(middle, 15_000, -500))
    ]
    met = crossing(sights[0], sights[1], _HORIZON_M)
    assert met is not None
    assert geodesy.line(plane.place(*met), target).metres < 0.5


def test_rays_meet_ahead_of_both_or_not_at_all() -> None:
    east, north_east, north_west = Sight(0, 0, 1.5), Sight(0, 0, 0.7), Sight(1000, 0, -0.7)
    assert crossing(north_east, north_west, _HORIZON_M) == pytest.approx((500, 593.6), abs=1)
    assert crossing(Sight(0, 0, 0.7 + 3.141592653589793), north_west, _HORIZON_M) is None
    assert crossing(north_east, Sight(1000, 0, -0.7 + 3.141592653589793), _HORIZON_M) is None
    assert crossing(north_east, north_east, _HORIZON_M) is None
    assert crossing(north_east, north_west, 500) is None
    assert crossing(east, Sight(1000, 0, 1.4999), _HORIZON_M) is None


def test_the_crossing_nearest_to_a_right_angle_counts() -> None:
    sights = [Sight(0, 0, 0.0), Sight(500, 0, -0.2), Sight(900, 0, -1.4), Sight(0, 1, 1.57)]
    assert crossing_angle_deg(sights[:2], 5) == pytest.approx(11.46, abs=0.01)
    assert crossing_angle_deg(sights[:3], 5) == pytest.approx(80.2, abs=0.1)
    assert crossing_angle_deg([sights[0], sights[3]], 5) is None, "from one place"
