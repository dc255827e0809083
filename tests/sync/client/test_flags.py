"""The silent flag: from the reduced workspace, or from the vault the next time, to every supervisor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem, NotAllowed
from app.models.agency import Organization
from app.models.local import flags
from app.models.local.tables import WaitingItem
from app.models.vocab import Role, ScopeKind
from app.queries import flags as flag_queries
from app.services import flags as flag_verbs
from app.sync import protocol
from app.sync.client.problems import UNREACHABLE, Offline, ServerProblem
from app.sync.client.silent import SilentEngine, fitting
from app.sync.client.transport import Call, Reply, Transport
from app.vault import audit, reducing, state
from app.vault.vault import Vault, open_vault
from tests.sync.conftest import PASSPHRASE, Agency, Recruit, ServerProcess, Station, Switched

SECOND = "another row of tall sunflowers"


class Forced:
    """An officer's computer: opened by one passphrase or the other, with the engine that fits."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.folder = station.vault.folder
        self.clock = station.clock
        self.open: list[tuple[Vault, Any]] = []
        station.vault.replace_recovery(station.vault.fresh_recovery())
        reducing.set_up(station.vault, SECOND)

    def close(self) -> None:
        """Close whatever is open."""
        while self.open:
            vault, engine = self.open.pop()
            engine.close()
            vault.close()

    def under_force(self) -> tuple[Vault, SilentEngine, Switched]:
        """The reduced workspace."""
        self.station.engine.close()
        self.station.vault.close()
        self.close()
        vault, transport = open_vault(self.folder, SECOND, clock=self.clock), Switched()
        engine = SilentEngine(vault, transport, self.clock)
        self.open.append((vault, engine))
        return vault, engine, transport

    def free(self) -> Station:
        """The officer's own vault again, looked at as the house does it."""
        self.station.engine.close()
        self.station.vault.close()
        self.close()
        vault = open_vault(self.folder, PASSPHRASE, clock=self.clock)
        self.station = Station(vault, Role.VSU, self.clock)
        self.open.append((vault, self.station.engine))
        reducing.look(vault)
        return self.station


@pytest.fixture
def supervisor(recruit: Recruit, agency: Agency) -> Station:
    """A supervisor's computer that has synchronised."""
    station = recruit(agency, "Sam Example", Role.SUP)
    station.sync()
    return station


@pytest.fixture
def forced(recruit: Recruit, agency: Agency, supervisor: Station) -> Iterator[Forced]:
    """A worker's computer with a second passphrase."""
    station = recruit(agency, "Robin Example", Role.VSU)
    station.sync()
    supervisor.sync()
    made = Forced(station)
    yield made
    made.close()


def open_flags(station: Station) -> tuple[flag_queries.FlagRow, ...]:
    """What the supervisor is shown."""
    station.sync()
    rows: tuple[flag_queries.FlagRow, ...] = station.ask(flag_queries.open_flags)
    return rows


def take_note(station: Station, flag_id: str) -> None:
    """The supervisor presses the button."""
    with station.vault.write(station.vault.actor(station.role)) as work:
        flag_verbs.take_note(work, flag_verbs.TakeNote(flag_id=flag_id))
        work.commit()


def test_the_flag_comes_from_the_reduced_workspace(forced: Forced, supervisor: Station) -> None:
    vault, engine, transport = forced.under_force()
    at = vault.now()
    report = engine.run_once()
    assert (report.trouble, report.offline) == ("", False)
    assert {call.rsplit("/v1/")[1] for call in transport.calls} == {"challenge", "session", "flag"}
    report = supervisor.engine.run_once()
    assert flags.KIND in report.changes.kinds
    (row,) = open_flags(supervisor)
    assert (row.name, row.is_duress) == ("Robin Example", True)
    assert abs(row.at - at) < timedelta(seconds=30)


def test_rounds_go_on_as_usual_and_tell_it_once(forced: Forced, supervisor: Station) -> None:
    _, engine, _ = forced.under_force()
    reports = [engine.run_once() for _ in range(3)]
    assert [report.trouble for report in reports] == [""] * 3
    assert 30 < engine.next_delay(reports[-1]) < 90
    assert len(open_flags(supervisor)) == 1


