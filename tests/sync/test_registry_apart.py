"""A registration between real vaults and a real server: handed in on patrol, activated at the desk, found on patrol."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.agency import Setting
from app.models.registry import EmergencyCard, Registration, RegistryEvent
from app.models.vocab import CardReason, RegistryAct, RegistryStatus, Role
from app.models.work_items import Task
from app.queries import registry as questions
from app.queries import registry_office
from app.queries.registry_search import find_cards
from app.services import registry
from app.services.registry_cards import FollowUpCard, OpenCard, follow_up_card, open_card
from tests import factories
from tests.sync.conftest import Agency, Recruit, Station

OFFICER = ("staff", "on_scene")
REGISTRY = ("staff", "registry", "on_scene")
SUPERVISOR = ("staff", "unit", "supervisors", "on_scene")


def do(station: Station, verb: Callable[..., Any], command: Any) -> Any:
    with station.vault.write(station.vault.actor(station.role)) as work:
        done = verb(work, command)
        work.commit()
    return done


def today(station: Station) -> date:
    return station.vault.now().date()


@pytest.fixture
def three(agency: Agency, recruit: Recruit) -> tuple[Station, Station, Station]:
    """A supervisor, the registry, and an officer, who all know the agency."""
    chief = recruit(agency, "Sam Supervisor", Role.SUP, SUPERVISOR)
    desk = recruit(agency, "Robin Registrar", Role.REG, REGISTRY)
    patrol = recruit(agency, "Olive Officer", Role.OFF, OFFICER)
    stations = (chief, desk, patrol)
    for station in (*stations, *stations):
        station.sync()
    chief.write(Setting(name="vpr.near_m", value=500))
    for station in (*stations, *stations):
        station.sync()
    return stations


def test_handed_in_activated_found_and_followed_up(three: tuple[Station, Station, Station]) -> None:
    chief, desk, patrol = three
    made = do(patrol, registry.register, factories.registration(submit=True))
    assert desk.get(Registration, made) is None
    for station in (patrol, desk, chief):
        station.sync()
    arrived = desk.get(Registration, made)
    assert arrived is not None and arrived.status is RegistryStatus.SUBMITTED
    waiting = questions.RegistryFilter(questions.RegistryView.WAITING)
    day = today(desk)
    rows = desk.ask(lambda session: questions.registrations(session, waiting, today=day))
    assert [row.id for row in rows] == [made] and rows[0].activate_by is not None

    do(desk, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    for station in (desk, patrol, chief, patrol):
        station.sync()
    (row,) = patrol.ask(lambda session: find_cards(session, "maplewood", today=day))
    view_id = do(patrol, open_card, OpenCard(card_id=row.card_id, why=CardReason.MISSING))
    for station in (patrol, desk):
        station.sync()
    now = desk.vault.now()
    (seen,) = desk.ask(lambda session: questions.card_views(session, now=now))
    assert (seen.number, seen.due_at is not None) == (arrived.number or "", True)
    do(patrol, follow_up_card, FollowUpCard(view_id=view_id, occurrence_no="26-0107"))
    for station in (patrol, desk):
        station.sync()
    (seen,) = desk.ask(lambda session: questions.card_views(session, now=now))
    assert (seen.occurrence_no, seen.due_at) == ("26-0107", None)
    me = patrol.member_id
    mine = patrol.ask(lambda session: registry_office.handed_in(session, me, today=day))
    assert [one.id for one in mine] == [made]


def test_another_officer_never_reads_the_registration(
    agency: Agency, recruit: Recruit, three: tuple[Station, Station, Station]
) -> None:
    _chief, desk, patrol = three
    other = recruit(agency, "Otis Officer", Role.OFF, OFFICER)
    made = do(patrol, registry.register, factories.registration(submit=True))
    for station in (patrol, desk, other, desk, other):
        station.sync()
    assert desk.get(Registration, made) is not None
    assert other.get(Registration, made) is None
    assert other.ask(lambda session: session.scalars(select(RegistryEvent.id)).all()) == []
    do(desk, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    for station in (desk, other, desk, other):
        station.sync()
    assert [card.registration_id for card in other.ask(lambda s: s.scalars(select(EmergencyCard)).all())] == [made]


def test_two_desks_renew_apart_and_make_one_set_of_clocks(
    agency: Agency, recruit: Recruit, three: tuple[Station, Station, Station]
) -> None:
    _chief, desk, _patrol = three
    second = recruit(agency, "Rene Registrar", Role.REG, REGISTRY)
    made = do(desk, registry.register, factories.registration())
    do(desk, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    for station in (desk, second, desk, second):
        station.sync()
    for station in (desk, second):
        do(station, registry.renew_registration, registry.RenewRegistration(registration_id=made))
    for station in (desk, second, desk, second):
        station.sync()

    def renewals(session: Session) -> list[RegistryEvent]:
        return list(session.scalars(select(RegistryEvent).where(RegistryEvent.act == RegistryAct.RENEWED)))

    for station in (desk, second):
        tasks = station.ask(lambda s: s.scalars(select(Task).where(Task.subject_id == made)).all())
        assert len(tasks) == len({(task.rule, task.due_on) for task in tasks}) == 6
        cards = station.ask(lambda s: s.scalars(select(EmergencyCard).where(EmergencyCard.removed_at.is_(None))).all())
        assert {card.registration_id for card in cards} == {made}, "one each: the next act leaves one (decision 13)"
        assert len(station.ask(renewals)) == 2
    assert desk.contents()["registration"] == second.contents()["registration"]
