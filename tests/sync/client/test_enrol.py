"""Becoming a member, and what a vault keeps that was worked in before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem, RuleBroken
from app.models.agency import Setting
from app.models.crisis import Case
from app.models.local.tables import DeviceState, LoggedChange, Member, OwnKey
from app.models.vocab import Role, ScopeKind
from app.services import setup
from app.sync.client.problems import Offline
from app.sync.client.reports import Standing
from app.sync.client.transport import Call, Reply, Transport
from app.sync.protocol import PROBLEM_TYPE, Problem, encode_problem
from app.vault.vault import Vault
from tests.sync.conftest import Agency, Clock, Recruit, ServerProcess, Station

NewVault = Callable[..., Vault]


def test_a_vault_becomes_its_persons(agency: Agency, recruit: Recruit) -> None:
    person = agency.person("Wanda Worker", (Role.VSU, Role.VQC), ("staff", "unit"))
    station = recruit(agency, "laptop", person=person)
    owner = station.vault.owner()
    assert (owner.member_id, owner.name, owner.roles) == (person, "Wanda Worker", (Role.VSU, Role.VQC))
    assert station.vault.agency_id == agency.agency_id
    assert station.engine.state().standing is Standing.IDLE
    assert station.ask(lambda session: session.scalars(select(Member.id)).all()) == [person]
    with pytest.raises(RuleBroken):
        station.engine.enrol(agency.server.address, agency.code(person))


def test_work_done_before_goes_along(agency: Agency, recruit: Recruit, bare_vault: NewVault, sync_clock: Clock) -> None:
    supervisor = recruit(agency, "Sam Supervisor", Role.SUP)
    supervisor.sync()
    vault = bare_vault("alone", sync_clock, (Role.VSU, Role.SUP))
    alone = Station(vault, Role.SUP, sync_clock)
    old_person, old_agency = vault.owner_id, vault.agency_id
    command = setup.FoundAgency(
        agency_id=old_agency, service_name="Lakeshore", member_name="Wanda", roles=(Role.VSU, Role.SUP)
    )
    with vault.write(vault.actor(Role.SUP)) as work:
        setup.found_agency_locally(work, command)
        case_id = work.new_id()
        scope_id = work.open_scope(ScopeKind.CASE, case_id)
        work.session.add(
            Case(
                id=case_id,
                scope_id=scope_id,
                assigned_to=old_person,
                co_workers=[old_person, "e" * 32],
                number=work.next_number("VSU"),
                high_risk=True,
            )
        )
        work.commit()
    person = agency.person("Wanda Worker", (Role.VSU, Role.SUP), ("staff", "unit", "supervisors"))
    alone.engine.enrol(agency.server.address, agency.code(person))
    for station in (alone, supervisor, alone, supervisor):
        station.sync()
    alone.engine.close()

    found = supervisor.get(Case, case_id)
    assert found is not None
    assert (found.assigned_to, found.co_workers, found.created_by) == (person, [person, "e" * 32], person)
    assert found.high_risk is True
    assert supervisor.ask(lambda session: session.scalars(select(Setting.value)).all()) == ["Lakeshore"]
    assert alone.contents() == supervisor.contents()
    everything = alone.ask(
        lambda session: repr(session.execute(select(LoggedChange.fields, LoggedChange.author)).all())
    )
    assert old_person not in everything and old_agency not in everything
    with vault.write(vault.actor(Role.VSU)) as work:
        following = work.next_number("VSU")
        work.commit()
    assert found.number is not None and following is not None and following > found.number


def test_a_lost_answer_locks_nobody_out(agency: Agency, bare_vault: NewVault, sync_clock: Clock) -> None:
    station = Station(bare_vault("laptop"), Role.VSU, sync_clock)
    code = agency.code(agency.person("Wanda Worker", (Role.VSU,), ("staff",)))

    def lose(real: Transport, call: Call) -> Reply:
        real.exchange(call)
        raise Offline("The server could not be reached")

    station.transport.fault = lose
    with pytest.raises(EnvironmentProblem):
        station.engine.enrol(agency.server.address, code)
    station.transport.fault = None
    typed = code.lower().replace("0", "o")
    assert station.engine.enrol(agency.server.address + "/", f" {typed} ").name == "Wanda Worker"
    station.sync()
    station.engine.close()


@pytest.mark.parametrize("code", ["", "----", "wrong", "é" * 20, "A" * 500, "0000-0000-0000-0000-0000"])
def test_a_wrong_code_is_said_so(agency: Agency, bare_vault: NewVault, sync_clock: Clock, code: str) -> None:
    station = Station(bare_vault("laptop"), Role.VSU, sync_clock)
    before = station.ask(_facts)
    with pytest.raises(RuleBroken) as caught:
        station.engine.enrol(agency.server.address, code)
    assert caught.value.field == "code" and "code is wrong" in caught.value.sentence
    assert station.ask(_facts) == before
    station.engine.close()


def test_a_revoked_device_is_told(agency: Agency, recruit: Recruit) -> None:
    station = recruit(agency, "Wanda Worker")
    station.sync()
    agency.revoke(station.vault.device_id)
    report = station.engine.run_once()
    assert "taken out of the service" in report.trouble and report.hopeless and not report.offline
    assert station.engine.next_delay(report) >= 3600
    assert station.engine.state().standing is Standing.TROUBLE


def test_a_token_that_is_no_longer_taken_is_renewed(agency: Agency, recruit: Recruit) -> None:
    station = recruit(agency, "Wanda Worker")
    station.sync()
    problem = Problem(type="x", title="Sign in again.", status=401, code="not_signed_in")
    turned_away: list[str] = []

    def expired(real: Transport, call: Call) -> Reply:
        if call.token is not None and not turned_away:
            turned_away.append(call.token)
            return Reply(401, PROBLEM_TYPE, encode_problem(problem))
        assert call.token not in turned_away
        return real.exchange(call)

    station.transport.fault = expired
    station.sync()
    assert len(turned_away) == 1


def test_two_who_found_the_same_group_end_with_one_key(agency: Agency, recruit: Recruit) -> None:
    one, two = recruit(agency, "Sam", Role.SUP), recruit(agency, "Sue", Role.SUP)

    def meanwhile(real: Transport, call: Call) -> Reply:
        if "/v1/push" in call.url:
            one.transport.fault = None
            two.sync()  # founds the groups between our pull and our push
        return real.exchange(call)

    one.transport.fault = meanwhile
    one.sync()
    for station in (two, one):
        station.sync()
    of_groups = select(OwnKey.name, OwnKey.public, OwnKey.private).where(OwnKey.name.startswith("group:"))
    held = [station.ask(lambda session: sorted(session.execute(of_groups).all())) for station in (one, two)]
    assert len(held[0]) == 3 and held[0] == held[1]
    assert all(private for _, _, private in held[0])


def test_a_server_that_is_gone_is_a_sentence_and_a_longer_wait(own_server: ServerProcess, recruit: Recruit) -> None:
    agency = own_server.agency()
    station = recruit(agency, "Wanda Worker")
    station.sync()
    last = station.engine.state().last_success
    with own_server.stopped():
        delays = []
        for _ in range(12):
            report = station.engine.run_once()
            assert report.offline and "could not be reached" in report.trouble
            delays.append(station.engine.next_delay(report))
        now = station.engine.state()
        assert (now.standing, now.last_success) == (Standing.OFFLINE, last)
        assert delays[0] <= 5 < 60 < delays[-1] <= 15 * 60
    report = station.sync()
    assert 45 <= station.engine.next_delay(report) <= 75
    assert station.engine.state().standing is Standing.IDLE


def _facts(session: Session) -> list[tuple[str, str | None]]:
    asked = select(DeviceState.name, DeviceState.value).order_by(DeviceState.name)
    return [(row.name, row.value) for row in session.execute(asked)]
