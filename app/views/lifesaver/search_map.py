"""A search as it lies on the map: bearings, the position that they come to, last seen, home and its hazards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.locate import Fix
from app.models.search_vocab import BearingQuality, Going
from app.queries.lifesaver_search import BearingRow, SearchView, decimal
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
from app.words import tr

_PACES = {Going.BIKE: 4.0, Going.BUS: 12.0, Going.CAR: 14.0}
"""Metres a second by how somebody goes; everybody else walks."""
_WALK = 1.2
_FADE_S = 300.0
"""A bearing fades after five minutes and is pale after as many again (domain.md 7.4)."""


def map_of(view: SearchView, now: datetime) -> SearchMap:
    """What the map of a search shows."""
    fix = view.fix
    return SearchMap(
        bearings=tuple(line for row in view.bearings for line in _bearing(row, now)),
        fix=_fix(fix),
        others=tuple(OtherPlace(Spot(one.place.lat, one.place.lon), one.share) for one in fix.alternatives)
        if fix is not None
        else (),
        next_position=_next(fix),
        last_seen=_last_seen(view),
        places=tuple(_places(view)),
        warnings=(view.signal_may_fail,) if view.signal_may_fail else (),
    )


def _bearing(row: BearingRow, now: datetime) -> Iterator[BearingLine]:
    if row.withdrawn or row.true_deg is None or row.lat is None or row.lon is None:
        return
    state = BearingState.USED if row.used else BearingState.SET_ASIDE
    if row.values["quality"] in (BearingQuality.REFLECTED, BearingQuality.BLOCKED):
        state = BearingState.REFLECTED
    age = (now - row.taken_at).total_seconds() if row.taken_at is not None else 0.0
    fresh = max(0.2, min(1.0, 2.0 - age / _FADE_S))
    yield BearingLine(Spot(row.lat, row.lon), row.true_deg, state=state, fresh=fresh, label=str(row.row))


def _fix(fix: Fix | None) -> FixMark | None:
    if fix is None or fix.place is None or fix.ellipse is None:
        return None
    ellipse = fix.ellipse
    return FixMark(
        at=Spot(fix.place.lat, fix.place.lon),
        semi_major_m=ellipse.semi_major_m,
        semi_minor_m=ellipse.semi_minor_m,
        azimuth_deg=ellipse.azimuth_deg,
        crossing_deg=fix.crossing_angle_deg,
        warning=" ".join(note.sentence for note in fix.notes) if fix.near_parallel or fix.ambiguous else "",
    )


def _next(fix: Fix | None) -> NextPosition | None:
    if fix is None or fix.suggestion is None:
        return None
    found = fix.suggestion
    return NextPosition(Spot(found.place.lat, found.place.lon), found.looking_deg, found.sentence)


def _last_seen(view: SearchView) -> LastSeen | None:
    values = view.values
    spot = _spot(values["seen_lat"], values["seen_lon"])
    if spot is None or values["seen_at"] is None or values["located_at"] is not None:
        return None
    return LastSeen(spot, values["seen_at"], _PACES.get(values["going"], _WALK))


def _places(view: SearchView) -> Iterator[PlaceMark]:
    values = view.values
    found = _spot(values["found_lat"], values["found_lon"])
    if found is not None:
        yield PlaceMark(found, tr("Found here"), PlaceKind.FOUND)
    if view.card is None:
        return
    card: Mapping[str, Any] = view.card.values
    home = _spot(card["home_lat"], card["home_lon"])
    if home is not None:
        yield PlaceMark(home, tr("Home"), PlaceKind.HOME)
    for hazard in card["hazards"] or ():
        spot = _spot(hazard.get("lat"), hazard.get("lon"))
        if spot is not None:
            yield PlaceMark(spot, str(hazard.get("name") or ""), PlaceKind.ATTRACTION)


def _spot(lat: Any, lon: Any) -> Spot | None:
    """A position of what was kept as text or number; None when it is no place on the earth."""
    found = decimal(str(lat) if lat is not None else None), decimal(str(lon) if lon is not None else None)
    if found[0] is None or found[1] is None:
        return None
    try:
        return Spot(found[0], found[1])
    except ValueError:
        return None
