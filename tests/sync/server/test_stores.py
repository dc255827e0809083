"""What both stores promise: their schema, one writer at a time, nothing half done, damage named."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.errors import EnvironmentProblem
from app.sync.server import high_water, members, store, verifying
from app.sync.server.clock import new_id
from app.sync.server.feed import FeedWriter
from app.sync.server.problems import StoreUnavailable
from app.sync.server.settings import Settings
from app.sync.server.store import Store, open_store
from app.sync.server.stores import embedded, postgres
from app.sync.server.tables import agencies, devices, feed, metadata, persons, segments
from tests.sync.server.harness import Server

SHORT = 50
"""Characters of a name that PostgreSQL, which allows 63, leaves as they are."""
SCRIPTS = Path(store.__file__).with_name("migrations")


def scripts(connection: sa.Connection) -> Config:
    """Alembic on one connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def schema(connection: sa.Connection) -> dict[str, object]:
    """Columns, keys, constraints and indexes of every table, by name; SQLite's names of types and defaults."""
    seen = sa.inspect(connection)
    return {
        table: (
            [_plain(column) for column in seen.get_columns(table)],
            {
                key: said
                for key, said in seen.get_pk_constraint(table).items()
                if key in ("name", "constrained_columns")
            },
            sorted(str((one["name"], one["column_names"])) for one in seen.get_unique_constraints(table)),
            sorted(
                str((one["name"], one["constrained_columns"], one["referred_table"], one["referred_columns"]))
                for one in seen.get_foreign_keys(table)
            ),
            sorted(
                str((str(one["name"])[:SHORT], one["column_names"]))
                for one in seen.get_indexes(table)
                if not one.get("duplicates_constraint")
            ),
        )
        for table in seen.get_table_names()
        if table in metadata.tables
    }


def _plain(column: Any) -> tuple[object, ...]:
    kind = str(column["type"]).replace("BYTEA", "BLOB")
    default = (column["default"] or "").partition("::")[0].strip("'")
    return column["name"], kind, column["nullable"], default


def expected_schema() -> dict[str, object]:
    """The same of a database made straight from the tables."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        found = schema(connection)
    engine.dispose()
    return found


def test_the_migrated_schema_is_the_tables(opened: Store) -> None:
    with opened.reading() as connection:
        found = schema(connection)
    assert len(found) == len(metadata.tables) == 20
    assert found == expected_schema()


def test_every_table_leads_with_its_agency() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "agency_id", table.name


def test_every_revision_goes_down_and_up_with_rows(opened: Store) -> None:
    with opened.writing() as connection:
        agency = members.add_agency(connection, "Lakeshore Police Service")
        members.add_person(connection, agency, "Ann Example", ["SUP"], [])
    revisions = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()]
    assert all(revision[0].isdigit() for revision in revisions)
    for _ in revisions:
        with opened.writing() as connection:
            command.downgrade(scripts(connection), "-1")
    with opened.writing() as connection:
        assert not sa.inspect(connection).has_table("agencies")
        command.upgrade(scripts(connection), "head")
        assert schema(connection) == expected_schema()


def test_migrations_import_nothing_of_ours() -> None:
    for path in SCRIPTS.rglob("*.py"):
        assert "app." not in path.read_text(encoding="utf-8").replace("`app.", ""), path.name


def test_a_newer_store_is_refused_politely(settings: Settings) -> None:
    opened = open_store(settings)
    with opened.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    opened.close()
    with pytest.raises(EnvironmentProblem, match="newer version"):
        open_store(settings)


def test_what_raises_is_undone(opened: Store) -> None:
    with pytest.raises(ValueError, match="stop"), opened.writing() as connection:
        members.add_agency(connection, "Lakeshore Police Service")
        raise ValueError("stop")
    with opened.reading() as connection:
        assert members.list_agencies(connection) == []


def test_a_writer_that_never_ends_is_told_apart(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (embedded, postgres):
        monkeypatch.setattr(module, "_LOCK_SECONDS", 0.05)
    with opened.writing("a"), pytest.raises(StoreUnavailable), opened.writing("a"):
        pass
    with opened.writing("a"):
        pass


@pytest.mark.parametrize("of_agency", [True, False])
def test_two_processes_on_one_store_never_give_a_place_twice(
    opened: Store, settings: Settings, of_agency: bool
) -> None:
    """The lock that counts is the database's: a second store on the same data stands for a second process."""
    with opened.writing() as connection:
        agency = members.add_agency(connection, "Lakeshore Police Service")
    other = open_store(settings)

    def work(mine: Store) -> None:
        for _ in range(40):
            with mine.writing(agency if of_agency else None) as connection:
                places = FeedWriter(connection, agency)
                places.add("member", new_id(), body=b"x")
                places.flush()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, (opened, other)))
    other.close()
    with opened.reading() as connection:
        assert members.counts(connection, agency)["places"] == 80
        assert verifying.find_faults(connection) == []


