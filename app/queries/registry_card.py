"""An emergency card that was opened with a reason: everything that it shows (domain.md 6.6, F-602)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from geographiclib.geodesic import Geodesic
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.registry import CardView, EmergencyCard
from app.models.rules import ages, safe_contact
from app.models.rules import registry as rules
from app.models.rules.ages import AgeRange
from app.models.rules.safe_contact import Instruction, InstructionKind, Reach
from app.models.vocab import (
    AddressKind,
    AgeBand,
    Attraction,
    CallerId,
    Channel,
    Condition,
    ContactKind,
    DistressRisk,
    Gender,
    Listed,
    Mobility,
    RegistryStage,
    Sensitivity,
    SpeaksBy,
    Tri,
    Voicemail,
    WornAid,
)
from app.queries.attachments import PhotoRow, photo_of
from app.queries.masking import age_band
from app.queries.settings import local_day, setting
from app.words import mark

L = TypeVar("L", bound=Listed)

NOT_OPENED = mark("Find the person again and give a reason: the card shows only what was opened with one.")
GONE = mark("This card is no longer shown. The registration may have ended.")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the registrant can be, how to get in, who else is there."""

    kind: AddressKind | None
    text: str
    municipality: str
    access: str
    others: str


@dataclass(frozen=True, slots=True)
class Device:
    """A telephone, watch or tag of the registrant."""

    kind: str
    number: str
    about: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place the registrant goes to. `metres`: from the nearest address of the card, None when not known."""

    name: str
    why: str
    last: str
    metres: int | None
    near: bool


@dataclass(frozen=True, slots=True)
class Wander:
    """An earlier disappearance."""

    on: str
    from_where: str
    found: str
    minutes: int | None
    how: str
    injuries: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Someone to call, in the order of calling, and what to heed before dialling."""

    name: str
    relation: str
    phone: str
    other_phone: str
    note: str
    language: str
    lives_with: bool
    can_attend: Tri | None
    safe: Tri | None
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True)
class CardRow:
    """Everything that an opened card shows (F-602). Texts are people's own words; empty when not answered."""

    card_id: str
    number: str
    name: str
    answers_to: str
    aliases: tuple[str, ...]
    age: AgeRange | None
    age_band: AgeBand
    dob: date | None
    gender: Gender | None
    gender_text: str
    languages: tuple[str, ...]
    addresses: tuple[Address, ...]
    devices: tuple[Device, ...]
    height_cm: int | None
    weight_kg: int | None
    build: str
    hair: str
    facial_hair: str
    eyes: str
    complexion: str
    worn_aids: tuple[WornAid, ...]
    marks: tuple[str, ...]
    clothing: str
    carried: str
    medical_id: str
    mobility: tuple[Mobility, ...]
    swims: Tri | None
    vehicles: tuple[str, ...]
    conditions: tuple[Condition, ...]
    conditions_text: str
    medical_alerts: tuple[str, ...]
    life_threatening: bool
    life_threatening_text: str
    communication: tuple[SpeaksBy, ...]
    communication_text: str
    sensory: tuple[Sensitivity, ...]
    sensory_text: str
    triggers: str
    distress_signs: str
    calming: str
    approach: str
    do_not: str
    risks: tuple[DistressRisk, ...]
    risks_text: str
    attractions: tuple[Attraction, ...]
    attractions_text: str
    fears: str
    places: tuple[PlaceRow, ...]
    """The near ones first, by distance."""
    wander_history: tuple[Wander, ...]
    """Newest first."""
    never_wandered: bool
    hiding_habits: str
    responds_to_searchers: Tri | None
    home_hazards: str
    contacts: tuple[ContactRow, ...]
    custody_warning: str
    officer_note: str
    effective_on: date | None
    expires_on: date | None
    stage: RegistryStage
    provisional: bool
    share_police: bool
    photo: PhotoRow | None
    disputed: bool
    """People wrote different answers apart from each other; the more protective ones are shown."""
    quarrel: tuple[str, ...] = ()
    """Fields about which guardians disagree: a supervisor has not decided yet."""


_TEXTS = (
    "build", "hair", "facial_hair", "eyes", "complexion", "clothing", "carried", "medical_id", "conditions_text",
    "life_threatening_text", "communication_text", "sensory_text", "triggers", "distress_signs", "calming", "approach",
    "do_not", "risks_text", "attractions_text", "fears", "hiding_habits", "home_hazards", "custody_warning",
    "officer_note", "gender_text",
)  # fmt: skip
_LISTED: dict[str, type[Listed]] = {
    "worn_aids": WornAid,
    "mobility": Mobility,
    "conditions": Condition,
    "communication": SpeaksBy,
    "sensory": Sensitivity,
    "risks": DistressRisk,
    "attractions": Attraction,
}
_LINES = ("aliases", "languages", "marks", "vehicles", "medical_alerts")
_AS_IS = (
    "card_id",
    "dob",
    "gender",
    "height_cm",
    "weight_kg",
    "swims",
    "responds_to_searchers",
    "effective_on",
    "expires_on",
)


def card(session: Session, view_id: str, *, member_id: str, now: datetime) -> CardRow:
    """The card that `member_id` opened with a reason (`services.registry_cards.open_card`). Raises NotFound.

    Without a recorded view there is no card: the list alone never leads to one.
    """
    view = session.get(CardView, view_id)
    if view is None or view.viewer_id != member_id:
        raise NotFound(NOT_OPENED)
    return card_of(session, view.card_id or "", now=now)