def test_a_use_that_could_not_be_written_down_is_told_all_the_same(
    forced: Forced, supervisor: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise EnvironmentProblem("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(flags, "keep_use", full)
        vault, engine, _ = forced.under_force()
    with vault.read() as session:
        assert flags.uses(session) == ()
    assert engine.run_once().trouble == ""
    assert len(open_flags(supervisor)) == 1


def test_nothing_that_was_written_there_is_sent(forced: Forced, supervisor: Station) -> None:
    vault, engine, _ = forced.under_force()
    agency_id = vault.agency_id
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.AGENCY, agency_id)
        work.session.add(Organization(id=work.new_id(), scope_id=scope, name="Typed under force"))
        work.commit()
    assert engine.run_once().sent == 0
    supervisor.sync()
    assert supervisor.ask(lambda session: session.scalars(select(Organization)).all()) == []


def test_without_a_network_it_comes_with_the_next_real_unlock(forced: Forced, supervisor: Station) -> None:
    vault, engine, transport = forced.under_force()
    at = vault.now()

    def dead(_: Transport, __: Call) -> Reply:
        raise Offline(UNREACHABLE)

    transport.fault = dead
    report = engine.run_once()
    assert report.offline and report.trouble
    assert open_flags(supervisor) == ()
    officer = forced.free()
    officer.sync()
    (row,) = open_flags(supervisor)
    assert row.name == "Robin Example" and abs(row.at - at) < timedelta(seconds=30)
    officer.sync()
    (use,) = officer.ask(flags.uses)
    assert use.told is not None
    own = officer.ask(flag_queries.own_uses)
    assert [one.flag_id for one in own.uses] == [use.flag_id] and own.uses[0].told


def test_told_by_both_it_is_one_flag(forced: Forced, supervisor: Station) -> None:
    vault, engine, _ = forced.under_force()
    engine.run_once()
    with vault.settling() as session:
        flags.tell_again(session, vault.now() - timedelta(days=1))
    forced.free().sync()
    assert len(open_flags(supervisor)) == 1


def test_the_workspace_never_shows_its_own_uses(forced: Forced) -> None:
    vault, _, _ = forced.under_force()
    with vault.read() as session:
        assert len(flags.uses(session)) == 1
        assert flag_queries.own_uses(session) == flag_queries.OwnUses()
        assert flag_queries.open_flags(session) == ()


def test_a_supervisor_takes_note_and_the_others_see_it(
    forced: Forced, supervisor: Station, recruit: Recruit, agency: Agency
) -> None:
    _, engine, _ = forced.under_force()
    engine.run_once()
    later = recruit(agency, "Lee Example", Role.SUP)
    (row,) = open_flags(later)
    assert [one.flag_id for one in open_flags(supervisor)] == [row.flag_id]
    take_note(supervisor, row.flag_id)
    assert supervisor.ask(flag_queries.open_flags) == ()
    with supervisor.vault.read() as session:
        assert audit.verify(session).whole
        entries = session.connection().exec_driver_sql("SELECT record_id FROM audit_entry WHERE action = 'review'")
        assert entries.scalars().all() == [row.flag_id]
    supervisor.sync()
    assert open_flags(later) == ()
    (known,) = later.ask(flags.flags)
    assert known.seen_by == supervisor.member_id and known.noted_at is None
    take_note(later, row.flag_id)
    later.sync()
    assert later.ask(flags.flags)[0].seen_by == supervisor.member_id


def test_only_a_supervisor_takes_note(forced: Forced, supervisor: Station) -> None:
    _, engine, _ = forced.under_force()
    engine.run_once()
    (row,) = open_flags(supervisor)
    with supervisor.vault.write(supervisor.vault.actor(Role.VSU)) as work, pytest.raises(NotAllowed):
        flag_verbs.take_note(work, flag_verbs.TakeNote(flag_id=row.flag_id))


def test_colleagues_who_do_not_supervise_hear_nothing(
    forced: Forced, supervisor: Station, recruit: Recruit, agency: Agency
) -> None:
    colleague = recruit(agency, "Kim Example", Role.VSU)
    _, engine, _ = forced.under_force()
    engine.run_once()
    assert open_flags(colleague) == ()
    assert colleague.ask(flags.flags) == ()


def test_a_flag_that_its_device_did_not_sign_is_set_aside(
    forced: Forced, supervisor: Station, recruit: Recruit, agency: Agency
) -> None:
    """A server that invents a flag is not believed."""
    _, engine, _ = forced.under_force()
    engine.run_once()

    def forging(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/feed" not in call.url:
            return reply
        page = protocol.decode(protocol.FeedPage, reply.body)
        items = []
        for item in page.items:
            body = protocol.feed_body(item)
            if isinstance(body, protocol.Flag):
                raised = msgspec.structs.replace(body.raised, at=body.raised.at + 1)
                body = msgspec.structs.replace(body, raised=raised)
                item = msgspec.structs.replace(item, body=msgspec.Raw(protocol.encode(body)))
            items.append(item)
        forged = msgspec.structs.replace(page, items=items)
        return Reply(reply.status, reply.content_type, protocol.encode(forged))

    later = recruit(agency, "Lee Example", Role.SUP)
    later.transport.fault = forging
    assert open_flags(later) == ()
    assert later.ask(lambda session: session.scalars(select(WaitingItem.reason)).all()) == ["contradiction"]


@pytest.mark.parametrize("code", ["not_found", "malformed"])
def test_an_older_server_is_no_trouble(forced: Forced, code: str) -> None:
    vault, engine, transport = forced.under_force()

    def older(real: Transport, call: Call) -> Reply:
        if call.url.endswith("/v1/flag"):
            raise ServerProblem(code)
        return real.exchange(call)

    transport.fault = older
    report = engine.run_once()
    assert (report.trouble, report.offline) == ("", False)
    with vault.read() as session:
        assert flags.uses(session)[0].told is None
    officer = forced.free()
    officer.transport.fault = older
    officer.sync()
    assert officer.ask(flags.uses)[0].told is None


def test_a_server_that_was_put_back_is_told_again(own_server: ServerProcess, recruit: Recruit, tmp_path: Path) -> None:
    agency = own_server.agency()
    supervisor = recruit(agency, "Sam Example", Role.SUP)
    supervisor.sync()
    forced = Forced(recruit(agency, "Robin Example", Role.VSU))
    try:
        forced.station.sync()
        own_server.copy(tmp_path / "copy")
        _, engine, _ = forced.under_force()
        engine.run_once()
        (row,) = open_flags(supervisor)
        own_server.put_back(tmp_path / "copy")
        officer = forced.free()
        with officer.vault.settling() as session:
            state.put(session, state.FEED_PLACE, "9")  # further than the older copy goes
        officer.sync()
        third = recruit(agency, "Lee Example", Role.SUP)
        assert [one.flag_id for one in open_flags(third)] == [row.flag_id]
    finally:
        forced.close()


def test_the_engine_fits_what_was_opened(forced: Forced) -> None:
    vault, _, _ = forced.under_force()
    engine = fitting(vault)
    assert isinstance(engine, SilentEngine)
    engine.close()
    real = fitting(forced.free().vault)
    assert not isinstance(real, SilentEngine)
    real.close()
