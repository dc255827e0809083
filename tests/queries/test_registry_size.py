"""Questions about a large registry give what reading every registration would give, without reading every one."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.models.lifesaver import LifesaverClient
from app.models.lifesaver_vocab import LifesaverStatus
from app.models.registry import Registration
from app.models.rules import duplicates
from app.models.vocab import RegistryStatus
from app.queries import lifesaver, registry, registry_office
from app.queries.registry import RegistryFilter, RegistryView

FIRST = ("Théo", "Theo", "Anne", "Ann", "Zoë", "Jon", "John", "Œdile", "Björn")
LAST = ("Rennick", "Renick", "Strauss", "Strauß", "Bell", "Tremblay-Roy", "Roy")
STREET = ("Maplewood Cres", "maplewood crescent", "Rue Cœur", "rue coeur", "Main St", "Main Street", "Street", "")
FLAT = ("", "Unit 5-", "12, ", "#3b ")


def someone(chance: random.Random) -> dict[str, Any]:
    """Anybody of a small town, where many are like others."""
    home = f"{chance.choice(FLAT)}{chance.randint(1, 3)}{chance.choice((' ', 'b ', ', '))}{chance.choice(STREET)}"
    born = date(chance.choice((1950, 1951)), chance.choice((1, 2, 11, 12)), chance.choice((1, 2, 11, 12, 21)))
    return {
        "legal_first": chance.choice(FIRST),
        "legal_last": chance.choice((*LAST, None)),
        "preferred_name": chance.choice((None, *FIRST)),
        "aliases": chance.choice((None, ["Teddy"], ["Teddy", "Jon"])),
        "dob": chance.choice((None, born)),
        "addresses": chance.choice((None, [], [{"text": home}], [{"text": "9 Elm"}, {"text": home}])),
    }


@pytest.fixture
def town(store: Any) -> dict[str, dict[str, Any]]:
    chance = random.Random(6)
    made = {}
    for place in range(250):
        values = someone(chance)
        number = f"VPR-2026-{place:06d}"
        made[
            store.add(Registration, number=number, status=RegistryStatus.ACTIVE, expires_on=date(2026, 9, 1), **values)
        ] = values
    return made


def reads_every_registration(session: Session, ask: Any) -> list[str]:
    """The plans of what is asked that look at each registration."""
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            rows = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(str(row[3]) for row in rows.fetchall())

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", explain)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    assert plans
    return [plan for plan in plans if plan.startswith("SCAN registration") and "INDEX" not in plan]


def test_who_is_entered_twice_is_found_without_reading_everybody(store: Any, town: dict[str, Any], today: date) -> None:
    chance = random.Random(12)
    alike = 0
    for _ in range(150):
        wanted = someone(chance)
        rows = registry_office.possible_duplicates(store.session, wanted, today=today)
        traits = duplicates.traits(wanted)
        every = {one: duplicates.likeness(traits, duplicates.traits(values)) for one, values in town.items()}
        assert {row.id: row.likeness for row in rows} == {one: like for one, like in every.items() if like.suspicious}
        alike += len(rows)
    assert alike > 100
    asked = {"dob": date(1950, 1, 2), "addresses": [{"text": "2 Main St"}], "legal_first": "Ann", "legal_last": "Bell"}
    assert not reads_every_registration(
        store.session, lambda: registry_office.possible_duplicates(store.session, asked, today=today)
    )


def test_many_at_once_find_the_same_as_each(store: Any, town: dict[str, Any], today: date) -> None:
    chance = random.Random(13)
    asked = [someone(chance) for _ in range(40)]
    each = tuple(registry_office.possible_duplicates(store.session, one, today=today) for one in asked)
    assert registry_office.duplicates_of_each(store.session, asked, today=today) == each and any(each)


def test_birth_dates_that_count_as_alike_are_those_of_the_rule() -> None:
    base = date(1951, 2, 12)
    other = {"legal_first": "A", "legal_last": "B"}
    wanted = duplicates.traits({**other, "dob": base})
    days = [date.fromordinal(day) for day in range(date(1950, 1, 1).toordinal(), date(1953, 1, 1).toordinal())]
    alike = {day for day in days if duplicates.likeness(wanted, duplicates.traits({**other, "dob": day})).born}
    assert set(duplicates.dates_alike(base)) == alike and len(alike) > 10
    assert duplicates.dates_alike(None) == ()


def test_people_are_chosen_a_page_at_a_time(store: Any, town: dict[str, Any], today: date) -> None:
    session = store.session
    inside, ended = list(town)[:2]
    store.add(LifesaverClient, registration_id=inside, status=LifesaverStatus.ENROLLED)
    store.add(LifesaverClient, registration_id=ended, status=LifesaverStatus.DISCHARGED)
    store.session.get(Registration, list(town)[2]).status = RegistryStatus.DECEASED
    session.flush()
    pages = [lifesaver.people(session, "", limit=100, offset=offset) for offset in (0, 100, 200)]
    ids = [one.id for page in pages for one in page]
    assert len(ids) == len(set(ids)) == len(town) - 2 and inside not in ids and ended in ids
    named = [one for page in pages for one in page if "rennick" in one.name.casefold()]
    assert named and list(lifesaver.people(session, "RENNICK", limit=1000)) == named
    (one,) = lifesaver.people(session, "2026-000123")
    assert lifesaver.person(session, one.id) == one and lifesaver.person(session, "nobody") is None
    for text in ("", "ren", "2026-000123"):
        assert not reads_every_registration(session, lambda text=text: lifesaver.people(session, text))


def test_the_list_is_found_in_by_any_part_of_a_name_or_number(store: Any, town: dict[str, Any], today: date) -> None:
    session = store.session

    def listed(text: str) -> set[str]:
        asked = RegistryFilter(RegistryView.ALL, text)
        rows = registry.registrations(session, asked, today=today, limit=500)
        assert registry.registration_count(session, asked, today=today) == len(rows)
        return {row.id for row in rows}

    assert listed("remblay") == {one for one, values in town.items() if values["legal_last"] == "Tremblay-Roy"}
    assert len(listed("000042")) == 1 and listed("nobody") == set()
    removed = session.scalars(select(Registration).where(Registration.number == "VPR-2026-000042")).one()
    removed.removed_at = removed.created_at
    session.flush()
    assert listed("000042") == set()
    for text in ("", "remblay"):
        assert not reads_every_registration(session, lambda text=text: listed(text))
