"""How much the place where someone was found speaks for each card.

A person is found near home, near another address, at a place they like, where they were found before, or far from all
of these. Around each point the chance falls off slowly (a two-dimensional Student curve with one degree of freedom,
whose median is the weight's distance): people do turn up five kilometres away. Distances are taken on a flat map around
the place, good to a hundredth within 20 km.
"""

from __future__ import annotations

import math

from app.models.rules.found.gallery import Gallery, PointKind
from app.models.rules.found.weights import Weights

_METRES_A_DEGREE = 111_195.0
_WITHIN_M = 10_000.0
"""Points farther away add nothing that could be told from being found anywhere."""

SHARES = {
    PointKind.HOME: 1.0,
    PointKind.FOUND_BEFORE: 1.0,
    PointKind.PLACE: 0.5,
    PointKind.OTHER_ADDRESS: 0.4,
}
"""How likely each kind is where someone is found, one point against another: homes, and where it happened before, most
(domain.md 6.3 asks for both)."""


def reach(kind: PointKind, weights: Weights) -> float:
    """Within how many metres of a point half of those are found who went there."""
    return weights.near_m if kind in (PointKind.HOME, PointKind.OTHER_ADDRESS) else weights.at_place_m


def metres(here: tuple[float, float], lat: float, lon: float) -> float:
    """How far a point lies from `here`, on a flat map."""
    north = (lat - here[0]) * _METRES_A_DEGREE
    east = ((lon - here[1] + 180) % 360 - 180) * _METRES_A_DEGREE * math.cos(math.radians(here[0]))
    return math.hypot(east, north)


def density(away_m: float, half_within_m: float) -> float:
    """How likely someone is found at a spot so far from a point, a square metre."""
    scale = half_within_m / math.sqrt(3)
    return math.pow(1 + (away_m / scale) ** 2, -1.5) / (2 * math.pi * scale * scale)


def scores(gallery: Gallery, here: tuple[float, float], weights: Weights) -> list[float]:
    """For each card: the log of how likely it is found here, against all cards that have a place."""
    shares, found = [0.0] * len(gallery), [0.0] * len(gallery)
    north, east = _METRES_A_DEGREE, _METRES_A_DEGREE * math.cos(math.radians(here[0]))
    for kind, share in SHARES.items():
        column = gallery.points[kind]
        for owner in column.owner:
            shares[owner] += share
        scale = reach(kind, weights) / math.sqrt(3)
        peak, narrow = share / (2 * math.pi * scale * scale), 1 / (scale * scale)
        for owner, lat, lon in column.between(here[0] - _WITHIN_M / north, here[0] + _WITHIN_M / north):
            # The same as `metres` and `density`, written out: this is done for every place of every card.
            up, right = (lat - here[0]) * north, ((lon - here[1] + 180) % 360 - 180) * east
            fall = 1 + (up * up + right * right) * narrow
            found[owner] += peak / (fall * math.sqrt(fall))
    anywhere = weights.far / weights.far_area_m2
    likely = [
        (1 - weights.far) * near / share + anywhere if share else 0.0 for near, share in zip(found, shares, strict=True)
    ]
    known = sum(share > 0 for share in shares)
    if not known:
        return [0.0] * len(gallery)
    average = math.log(sum(likely) / known)
    return [math.log(chance) - average if chance else 0.0 for chance in likely]
