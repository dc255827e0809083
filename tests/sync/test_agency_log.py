"""A server that changes, forks or shortens its log is noticed by the computers of supervisors and auditors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from app.models.agency import Organization
from app.models.local.tables import DeviceState
from app.models.vocab import Role
from app.sync import protocol, tree
from app.sync.client import agency_log as watching
from app.sync.client.agency_log import KnownLog
from app.sync.client.transport import Call, Reply, Transport
from app.sync.server import agency_log
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore
from app.sync.server.tables import agencies, feed, tree_nodes
from tests.sync.conftest import Agency, Recruit, ServerProcess, Station
from tests.sync.test_two_vaults import new_id

HOUR = timedelta(hours=1, minutes=1)


def log(station: Station) -> KnownLog:
    found: KnownLog = station.ask(watching.known_log)
    return found


def an_hour_later(station: Station) -> str:
    """What the round says that asks for the next head."""
    station.clock.ahead += HOUR
    return station.engine.run_once().trouble


def asked(station: Station) -> int:
    return sum("/v1/tree" in url for url in station.transport.calls)


def touch(agency: Agency, damage: Callable[[sa.Connection, str], None]) -> None:
    with closing(EmbeddedStore(Settings(data=agency.server.folder))) as store, store.writing() as connection:
        damage(connection, agency.agency_id)


def one_leaf(connection: sa.Connection, agency_id: str) -> None:
    """One place is another, and all nodes over it are made to fit."""
    mine = tree_nodes.c.agency_id == agency_id, tree_nodes.c.level == 0
    leaves = list(connection.scalars(sa.select(tree_nodes.c.hash).where(*mine).order_by(tree_nodes.c.position)))
    leaves[0] = tree.leaf(b"another")
    connection.execute(sa.delete(tree_nodes).where(tree_nodes.c.agency_id == agency_id))
    agency_log.extend(connection, agency_id, 0, leaves)


def its_end(connection: sa.Connection, agency_id: str) -> None:
    """The newest place is gone, and everything is made to fit."""
    of_agency = agencies.c.agency_id == agency_id
    last = connection.scalars(sa.select(agencies.c.last_place).where(of_agency)).one()
    connection.execute(sa.delete(feed).where(feed.c.agency_id == agency_id, feed.c.place == last))
    connection.execute(sa.update(agencies).where(of_agency).values(last_place=last - 1))
    mine = tree_nodes.c.agency_id == agency_id
    leaves = list(
        connection.scalars(
            sa.select(tree_nodes.c.hash).where(mine, tree_nodes.c.level == 0).order_by(tree_nodes.c.position)
        )
    )
    connection.execute(sa.delete(tree_nodes).where(mine))
    agency_log.extend(connection, agency_id, 0, leaves[:-1])


def test_heads_are_asked_for_once_an_hour_by_those_who_watch(agency: Agency, recruit: Recruit) -> None:
    watcher, worker = recruit(agency, "Ada Auditor", Role.AUD, groups=("staff",)), recruit(agency, "Wanda Worker")
    for station in (watcher, worker, watcher, watcher):
        station.sync()
    assert (asked(watcher), asked(worker)) == (1, 0)
    (first,) = log(watcher).heads
    worker.write(Organization(id=new_id(worker), name="Harbour House"))
    worker.sync()
    assert an_hour_later(watcher) == ""
    (second,) = log(watcher).heads
    assert second.size > first.size and second.agency_id == agency.agency_id
    watcher.clock.ahead -= 3 * HOUR  # the clock was put right: what was asked in its future counts for nothing
    watcher.sync()
    assert asked(watcher) == 3
    assert log(watcher).broken == ()
    assert worker.engine.run_once().trouble == ""


@pytest.mark.parametrize("damage", [one_leaf, its_end])
@pytest.mark.parametrize("grows", [False, True])
def test_what_was_changed_or_shortened_is_noticed_and_stops_no_work(
    own_server: ServerProcess, recruit: Recruit, damage: Callable[[sa.Connection, str], None], grows: bool
) -> None:
    agency = own_server.agency()  # other tests look at the whole log of the server that they share
    watcher = recruit(agency, "Sam Supervisor", Role.SUP)
    for _ in range(3):
        watcher.sync()
    assert an_hour_later(watcher) == ""
    (known,) = log(watcher).heads
    touch(agency, damage)
    if grows:
        watcher.write(Organization(id=new_id(watcher), name="Harbour House"))
    said = an_hour_later(watcher)
    assert "does not contain any more what it contained before" in said
    (broken,) = log(watcher).broken
    assert broken.known == known and broken.told.signature and log(watcher).heads == (known,)
    organisation = new_id(watcher)
    watcher.write(Organization(id=organisation, name="Hill House"))
    report = watcher.engine.run_once()
    assert (report.trouble, report.counts.only_here, report.sent > 0) == (said, 0, True)
    an_hour_later(watcher)
    assert log(watcher).broken == (broken,), "the first one stays"


def two_watchers(agency: Agency, recruit: Recruit) -> tuple[Station, Station]:
    """A supervisor and an auditor who know each other, have asked for heads, and whose server has nothing new."""
    chief, auditor = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Ada Auditor", Role.AUD, ("staff",))
    for station in (chief, auditor, chief, auditor, chief, auditor):
        station.sync()
    return chief, auditor


def test_two_computers_that_were_told_two_stories_find_out_by_a_file(
    own_server: ServerProcess, recruit: Recruit
) -> None:
    """The server shows each a log that always fits itself: only side by side are they two."""
    agency = own_server.agency()
    chief, auditor = two_watchers(agency, recruit)
    forget(auditor)
    assert an_hour_later(chief) == ""
    touch(agency, one_leaf)
    assert an_hour_later(auditor) == ""
    ours, theirs = log(chief).heads[-1], log(auditor).heads[-1]
    assert ours.size == theirs.size and ours.root != theirs.root and log(chief).broken == () == log(auditor).broken
    auditor.engine.read_bundle(chief.engine.write_bundle().whole)
    (broken,) = log(auditor).broken
    assert (broken.known, broken.told) == (theirs, ours) and log(auditor).heads[-1] == theirs
    assert "does not contain any more what it contained before" in auditor.engine.run_once().trouble
    auditor.engine.read_bundle(chief.engine.write_bundle().whole)
    assert log(auditor).broken == (broken,)


def forget(station: Station) -> None:
    """As one that has not asked for the log yet."""
    with station.vault.settling() as session:
        session.execute(sa.text("DELETE FROM device_state WHERE name GLOB 'log_*'"))


def test_a_server_that_tells_all_the_same_is_not_accused_by_a_file(agency: Agency, recruit: Recruit) -> None:
    chief, auditor = two_watchers(agency, recruit)
    for turn in range(3):
        for station in (chief, auditor):
            assert an_hour_later(station) == ""
        chief.write(Organization(id=new_id(chief), name=f"House {turn}"))
        chief.sync()
        for reader, writer in ((chief, auditor), (auditor, chief)):
            reader.engine.read_bundle(writer.engine.write_bundle().whole)
    assert log(chief).broken == () == log(auditor).broken and log(chief).heads and log(auditor).heads


def test_a_head_in_a_file_that_the_server_did_not_sign_accuses_nobody(
    agency: Agency, recruit: Recruit, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief, auditor = two_watchers(agency, recruit)
    an_hour_later(auditor)
    (true,) = log(auditor).heads
    made_up = msgspec.structs.replace(true, root=bytes(32))
    for forged in (made_up, protocol.signed(made_up, agency.order.sign), other_agency(made_up)):
        with monkeypatch.context() as patch:
            patch.setattr(watching, "heads_to_show", lambda session, forged=forged: [forged])
            whole = chief.engine.write_bundle().whole
        auditor.engine.read_bundle(whole)
        assert log(auditor).broken == () and log(auditor).heads == (true,)


def other_agency(head: protocol.TreeHead) -> protocol.TreeHead:
    return msgspec.structs.replace(head, agency_id="f" * 32)


def test_who_does_not_watch_shows_no_heads_and_compares_none(agency: Agency, recruit: Recruit) -> None:
    chief, auditor = two_watchers(agency, recruit)
    worker = recruit(agency, "Wanda Worker")
    for station in (worker, chief, auditor, worker):
        station.sync()
    assert worker.ask(watching.heads_to_show) == [] and len(chief.ask(watching.heads_to_show)) == 1
    worker.engine.read_bundle(chief.engine.write_bundle().whole)
    assert log(worker) == KnownLog((), ())


def test_as_many_heads_are_shown_as_a_file_takes_and_the_newest(agency: Agency, recruit: Recruit) -> None:
    chief, auditor = two_watchers(agency, recruit)
    (head,) = log(chief).heads
    with chief.vault.settling() as session:
        for day in range(150):
            older = msgspec.structs.replace(head, size=day, server_time=head.server_time - (150 - day) * 86_400_000)
            name = f"log_head:{head.server_epoch}:day {day:03d}"
            session.execute(sa.insert(DeviceState).values(name=name, value=protocol.encode(older).hex()))
    shown = chief.ask(watching.heads_to_show)
    assert len(shown) == protocol.MAX_BUNDLE_HEADS and shown[-1] == head and shown[0].size == 51
    assert auditor.engine.read_bundle(chief.engine.write_bundle().whole)[0].set_aside == 0


def test_what_another_signed_is_not_believed(agency: Agency, recruit: Recruit) -> None:
    watcher = recruit(agency, "Sam Supervisor", Role.SUP)
    watcher.sync()
    before = log(watcher).heads

    def forged(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/tree" not in call.url:
            return reply
        grown = protocol.decode(protocol.TreeGrown, reply.body)
        head = protocol.signed(grown.head, agency.order.sign)
        return Reply(reply.status, reply.content_type, protocol.encode(protocol.TreeGrown(head, grown.proof)))

    watcher.transport.fault = forged
    assert "could not be understood" in an_hour_later(watcher)
    assert log(watcher).heads == before and log(watcher).broken == ()
    assert watcher.sync() and asked(watcher) == 2, "not before the next hour"


def test_an_old_answer_that_is_repeated_is_no_alarm(agency: Agency, recruit: Recruit) -> None:
    watcher = recruit(agency, "Sam Supervisor", Role.SUP)
    before: list[Reply] = []

    def repeating(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/tree" in call.url:
            before.append(reply)
            return before[0]
        return reply

    watcher.transport.fault = repeating
    watcher.sync()
    watcher.transport.fault = None
    watcher.write(Organization(id=new_id(watcher), name="Harbour House"))
    assert an_hour_later(watcher) == ""
    known = log(watcher)
    watcher.transport.fault = repeating
    assert "could not be understood" in an_hour_later(watcher)
    assert log(watcher) == known and known.broken == ()


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (503, "unavailable")])
def test_a_server_without_a_log_is_no_trouble(agency: Agency, recruit: Recruit, status: int, code: str) -> None:
    watcher = recruit(agency, "Sam Supervisor", Role.SUP)
    problem = protocol.encode_problem(protocol.Problem("", "", status, code))

    def older(real: Transport, call: Call) -> Reply:
        return Reply(status, protocol.PROBLEM_TYPE, problem) if "/v1/tree" in call.url else real.exchange(call)

    watcher.transport.fault = older
    watcher.sync()
    watcher.sync()
    assert asked(watcher) == 1 and log(watcher).heads == ()
    watcher.transport.fault = None
    assert an_hour_later(watcher) == "" and len(log(watcher).heads) == 1


def test_a_server_that_was_put_back_begins_a_new_line(
    own_server: ServerProcess, recruit: Recruit, tmp_path: Path
) -> None:
    agency = own_server.agency()
    watcher = recruit(agency, "Sam Supervisor", Role.SUP)
    watcher.sync()
    own_server.copy(tmp_path / "copy")
    watcher.write(Organization(id=new_id(watcher), name="After the copy"))
    assert an_hour_later(watcher) == ""
    (before,) = log(watcher).heads
    own_server.put_back(tmp_path / "copy")
    assert an_hour_later(watcher) == ""
    older, newer = log(watcher).heads
    assert older == before and newer.server_epoch != before.server_epoch and log(watcher).broken == ()
