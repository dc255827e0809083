"""Finding who an unknown person may be, from what an officer sees of them (domain.md 6; the rules in `rules/found`).

The cards that may be shown are gathered once into a `Gallery` in memory, a few thousand at a time so that nobody else
waits long for the vault; then every sighting is compared with all of them. The gallery holds looks, codes and
positions, no names. Who stands in the answer is told by initials and age band, as in every list; the reasons beside
them tell what is on a card, so the windows ask this only after `services.registry_cards.search_by_description` has
recorded why (domain.md 6.5.7, 20.4).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from geographiclib.geodesic import Geodesic
from sqlalchemy.orm import Session

from app.models.rules import ages
from app.models.rules import registry as rules
from app.models.rules.found import Evidence, Gallery, Looks, Match, Point, PointKind, Sighting, Weights, explain, rank
from app.models.rules.found.gallery import CODE_FIELDS
from app.models.rules.found.weights import from_settings
from app.models.rules.found.words import terms
from app.models.vocab import AddressKind, AgeBand, DobPrecision, Gender, RegistryStage
from app.queries.masking import age_band, initials
from app.queries.settings import setting
from app.words import mark

PART = 2500
"""How many cards are gathered at a time: some tenths of a second."""

FROM_HOME = mark("{distance} from home")
FROM_ADDRESS = mark("{distance} from: {place}")
FROM_PLACE = mark("{distance} from {place}")
FROM_FOUND = mark("{distance} from {place}, where found on {day}")

_COLUMNS = (
    "id", "dob", "dob_precision", "gender", "height_cm", "build", "hair", "facial_hair", "eyes", "clothing", "carried",
    "medical_id", "marks", *CODE_FIELDS, "addresses", "places", "wander_history",
)  # fmt: skip
_TO_LIST = ("legal_first", "preferred_name", "legal_last", "expires_on", "provisional")
_GATHER = (
    f"SELECT {', '.join(_COLUMNS)} FROM emergency_card WHERE id > ? AND removed_at IS NULL"
    " AND expires_on >= iif(provisional, ?, ?) ORDER BY id LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody stands in the list. `metres` is said as a distance in the sentence's `{distance}`."""

    sentence: str
    values: Mapping[str, Any]
    speaks_for: bool
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One card as the list shows it. `verdict` is a marked sentence, `chance` (0 to 1) what it says in numbers."""

    card_id: str
    initials: str
    age_band: AgeBand
    verdict: str
    chance: float
    reasons: tuple[Reason, ...]
    stage: RegistryStage
    provisional: bool


class Gathering:
    """The cards in memory, gathered part by part: `gather` until it says that all are here."""

    def __init__(self, today: date) -> None:
        self.gallery = Gallery()
        self.today = today
        self.complete = False
        self._last = ""

    def gather(self, session: Session, part: int = PART) -> bool:
        """Take in the next cards; whether all are here now."""
        grace = int(setting(session, "vpr.grace_days", self.today))
        days = (self.today.isoformat(), (self.today - timedelta(days=grace)).isoformat())
        rows = session.connection().exec_driver_sql(_GATHER, (self._last, *days, part)).all()
        for row in rows:
            self.gallery.add(looks_of(_read(dict(zip(_COLUMNS, row, strict=True))), self.today))
        if rows:
            self._last = rows[-1][0]
        self.complete = len(rows) < part
        return self.complete


def find_person(
    session: Session, gallery: Gallery, sighting: Sighting, *, today: date, limit: int = 20
) -> tuple[FoundPerson, ...]:
    """Who fits best, the best first, with the reasons. Raises RuleBroken when too little is told."""
    matches = rank(gallery, sighting, weights(session, today), limit)
    cards = _cards(session, [match.card_id for match in matches], today)
    grace = int(setting(session, "vpr.grace_days", today))
    return tuple(
        _row(cards[match.card_id], match, sighting, today, grace) for match in matches if match.card_id in cards
    )


def _cards(session: Session, card_ids: Sequence[str], today: date) -> dict[str, dict[str, Any]]:
    """The fields of some cards by name, damaged lists as None: read as they are stored, so that none stops the rest."""
    if not card_ids:
        return {}
    columns = (*_COLUMNS, *_TO_LIST)
    asked = (
        f"SELECT {', '.join(columns)} FROM emergency_card WHERE removed_at IS NULL"
        f" AND id IN ({', '.join('?' * len(card_ids))})"
    )
    rows = session.connection().exec_driver_sql(asked, tuple(card_ids)).all()
    return {row[0]: _read(dict(zip(columns, row, strict=True))) for row in rows}


def weights(session: Session, today: date) -> Weights:
    """What is believed about sightings, as the agency has set it."""
    asked = ("vpr.found_wrong_percent", "vpr.found_height_cm", "vpr.found_age_years", "vpr.found_near_m")
    wrong, height, age, near = (int(setting(session, name, today)) for name in asked)
    return from_settings(wrong, height, age, near)


def _row(card: dict[str, Any], match: Match, sighting: Sighting, today: date, grace: int) -> FoundPerson:
    provisional, expires_on = bool(card["provisional"]), date.fromisoformat(card["expires_on"])
    return FoundPerson(
        card_id=match.card_id,
        initials=initials(card["legal_first"] or card["preferred_name"], card["legal_last"]),
        age_band=age_band(card["dob"], card["dob_precision"], today),
        verdict=match.verdict,
        chance=match.chance,
        reasons=_reasons(card, match, sighting, today),
        stage=rules.stage(expires_on, today, grace_days=grace, reminder_days=(), provisional=provisional),
        provisional=provisional,
    )


def _reasons(card: dict[str, Any], match: Match, sighting: Sighting, today: date) -> tuple[Reason, ...]:
    evidence = [(one.score, _said(one)) for one in explain(match, looks_of(card, today), sighting)]
    near = next((part.score for part in match.parts if part.fact == "position"), None)
    if near is not None and sighting.position is not None:
        evidence += [(near, reason) for reason in _distances(card, sighting.position, near > 0)]
    return tuple(reason for _, reason in sorted(evidence, key=lambda pair: -abs(pair[0])))


def _said(one: Evidence) -> Reason:
    return Reason(one.sentence, one.values, one.speaks_for)


# --- from a card to its looks ---------------------------------------------------------------------------------------


def looks_of(values: Mapping[str, Any], today: date) -> Looks:
    """What the search compares of a card, from its fields by name; lists that are damaged are passed over."""
    entries = {name: _members(values[name]) for name in ("addresses", "places", "wander_history")}
    known = ages.age_range(values["dob"], values["dob_precision"], today)
    texts = {name: (values[name] or "").strip() for name in ("build", "eyes", "clothing")}
    return Looks(
        card_id=values["id"],
        gender=values["gender"],
        age=(known.youngest, known.oldest) if known else None,
        height_cm=values["height_cm"],
        hair=_joined(values["hair"], values["facial_hair"]),
        carried=_joined(values["carried"], values["medical_id"]),
        marks=_joined(*(values["marks"] if isinstance(values["marks"], list) else ())),
        place=_place_words(entries),
        codes=tuple(_codes(values[name]) for name in CODE_FIELDS),
        points=tuple(_points(entries)),
        **texts,
    )


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is stored (lists as JSON texts, codes as texts) with its values; what cannot be read as None."""
    for name in ("marks", *CODE_FIELDS):
        row[name] = _short_list(row[name])
    for name in ("addresses", "places", "wander_history"):
        row[name] = _parsed(row[name])
    row["dob"] = date.fromisoformat(row["dob"]) if row["dob"] else None
    row["dob_precision"] = _precision(row["dob_precision"])
    row["gender"] = _gender(row["gender"])
    row["height_cm"] = row["height_cm"] if isinstance(row["height_cm"], int) else None
    return row


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _short_list(text: str | None) -> Any:
    return _parsed(text)


