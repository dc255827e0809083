"""The search on a map: bearings and their position, the last-seen ring, home, hazards; a click logs a bearing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.locate import Assumptions, Fix, Status
from app.models.search_vocab import BearingQuality, Going, PulseHeard, SearchStatus
from app.queries.lifesaver_search import BearingRow, SearchView
from app.queries.settings import local_day, setting
from app.views import style
from app.views.common.buttons import PrimaryButton
from app.views.common.text import QuietText
from app.views.lifesaver.ask import decimal
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
from app.views.map.panel import MapPanel
from app.views.programme import Context
from app.words import tr

if TYPE_CHECKING:
    from app.views.lifesaver.search_room import SearchRoom

_BELIEVED = Assumptions()
PACES = {
    Going.FOOT: "pls.pace_foot_m_min",
    Going.WHEELCHAIR: "pls.pace_foot_m_min",
    Going.UNKNOWN: "pls.pace_foot_m_min",
    Going.BIKE: "pls.pace_bike_m_min",
    Going.BUS: "pls.pace_vehicle_m_min",
    Going.CAR: "pls.pace_vehicle_m_min",
}
"""The settings that say how fast the last-seen ring grows, in metres a minute."""


class MapPane(QWidget):
    """The map with one button; while it is pressed, the next click says where a bearing is taken from."""

    def __init__(self, context: Context, room: SearchRoom) -> None:
        super().__init__()
        self._context, self._room = context, room
        self._paces: dict[str, int] = {}
        self._view: SearchView | None = None
        self.panel = MapPanel(context, self)
        self.panel.chosen.connect(self._chosen)
        self._place = PrimaryButton(lambda: tr("Bearing from a place on the map"), "pin")
        self._place.setObjectName("search.map.place")
        self._place.setCheckable(True)
        self._place.toggled.connect(self._choosing)
        self._hint = QuietText(lambda: tr("Click where you stand, or move the map under the cross and press Enter."))
        self._hint.hide()
        self.panel.add_button(self._place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        column.addWidget(self._hint)
        column.addWidget(self.panel, 1)
        context.tasks.read(self, self._read_paces, self._have_paces)

    def show_search(self, view: SearchView, *, writes: bool) -> None:
        """Show where everything of a search lies."""
        self._view = view
        self._place.setVisible(writes)
        if not writes:
            self._place.setChecked(False)
        self.panel.show_search(contents(view, self._context.clock(), self._context.person.member_id, self._paces))

    def _read_paces(self, session: Any) -> dict[str, int]:
        today = local_day(session, self._context.clock())
        return {name: int(setting(session, name, today)) for name in set(PACES.values())}

    def _have_paces(self, paces: dict[str, int]) -> None:
        self._paces = paces
        if self._view is not None:
            self.show_search(self._view, writes=self._place.isVisibleTo(self))

    def _choosing(self, choosing: bool) -> None:
        self.panel.choose(choosing)
        self._hint.setVisible(choosing)
        if choosing:
            self.panel.canvas.setFocus()

    def _chosen(self, lat: float, lon: float) -> None:
        self._place.setChecked(False)
        self._room.log_bearing_at(lat, lon)


def contents(view: SearchView, now: datetime, member_id: str, paces: dict[str, int]) -> SearchMap:
    """A search as the map shows it. `paces`: the settings of `PACES` with their values."""
    fix = view.fix
    closed = view.status is SearchStatus.CLOSED
    until = (view.values["located_at"] or view.values["closed_at"] or now) if closed else now
    return SearchMap(
        bearings=tuple(line for row in view.bearings if (line := _line(row, until)) is not None),
        fix=_fix(fix),
        others=tuple(OtherPlace(Spot(one.place.lat, one.place.lon), one.share) for one in fix.alternatives)
        if fix is not None
        else (),
        next_position=_next(fix) if not closed else None,
        last_seen=_last_seen(view, paces) if not closed else None,
        places=tuple(_places(view)),
        track=_track(view, member_id),
        warnings=(fix.status.sentence,) if fix is not None and fix.status is not Status.FIX else (),
    )


def _spot(lat: Any, lon: Any) -> Spot | None:
    found = [decimal(str(value)) if value is not None else None for value in (lat, lon)]
    if found[0] is None or found[1] is None or abs(found[0]) > 90 or abs(found[1]) > 180:
        return None
    return Spot(found[0], found[1])


def _line(row: BearingRow, now: datetime) -> BearingLine | None:
    at = _spot(row.lat, row.lon)
    if at is None or row.true_deg is None or row.withdrawn or row.values["heard"] is PulseHeard.NO:
        return None
    state = BearingState.USED
    if row.values["quality"] not in (BearingQuality.GOOD, None):
        state = BearingState.REFLECTED
    elif row.why_not:
        state = BearingState.SET_ASIDE
    airborne = bool(row.values["airborne"])
    return BearingLine(
        at=at,
        true_deg=row.true_deg,
        noise_deg=_BELIEVED.sigma_deg,
        reach_m=_BELIEVED.air_range_m if airborne else _BELIEVED.range_m,
        state=state,
        fresh=_fresh(row.taken_at, now),
        label=str(row.row),
    )


def _fresh(taken_at: datetime | None, now: datetime) -> float:
    """1 for five minutes, then half every five (domain.md 7.4), as the calculation weighs it."""
    if taken_at is None:
        return 1.0
    late = (now - taken_at).total_seconds() - _BELIEVED.fade_after_s
    return float(0.5 ** max(late / _BELIEVED.fade_half_s, 0.0))


def _fix(fix: Fix | None) -> FixMark | None:
    if fix is None or fix.place is None or fix.ellipse is None:
        return None
    ellipse = fix.ellipse
    warning = (
        tr("Crossing at {degrees}°: uncertain along the lines", degrees=round(fix.crossing_angle_deg or 0))
        if fix.near_parallel
        else ""
    )
    return FixMark(
        Spot(fix.place.lat, fix.place.lon),
        ellipse.semi_major_m,
        ellipse.semi_minor_m,
        ellipse.azimuth_deg,
        fix.crossing_angle_deg,
        warning,
    )


def _next(fix: Fix | None) -> NextPosition | None:
    suggestion = fix.suggestion if fix is not None else None
    if suggestion is None:
        return None
    return NextPosition(Spot(suggestion.place.lat, suggestion.place.lon), suggestion.looking_deg, suggestion.sentence)


def _last_seen(view: SearchView, paces: dict[str, int]) -> LastSeen | None:
    values = view.values
    at = _spot(values["seen_lat"], values["seen_lon"])
    pace = paces.get(PACES.get(values["going"] or Going.UNKNOWN, PACES[Going.UNKNOWN]))
    if at is None or values["seen_at"] is None or pace is None:
        return None
    return LastSeen(at, values["seen_at"], pace / 60)


def _places(view: SearchView) -> list[PlaceMark]:
    found: list[PlaceMark] = []
    values = view.card.values if view.card is not None else {}
    home = _spot(values.get("home_lat"), values.get("home_lon"))
    if home is not None:
        found.append(PlaceMark(home, tr("Home"), PlaceKind.HOME))
    # A hazard near the home may be a place that the person goes to as well: it is drawn once.
    drawn: set[Spot] = set()
    for name, kind in (("hazards", PlaceKind.ATTRACTION), ("places", PlaceKind.PLACE)):
        for one in values.get(name) or ():
            at = _spot(one.get("lat"), one.get("lon")) if isinstance(one, dict) else None
            if at is not None and at not in drawn:
                drawn.add(at)
                found.append(PlaceMark(at, str(one.get("name") or ""), kind))
    ended = _spot(view.values["found_lat"], view.values["found_lon"])
    if ended is not None:
        found.append(PlaceMark(ended, tr("Found here"), PlaceKind.FOUND))
    return found


def _track(view: SearchView, member_id: str) -> tuple[Spot, ...]:
    """Where this person has taken bearings, in order: Haven asks no device where it is."""
    own = [row for row in view.bearings if row.values["operator_id"] == member_id and not row.withdrawn]
    found = [spot for row in own if (spot := _spot(row.lat, row.lon)) is not None]
    return tuple(found) if len(found) > 1 else ()
