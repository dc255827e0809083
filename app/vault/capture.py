"""Capture by triggers: whatever writes a synced record, by object, in bulk or in raw SQL, leaves its trace.

For every synced kind the first write of a record in a transaction puts one row into `captured`: its columns before as
JSON, or NULL when it is new. The unit of work turns these rows into changes at commit. The triggers are generated
from the metadata and compared at every open. `capture_switch` turns them off, only inside the transaction that merges
colleagues' changes. A record is never deleted from its table, and its id and scope never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Connection, LargeBinary, Table, text
from sqlalchemy.orm import Session

from app.models.base import Record, kinds
from app.vault import find_index

_ON = "coalesce((SELECT is_on FROM capture_switch WHERE id = 1), 1)"
_PREFIX = "capture_"


@cache
def snapshot(table: Table, row: str = "") -> str:
    """SQL for all columns of a row as one JSON text; `row` is OLD, NEW or nothing."""
    prefix = f"{row}." if row else ""
    blobs = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    if blobs:
        raise TypeError(f"{table.name}: a synced record cannot hold bytes ({', '.join(blobs)})")
    pairs = ", ".join(f"'{column.name}', {prefix}\"{column.name}\"" for column in table.columns)
    return f"json_object({pairs})"


def triggers(table: Table) -> dict[str, str]:
    """The triggers of one table by name."""
    name = table.name
    unseen = f"NOT EXISTS (SELECT 1 FROM captured WHERE kind = '{name}' AND record_id = {{row}}.id)"
    # Not INSERT OR IGNORE: an OR REPLACE of the outer statement would overrule it and lose the first snapshot.
    put = "INSERT INTO captured (kind, record_id, before) SELECT '{kind}', {row}.id, {before} WHERE {unseen};"
    new = put.format(kind=name, row="NEW", before="NULL", unseen=unseen.format(row="NEW"))
    old = put.format(kind=name, row="OLD", before=snapshot(table, "OLD"), unseen=unseen.format(row="OLD"))
    moved = "OLD.id IS NOT NEW.id OR OLD.scope_id IS NOT NEW.scope_id"
    made = {
        f"{_PREFIX}{name}_insert": f'AFTER INSERT ON "{name}" WHEN {_ON} BEGIN {new} END',
        f"{_PREFIX}{name}_update": f'AFTER UPDATE ON "{name}" WHEN {_ON} BEGIN {old} END',
        f"{_PREFIX}{name}_delete": f'BEFORE DELETE ON "{name}" WHEN {_ON} '
        "BEGIN SELECT RAISE(ABORT, 'haven: never deleted'); END",
        f"{_PREFIX}{name}_move": f'BEFORE UPDATE OF id, scope_id ON "{name}" WHEN {moved} '
        "BEGIN SELECT RAISE(ABORT, 'haven: never changes'); END",
    }
    return {trigger: f"CREATE TRIGGER {trigger} {body}" for trigger, body in made.items()}


def install(connection: Connection, recorded: Mapping[str, type[Record]] | None = None) -> bool:
    """Make every trigger as it should be and turn capture on; True when something had to be changed."""
    wanted: dict[str, str] = {}
    for kind in (recorded if recorded is not None else kinds()).values():
        wanted.update(triggers(_table(kind)))
    changed = _present(connection) != wanted
    if changed:
        remove(connection)
        for statement in wanted.values():
            connection.exec_driver_sql(statement)
    connection.execute(text("INSERT OR IGNORE INTO capture_switch (id, is_on) VALUES (1, 1)"))
    connection.execute(text("UPDATE capture_switch SET is_on = 1 WHERE is_on IS NOT 1"))
    return changed


def remove(connection: Connection) -> None:
    """Take all capture triggers away: an upgrade changes tables, not records."""
    for name in _present(connection):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


@contextmanager
def switched_off(session: Session) -> Iterator[None]:
    """Within: writes are not captured, because they are colleagues' changes that are logged as theirs.

    Quick find hears of them at the end, all at once.
    """
    session.flush()
    session.execute(text("UPDATE capture_switch SET is_on = 0 WHERE id = 1"))
    try:
        yield
        session.flush()
        find_index.catch_up(session)
    finally:
        if session.is_active:
            session.execute(text("UPDATE capture_switch SET is_on = 1 WHERE id = 1"))


def rows_now(session: Session, table: Table, ids: Iterable[str]) -> dict[str, str]:
    """The present columns of records as JSON, the same way as the triggers took them before."""
    wanted, found = list(ids), {}
    statement = f'SELECT id, {snapshot(table)} FROM "{table.name}" WHERE id IN '
    connection = session.connection()
    for start in range(0, len(wanted), 500):
        some = tuple(wanted[start : start + 500])
        places = ",".join("?" * len(some))
        found.update({row[0]: row[1] for row in connection.exec_driver_sql(f"{statement}({places})", some)})
    return found


def _present(connection: Connection) -> dict[str, str]:
    found = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'capture\\_%' ESCAPE '\\'")
    )
    return {row.name: row.sql for row in found}


def _table(kind: type[Record]) -> Table:
    table = kind.__table__
    assert isinstance(table, Table)
    return table