@cache
def _precision(code: str | None) -> DobPrecision | None:
    return next((one for one in DobPrecision if one.value == code), None)


@cache
def _gender(code: str | None) -> Gender | None:
    return next((one for one in Gender if one.value == code), None)


def _codes(value: Any) -> frozenset[str] | None:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else None


def _members(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _joined(*texts: Any) -> str:
    return " ".join(str(text).strip() for text in texts if text)


def _place_words(entries: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    said = [_joined(each.get("text"), each.get("municipality")) for each in entries["addresses"]]
    said += [_joined(each.get("name")) for each in entries["places"]]
    said += [_joined(each.get("found"), each.get("from")) for each in entries["wander_history"]]
    return _joined(*said)


def position_of(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    """The latitude and longitude of an entry; None when it has none that can be."""
    lat, lon = entry.get("lat"), entry.get("lon")
    if isinstance(lat, int | float) and isinstance(lon, int | float) and abs(lat) <= 90 and abs(lon) <= 180:
        return float(lat), float(lon)
    return None


def _points(entries: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Point]:
    found = []
    for each in entries["addresses"]:
        if (here := position_of(each)) is not None:
            home = each.get("kind") in (AddressKind.HOME.value, AddressKind.OTHER_PARENT.value, None)
            found.append(Point(PointKind.HOME if home else PointKind.OTHER_ADDRESS, *here))
    before = found_before(entries["wander_history"])
    for each in entries["places"]:
        if (here := position_of(each)) is not None:
            again = each.get("last") or (before and same_place(each.get("name")) in before)
            found.append(Point(PointKind.FOUND_BEFORE if again else PointKind.PLACE, *here))
    return found


def same_place(name: Any) -> frozenset[str]:
    """What two names of one place have in common: their words, however they are written."""
    return frozenset(terms(str(name or "")))


def found_before(history: Sequence[Mapping[str, Any]]) -> dict[frozenset[str], str]:
    """The places of earlier disappearances, by their words, with the newest day."""
    found: dict[frozenset[str], str] = {}
    for each in sorted(history, key=lambda one: str(one.get("on") or "")):
        words = same_place(each.get("found"))
        if words:
            found[words] = str(each.get("on") or "")
    return found


# --- distances for the reasons --------------------------------------------------------------------------------------


def _distances(card: dict[str, Any], here: tuple[float, float], speaks_for: bool) -> list[Reason]:
    """How far the spot is from home and from the nearest place, on the WGS-84 ellipsoid."""
    addresses, places = _members(card["addresses"]), _members(card["places"])
    homes = _nearest(addresses, here, lambda each: each.get("kind") in (AddressKind.HOME.value, None))
    others = _nearest(addresses, here, lambda each: each.get("kind") not in (AddressKind.HOME.value, None))
    place = _nearest(places, here, lambda _each: True)
    reasons: list[tuple[int, Reason]] = []
    if homes is not None:
        reasons.append((homes[0], Reason(FROM_HOME, {}, speaks_for, homes[0])))
    if others is not None:
        kind = next((one for one in AddressKind if one.value == others[1].get("kind")), AddressKind.OTHER)
        reasons.append((others[0], Reason(FROM_ADDRESS, {"place": kind}, speaks_for, others[0])))
    if place is not None:
        reasons.append((place[0], _place_reason(card, place[0], place[1], speaks_for)))
    return [reason for _, reason in sorted(reasons, key=lambda pair: pair[0])][:2]


def _place_reason(card: dict[str, Any], metres: int, place: Mapping[str, Any], speaks_for: bool) -> Reason:
    name = str(place.get("name") or "").strip()
    on = found_before(_members(card["wander_history"])).get(same_place(name)) or str(place.get("last") or "")
    if on:
        return Reason(FROM_FOUND, {"place": name, "day": _day(on)}, speaks_for, metres)
    return Reason(FROM_PLACE, {"place": name}, speaks_for, metres)


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _nearest(
    entries: Sequence[Mapping[str, Any]], here: tuple[float, float], fits: Callable[[Mapping[str, Any]], bool]
) -> tuple[int, Mapping[str, Any]] | None:
    away = [
        (round(Geodesic.WGS84.Inverse(*here, *place)["s12"]), place_number, each)
        for place_number, each in enumerate(entries)
        if fits(each) and (place := position_of(each)) is not None
    ]
    if not away:
        return None
    metres, _, entry = min(away, key=lambda one: one[:2])
    return metres, entry