def card_of(session: Session, card_id: str, *, now: datetime) -> CardRow:
    """The card as the page prints it, whose permission is asked and audited apart. Raises NotFound."""
    today = local_day(session, now)
    grace = int(setting(session, "vpr.grace_days", today))
    found = session.get(EmergencyCard, card_id)
    if found is None or found.removed_at is not None or found.expires_on is None:
        raise NotFound(GONE)
    provisional = bool(found.provisional)
    stage = rules.stage(found.expires_on, today, grace_days=grace, reminder_days=(), provisional=provisional)
    if stage is RegistryStage.EXPIRED:
        raise NotFound(GONE)
    near_m = int(setting(session, "vpr.near_m", today))
    texts: dict[str, Any] = {name: (getattr(found, name) or "").strip() for name in _TEXTS}
    lists: dict[str, Any] = {name: _codes(listed, getattr(found, name)) for name, listed in _LISTED.items()}
    lines: dict[str, Any] = {name: _lines(getattr(found, name)) for name in _LINES}
    as_is: dict[str, Any] = {name: getattr(found, name) for name in _AS_IS if name != "card_id"}
    return CardRow(
        card_id=found.id,
        number=found.number or "",
        name=" ".join(part for part in (found.legal_first, found.legal_middle, found.legal_last) if part),
        answers_to=(found.preferred_name or found.legal_first or found.legal_last or "").strip(),
        age=ages.age_range(found.dob, found.dob_precision, today),
        age_band=age_band(found.dob, found.dob_precision, today),
        addresses=tuple(_address(each) for each in _members(found.addresses)),
        devices=tuple(
            Device(_text(each, "kind"), _text(each, "number"), _text(each, "about")) for each in _members(found.devices)
        ),
        life_threatening=bool(found.life_threatening),
        places=_places(found, near_m),
        wander_history=_wandered(found.wander_history),
        never_wandered=found.wander_history == [],
        contacts=tuple(_contact(each, today) for each in _members(found.contacts)),
        stage=stage,
        provisional=provisional,
        share_police=found.share_police is Tri.YES,
        photo=photo_of(session, found.id, born=found.dob, precision=found.dob_precision, today=today),
        disputed=found.flagged,
        quarrel=_lines(found.disputed),
        **texts,
        **lists,
        **lines,
        **as_is,
    )


def _members(value: Sequence[Any] | None) -> list[Mapping[str, Any]]:
    """The entries of a list that can be read; a newer version's or a damaged one is passed over."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _lines(value: Sequence[Any] | None) -> tuple[str, ...]:
    return tuple(str(each).strip() for each in value or () if str(each).strip()) if isinstance(value, list) else ()


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return str(value).strip() if value is not None else ""


def _codes(listed: type[L], value: Sequence[str] | None) -> tuple[L, ...]:
    """The members in the order of the list."""
    return tuple(each for each in listed if each.value in value) if isinstance(value, list) else ()


def _one_of(listed: type[L], value: Any) -> L | None:
    return next((each for each in listed if each.value == value), None)


def _address(entry: Mapping[str, Any]) -> Address:
    return Address(
        _one_of(AddressKind, entry.get("kind")),
        _text(entry, "text"),
        _text(entry, "municipality"),
        _text(entry, "access"),
        _text(entry, "others"),
    )


def _position(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    lat, lon = entry.get("lat"), entry.get("lon")
    if isinstance(lat, int | float) and isinstance(lon, int | float) and abs(lat) <= 90 and abs(lon) <= 180:
        return float(lat), float(lon)
    return None


def _places(found: EmergencyCard, near_m: int) -> tuple[PlaceRow, ...]:
    """Each place with its distance from the nearest address on the WGS-84 ellipsoid, the nearest first."""
    homes = [place for place in map(_position, _members(found.addresses)) if place is not None]
    rows = []
    for entry in _members(found.places):
        here = _position(entry)
        away = [Geodesic.WGS84.Inverse(*here, *home)["s12"] for home in homes] if here is not None else []
        metres = round(min(away)) if away else None
        near = metres is not None and metres <= near_m
        rows.append(PlaceRow(_text(entry, "name"), _text(entry, "why"), _text(entry, "last"), metres, near))
    return tuple(sorted(rows, key=lambda row: (row.metres is None, row.metres or 0)))


def _wandered(history: Sequence[Any] | None) -> tuple[Wander, ...]:
    rows = [
        Wander(
            _text(entry, "on"),
            _text(entry, "from"),
            _text(entry, "found"),
            entry["minutes"] if isinstance(entry.get("minutes"), int) else None,
            _text(entry, "how"),
            _text(entry, "injuries"),
        )
        for entry in _members(history)
    ]
    return tuple(sorted(rows, key=lambda row: row.on, reverse=True))


def _contact(entry: Mapping[str, Any], today: date) -> ContactRow:
    reach = Reach(
        kind=ContactKind.PHONE,
        voicemail=_one_of(Voicemail, entry.get("voicemail")),
        caller_id=_one_of(CallerId, entry.get("caller_id")),
        say_you_are=_text(entry, "say_you_are") or None,
        confirmed_on=today,
    )
    shown = safe_contact.instructions(reach, Channel.PHONE, today, 0)
    return ContactRow(
        name=_text(entry, "name"),
        relation=_text(entry, "relation"),
        phone=_text(entry, "phone"),
        other_phone=_text(entry, "other_phone"),
        note=_text(entry, "note"),
        language=_text(entry, "language"),
        lives_with=bool(entry.get("lives_with")),
        can_attend=_one_of(Tri, entry.get("can_attend")),
        safe=_one_of(Tri, entry.get("safe_to_use")),
        instructions=tuple(one for one in shown if one.kind is not InstructionKind.WARNING),
    )
