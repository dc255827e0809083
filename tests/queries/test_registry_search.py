"""Finding a card: what is typed, what is found, and the index that keeps itself."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.models.registry import EmergencyCard
from app.models.vocab import CardMatch, Role
from app.models.work import Actor
from app.queries.registry import RegistryFilter, RegistryView, registration_count, registrations
from app.queries.registry_search import find_cards
from app.services import registry
from tests import factories
from tests.conftest import Office


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


def enter(office: Office, coordinator: Actor, **other: Any) -> str:
    made = office.do(coordinator, registry.register, factories.registration(**other))
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


def names(office: Office, typed: str, limit: int = 20) -> list[str]:
    with office.vault.read() as session:
        rows = find_cards(session, typed, today=office.clock.at.date(), limit=limit)
        return [session.get_one(EmergencyCard, row.card_id).legal_first or "" for row in rows]


def at(*texts: str) -> list[dict[str, Any]]:
    return [{"kind": "home", "text": one, "municipality": "Milton"} for one in texts]


@pytest.fixture
def people(office: Office, coordinator: Actor) -> None:
    enter(office, coordinator)
    enter(
        office,
        coordinator,
        legal_first="Émile",
        legal_last="O’Grady",
        preferred_name=None,
        aliases=["Milo"],
        addresses=at("27 Théodore Street", "4 École Road"),
        contacts=[{"name": "Ines", "phone": "+1 (555) 555-0177", "other_phone": "555 0199"}],
        devices=[{"kind": "Watch", "number": "555-0161"}],
    )
    enter(
        office,
        coordinator,
        legal_first="Theodora",
        legal_last="Vance",
        preferred_name="Dora",
        aliases=[],
        addresses=at("14 Cedar Row"),
        contacts=[{"name": "Sol", "phone": "+15550123"}],
    )


FINDS: list[tuple[str, list[str]]] = [
    ("theo", ["Theo", "Theodora", "Émile"]),
    ("THÉO", ["Theo", "Theodora", "Émile"]),
    ("teddy", ["Theo"]),
    ("bear", ["Theo"]),
    ("emile", ["Émile"]),
    ("Émile o'gr", ["Émile"]),
    ("milo", ["Émile"]),
    ("maplewood 14", ["Theo"]),
    ("14", ["Theo", "Theodora"]),
    ("theo maple", ["Theo"]),
    ("ecole", ["Émile"]),
    ("555 0142", ["Theo"]),
    ("(555) 555-0177", ["Émile"]),
    ("50177", ["Émile"]),
    ("0199", ["Émile"]),
    ("0161", ["Émile"]),
    ("142", ["Theo"]),
    ("vance milton", ["Theodora"]),
    ("vance oakville", []),
    ("t", []),
    ("", []),
    ("  -- ", []),
    ('"theo', ["Theo", "Theodora", "Émile"]),
    ("theo* OR NOT (", []),
    ("names: theo", []),
]


def test_what_is_typed_and_found(office: Office, people: None) -> None:
    assert {typed: names(office, typed) for typed, _ in FINDS} == dict(FINDS)


def test_the_page_is_never_longer_than_asked(office: Office, people: None) -> None:
    assert names(office, "theo", limit=2) == ["Theo", "Theodora"]


def test_where_it_was_found(office: Office, people: None) -> None:
    with office.vault.read() as session:
        today = office.clock.at.date()
        assert [row.matched for row in find_cards(session, "theo", today=today)] == [
            CardMatch.NAME,
            CardMatch.NAME,
            CardMatch.ADDRESS,
        ]
        assert [row.matched for row in find_cards(session, "0142", today=today)] == [CardMatch.PHONE]


def test_the_index_is_whole_after_changes_and_removals(office: Office, people: None, coordinator: Actor) -> None:
    made = enter(office, coordinator, legal_first="Ada")
    for first in ("Ida", "Oda"):
        change = registry.UpdateRegistration(registration_id=made, legal_first=first)
        office.do(coordinator, registry.update_registration, change)
    assert names(office, "ida") == [] and names(office, "oda") == ["Oda"]
    office.do(
        coordinator, registry.suspend_registration, registry.SuspendRegistration(registration_id=made, reason="r")
    )
    assert names(office, "oda") == []
    with office.vault.settling() as session:
        session.execute(text("INSERT INTO card_words (card_words, rank) VALUES ('integrity-check', 1)"))
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


DAMAGED = ['{"a": 1}', "[1, [2], null]", '"text"', "not json", '[{"text": {"a": 1}, "phone": 5}]']


def test_damaged_lists_stop_nobody(office: Office, people: None) -> None:
    for damaged in DAMAGED:
        damage(office, damaged)


def damage(office: Office, damaged: str) -> None:
    with office.vault.settling() as session:
        session.execute(
            text("UPDATE emergency_card SET addresses = :d, contacts = :d, aliases = :d, devices = :d"), {"d": damaged}
        )
    with office.vault.read() as session:
        assert len(session.execute(text("SELECT 1 FROM card_search")).all()) == 3
        assert len(find_cards(session, "theo", today=office.clock.at.date())) == 2


def test_the_list_of_the_registry(office: Office, people: None, coordinator: Actor) -> None:
    draft = office.do(coordinator, registry.register, factories.registration(legal_first="Zoë", submit=True))
    today = office.clock.at.date()
    with office.vault.read() as session:
        waiting = registrations(session, RegistryFilter(RegistryView.WAITING), today=today)
        assert [row.id for row in waiting] == [draft]
        assert waiting[0].activate_by == today.replace(day=21), "one business day after Tuesday"
        assert registration_count(session, RegistryFilter(RegistryView.CURRENT), today=today) == 3
        assert registration_count(session, RegistryFilter(text="ZOE"), today=today) == 1
        assert registration_count(session, RegistryFilter(text="vpr-2026-000002"), today=today) == 1
        assert registration_count(session, RegistryFilter(RegistryView.RENEWAL), today=today) == 0
    office.clock.move(days=310)
    with office.vault.read() as session:
        later = office.clock.at.date()
        assert registration_count(session, RegistryFilter(RegistryView.RENEWAL), today=later) == 3
