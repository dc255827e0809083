"""The embedded store: what it refuses to open, its schema, its copies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlcipher3 import dbapi2

from app.errors import EnvironmentProblem
from app.sync.server import members, store, verifying
from app.sync.server.clock import new_id
from app.sync.server.feed import FeedWriter
from app.sync.server.problems import StoreDamaged, StoreUnavailable
from app.sync.server.settings import Settings
from app.sync.server.store import STORE_FILE, STORE_KEY_FILE, EmbeddedStore, create_store
from app.sync.server.tables import metadata
from tests.sync.server.harness import Server

SCRIPTS = Path(store.__file__).with_name("migrations")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A new, closed store."""
    made = Settings(data=tmp_path / "server")
    create_store(made)
    return made


@pytest.fixture
def opened(settings: Settings) -> Iterator[EmbeddedStore]:
    """A new, open store."""
    found = EmbeddedStore(settings)
    yield found
    found.close()


def scripts(connection: sa.Connection) -> Config:
    """Alembic on one connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def test_keys_and_store_are_for_the_owner_only(settings: Settings) -> None:
    assert {path.name: path.stat().st_mode & 0o777 for path in settings.data.iterdir()} == {
        "store.db": 0o600,
        "store.key": 0o600,
        "identity.key": 0o600,
    }
    (settings.data / STORE_KEY_FILE).chmod(0o640)
    with pytest.raises(EnvironmentProblem, match="0600"):
        EmbeddedStore(settings)


def test_a_server_is_never_made_over_another(settings: Settings) -> None:
    with pytest.raises(EnvironmentProblem, match="already"):
        create_store(settings)


def test_a_wrong_key_a_damaged_key_and_no_store_are_told_apart(settings: Settings, tmp_path: Path) -> None:
    key = settings.data / STORE_KEY_FILE
    good = key.read_bytes()
    key.write_bytes(bytes(32))
    with pytest.raises(EnvironmentProblem, match="wrong key"):
        EmbeddedStore(settings)
    key.write_bytes(good[:16])
    with pytest.raises(EnvironmentProblem, match="damaged"):
        EmbeddedStore(settings)
    key.write_bytes(good)
    (settings.data / STORE_FILE).unlink()
    with pytest.raises(EnvironmentProblem, match="run init"):
        EmbeddedStore(settings)


def test_a_readable_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="not encrypted"):
        plain = tmp_path / "plain.db"
        connection = sqlite3.connect(plain)
        connection.execute("CREATE TABLE t (a)")
        connection.close()
        store.check_header(plain)
    store.check_header(settings.data / STORE_FILE)


def test_an_old_engine_and_a_missing_cipher_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    store.check_engine()
    with monkeypatch.context() as patched:
        patched.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
        with pytest.raises(EnvironmentProblem, match="too old"):
            store.check_engine()
    with monkeypatch.context() as patched:
        patched.setattr(dbapi2, "connect", sqlite3.connect)
        with pytest.raises(EnvironmentProblem, match="SQLCipher is missing"):
            store.check_engine()


def test_every_connection_is_durable(opened: EmbeddedStore) -> None:
    with opened.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "temp_store": 2}


def schema(connection: sa.Connection) -> dict[str, object]:
    """Columns, keys, constraints and indexes of every table, by name."""
    seen = sa.inspect(connection)
    return {
        table: (
            [{**column, "type": str(column["type"])} for column in seen.get_columns(table)],
            seen.get_pk_constraint(table),
            sorted(map(str, seen.get_unique_constraints(table))),
            sorted(map(str, seen.get_foreign_keys(table))),
            sorted(map(str, seen.get_indexes(table))),
        )
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def expected_schema() -> dict[str, object]:
    """The same of a database made straight from the tables."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        found = schema(connection)
    engine.dispose()
    return found


def test_the_migrated_schema_is_the_tables(opened: EmbeddedStore) -> None:
    with opened.reading() as connection:
        found = schema(connection)
    assert len(found) == len(metadata.tables) == 16
    assert found == expected_schema()


def test_every_table_leads_with_its_agency() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "agency_id", table.name


def test_every_revision_goes_down_and_up_with_rows(opened: EmbeddedStore) -> None:
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
    opened = EmbeddedStore(settings)
    with opened.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    opened.close()
    with pytest.raises(EnvironmentProblem, match="newer version"):
        EmbeddedStore(settings)


