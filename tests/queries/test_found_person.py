"""The description search on a real vault: the cards in memory, the order, the reasons, and that it is recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from app.errors import NotAllowed, NotFound, RuleBroken
from app.models.registry import CardView, EmergencyCard
from app.models.rules.found import Sighting
from app.models.rules.found.gallery import PointKind
from app.models.vocab import AgeBand, AuditAction, CardReason, Gender, Role, SpeaksBy
from app.models.work import Actor
from app.queries.card_map import card_places
from app.queries.found_person import FoundPerson, Gathering, Reason, find_person, weights
from app.services import registry
from app.services.registry_cards import OpenCard, SearchByDescription, open_card, search_by_description
from tests import factories
from tests.conftest import Office

BY_THE_POND = (43.5149, -79.8817)
SEEN = Sighting(
    gender=Gender.MAN, age=(8, 10), hair="brown", communication=(SpeaksBy.NON_VERBAL,), position=BY_THE_POND
)


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


def enter(office: Office, coordinator: Actor, **other: Any) -> str:
    made = office.do(coordinator, registry.register, factories.registration(**other))
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


@pytest.fixture
def people(office: Office, coordinator: Actor) -> None:
    """Theo, and six others who are not like him."""
    enter(office, coordinator)
    for number in range(6):
        enter(
            office,
            coordinator,
            legal_first=f"Ada{number}",
            legal_last="Quill",
            dob=date(1940 + number, 3, 1),
            gender=Gender.WOMAN,
            height_cm=160 + number,
            hair="White, curly",
            communication=["speaks"],
            conditions=["dementia"],
            attractions=["stores"],
            addresses=[{"kind": "home", "text": f"{number} Elm Row", "lat": 43.47 + number / 1000, "lon": -79.80}],
            places=[],
            wander_history=[],
        )


def gathered(office: Office, part: int = 3) -> Gathering:
    gathering = Gathering(office.clock.at.date())
    with office.vault.read() as session:
        while not gathering.gather(session, part):
            pass
    return gathering


def found(office: Office, sighting: Sighting) -> tuple[FoundPerson, ...]:
    gathering = gathered(office)
    with office.vault.read() as session:
        return find_person(session, gathering.gallery, sighting, today=gathering.today)


def said(reason: Reason) -> str:
    values = dict(reason.values) | ({"distance": f"{reason.metres} m"} if reason.metres is not None else {})
    return reason.sentence.format(**values)


def test_the_one_who_fits_stands_first_with_the_reasons(office: Office, people: None) -> None:
    rows = found(office, SEEN)
    assert [row.initials for row in rows] == ["T. R.", *["A. Q."] * 6]
    assert rows[0].age_band is AgeBand.B0_11 and rows[0].verdict == "Fits well" and rows[0].chance > 0.5
    reasons = [said(reason) for reason in rows[0].reasons]
    assert "20 m from Heron Pond, where found on 2025-07-03" in reasons
    assert "323 m from home" in reasons and "Age fits" in reasons
    assert all(reason.speaks_for for reason in rows[0].reasons)
    against = [said(reason) for reason in rows[1].reasons if not reason.speaks_for]
    assert {"Gender differs", "Hair colour differs"} <= set(against)


def test_no_name_is_in_the_memory_of_the_search(office: Office, people: None) -> None:
    gallery = gathered(office).gallery
    seen: list[str] = []

    def walk(value: Any, depth: int = 0) -> None:
        if isinstance(value, str):
            seen.append(value.casefold())
        elif isinstance(value, dict):
            for key, inner in value.items():
                walk(key, depth + 1)
                walk(inner, depth + 1)
        elif isinstance(value, list | tuple | set | frozenset):
            for inner in value:
                walk(inner, depth + 1)
        elif hasattr(value, "__dict__") and depth < 8:
            walk(vars(value), depth + 1)

    walk(gallery)
    assert any("jacket" in one or "heron" in one for one in seen), "the walk sees what is there"
    for private in ("theo", "rennick", "teddy", "bear", "nora", "5550142", "cannot swim", "sirens", "touch him"):
        assert not [one for one in seen if private in one], private


def test_only_cards_that_may_be_shown_are_compared(office: Office, people: None, coordinator: Actor) -> None:
    assert len(gathered(office).gallery) == 7
    (ada,) = [card for card in office.found(EmergencyCard) if card.legal_first == "Ada0"]
    suspend = registry.SuspendRegistration(registration_id=ada.registration_id or "", reason="dispute")
    office.do(coordinator, registry.suspend_registration, suspend)
    assert len(gathered(office).gallery) == 6
    office.clock.move(days=365 + 31)
    assert len(gathered(office).gallery) == 0
    assert found(office, SEEN) == ()


def test_a_card_that_goes_meanwhile_is_passed_over(office: Office, people: None, coordinator: Actor) -> None:
    gathering = gathered(office)
    (theo,) = [card for card in office.found(EmergencyCard) if card.legal_first == "Theo"]
    end = registry.SuspendRegistration(registration_id=theo.registration_id or "", reason="dispute")
    office.do(coordinator, registry.suspend_registration, end)
    with office.vault.read() as session:
        rows = find_person(session, gathering.gallery, SEEN, today=gathering.today)
    assert len(rows) == 6 and all(row.initials == "A. Q." for row in rows)


DAMAGED = ['{"a": 1}', "[1, [2], null]", '"text"', "not json", '[{"text": {"a": 1}, "lat": "x", "lon": 400}]']


@pytest.mark.parametrize("damaged", DAMAGED)
def test_damaged_lists_stop_nobody(office: Office, people: None, damaged: str) -> None:
    fields = ("addresses", "places", "wander_history", "marks", "conditions", "attractions")
    with office.vault.settling() as session:
        session.execute(
            text("UPDATE emergency_card SET " + ", ".join(f"{name} = :d" for name in fields)), {"d": damaged}
        )
    assert len(gathered(office).gallery) == 7
    assert found(office, SEEN)[0].initials == "T. R.", "hair, age and gender are left"


def test_the_agencys_own_settings_are_what_is_believed(office: Office) -> None:
    with office.vault.read() as session:
        shipped = weights(session, office.clock.at.date())
    assert (shipped.wrong, shipped.height_cm, shipped.age_years, shipped.near_m) == (0.10, 7.0, 7.0, 800.0)


def test_the_search_is_recorded_without_what_was_seen(office: Office, people: None, officer: Actor) -> None:
    command = SearchByDescription(told=SEEN.told, reason="by the water", occurrence_no="26-0042")
    office.do(officer, search_by_description, command)
    with office.vault.read() as session:
        rows = session.execute(text("SELECT * FROM audit_entry ORDER BY rowid DESC LIMIT 1")).mappings().all()
    entry = dict(rows[0])
    assert str(AuditAction.VIEW) in entry.values() and "found · by the water · 26-0042" in entry.values()
    everything = " ".join(str(value) for value in entry.values())
    assert "hair" in everything and "brown" not in everything and "43.5" not in everything
    assert office.found(CardView) == []


def test_a_search_without_facts_and_by_others_is_refused(office: Office) -> None:
    with pytest.raises(RuleBroken):
        office.do(office.member(Role.OFF, "C. Example"), search_by_description, SearchByDescription(told=()))
    with pytest.raises(NotAllowed):
        office.do(office.member(Role.CSW, "An Analyst"), search_by_description, SearchByDescription(told=("hair",)))


def test_the_places_of_an_opened_card(office: Office, people: None, officer: Actor) -> None:
    (theo,) = [card for card in office.found(EmergencyCard) if card.legal_first == "Theo"]
    view_id = office.do(officer, open_card, OpenCard(card_id=theo.id, why=CardReason.FOUND))
    with office.vault.read() as session:
        asked = card_places(session, view_id, member_id=officer.member_id, now=office.clock.at)
        kinds = [(place.kind, place.name, place.found_on) for place in asked.places]
        with pytest.raises(NotFound):
            card_places(session, view_id, member_id="somebody else", now=office.clock.at)
    assert kinds == [
        (PointKind.HOME, "", ""),
        (PointKind.FOUND_BEFORE, "Heron Pond", "2025-07-03"),
        (PointKind.PLACE, "Mill Pond", ""),
        (PointKind.PLACE, "Depot Yard", ""),
    ]
    assert asked.without == 0 and [str(one) for one in asked.attractions] == ["water"]
