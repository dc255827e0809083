"""A round asks all its stages at once what they have to do, and misses nothing that becomes due while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.models.agency import Organization
from app.models.audit import AuditBatch
from app.models.local.tables import KeptSealed, LoggedChange, OutSegment, UnsealedChange, WaitingItem
from app.models.vocab import Role
from app.sync import protocol
from app.sync.client import facts
from app.sync.client.engine import SyncEngine
from app.sync.client.judging import Verdict
from app.sync.client.open import Reason
from app.sync.client.reports import counts_of
from app.sync.client.rounds import Tally
from app.sync.client.transport import Call, Reply, Transport
from app.sync.protocol import FeedPage, PushResult
from app.vault import state
from app.vault.vault import utc_now
from tests.sync.conftest import Agency, Recruit, Station


@pytest.fixture
def station(agency: Agency, recruit: Recruit) -> Station:
    """A device that has handed its keys on and has nothing left to do."""
    found = recruit(agency, "Sam Supervisor", Role.SUP)
    found.write(Organization(name="The first"))
    for _ in range(4):
        found.sync()
    return found


def place(station: Station) -> str | None:
    return station.ask(lambda session: state.get(session, state.FEED_PLACE))  # type: ignore[no-any-return]


def unreceived(station: Station) -> int:
    asked = select(func.count()).where(OutSegment.receipt.is_(None))
    return station.ask(lambda session: session.scalar(asked))  # type: ignore[no-any-return]


def tampering(change: Callable[[PushResult], PushResult]) -> Callable[[Transport, Call], Reply]:
    """What a server that is broken, or was broken into, says to a push."""

    def fault(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/push" not in call.url:
            return reply
        return replace(reply, body=protocol.encode(change(protocol.decode(PushResult, reply.body))))

    return fault


def test_a_round_with_work_saves_twice_and_one_without_never(station: Station) -> None:
    before = station.vault.commits
    station.sync()
    assert station.vault.commits == before
    station.write(Organization(name="Harbour House"))
    before, was = station.vault.commits, place(station)
    station.sync()
    assert station.vault.commits == before + 2, "once what was sealed, once the receipts and the place of the feed"
    assert unreceived(station) == 0 and place(station) != was
    station.transport.calls.clear()
    station.sync()
    assert f"after={place(station)}" in station.transport.calls[0]


def test_what_a_stage_makes_due_is_done_by_the_later_ones_of_the_same_round(station: Station) -> None:
    station.write(Organization(name="Harbour House"))
    station.sync()
    station.clock.ahead += timedelta(minutes=6)
    assert station.sync().sent, "the checkpoint that the round made of the audit trail was sent by it"
    asked = select(func.count()).select_from(AuditBatch)
    batches = station.ask(lambda session: session.scalar(asked))
    assert batches and unreceived(station) == 0
    assert station.ask(lambda session: session.scalars(select(UnsealedChange)).all()) == []


def test_what_is_written_while_a_round_asks_the_server_goes_with_it(station: Station) -> None:
    def fault(real: Transport, call: Call) -> Reply:
        station.transport.fault = None
        station.write(Organization(name="Written meanwhile"))
        return real.exchange(call)

    station.clock.ahead += timedelta(minutes=6)
    station.sync(), station.sync()
    station.clock.ahead += timedelta(minutes=6)  # so that the next round is a whole one
    station.transport.fault = fault
    report = station.sync()
    assert report.sent == 1 and report.counts.only_here == 0


class Died(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("point", ["push saving", "push saved"])
def test_receipts_and_the_place_of_the_feed_are_saved_together_or_not_at_all(station: Station, point: str) -> None:
    def step(name: str) -> None:
        if name == point:
            raise Died

    station.write(Organization(name="Harbour House"))
    was = place(station)
    with pytest.raises(Died):
        SyncEngine(station.vault, station.transport, station.clock, step=step).run_once()
    saved = point == "push saved"
    assert (unreceived(station) == 0, place(station) != was) == (saved, saved)
    station.engine = SyncEngine(station.vault, station.transport, station.clock)
    assert station.sync().counts.only_here == 0
    assert unreceived(station) == 0 and place(station) != was


def test_of_a_feed_that_makes_no_sense_nothing_is_kept_and_the_receipts_beside_it_are(station: Station) -> None:
    def beyond(result: PushResult) -> PushResult:
        assert result.feed is not None
        ends_later = msgspec.structs.replace(result.feed, end=result.feed.next + 5)
        return msgspec.structs.replace(result, feed=ends_later)

    station.write(Organization(name="Harbour House"))
    was = place(station)
    station.transport.fault = tampering(beyond)
    assert station.engine.run_once().trouble
    assert unreceived(station) == 0 and place(station) == was
    station.transport.fault = None
    station.sync()
    assert place(station) != was


def test_the_place_of_a_server_that_went_back_is_not_kept(station: Station) -> None:
    def of_another_epoch(result: PushResult) -> PushResult:
        assert isinstance(result.feed, FeedPage)
        return msgspec.structs.replace(result, feed=msgspec.structs.replace(result.feed, server_epoch="0" * 32))

    saved: list[str | None] = []

    def step(name: str) -> None:
        if name == "push saved":
            saved.append(place(station))
            station.transport.fault = None

    station.write(Organization(name="Harbour House"))
    was = place(station)
    station.transport.fault = tampering(of_another_epoch)
    SyncEngine(station.vault, station.transport, station.clock, step=step).run_once()
    assert saved and saved[0] == was


def test_what_was_received_long_ago_goes_on_the_next_day(station: Station) -> None:
    station.write(Organization(name="Harbour House"))
    station.sync()
    long_ago = utc_now() - timedelta(days=40)

    def aged(session: Session) -> None:
        for row in session.scalars(select(OutSegment)).all():
            row.made_at = row.received_at = long_ago

    with station.vault.settling() as session:
        aged(session)
    station.write(Organization(name="Second House"))
    station.sync()
    asked = select(func.count()).where(OutSegment.received_at < long_ago + timedelta(days=1))
    assert station.ask(lambda session: session.scalar(asked)) > 0, "looked for once a day"
    station.clock.ahead += timedelta(days=1)
    station.write(Organization(name="Third House"))
    station.sync()
    assert station.ask(lambda session: session.scalar(asked)) == 0


def test_what_is_not_where_it_should_be_is_counted(station: Station) -> None:
    own, other = station.vault.device_id, "0" * 32
    scope_id = station.ask(lambda session: session.scalar(select(OutSegment.scope_id).limit(1)))
    before = station.ask(counts_of)
    first = 1000

    def change(seq: int, device_id: str = own, standing: str = "applied") -> None:
        row = {"scope_id": scope_id, "device_id": device_id, "device_seq": seq, "state": standing}
        row |= {"dot": f"{seq}", "author": "a", "kind": "k", "record_id": "r", "fields": b""}
        session.execute(insert(LoggedChange), row)

    def segment(at: int, last: int, receipt: bytes | None = None, refusal: str | None = None) -> None:
        row = {"scope_id": scope_id, "first": at, "last": last, "hash": b"", "body": b"", "made_at": utc_now()}
        row |= {"receipt": receipt, "received_at": utc_now() if receipt else None, "refusal": refusal}
        session.execute(insert(OutSegment), row)

    with station.vault.settling() as session:
        for seq in range(first, first + 3):  # only in the log
            change(seq)
            session.execute(insert(UnsealedChange), {"scope_id": scope_id, "device_seq": seq})
        for seq in range(first + 10, first + 14):  # sealed, and not received
            change(seq)
        segment(first + 10, first + 13)
        change(first + 20)  # received
        segment(first + 20, first + 20, receipt=b"r")
        change(first + 30)  # refused
        segment(first + 30, first + 30, refusal="purged")
        change(first, device_id=other)
        change(first + 1, device_id=other, standing=str(Verdict.WAITING))
        change(first + 2, device_id=other, standing=str(Verdict.QUARANTINED))
        change(first + 3, device_id=other, standing=str(Verdict.QUARANTINED))
        for number, reason in enumerate([Reason.KEY, Reason.AUTHOR, Reason.KEY, Reason.SIGNATURE]):
            row = {"place": 10**6 + number, "scope_id": scope_id, "reason": str(reason), "body": b""}
            session.execute(insert(WaitingItem), row)
        for name, kind, owed in (("a", "segment", True), ("b", "segment", False), ("c", "envelope", True)):
            kept = {"name": name, "scope_id": scope_id, "kind": kind, "body": b"", "kept_at": utc_now(), "owed": owed}
            session.execute(insert(KeptSealed), kept)
    after = station.ask(counts_of)
    assert after.only_here - before.only_here == 3 + 4 + 1 + 1
    assert after.refused - before.refused == 1
    assert after.waiting - before.waiting == 3 + 1
    assert after.quarantined - before.quarantined == 1 + 2


def test_the_facts_that_a_round_reads_together_are_read_again_after_each_saving(station: Station) -> None:
    round_ = station.engine._begin(Tally())
    assert round_.fact(facts.KEYS_MISSING) is None
    with station.vault.settling() as session:
        state.put(session, facts.KEYS_MISSING, "something")
    assert round_.fact(facts.KEYS_MISSING) == "something"
