"""A page is taken in a part at a time, so that windows never wait long; the cursor goes with each part."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import func, select

from app.models.agency import Organization
from app.models.vocab import Role, ScopeKind
from app.sync import protocol as p
from app.sync.client import pull
from app.sync.client.engine import SyncEngine
from app.vault import state
from app.vault.unit_of_work import UnitOfWork
from tests.sync.client.test_every_step import Died
from tests.sync.conftest import Agency, Recruit, Station
from tests.sync.test_two_vaults import all_sync

ID = "0" * 32


def segment(place: int, changes: int) -> p.FeedItem:
    body = p.Segment(ID, ID, 1, changes, 1, p.NO_HASH, secrets.token_bytes(8), p.UNSIGNED)
    return p.FeedItem(place, "segment", msgspec.Raw(p.encode(body)))


def places(items: list[p.FeedItem]) -> list[list[int]]:
    return [[item.place for item in part] for part in pull._parts(items)]


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ([], [[]]),
        ([1, 2, 3], [[1, 2, 3]]),
        ([500, 1, 499, 1], [[1], [2, 3], [4]]),
        ([2**50, 2**50], [[1], [2]]),
    ],
)
def test_parts_hold_so_many_changes(changes: list[int], parts: list[list[int]]) -> None:
    assert places([segment(place, count) for place, count in enumerate(changes, start=1)]) == parts


def test_what_cannot_be_read_has_its_place_too() -> None:
    broken = p.FeedItem(2, "segment", msgspec.Raw(b"\xc1"))
    unknown = p.FeedItem(3, "tomorrow", msgspec.Raw(msgspec.msgpack.encode([1])))
    assert places([segment(1, 3), broken, unknown]) == [[1, 2, 3]]


def many(station: Station, count: int) -> Callable[[UnitOfWork], None]:
    """Writes so many organizations in one act."""
    scope = station.scope(ScopeKind.AGENCY, station.vault.agency_id)

    def write(work: UnitOfWork) -> None:
        for number in range(count):
            work.session.add(Organization(id=work.new_id(), scope_id=scope, name=f"Organization {number}"))

    return write


def test_a_round_that_dies_between_two_parts_goes_on_with_the_next(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker, supervisor, worker)
    supervisor.write(then=many(supervisor, 1200))
    supervisor.sync()
    saved: list[int] = []

    def die_after_the_second(step: str) -> None:
        if step == "pull saved":
            saved.append(int(worker.ask(lambda session: state.get(session, state.FEED_PLACE))))
            if len(saved) == 2:
                raise Died

    with pytest.raises(Died):
        SyncEngine(worker.vault, worker.transport, worker.clock, step=die_after_the_second).run_once()
    assert saved[0] < saved[1]
    count = select(func.count()).select_from(Organization)
    assert 0 < worker.ask(lambda session: session.scalar(count)) < 1200
    worker.transport.calls.clear()
    worker.sync()
    assert f"after={saved[1]}&" in next(url for url in worker.transport.calls if "/v1/feed" in url)
    assert worker.ask(lambda session: session.scalar(count)) == 1200
    assert worker.contents() == supervisor.contents()
