"""Fixtures: a running server with one agency."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.server.harness import Server, close_connections, new_server


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """No connection outlives its test."""
    yield
    close_connections()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A real server on a free port."""
    running = new_server(tmp_path / "server")
    yield running
    running.stop()


@pytest.fixture
def agency(server: Server) -> str:
    """The id of an agency of that server."""
    return server.add_agency()
