"""Inventory truth offline: two laptops hand out one transmitter while apart (issue 6)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.errors import RuleBroken
from app.models.lifesaver import BatteryEvent, EquipmentIssue, LifesaverClient, LifesaverVisit, Transmitter
from app.models.lifesaver_search import SearchCard
from app.models.lifesaver_vocab import Criterion, IssueEnd, LifesaverStatus, TransmitterStatus
from app.models.vocab import Role, ScopeKind, TaskStatus
from app.models.work_items import Task
from app.services import inventory, lifesaver, lifesaver_care, lifesaver_kit, lifesaver_watch, registry
from tests import factories
from tests.lifesaver import CAREGIVERS
from tests.sync.conftest import Agency, Recruit, Station

GROUPS = ("staff", "registry", "searchers", "on_scene")


def do(station: Station, verb: Any, command: Any) -> Any:
    """One act of the person at a station."""
    with station.vault.write(station.vault.actor(station.role)) as work:
        done = verb(work, command)
        work.commit()
    return done


def accepted(station: Station, first: str) -> str:
    """A client who may get a transmitter."""
    person = do(station, registry.register, factories.registration(legal_first=first))
    client: str = do(
        station, lifesaver.open_inquiry, lifesaver.OpenInquiry(registration_id=person, caregivers=CAREGIVERS)
    )
    answers = {one.value: "yes" for one in Criterion}
    done = do(station, lifesaver.screen_client, lifesaver.ScreenClient(client_id=client, answers=answers))
    assert done is LifesaverStatus.ACCEPTED
    return client


def issue(station: Station, transmitter: str, client: str) -> str:
    command = lifesaver_kit.IssueTransmitter(transmitter_id=transmitter, client_id=client)
    made: str = do(station, lifesaver_kit.issue_transmitter, command)
    return made


def tasks(station: Station) -> list[Task]:
    asked = select(Task).where(Task.rule == inventory.RULE)
    found: list[Task] = station.ask(lambda session: list(session.scalars(asked)))
    return found


def all_sync(*stations: Station) -> None:
    for _ in range(3):
        for station in stations:
            station.sync()


def test_one_transmitter_handed_out_twice_is_kept_raised_and_settled(agency: Agency, recruit: Recruit) -> None:
    one = recruit(agency, "Rae Registrar", Role.REG, groups=GROUPS)
    two = recruit(agency, "Rob Registrar", Role.REG, groups=GROUPS)
    one.scope(ScopeKind.AGENCY, agency.agency_id)
    all_sync(one, two)
    add = lifesaver_kit.AddTransmitter(serial="T-044", frequency_khz=216_150)
    transmitter = do(one, lifesaver_kit.add_transmitter, add)
    first, second, third = (accepted(one, name) for name in ("Ada", "Bea", "Cleo"))
    all_sync(one, two)

    # Apart: each hands the same transmitter to somebody, and goes on working.
    here, there = issue(one, transmitter, first), issue(two, transmitter, second)
    all_sync(one, two)

    for station in (one, two):
        for issue_id, client in ((here, first), (there, second)):
            kept = station.get(EquipmentIssue, issue_id)
            assert kept is not None and kept.client_id == client and kept.end is None, "nothing is overwritten"
    with pytest.raises(RuleBroken):
        issue(two, transmitter, third)

    # Whoever looks first raises it; the other's look makes the same task.
    do(one, lifesaver_watch.watch, lifesaver_watch.Watch())
    do(two, lifesaver_watch.watch, lifesaver_watch.Watch())
    all_sync(one, two)
    for station in (one, two):
        (raised,) = tasks(station)
        assert raised.status is TaskStatus.OPEN and raised.title_values == {"item": "T-044"}
        for client in (first, second):
            in_question = station.get(LifesaverClient, client)
            assert in_question is not None and in_question.status is LifesaverStatus.ACCEPTED

    # The coordinator finds out who wears it: the other hand-over never happened.
    settle = lifesaver_kit.EndIssue(issue_id=there, end=IssueEnd.NEVER_HANDED, note="Still in the drawer")
    do(two, lifesaver_kit.end_issue, settle)
    all_sync(two, one)
    for station in (one, two):
        (raised,) = tasks(station)
        assert raised.status is TaskStatus.DONE
        true, false = station.get(EquipmentIssue, here), station.get(EquipmentIssue, there)
        assert true is not None and true.end is None
        assert false is not None and false.end is IssueEnd.NEVER_HANDED
        found = station.get(Transmitter, transmitter)
        assert found is not None and found.status is TransmitterStatus.ISSUED
    do(one, lifesaver_watch.watch, lifesaver_watch.Watch())
    assert [task.status for task in tasks(one)] == [TaskStatus.DONE]


def test_a_dispatcher_gets_the_card_and_neither_client_nor_frequency(agency: Agency, recruit: Recruit) -> None:
    registrar = recruit(agency, "Rae Registrar", Role.REG, groups=GROUPS)
    dispatcher = recruit(agency, "Dee Dispatcher", Role.DSP, groups=("staff", "searchers", "on_scene"))
    specialist = recruit(agency, "Eve Specialist", Role.ESS, groups=("staff", "searchers", "specialists", "on_scene"))
    registrar.scope(ScopeKind.AGENCY, agency.agency_id)
    all_sync(specialist, registrar, dispatcher)
    do(registrar, lifesaver_kit.add_transmitter, lifesaver_kit.AddTransmitter(serial="T-044", frequency_khz=216_150))
    client = accepted(registrar, "Ada")
    (transmitter,) = registrar.ask(lambda session: list(session.scalars(select(Transmitter.id))))
    issue(registrar, transmitter, client)
    registrar.set(LifesaverClient, client, status=LifesaverStatus.ENROLLED, diagnosis="canary-dx")
    do(registrar, lifesaver_watch.watch, lifesaver_watch.Watch())
    all_sync(registrar, dispatcher, specialist)
    for station, kinds in ((dispatcher, set()), (specialist, {"transmitter_frequency"})):
        held = station.contents()
        (card,) = station.ask(lambda session: list(session.scalars(select(SearchCard))))
        assert [each["serial"] for each in card.transmitters] == ["T-044"]
        assert not {"lifesaver_client", "transmitter", "equipment_issue"} & held.keys()
        assert {"transmitter_frequency"} & held.keys() == kinds
        assert "canary-dx" not in repr(held)


def test_a_technician_reads_the_visit_they_are_sent_on_and_nothing_else(agency: Agency, recruit: Recruit) -> None:
    registrar = recruit(agency, "Rae Registrar", Role.REG, groups=GROUPS)
    sent = recruit(agency, "Tom Technician", Role.VOL)
    registrar.scope(ScopeKind.AGENCY, agency.agency_id)
    all_sync(registrar, sent)
    do(registrar, lifesaver_kit.add_transmitter, lifesaver_kit.AddTransmitter(serial="T-044", frequency_khz=216_150))
    client = accepted(registrar, "Ada")
    registrar.set(LifesaverClient, client, diagnosis="canary-dx")
    plan = lifesaver_care.PlanVisit(client_id=client, assigned=(sent.member_id,))
    mine = do(registrar, lifesaver_care.plan_visit, plan)
    do(registrar, lifesaver_care.plan_visit, lifesaver_care.PlanVisit(client_id=client))
    all_sync(registrar, sent)
    held = sent.contents()
    assert [row[0] for row in sent.ask(lambda session: session.execute(select(LifesaverVisit.id)).all())] == [mine]
    assert not {"lifesaver_client", "transmitter", "registration", "search_card"} & held.keys()
    assert "canary-dx" not in repr(held)
    do(sent, lifesaver_care.record_battery, lifesaver_care.RecordBattery(visit_id=mine, steps=("band",)))
    all_sync(sent, registrar)
    (battery,) = registrar.ask(lambda session: list(session.scalars(select(BatteryEvent))))
    assert (battery.client_id, battery.swapped_by) == (client, sent.member_id)
