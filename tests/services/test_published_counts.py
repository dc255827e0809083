"""The counts of the registry and of Project Lifesaver that analysts get: without small cells (domain.md 20.1, 20.2)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.published import PublishedTable
from app.models.rules import access
from app.models.rules.suppression import Counted, publishable
from app.models.vocab import Role, ScopeKind
from app.queries import lifesaver_stats, published, tracking_figures
from app.queries.lifesaver_stats import Figures, SearchFigures, Spread
from app.queries.registry_statistics import Period, statistics
from app.services import published_counts, registry
from tests import factories
from tests.conftest import Office

NOTHING = Spread(0, None, None)


def searches(**other: Any) -> SearchFigures:
    return SearchFigures(
        **{
            "count": 12,
            "false_alarms": 1,
            "caregiver_delay": Spread(9, 45.0, 80),
            "call_to_scene": Spread(3, 16.0, 20),
            "call_to_signal": NOTHING,
            "call_to_found": Spread(8, 36.5, 70),
            "found_m": Spread(8, 820.0, 900),
            "found": 8,
            "found_by_signal": 6,
            "outcomes": {"safe": 8, "false": 1, "": 3},
            "conditions": {"well": 8},
            "weather": {"": 12},
            **other,
        }
    )


FIGURES = Figures(
    clients_by_condition={"dementia": 9, "autism": 3},
    clients_by_age={"65_plus": 9, "0_11": 3},
    clients_by_municipality={"Milton": 10, "": 2},
    active=12,
    waitlist=2,
    enrolments=6,
    discharges={"moved": 5},
    transmitters={"issued": 12, "in_stock": 6},
    batteries_replaced=20,
    batteries_on_time=18,
    batteries_overdue=0,
    test_days=300,
    test_days_done=280,
    searches=searches(),
    drills=5,
    operators_certified=9,
    operators_expiring=1,
    fees_charged_cents=100,
    fees_paid_cents=100,
    subsidies_cents=0,
    subsidies_granted=7,
)


def lines(found: Figures) -> dict[str, dict[str, int | None]]:
    return {table.name: dict(publishable(table, 5, "All")) for table in published.lifesaver_tables(found)}


def test_what_is_too_small_is_hidden_and_cannot_be_worked_out() -> None:
    parts = Counted("t", {"a": 9, "b": 3, "c": 20}, parts=True)
    assert publishable(parts, 5, "All") == [("a", None), ("b", None), ("c", 20), ("All", 32)]
    assert publishable(Counted("t", {"a": 9, "b": 3}), 5, "All") == [("a", 9), ("b", None)]
    assert publishable(Counted("t", {"a": 2}, parts=True), 5, "All") == [("a", None), ("All", None)]
    minutes = Counted("t", {"a": 4, "b": 90}, of={"a": 5, "b": 4})
    assert publishable(minutes, 5, "All") == [("a", 4), ("b", None)], "how many it is made of counts, not its size"


def test_every_line_of_7_8_is_published_without_small_cells() -> None:
    shown = lines(FIGURES)
    assert shown["Clients and care"] == {
        "Enrolled and suspended": 12, "Waitlist": None, "Enrolments": 6, "Batteries overdue": 0, "Drills": 5,
        "Subsidies granted": 7,
    }  # fmt: skip
    assert shown["Clients by condition"] == {"Dementia": 9, "Autism": None}
    assert shown["Clients by municipality"] == {"Milton": None, "Not recorded": None, "All": 12}
    assert shown["Discharges by reason"]["All"] == 5 and shown["Transmitters by status"]["All"] == 18
    assert shown["Batteries replaced"] == {"By their due day": None, "Later": None, "All": 20}
    assert shown["Daily tests"] == {"Days with a test": 280, "Days without a test": 20, "All": 300}
    assert shown["Searches by outcome"]["All"] == 12 and shown["Searches by outcome"]["Not at risk, or at home"] is None
    assert shown["Found by"] == {"The signal": None, "Otherwise": None, "All": 8}
    assert shown["Minutes of searches, the middle one"] == {
        "Last seen to call": 45, "Call to scene": None, "Call to found": 36,
    }  # fmt: skip
    assert shown["Metres from last seen, the middle one"] == {"Found from last seen": 820}
    assert shown["Operators’ certificates"] == {"Valid": None, "Ending soon": None, "All": 9}


def test_no_small_number_leaves_whatever_the_figures_are() -> None:
    for count in range(1, 5):
        small: dict[str, Any] = {field.name: count for field in fields(Figures) if field.type == "int"}
        maps: dict[str, Any] = {field.name: {"x": count} for field in fields(Figures) if field.type == "Counts"}
        found = replace(FIGURES, **small, **maps, searches=searches(found=count, found_by_signal=count))
        names = {"Minutes of searches, the middle one", "Metres from last seen, the middle one"}
        for name, cells in lines(found).items():
            assert name in names or not any(value and value < 5 for value in cells.values()), name


def test_a_supervisor_publishes_the_registry_and_the_analyst_reads_it(office: Office) -> None:
    supervisor, analyst = office.member(Role.SUP, "S. Chief"), office.member(Role.CSW, "C. Counter")
    registrar = office.member(Role.REG, "R. Registrar")
    for place in range(8):
        town = "Milton" if place < 6 else "Oakville"
        home = [{"kind": "home", "text": f"{place} Example Street", "municipality": town}]
        made = office.do(registrar, registry.register, factories.registration(addresses=home, submit=True))
        office.do(registrar, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    today = office.clock().date()
    with office.vault.read() as session:
        tables = published.registry_tables(statistics(session, Period(date(today.year, 1, 1), today), today=today))
    command = published_counts.PublishCounts(programme=published.REGISTRY, year=today.year, tables=tables)
    for other in (analyst, registrar):
        with pytest.raises(NotAllowed):
            office.do(other, published_counts.publish_counts, command)
    ids = office.do(supervisor, published_counts.publish_counts, command)
    assert office.do(supervisor, published_counts.publish_counts, command) == ids, "again is in place of it"
    with office.vault.read() as session:
        assert len(session.scalars(select(PublishedTable)).all()) == len(ids) == len(tables)
        rows = {table.name: table.rows for table in tracking_figures.published(session, published.REGISTRY)}
    said = {name: {row.label: row.values[0] for row in lines_of} for name, lines_of in rows.items()}
    assert said["Registrations today"]["In force"] == 8
    assert said["Registrations by municipality"] == {"Milton": None, "Oakville": None, "All": 8}
    assert said["First activations"]["All"] == 8
    for kind in (ScopeKind.REGISTRATION, ScopeKind.REGISTRY_ACCESS, ScopeKind.LIFESAVER, ScopeKind.LIFESAVER_SEARCH):
        assert not access.groups_of([Role.CSW]) & access.READING_GROUPS[kind], kind


def test_the_figures_of_an_empty_programme_are_tables_too(office: Office) -> None:
    with office.vault.read() as session:
        today = office.clock().date()
        found = lifesaver_stats.figures(session, start=date(today.year, 1, 1), end=today, today=today)
    assert {value for cells in lines(found).values() for value in cells.values()} <= {0}
