"""Fresh vaults without running every migration again: the first of a process runs them, later ones get its tables.

Thousands of tests make a vault, and the chain of migrations costs most of that. What is given to the later ones is what
the chain itself made a moment before, read back from the database: tables, indexes, and the few rows that it writes. A
database that holds anything already goes through the real chain, as do all that other processes make.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from app.models.migrations import HEAD
from app.vault import upgrade

_MADE = text("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
_move = upgrade.move
_statements: list[str] = []
_rows: list[tuple[str, list[tuple[Any, ...]]]] = []


def move(connection: Connection, target: str) -> None:
    """What `upgrade.move` does."""
    if target != HEAD or connection.execute(_MADE).first() is not None:
        _move(connection, target)
        return
    if not _statements:
        _move(connection, target)
        _remember(connection)
        return
    raw = connection.connection.cursor()  # hundreds of statements, of which each costs SQLAlchemy as much as the engine
    for statement in _statements:
        raw.execute(statement)
    for statement, rows in _rows:
        raw.executemany(statement, rows)


def _remember(connection: Connection) -> None:
    kinds = {row.name: row.type for row in connection.exec_driver_sql("PRAGMA table_list")}
    # A virtual table makes its shadow tables itself.
    made = [row for row in connection.execute(_MADE).all() if kinds.get(row.name) != "shadow"]
    for name in (row.name for row in made if kinds.get(row.name) == "table"):
        rows = [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')]
        if rows:
            places = ", ".join("?" * len(rows[0]))
            _rows.append((f'INSERT INTO "{name}" VALUES ({places})', rows))
    _statements.extend(row.sql for row in made)
