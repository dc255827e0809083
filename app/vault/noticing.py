"""Notices whether certain tables were written to, whoever wrote, for who would otherwise have to look through them.

Triggers of the connection itself count; nothing of it is in the file. A row that is new or gone counts always, one that
is changed only when one of the named columns came out different.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.vault import asking
from app.vault.driver import driver

_COUNTER = "CREATE TEMP TABLE IF NOT EXISTS noticed (name TEXT PRIMARY KEY, count INTEGER NOT NULL)"
_BEGIN = "INSERT OR IGNORE INTO noticed (name, count) VALUES (?, 1)"
_COUNT = "SELECT count FROM noticed WHERE name = ?"


def begin(cursor: driver.Cursor, name: str, watched: Mapping[str, tuple[str, ...]], facts: tuple[str, ...]) -> None:
    """Count under `name`, from now on, writings to tables by their columns, and to facts (`state.py`) by GLOB patterns.

    `cursor`: one that does not record, of a connection that is in no transaction.
    """
    counts = f"UPDATE noticed SET count = count + 1 WHERE name = '{name}';"
    cursor.execute(_COUNTER)
    cursor.execute(_BEGIN, (name,))
    for table, columns in watched.items():
        changed = columns and " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
        for event, condition in (("INSERT", "1"), ("DELETE", "1"), ("UPDATE", changed or "0")):
            _trigger(cursor, name, table, event, condition, counts)
    for row, event in (("NEW", "INSERT"), ("NEW", "UPDATE"), ("OLD", "DELETE")):
        named = " OR ".join(f"{row}.name GLOB '{pattern}'" for pattern in facts)
        _trigger(cursor, name, "device_state", event, named or "0", counts)


def count(session: Session, name: str) -> int:
    """A number that is another one after each writing that was to be noticed. Undone with what was written."""
    return int(asking.row(session, _COUNT, (name,))[0])


def _trigger(cursor: driver.Cursor, name: str, table: str, event: str, condition: str, counts: str) -> None:
    known_as = f"noticed_{name}_{table}_{event.lower()}"
    cursor.execute(
        f'CREATE TEMP TRIGGER IF NOT EXISTS {known_as} AFTER {event} ON main."{table}" WHEN {condition}'
        f" BEGIN {counts} END"
    )
