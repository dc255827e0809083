"""What a process learns once and not anew with each vault that is opened: how statements are written in SQL.

A schedule opens some dozen vaults and servers, each with an engine of its own, and each engine would compile the same
few hundred statements anew: a third of a schedule's time. All engines here speak to the same driver in the same way,
so they share one dialect and one store of compiled statements; connections, transactions and rows stay their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine

from app.sync.server.stores.embedded import EmbeddedStore
from app.vault import engine

_learned: dict[str, Engine] = {}
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


def _use(for_vaults: Any, for_servers: Any) -> None:
    setattr(engine, "create_engine", for_vaults)  # noqa: B010
    setattr(EmbeddedStore, "_make_engine", for_servers)  # noqa: B010


@contextmanager
def shared_statements() -> Iterator[None]:
    """Within: the engines of all vaults share their compiled statements, and so do those of all servers."""
    _use(_for_a_vault, _for_a_server)
    try:
        yield
    finally:
        _use(_make_vaults, _make_servers)