def test_what_raises_is_undone(opened: EmbeddedStore) -> None:
    with pytest.raises(ValueError, match="stop"), opened.writing() as connection:
        members.add_agency(connection, "Lakeshore Police Service")
        raise ValueError("stop")
    with opened.reading() as connection:
        assert members.list_agencies(connection) == []


def test_a_writer_that_never_ends_is_told_apart(opened: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_LOCK_SECONDS", 0.05)
    with opened.writing(), pytest.raises(StoreUnavailable), opened.writing():
        pass
    with opened.writing():
        pass


def test_two_processes_on_one_store_never_give_a_place_twice(opened: EmbeddedStore, settings: Settings) -> None:
    """The lock that counts is the database's: a second store on the same file stands for a second process."""
    with opened.writing() as connection:
        agency = members.add_agency(connection, "Lakeshore Police Service")
    other = EmbeddedStore(settings)

    def work(mine: EmbeddedStore) -> None:
        for _ in range(40):
            with mine.writing() as connection:
                places = FeedWriter(connection, agency)
                places.add("member", new_id(), body=b"x")
                places.flush()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, (opened, other)))
    other.close()
    with opened.reading() as connection:
        assert members.counts(connection, agency)["places"] == 80
        assert verifying.find_faults(connection) == []


def test_errors_never_show_values(opened: EmbeddedStore) -> None:
    with pytest.raises(sa.exc.IntegrityError) as caught, opened.writing() as connection:
        row = {"agency_id": new_id(), "person_id": new_id(), "name": "Canary Name", "created_at": 1}
        connection.execute(sa.insert(metadata.tables["persons"]).values(roles="[]", group_names="[]", **row))
    assert "Canary" not in str(caught.value)


def test_a_backup_under_load_opens_and_verifies(server: Server, agency: str, tmp_path: Path) -> None:
    device = server.enrolled(agency)
    scope = device.new_scope()
    device.send(*[device.segment(scope) for _ in range(20)])
    server.parts.store.back_up(tmp_path / "backup")
    device.send(device.segment(scope))
    for name in ("store.key", "identity.key"):
        (tmp_path / "backup" / name).write_bytes((server.settings.data / name).read_bytes())
        (tmp_path / "backup" / name).chmod(0o600)
    copy = EmbeddedStore(Settings(data=tmp_path / "backup"))
    assert copy.check_integrity() == []
    with copy.reading() as connection:
        assert verifying.find_faults(connection) == []
        assert members.counts(connection, agency)["segments"] == 20
    copy.close()
    with pytest.raises(EnvironmentProblem, match="already"):
        server.parts.store.back_up(tmp_path / "backup")


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE segments SET body = zeroblob(40) WHERE number = 2", "body is damaged"),
        ("UPDATE segments SET hash = zeroblob(32) WHERE number = 2", "hash does not fit"),
        ("DELETE FROM segments WHERE number = 2", "expected number 2"),
        ("DELETE FROM segments WHERE number = 3", "head does not fit"),
        ("DELETE FROM feed WHERE place = 2", "place 2 is missing"),
        ("UPDATE devices SET signing_public = zeroblob(32)", "signature is not"),
        ("UPDATE agencies SET last_place = 99", "the feed ends at"),
    ],
)
def test_verifying_names_the_damage(server: Server, agency: str, damage: str, fault: str) -> None:
    device = server.enrolled(agency)
    scope = device.new_scope()
    device.send(*[device.segment(scope) for _ in range(3)])
    with server.parts.store.reading() as connection:
        assert verifying.find_faults(connection) == []
    with server.parts.store.writing() as connection:
        connection.exec_driver_sql(damage)
    with server.parts.store.reading() as connection:
        assert any(fault in line for line in verifying.find_faults(connection))


def test_flipped_bits_are_found(settings: Settings) -> None:
    opened = EmbeddedStore(settings)
    with opened.writing() as connection:
        members.add_agency(connection, "Lakeshore Police Service")
    opened.close()
    path = settings.data / STORE_FILE
    content = bytearray(path.read_bytes())
    content[len(content) - 5000] ^= 4
    path.write_bytes(content)
    damaged = EmbeddedStore(settings)
    assert any(line.startswith("page: ") for line in damaged.check_integrity())
    with pytest.raises(StoreDamaged), damaged.reading() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.select(table)).all()
        connection.exec_driver_sql("PRAGMA integrity_check").all()
    damaged.close()
