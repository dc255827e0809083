"""What a process learns once and not anew with each vault that is opened and each server that is started.

How statements are written in SQL: a schedule opens some dozen vaults and servers, each with an engine of its own, and
each engine would compile the same few hundred statements anew: a third of a schedule's time. All engines here speak to
the same driver in the same way, so they share one dialect and one store of compiled statements; connections,
transactions and rows stay their own.

How the server's routes are laid out: the framework's part of the application is made once, and each start gives it
the new store and all that belongs to it. And what the server does in a thread of its own is done where it is asked
for, because only one message at a time is under way here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from anyio import to_thread
from litestar import Litestar
from sqlalchemy import Engine, create_engine

from app.sync.server import app as server_app
from app.sync.server import routes
from app.sync.server.stores.embedded import EmbeddedStore
from app.vault import engine

T = TypeVar("T")
_learned: dict[str, Engine] = {}
_laid_out: list[Litestar] = []
_make_vaults = create_engine
_make_servers = EmbeddedStore._make_engine


def _going_on(made: Engine, whose: str) -> Engine:
    """The engine, with what the first of its kind has learned."""
    first = _learned.setdefault(whose, made)
    made.dialect = made.pool._dialect = first.dialect
    made._compiled_cache = first._compiled_cache
    return made


def _for_a_vault(*given: Any, **named: Any) -> Engine:
    return _going_on(_make_vaults(*given, **named), "vault")


def _for_a_server(store: EmbeddedStore) -> Engine:
    return _going_on(_make_servers(store), "server")


class _Here:
    """In the place of threads."""

    @staticmethod
    async def run_sync(work: Callable[[], T]) -> T:
        """Do it now."""
        return work()


def _with_parts(**named: Any) -> Litestar:
    """The application of this process, with the parts of the server that starts."""
    if not _laid_out:
        _laid_out.append(Litestar(**named))
    _laid_out[0].state = named["state"]
    return _laid_out[0]


def _make_engines_with(for_vaults: Any, for_servers: Any) -> None:
    setattr(engine, "create_engine", for_vaults)  # noqa: B010
    setattr(EmbeddedStore, "_make_engine", for_servers)  # noqa: B010


def _serve_with(application: Any, threads: Any) -> None:
    setattr(server_app, "Litestar", application)  # noqa: B010
    setattr(routes, "to_thread", threads)  # noqa: B010


@contextmanager
def shared_statements() -> Iterator[None]:
    """Within: the engines of all vaults share their compiled statements, and so do those of all servers."""
    _make_engines_with(_for_a_vault, _for_a_server)
    try:
        yield
    finally:
        _make_engines_with(_make_vaults, _make_servers)


@contextmanager
def learned_once() -> Iterator[None]:
    """Within: engines share their compiled statements, servers their routes, and all is done in this thread."""
    with shared_statements():
        _serve_with(_with_parts, _Here)
        try:
            yield
        finally:
            _serve_with(Litestar, to_thread)
