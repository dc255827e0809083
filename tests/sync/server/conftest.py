"""Fixtures: a running server with one agency, on each of the two stores."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.sync.server.settings import Settings
from app.sync.server.store import ADDRESS_FILE, Store, create_store, open_store
from tests.sync.server import cluster as postgres
from tests.sync.server.harness import WIDE, Server, close_connections

ON_BOTH = frozenset(
    {
        "test_agency_log",
        "test_chunks",
        "test_epochs",
        "test_feed",
        "test_flags",
        "test_membership",
        "test_numbers",
        "test_orders",
        "test_pokes",
        "test_push",
        "test_stores",
    }
)
"""The files whose tests run on both stores: what the server takes and gives must not depend on where it keeps it."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test of these files once with the embedded store and once with PostgreSQL, unless it says otherwise."""
    if "kind_of_store" not in metafunc.fixturenames:
        return
    if any("kind_of_store" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")):
        return
    both = metafunc.definition.path.stem in ON_BOTH
    metafunc.parametrize("kind_of_store", ["embedded", "postgres"] if both else ["embedded"])


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """No connection outlives its test."""
    yield
    close_connections()


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of our own."""
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    with postgres.running() as found:
        yield found


@pytest.fixture(scope="session")
def first_made(cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder and the database of a server that `init` made, to copy for each test."""
    folder, database = tmp_path_factory.mktemp("made") / "server", cluster.new_database()
    create_store(Settings(data=folder, store=cluster.address(database)))
    return folder, database


@pytest.fixture
def settings(kind_of_store: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """A new, closed store."""
    folder = tmp_path / "server"
    if kind_of_store == "embedded":
        create_store(Settings(data=folder))
    else:
        found: postgres.Cluster = request.getfixturevalue("cluster")
        made, database = request.getfixturevalue("first_made")
        shutil.copytree(made, folder)
        (folder / ADDRESS_FILE).write_text(found.address(found.new_database(database)))
    wide: dict[str, Any] = WIDE
    return Settings(data=folder, **wide)


@pytest.fixture
def opened(settings: Settings) -> Iterator[Store]:
    """A new, open store."""
    found = open_store(settings)
    yield found
    found.close()


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """A real server on a free port."""
    running = Server(settings)
    yield running
    running.stop()


@pytest.fixture
def agency(server: Server) -> str:
    """The id of an agency of that server."""
    return server.add_agency()
