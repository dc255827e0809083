"""The migrated tables are the models' tables; every revision goes up and down with rows in it."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from alembic.autogenerate import render_python_code
from alembic.operations import ops
from sqlalchemy import Connection, MetaData, Text, TypeDecorator, create_engine, event, inspect, text

from app.models.base import Base, kinds
from app.models.everything import Base as _everything  # noqa: F401 - every table is known
from app.models.migrations import FOLDER, HEAD, REVISIONS
from app.vault.migrate import run, scripts

FIRST = FOLDER / "versions" / "0001_first.py"

_HEAD = '''"""All tables of the first version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

'''


def plain_types(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Our own column types are plain text in the store, and a revision knows nothing of ours."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        assert isinstance(thing.impl_instance, Text)
        return "sa.Text()"
    return False


def first_revision() -> str:
    """What `0001_first.py` has to say for the models as they are."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    up: list[Any] = []
    for table in tables:
        up.append(ops.CreateTableOp.from_table(table))
        up += [
            ops.CreateIndexOp.from_index(index) for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
    down = [ops.DropTableOp.from_table(table) for table in reversed(tables)]
    upgrade = render_python_code(ops.UpgradeOps(up), render_item=plain_types)
    downgrade = render_python_code(ops.DowngradeOps(down), render_item=plain_types)
    return (
        f'{_HEAD}\ndef upgrade() -> None:\n    """Create them."""\n    {upgrade}\n\n\n'
        f'def downgrade() -> None:\n    """Drop them."""\n    {downgrade}\n'
    )


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda raw, _record: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda opened: opened.exec_driver_sql("BEGIN"))
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def described(connection: Connection) -> dict[str, Any]:
    """Columns, keys and indexes of every table, as plain values; without full-text indexes: no model has them."""
    found: dict[str, Any] = {}
    look = inspect(connection)
    virtual = list(connection.scalars(text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")))
    for name in sorted(look.get_table_names()):
        if name == "alembic_version" or any(name == one or name.startswith(f"{one}_") for one in virtual):
            continue
        found[name] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in look.get_columns(name)
            },
            "key": look.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted(tuple(one["column_names"]) for one in look.get_unique_constraints(name)),
            "indexes": sorted(
                (one["name"], tuple(one["column_names"]), one["unique"]) for one in look.get_indexes(name)
            ),
        }
    return found


@pytest.mark.skipif("HAVEN_WRITE_FIRST" not in os.environ, reason="writes revision 0001 anew before the first release")
def test_write_the_first_revision() -> None:
    FIRST.parent.mkdir(exist_ok=True)
    FIRST.write_text(first_revision(), encoding="utf-8")


def test_migrated_tables_are_the_models(connection: Connection) -> None:
    run(connection, HEAD)
    migrated = described(connection)
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as other:
        wanted = described(other)
    engine.dispose()
    assert sorted(migrated) == sorted(wanted)
    different = {name: (migrated[name], wanted[name]) for name in wanted if migrated[name] != wanted[name]}
    assert different == {}


def test_the_comparison_sees_a_missing_column(connection: Connection) -> None:
    run(connection, HEAD)
    before = described(connection)
    connection.execute(text("ALTER TABLE draft DROP COLUMN focus"))
    assert described(connection)["draft"] != before["draft"]


def fill(connection: Connection, number: int = 0) -> int:
    """One more row in every synced table that this revision has; returns how many."""
    there = set(inspect(connection).get_table_names()) & set(kinds())
    for name in there:
        kind = kinds()[name]
        values = {"id": f"{number:032d}", "scope_id": "1" * 32, "flagged": 0}
        columns = [column for column in kind.__table__.columns if column.name in values]
        places = ", ".join(f":{column.name}" for column in columns)
        connection.execute(
            text(f'INSERT INTO "{name}" ({", ".join(column.name for column in columns)}) VALUES ({places})'), values
        )
    return len(there)


def test_every_revision_goes_up_and_down_with_rows(connection: Connection) -> None:
    for number, revision in enumerate(REVISIONS):
        run(connection, revision)
        assert fill(connection, number) > 30
    for target in [*reversed(REVISIONS[:-1]), "base"]:
        run(connection, target)
    assert described(connection) == {}
    run(connection, HEAD)
    assert described(connection)


def test_what_was_not_sealed_yet_is_still_to_be_sealed(connection: Connection) -> None:
    run(connection, "0017")
    connection.execute(text("INSERT INTO device_state (name, value) VALUES ('device_id', 'own')"))
    written = [("own", 1, 1), ("own", 2, 1), ("own", 3, 3), ("own", 4, None), ("own", 5, None), ("other", 1, None)]
    for device, place, segment in written:
        columns = "scope_id, device_id, device_seq, dot, author, kind, record_id, fields, state, segment_first"
        values = (
            f"'s', '{device}', {place}, 'd', 'a', 'k', 'r', '', 'applied', {'NULL' if segment is None else segment}"
        )
        connection.execute(text(f"INSERT INTO change ({columns}) VALUES ({values})"))
    segment_columns = "scope_id, first, last, hash, body, made_at"
    connection.execute(text(f"INSERT INTO out_segment ({segment_columns}) VALUES ('s', 1, 2, '', '', '')"))
    run(connection, "0018")
    waiting = [tuple(row) for row in connection.execute(text("SELECT * FROM unsealed_change ORDER BY device_seq"))]
    assert waiting == [("s", 4), ("s", 5)]
    run(connection, "0017")
    asked = text("SELECT device_id, device_seq, segment_first IS NULL FROM change ORDER BY seq")
    back = [tuple(row) for row in connection.execute(asked)]
    assert back == [(device, place, int(segment is None)) for device, place, segment in written]


def test_the_list_of_revisions_is_the_folder() -> None:
    walked = [script.revision for script in scripts().walk_revisions()]
    assert tuple(reversed(walked)) == REVISIONS
    assert scripts().get_current_head() == HEAD


def test_revisions_import_nothing_of_ours() -> None:
    for path in sorted((FOLDER / "versions").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(alias.name.split(".")[0] == "app" for alias in node.names), path.name
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] != "app", path.name


def test_file_names_begin_with_their_number() -> None:
    names = [path.name for path in (FOLDER / "versions").glob("*.py")]
    assert sorted(name[:4] for name in names) == list(REVISIONS)
    assert isinstance(Base.metadata, MetaData) and Path(FIRST).name in names
