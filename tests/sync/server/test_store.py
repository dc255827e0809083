"""The embedded store: what it refuses to open, its schema, its copies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2

from app.errors import EnvironmentProblem
from app.sync.server import members, verifying
from app.sync.server.problems import StoreDamaged
from app.sync.server.settings import Settings
from app.sync.server.store import STORE_FILE, STORE_KEY_FILE, EmbeddedStore, create_store
from app.sync.server.stores import embedded
from app.sync.server.tables import metadata
from tests.sync.server.harness import Server


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
        embedded.check_header(plain)
    embedded.check_header(settings.data / STORE_FILE)


def test_an_old_engine_and_a_missing_cipher_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.check_engine()
    with monkeypatch.context() as patched:
        patched.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
        with pytest.raises(EnvironmentProblem, match="too old"):
            embedded.check_engine()
    with monkeypatch.context() as patched:
        patched.setattr(dbapi2, "connect", sqlite3.connect)
        with pytest.raises(EnvironmentProblem, match="SQLCipher is missing"):
            embedded.check_engine()


def test_every_connection_is_durable(opened: EmbeddedStore) -> None:
    with opened.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "temp_store": 2}


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
