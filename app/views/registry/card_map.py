"""The places of an opened card on a map: where to look first."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from app.models.rules.found.gallery import PointKind
from app.queries.card_map import CardPlace, CardPlaces, card_places
from app.views.common.dialog import Dialog
from app.views.common.text import QuietText
from app.views.common.when import day
from app.views.map.contents import PlaceKind, PlaceMark, SearchMap, Spot
from app.views.map.panel import MapPanel
from app.views.messages import sentence_of
from app.views.programme import Context
from app.words import tr, trn

_KINDS = {
    PointKind.HOME: PlaceKind.HOME,
    PointKind.OTHER_ADDRESS: PlaceKind.ADDRESS,
    PointKind.PLACE: PlaceKind.PLACE,
    PointKind.FOUND_BEFORE: PlaceKind.FOUND_BEFORE,
}


class CardMapDialog(Dialog):
    """A map of the card that `view_id` opened."""

    def __init__(self, context: Context, parent: QWidget | None, view_id: str) -> None:
        super().__init__(lambda: tr("Places on a map"), lambda: tr("Close"), parent, width=980)
        self.setObjectName("registry.card.map.dialog")
        self.cancel_button.hide()
        self.panel = MapPanel(context, self)
        self.panel.setMinimumHeight(460)
        self._note = QuietText("")
        self.add(self.panel)
        self.add(self._note)
        member_id, now = context.person.member_id, context.clock()

        def question(session: Any) -> CardPlaces:
            return card_places(session, view_id, member_id=member_id, now=now)

        context.tasks.read(self, question, self._show, lambda problem: self.complain(lambda: sentence_of(problem)))

    def _show(self, found: CardPlaces) -> None:
        self.panel.show_search(SearchMap(places=tuple(map(mark_of, found.places))))
        self._note.set_text(lambda: _note(found))


def mark_of(place: CardPlace) -> PlaceMark:
    """A place of a card as a mark on the map."""
    name = place.name or (place.address.label() if place.address is not None else "")
    if place.found_on:
        name = tr("{place}, found {day}", place=name, day=_day(place.found_on))
    return PlaceMark(Spot(place.lat, place.lon), name, _KINDS[place.kind])


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _note(found: CardPlaces) -> str:
    said = []
    if found.attractions:
        drawn = ", ".join(one.label() for one in found.attractions)
        said.append(tr("Drawn to: {what}.", what=drawn))
    if found.without:
        said.append(trn("{count} place has no position.", "{count} places have no position.", found.without))
    return " ".join(said)