def test_who_writes_feeds_is_heard_and_who_fails_is_not(opened: Store) -> None:
    heard: list[str] = []
    opened.listen(heard.append)
    with opened.writing() as connection:
        agency = members.add_agency(connection, "Lakeshore Police Service")

    def write(fails: bool) -> None:
        with opened.writing(agency) as connection:
            places = FeedWriter(connection, agency)
            places.add("member", new_id(), body=b"x")
            places.flush()
            heard.clear()
            if fails:
                raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write(True)
    assert heard == []
    write(False)
    assert heard == [agency]


def epochs(connection: sa.Connection) -> dict[str, str]:
    """The server's epoch of each agency."""
    rows = connection.execute(sa.select(agencies.c.agency_id, agencies.c.server_epoch)).all()
    return {row.agency_id: row.server_epoch for row in rows}


def test_after_a_restore_every_agency_has_a_new_epoch(opened: Store) -> None:
    with opened.writing() as connection:
        made = {members.add_agency(connection, name) for name in ("Lakeshore", "Riverside")}
        before = epochs(connection)
        high_water.begin_epochs(connection)
    with opened.reading() as connection:
        after = epochs(connection)
    assert made == set(after) and not set(before.values()) & set(after.values()) and len(set(after.values())) == 2


def test_errors_never_show_values(opened: Store) -> None:
    with pytest.raises(sa.exc.IntegrityError) as caught, opened.writing() as connection:
        row = {"agency_id": new_id(), "person_id": new_id(), "name": "Canary Name", "created_at": 1}
        connection.execute(sa.insert(persons).values(roles="[]", group_names="[]", **row))
    assert "Canary" not in str(caught.value)


def test_a_sound_store_is_found_sound(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    device.send(device.segment(device.new_scope()))
    assert server.parts.store.check_integrity() == []
    server.parts.store.check_ready()


SECOND = segments.c.number == 2


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda: sa.update(segments).where(SECOND).values(body=bytes(40)), "body is damaged"),
        (lambda: sa.update(segments).where(SECOND).values(hash=bytes(32)), "hash does not fit"),
        (lambda: sa.delete(segments).where(SECOND), "expected number 2"),
        (lambda: sa.delete(segments).where(segments.c.number == 3), "head does not fit"),
        (lambda: sa.delete(feed).where(feed.c.place == 2), "place 2 is missing"),
        (lambda: sa.update(devices).values(signing_public=bytes(32)), "signature is not"),
        (lambda: sa.update(agencies).values(last_place=99), "the feed ends at"),
    ],
    ids=["body", "hash", "gap", "end", "place", "signature", "last"],
)
def test_verifying_names_the_damage(
    server: Server, agency: str, damage: Callable[[], sa.Executable], fault: str
) -> None:
    device = server.enrolled(agency)
    scope = device.new_scope()
    device.send(*[device.segment(scope) for _ in range(3)])
    with server.parts.store.reading() as connection:
        assert verifying.find_faults(connection) == []
    with server.parts.store.writing() as connection:
        connection.execute(damage())
    with server.parts.store.reading() as connection:
        assert any(fault in line for line in verifying.find_faults(connection))
