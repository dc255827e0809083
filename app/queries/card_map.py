"""The places of an opened emergency card, for the map: where the person lives, goes to, and was found before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models.registry import EmergencyCard
from app.models.rules.found.gallery import PointKind
from app.models.vocab import AddressKind, Attraction
from app.queries import registry_card
from app.queries.found_person import found_before, position_of, same_place


@dataclass(frozen=True, slots=True)
class CardPlace:
    """One place of a card with its position. `name` is a person's word, or empty for an address of a listed kind."""

    kind: PointKind
    name: str
    address: AddressKind | None
    lat: float
    lon: float
    found_on: str


@dataclass(frozen=True, slots=True)
class CardPlaces:
    """All of a card that can be put on a map, and how many places have no position."""

    places: tuple[CardPlace, ...]
    without: int
    attractions: tuple[Attraction, ...]


def card_places(session: Session, view_id: str, *, member_id: str, now: datetime) -> CardPlaces:
    """The places of the card that `member_id` opened with a reason. Raises NotFound, as the card does."""
    row = registry_card.card(session, view_id, member_id=member_id, now=now)
    card = session.get_one(EmergencyCard, row.card_id)
    addresses = [each for each in card.addresses or () if isinstance(each, dict)]
    places = [each for each in card.places or () if isinstance(each, dict)]
    before = found_before([each for each in card.wander_history or () if isinstance(each, dict)])
    found = [one for each in addresses if (one := _address(each)) is not None]
    found += [one for each in places if (one := _place(each, before)) is not None]
    return CardPlaces(tuple(found), len(addresses) + len(places) - len(found), row.attractions)


def _address(entry: Mapping[str, Any]) -> CardPlace | None:
    here = position_of(entry)
    if here is None:
        return None
    kind = next((one for one in AddressKind if one.value == entry.get("kind")), AddressKind.HOME)
    point = PointKind.HOME if kind is AddressKind.HOME else PointKind.OTHER_ADDRESS
    return CardPlace(point, "", kind, *here, "")


def _place(entry: Mapping[str, Any], before: Mapping[frozenset[str], str]) -> CardPlace | None:
    here = position_of(entry)
    if here is None:
        return None
    name = str(entry.get("name") or "").strip()
    on = before.get(same_place(name), "") or str(entry.get("last") or "")
    return CardPlace(PointKind.FOUND_BEFORE if on else PointKind.PLACE, name, None, *here, on)
