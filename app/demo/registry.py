"""The made-up registry: some forty people with their cards, some about to expire, some in grace, some still waiting."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from app.demo import faces, registry_years
from app.demo.book import Book
from app.models.rules import registry as rules
from app.models.vocab import (
    AttachmentKind,
    CardReason,
    DobPrecision,
    Gender,
    RegistryAuthority,
    RegistrySource,
    RegistryStatus,
    ResidenceLink,
    Role,
    ScopeKind,
    Tri,
)
from app.vault import ids
from app.vault.attachments import Attachments

PEOPLE = 40
_ACTIVE, _IN_GRACE, _DUE = 36, 4, 6
_SEED = 602
_DISPUTED = 7
FACILITY = "Example House"
_OF_FACILITY = range(20, 24)
_LAT, _LON = 43.5, -79.9
_TERM = timedelta(days=365)


def fill(book: Book, agency_id: str, store: Attachments) -> None:
    """Write registrations, cards, photographs, and a few views of cards."""
    rng = random.Random(_SEED)
    scopes: dict[int, str] = {}
    cards: list[tuple[str, str]] = []
    residents: list[dict[str, str]] = []
    batch_id = book.new_id(book.moment(book.today - timedelta(days=20)))
    for place in range(PEOPLE):
        person = theo() if place == 0 else made_up(book, rng)
        if place in _OF_FACILITY:
            person |= {"facility": FACILITY, "batch_id": batch_id}
        made = _enter(book, agency_id, scopes, place, person)
        cards += made
        residents += [{"registration_id": each} for _, each in made] if place in _OF_FACILITY else []
        if made and place % 3 == 0 and place < _ACTIVE:
            photograph(book, store, made[-1], 30 + 40 * (place % 11))
    _facility(book, batch_id, residents)
    _views(book, cards)


def _enter(
    book: Book, agency_id: str, scopes: dict[int, str], place: int, person: dict[str, Any]
) -> list[tuple[str, str]]:
    """One registration, and its card when it is active: (card, registration)."""
    author = book.people["robin"]
    start = _start(book.today, place)
    at = book.moment(start)
    registration_id = book.new_id(at)
    person = person | {"number": book.number("VPR", start)}
    status = RegistryStatus.ACTIVE if place < _ACTIVE else RegistryStatus.SUBMITTED
    known: dict[str, Any] = {"status": status, "submitted_on": start}
    if status is RegistryStatus.ACTIVE:
        expires = rules.term_end(start, person["dob"], rules.Terms(12, "same"))
        person |= {"effective_on": start, "expires_on": expires}
        known |= {"activated_on": start, "verified_on": start, "verified_by": author.member_id}
    elif place == PEOPLE - 1:
        known |= {"status": RegistryStatus.VERIFYING, "authority": RegistryAuthority.NONE, "id_checked": False}
    scope = book.scope(ScopeKind.REGISTRATION, registration_id, at)
    facility = {name: person.pop(name) for name in ("facility", "batch_id") if name in person}
    book.add("registration", scope, at, author, record_id=registration_id, **(submitted(person) | known | facility))
    registry_years.history(book, scope, registration_id, person, status, start)
    if status is not RegistryStatus.ACTIVE:
        return []
    person = person | (registry_years.dispute(book, scope, registration_id, person) if place == _DISPUTED else {})
    year = person["expires_on"].year
    if year not in scopes:
        scopes[year] = book.scope(ScopeKind.REGISTRY_CARD, ids.child_id(agency_id, rules.cards_of(year)))
    card_id = ids.child_id(scopes[year], registration_id)
    book.add(
        "emergency_card",
        scopes[year],
        at,
        author,
        record_id=card_id,
        registration_id=registration_id,
        provisional=False,
        share_police=Tri.NO if place % 7 == 3 else Tri.YES,
        **person,
    )
    return [(card_id, registration_id)]


def photograph(book: Book, store: Attachments, shown: tuple[str, str], days: int) -> None:
    """A drawn face on a registration and small on its card, taken some days ago."""
    card_id, registration_id = shown
    author, whole_at = book.people["robin"], book.moment(book.today - timedelta(days=1))
    face, small = faces.sealed(random.Random(card_id), store)
    scopes = {entry.record_id: entry.scope_id for entry in book.entries}
    common: dict[str, Any] = {
        "kind": AttachmentKind.PHOTO,
        "media_type": "image/jpeg",
        "taken_on": book.today - timedelta(days=days),
    }
    preview = {"preview_size": small.size, "preview_chunks": list(small.chunks), "preview_key": small.key}
    for owner_kind, owner_id, sealed, more in (
        ("registration", registration_id, face, preview),
        ("emergency_card", card_id, small, {}),
    ):
        named = {"size": sealed.size, "chunks": list(sealed.chunks), "key": sealed.key}
        owner = {"owner_kind": owner_kind, "owner_id": owner_id}
        book.add("attachment", scopes[owner_id], whole_at, author, **(common | named | owner | more))


def _start(today: date, place: int) -> date:
    """The first day of the term: most began over the year, some ended lately, some end soon, some wait."""
    if place == 0:
        return today - timedelta(days=90)
    if place <= _IN_GRACE:
        return today - _TERM - timedelta(days=4 * place)
    if place <= _IN_GRACE + _DUE:
        return today - _TERM + timedelta(days=8 * (place - _IN_GRACE))
    if place < _ACTIVE:
        return today - timedelta(days=9 * (place - _IN_GRACE - _DUE))
    return today - timedelta(days=PEOPLE - place)


def submitted(person: dict[str, Any]) -> dict[str, Any]:
    first = person["contacts"][0]
    return person | {
        "source": RegistrySource.STATION,
        "submitter_name": first["name"],
        "submitter_phone": first["phone"],
        "authority": RegistryAuthority.GUARDIAN,
        "authority_evidence": "Birth certificate seen",
        "id_checked": True,
        "residence_link": ResidenceLink.LIVES,
        "consents": {"registry": "yes", "share_police": "yes", "share_emergency": "yes"},
        "declared_true": True,
        "notice_version": "2026-1",
        "routines": [],
    }


def made_up(book: Book, rng: random.Random) -> dict[str, Any]:
    """One person of one of the profiles."""
    texts, people = book.texts.registry, book.texts.people
    profile = rng.choice(texts["profiles"])
    language = "fr" if rng.random() < 0.25 else "en"
    first, last = rng.choice(people["first"][language]), rng.choice(people["last"][language])
    born = book.today.replace(day=1) - timedelta(days=round(365.25 * rng.uniform(*profile["ages"])))
    lat, lon = _LAT + rng.uniform(-0.08, 0.08), _LON + rng.uniform(-0.08, 0.08)
    number = rng.randint(2, 180)
    relation = rng.choice(texts["relations"])
    phone = f"+1555555{rng.randint(100, 199):04d}"
    places = rng.sample(texts["places"], 3)
    return {
        "legal_first": first,
        "legal_last": last,
        "dob": born,
        "dob_precision": DobPrecision.EXACT,
        "gender": rng.choice((Gender.WOMAN, Gender.MAN)),
        "languages": [language],
        "addresses": [
            {
                "kind": "home",
                "text": f"{number} {rng.choice(people['streets'])}",
                "municipality": rng.choice(people["municipalities"]),
                "lat": round(lat, 5),
                "lon": round(lon, 5),
            }
        ],
        "height_cm": rng.randint(120, 185) if profile["ages"][0] < 15 else rng.randint(152, 190),
        "weight_kg": rng.randint(32, 95),
        "build": rng.choice(texts["build"]),
        "hair": rng.choice(texts["hair"]),
        "eyes": rng.choice(texts["eyes"]),
        **_acts(profile),
        "places": [
            {
                "name": name,
                "why": why,
                "lat": round(lat + rng.uniform(-0.006, 0.006), 5),
                "lon": round(lon + rng.uniform(-0.006, 0.006), 5),
            }
            for name, why in places
        ],
        "wander_history": [],
        "contacts": [
            {
                "name": f"{rng.choice(people['first'][language])} {last}",
                "relation": relation,
                "phone": phone,
                "safe_to_use": "yes",
                "voicemail": "generic",
                "caller_id": "show",
                "lives_with": rng.random() < 0.6,
                "can_attend": "yes",
            }
        ],
    }


def _acts(profile: dict[str, Any]) -> dict[str, Any]:
    """How to act with a person of a profile."""
    same = (
        "conditions", "mobility", "swims", "communication", "communication_text", "triggers", "calming", "approach",
        "do_not", "risks", "attractions", "sensory", "clothing", "carried",
    )  # fmt: skip
    found = {name: profile[name] for name in same}
    found["life_threatening"] = bool(profile["life"])
    found["life_threatening_text"] = profile["life"] or None
    found["medical_alerts"] = profile["alerts"]
    return found


def theo() -> dict[str, Any]:
    """The boy of the acceptance example: nine, non-verbal, drawn to water, two ponds near home."""
    return {
        "legal_first": "Theo",
        "legal_last": "Rennick",
        "preferred_name": "Teddy",
        "aliases": ["Bear"],
        "dob": date(2017, 5, 2),
        "dob_precision": DobPrecision.EXACT,
        "gender": Gender.MAN,
        "languages": ["en"],
        "addresses": [
            {
                "kind": "home",
                "text": "14 Maplewood Lane",
                "municipality": "Port Lindon",
                "access": "Side door, key with the neighbour at 16",
                "lat": 43.512,
                "lon": -79.882,
            },
            {"kind": "school", "text": "3 Invented School Road", "municipality": "Port Lindon"},
        ],
        "devices": [{"kind": "Watch", "number": "+15555550161", "about": "Mother’s account"}],
        "height_cm": 134,
        "weight_kg": 31,
        "build": "Slight",
        "hair": "Brown, short",
        "eyes": "Green",
        "marks": ["Scar over the left eyebrow"],
        "clothing": "Blue rain coat in any weather",
        "carried": "A red toy boat",
        "mobility": ["runs"],
        "swims": "no",
        "conditions": ["autism"],
        "medical_alerts": [],
        "life_threatening": True,
        "life_threatening_text": "Cannot swim and walks into water.",
        "communication": ["non_verbal", "pictures", "simple"],
        "communication_text": "Shows a picture for yes and no.",
        "sensory": ["sirens", "dogs", "light"],
        "triggers": "Sirens, shouting, being surrounded.",
        "distress_signs": "Covers his ears and rocks.",
        "calming": "Hum quietly; show the picture of his dog.",
        "approach": "From the front, slowly, alone. Kneel to eye level.",
        "do_not": "Do not touch him first. Keep dogs away.",
        "risks": ["bolts", "traffic"],
        "attractions": ["water", "trains"],
        "places": [
            {"name": "Heron Pond", "why": "Throws stones", "lat": 43.5148, "lon": -79.8815},
            {"name": "Mill Pond", "why": "Feeds the ducks", "lat": 43.5101, "lon": -79.8851},
            {"name": "Northmere Depot", "why": "Watches trains", "lat": 43.53, "lon": -79.90},
        ],
        "wander_history": [
            {"on": "2026-07-03", "from": "Home", "found": "Heron Pond", "minutes": 40, "how": "Neighbour"},
            {"on": "2025-09-14", "from": "School", "found": "Mill Pond", "minutes": 25, "how": "Patrol"},
        ],
        "hiding_habits": "Under porches and in sheds",
        "responds_to_searchers": "no",
        "contacts": [
            {
                "name": "Nora Rennick",
                "relation": "Mother",
                "phone": "+15555550142",
                "safe_to_use": "yes",
                "voicemail": "full",
                "caller_id": "show",
                "lives_with": True,
                "can_attend": "yes",
            },
            {
                "name": "Sol Rennick",
                "relation": "Aunt",
                "phone": "+15555550144",
                "safe_to_use": "yes",
                "voicemail": "generic",
                "caller_id": "block",
                "can_attend": "yes",
            },
        ],
        "officer_note": "Look at the ponds first.",
    }


def _facility(book: Book, batch_id: str, residents: list[dict[str, str]]) -> None:
    """A home registered some of its residents with one list."""
    at = book.moment(book.today - timedelta(days=20))
    book.add(
        "registry_batch",
        book.scope(ScopeKind.REGISTRATION, batch_id, at),
        at,
        book.people["robin"],
        record_id=batch_id,
        facility=FACILITY,
        contact="Ada Example",
        phone="+15555550190",
        file_name="example-house.csv",
        received_on=at.date(),
        taken=[{"line": line, "duplicates": [], **each} for line, each in enumerate(residents, start=2)],
        refused=[],
    )


def _views(book: Book, cards: list[tuple[str, str]]) -> None:
    """Two officers opened cards during the last week; one of them still owes the occurrence number."""
    seen = (("alma", 0, 2, CardReason.MISSING), ("theo", 8, 4, CardReason.CALL), ("alma", 12, 5, CardReason.WELFARE))
    scopes: dict[str, str] = {}
    for key, place, days, why in seen:
        officer = book.people[key]
        at = book.moment(book.today - timedelta(days=days))
        if key not in scopes:
            anchor = ids.child_id(officer.member_id, f"card views {book.today.year}")
            scopes[key] = book.scope(ScopeKind.REGISTRY_ACCESS, anchor)
        card_id, registration_id = cards[place]
        view_id = book.new_id(at)
        number = None if why is CardReason.WELFARE else f"26-{place + 311:04d}"
        registry_years.followed(book, scopes[key], view_id, officer, at, number)
        book.add(
            "card_view",
            scopes[key],
            at,
            officer,
            record_id=view_id,
            card_id=card_id,
            registration_id=registration_id,
            viewed_at=at,
            viewer_id=officer.member_id,
            role=Role.OFF,
            why=why,
            occurrence_no=number,
        )
