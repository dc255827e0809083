"""What SQLAlchemy compiled for one vault serves the next vault of the same process too.

An application opens one vault and compiles each of its statements once. Thousands of tests make a vault, and compiling
the same statements anew for each took a sixth of their time. The compiled text depends on the statement and on the
dialect, and that is the same for each: the first engine's. Connections, transactions and all that is recorded stay each
engine's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from app.vault import engine as vault_engine

_STATEMENTS = 2_000
_first: list[Engine] = []


def share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one test: the vault's engines have the dialect and the compiled statements of the first of them."""
    create_engine: Callable[..., Engine] = vars(vault_engine)["create_engine"]

    def create(*given: Any, **named: Any) -> Engine:
        engine = create_engine(*given, **named, query_cache_size=_STATEMENTS)
        if not _first:
            _first.append(engine)
        elif hasattr(_first[0].dialect, "server_version_info"):  # it has met its database
            engine.dialect, engine._compiled_cache = _first[0].dialect, _first[0]._compiled_cache
        return engine

    monkeypatch.setattr(vault_engine, "create_engine", create)
