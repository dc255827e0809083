"""No reader skips or doubles anything, however many processes write at once (safety.md, G10).

Writers in processes of their own push to one scope, and some give up at the last moment; meanwhile a reader follows
the feed with small pages. `HAVEN_FEED_ROWS` sets how many segments; each run prints one JSON line, with its seed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from app.sync import protocol as p
from app.sync.server import members, reading, verifying
from app.sync.server.clock import new_id
from app.sync.server.members import Caller
from app.sync.server.settings import Settings
from app.sync.server.store import Store, create_store, open_store
from tests.faults.feeding_child import enrol, push
from tests.sync.server import cluster
from tests.sync.server.harness import Device, close_connections

pytestmark = pytest.mark.skipif(os.name != "posix", reason="fork is POSIX")

ROOT = Path(__file__).parents[2]
ROWS = int(os.environ.get("HAVEN_FEED_ROWS", "600"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
WRITERS = 4
PAGE = 20_000


@pytest.fixture(params=["embedded", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A new store of either kind."""
    with ExitStack() as stack:
        store = None
        if request.param == "postgres":
            if cluster.programs() is None:
                pytest.skip(cluster.MISSING)
            found = stack.enter_context(cluster.running())
            store = found.address(found.new_database())
        made = Settings(data=tmp_path / "server", store=store)
        create_store(made)
        yield made
    close_connections()


def code_for(store: Store, agency: str, person: str) -> str:
    """A one-time code."""
    with store.writing() as connection:
        return members.issue_code(connection, agency, person, 600)


def follow(store: Store, caller: Caller, writers: subprocess.Popen[bytes]) -> list[p.FeedItem]:
    """Read page by page until every writer has ended and nothing is left."""
    seen: list[p.FeedItem] = []
    after, last_round = 0, False
    while True:
        with store.reading() as connection:
            page = reading.read_feed(connection, caller, after, PAGE)
        assert all(after < item.place <= page.next for item in page.items)
        seen, after = seen + page.items, page.next
        if last_round and not page.more:
            return seen
        last_round = writers.poll() is not None


def test_a_reader_beside_many_writers_misses_nothing(settings: Settings) -> None:
    with closing(open_store(settings)) as store:
        with store.writing() as connection:
            agency = members.add_agency(connection, "Lakeshore Police Service")
            person = members.add_person(connection, agency, "Ann Example", ["VSU"], [])
        reader, scope = Device(0), new_id()
        enrol(store, reader, code_for(store, agency, person))
        key = reader.envelope(scope, reader.device_id)
        push(store, agency, p.Push(scopes=[reader.offer(scope)], envelopes=[key]))
        each = ROWS // WRITERS
        codes = [code_for(store, agency, person) for _ in range(WRITERS)]
        command = [sys.executable, "-m", "tests.faults.feeding_child", str(settings.data), agency, scope, str(each)]
        with subprocess.Popen([*command, str(SEED), *codes], cwd=ROOT) as writers:
            seen = follow(store, Caller(agency, reader.device_id, person, ("VSU",), ()), writers)
        assert writers.returncode == 0, SEED
        found = [item for item in seen if item.kind == "segment"]
        places = [item.place for item in seen]
        print(json.dumps({"name": "sync.feed_order", "rows": len(found), "writers": WRITERS, "seed": SEED}))
        assert places == sorted(set(places)), SEED
        assert [item.number for item in found] == list(range(1, each * WRITERS + 1)), SEED
        with store.reading() as connection:
            assert verifying.find_faults(connection) == [], SEED
