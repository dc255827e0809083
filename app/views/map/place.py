"""Choosing a place on the map: by a click, or by moving the map under the cross and pressing Enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.views.common.dialog import Dialog
from app.views.common.text import PlainLabel
from app.views.map.contents import PlaceKind, PlaceMark, SearchMap, Spot
from app.views.map.ground import spot_words
from app.views.map.panel import MapPanel
from app.views.programme import Context
from app.words import tr


class PlaceDialog(Dialog):
    """A map in a dialog. `done(lat, lon)` hears of the place when it is accepted.

    `at`: what is chosen so far; `around`: where to look first while nothing is.
    """

    def __init__(
        self,
        context: Context,
        parent: QWidget | None,
        done: Callable[[float, float], None],
        *,
        contents: SearchMap | None = None,
        at: Spot | None = None,
        around: Spot | None = None,
        name: Callable[[], str] = lambda: tr("Found here"),
    ) -> None:
        super().__init__(
            lambda: tr("Choose the place"),
            lambda: tr("Take this place"),
            parent,
            text=lambda: tr("Click the place, or move the map until it lies under the cross and press Enter."),
            width=760,
        )
        self.setObjectName("map.place.dialog")
        self._done, self._mark_name = done, name
        self._contents = contents or SearchMap()
        self._spot: Spot | None = at
        self.panel = MapPanel(context, self, words=False)
        self.panel.setMinimumHeight(380)
        self.panel.choose(True)
        self.panel.chosen.connect(self.take)
        self._said = PlainLabel("")
        self._said.setObjectName("map.place.said")
        self.add(self.panel)
        self.add(self._said)
        self._show()
        if at is not None:
            self.panel.look_at(at.lat, at.lon, 14)
        elif around is not None:
            self.panel.look_at(around.lat, around.lon, 11)

    def take(self, lat: float, lon: float) -> None:
        """Put the mark here."""
        self._spot = Spot(lat, lon)
        self._show()
        self.complain(None)

    def check(self) -> bool:
        """A place has to be chosen."""
        if self._spot is None:
            self.complain(lambda: tr("Click a place on the map first."))
            return False
        self._done(self._spot.lat, self._spot.lon)
        return True

    def _show(self) -> None:
        shown = self._contents
        if self._spot is not None:
            mark = PlaceMark(self._spot, self._mark_name(), PlaceKind.FOUND)
            shown = replace(shown, places=(*shown.places, mark))
        self.panel.show_search(shown)
        spot = self._spot
        self._said.set_text("" if spot is None else lambda: tr("Chosen: {position}", position=spot_words(spot)))
