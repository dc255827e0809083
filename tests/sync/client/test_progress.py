"""A long round tells how far it is, can be stopped, and is complete only where the server said that the end is."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import func, select

from app.models.agency import Organization
from app.models.vocab import Role
from app.queries.device import is_still_fetching
from app.sync import protocol
from app.sync.client import problems, pull
from app.sync.client.progress import Cancelled, Doing, Meter, Progress
from app.sync.client.reports import Standing
from app.sync.client.rounds import Round
from app.sync.client.transport import Call, Coming, Reply, Transport
from app.vault import state
from tests.sync.conftest import Agency, Recruit, Station
from tests.sync.test_two_vaults import all_sync

MANY = 12


@pytest.fixture
def newcomer(agency: Agency, recruit: Recruit, monkeypatch: pytest.MonkeyPatch) -> Station:
    """Somebody who joins when there is much to fetch; pages are small."""
    supervisor = recruit(agency, "Sam Supervisor", Role.SUP)
    all_sync(supervisor)
    for number in range(MANY):
        supervisor.write(Organization(name=f"Organization {number}"))
        supervisor.sync()
    late = recruit(agency, "Nora Newcomer", Role.SUP)
    late.engine.run_once()
    supervisor.sync()  # hands her the keys of her groups
    late.sync()
    supervisor.sync()
    with late.vault.settling() as session:
        state.put(session, state.FEED_PLACE, "0")
        state.put(session, "first_sync", None)
    monkeypatch.setattr(pull, "PAGE", 500)
    return late


def count(station: Station) -> int:
    found: int = station.ask(lambda session: session.scalar(select(func.count()).select_from(Organization)))
    return found


def fetching(station: Station) -> bool:
    found: bool = station.ask(is_still_fetching)
    return found


def test_a_long_pull_is_told_step_by_step(newcomer: Station) -> None:
    told: list[Progress] = []

    def watch(progress: Progress) -> None:
        told.append(progress)
        assert newcomer.engine.state().progress == progress
        assert newcomer.engine.state().standing is Standing.WORKING

    newcomer.engine.watch(watch)
    newcomer.sync()
    received = [one for one in told if one.doing is Doing.RECEIVING]
    assert len(received) > 5
    assert [one.done for one in received] == sorted({one.done for one in received})
    assert all(one.done < one.whole for one in received) and len({one.whole for one in received}) == 1
    assert newcomer.engine.state().progress is None


def test_it_can_be_stopped_and_goes_on_where_it_was(newcomer: Station) -> None:
    seen: list[int] = []

    def stop_soon(progress: Progress) -> None:
        seen.append(progress.done)
        if len(seen) == 3:
            newcomer.engine.cancel()

    newcomer.engine.watch(stop_soon)
    report = newcomer.engine.run_once()
    assert report.cancelled and not report.trouble and not report.offline
    assert newcomer.engine.state().standing is Standing.IDLE and newcomer.engine.state().progress is None
    assert fetching(newcomer)
    reached = int(newcomer.ask(lambda session: state.get(session, state.FEED_PLACE)))
    assert seen[2] <= reached
    newcomer.engine.watch(lambda progress: None)
    newcomer.transport.calls.clear()
    newcomer.sync()
    first = next(url for url in newcomer.transport.calls if "/v1/feed" in url)
    assert f"after={reached}&" in first
    assert count(newcomer) == MANY and not fetching(newcomer)


def test_the_next_page_is_asked_for_before_one_is_taken_in(newcomer: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    apply = pull.apply

    def noting(round_: Round, page: protocol.FeedPage, place: int | None) -> None:
        asked.append(sum("/v1/feed" in url for url in newcomer.transport.calls))
        apply(round_, page, place)

    monkeypatch.setattr(pull, "apply", noting)
    newcomer.transport.calls.clear()
    newcomer.sync()
    pages = len(asked)
    assert pages > 3 and asked[: pages - 1] == list(range(2, pages + 1)), "one ahead, and never two"
    assert count(newcomer) == MANY and not fetching(newcomer)


def test_a_page_that_was_asked_for_ahead_is_given_up_with_the_round(
    newcomer: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Coming] = []
    dropped: list[Coming] = []
    begin = newcomer.transport.begin

    def noting(call: Call) -> Coming:
        coming = begin(call)
        begun.append(coming)
        drop = coming.drop

        def noted() -> None:
            dropped.append(coming)
            drop()

        monkeypatch.setattr(coming, "drop", noted)
        return coming

    monkeypatch.setattr(newcomer.transport, "begin", noting)
    newcomer.engine.watch(lambda _progress: newcomer.engine.cancel())
    assert newcomer.engine.run_once().cancelled
    assert dropped == [begun[-1]]
    assert "haven-ahead" not in {thread.name for thread in threading.enumerate()}
    newcomer.engine.watch(lambda _progress: None)
    newcomer.sync()
    assert count(newcomer) == MANY and not fetching(newcomer)


def test_stopping_while_nothing_is_under_way_stops_nothing_later(newcomer: Station) -> None:
    newcomer.engine.cancel()
    assert not newcomer.sync().cancelled


def changed(station: Station, **fields: object) -> None:
    """Let the server's pages of the feed say something else."""

    def fault(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/feed" not in call.url:
            return reply
        page = msgspec.structs.replace(protocol.decode(protocol.FeedPage, reply.body), **fields)
        return Reply(200, protocol.MEDIA_TYPE, protocol.encode(page))

    station.transport.fault = fault


def test_a_feed_that_stops_before_its_end_is_no_first_sync(newcomer: Station) -> None:
    changed(newcomer, more=False)
    report = newcomer.engine.run_once()
    assert report.trouble == problems.NONSENSE and fetching(newcomer)


def test_without_an_end_marker_the_first_sync_is_not_called_complete(newcomer: Station) -> None:
    changed(newcomer, end=0)
    newcomer.sync()
    assert count(newcomer) == MANY and fetching(newcomer)
    newcomer.transport.fault = None
    newcomer.sync()
    assert not fetching(newcomer)


def test_the_time_left_is_said_once_it_can_be_known() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    told: list[Progress] = []
    meter = Meter(lambda: now, told.append)
    meter.note(Doing.RECEIVING, 0, 100)
    now += timedelta(seconds=1)
    meter.note(Doing.RECEIVING, 1, 100)
    now += timedelta(seconds=9)
    meter.note(Doing.RECEIVING, 20, 100)
    meter.note(Doing.FILES, 1, 2)
    assert [one.seconds_left for one in told] == [None, None, 40, None]
    meter.cancel()
    with pytest.raises(Cancelled):
        meter.note(Doing.FILES, 2, 2)
