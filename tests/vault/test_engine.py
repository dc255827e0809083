"""The guard: no key, no cipher, an old engine, a readable file - each is refused before anything is written."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from app.errors import Defect, EnvironmentProblem
from app.vault import engine
from app.vault.driver import driver
from app.vault.problems import explained
from app.vault.vault import Vault, open_vault

PASSPHRASE = "five unrelated garden words"


@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 33, "x" * 32, bytearray(32), None])
def test_only_32_bytes_key_a_connection(tmp_path: Path, key: Any) -> None:
    with pytest.raises(Defect):
        engine.open_keyed(tmp_path / "vault.db", key)


def test_the_interpreters_own_driver_is_refused() -> None:
    with pytest.raises(EnvironmentProblem):
        engine.refuse_weak_driver(sqlite3)


def test_a_driver_without_cipher_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match="cannot encrypt"):
        engine.refuse_weak_driver(SimpleNamespace(sqlite_version="3.53.4", connect=sqlite3.connect))


def test_an_engine_that_can_lose_commits_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match="too old"):
        engine.refuse_weak_driver(SimpleNamespace(sqlite_version="3.51.2", connect=driver.connect))


def test_a_readable_file_is_refused(folder: Path, vault: Vault, clock: Any) -> None:
    vault.close()
    (folder / "vault.db").unlink()
    plain = sqlite3.connect(folder / "vault.db")
    plain.execute("CREATE TABLE t (a)")
    plain.close()
    with pytest.raises(EnvironmentProblem, match="not encrypted"):
        open_vault(folder, PASSPHRASE, clock=clock)


def test_no_file_of_the_vault_is_ever_readable(folder: Path, vault: Vault) -> None:
    with vault.settling() as session:
        session.execute(text("INSERT INTO draft VALUES ('canary-form', '\"canary-value\"', NULL, '2026')"))
    vault.back_up()
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "vault.db-wal" for path in files)
    for path in files:
        content = path.read_bytes()
        assert b"canary" not in content and b"CREATE TABLE" not in content, path.name
        assert not content.startswith(engine.PLAIN_HEADER), path.name


def test_the_wrong_key_is_a_damaged_file(folder: Path, vault: Vault) -> None:
    vault.close()
    with pytest.raises(EnvironmentProblem, match="damaged"), explained():
        engine.open_keyed(folder / "vault.db", bytes(32))


def test_the_connection_is_set_to_lose_nothing(vault: Vault) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "temp_store": 2,
        "secure_delete": 1,
        "page_size": 4096,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cache_size": -32768,
    }
    with vault.read() as session:
        for name, value in wanted.items():
            assert str(session.execute(text(f"PRAGMA {name}")).scalar()) == str(value), name


def test_a_second_process_or_window_cannot_open_it_at_the_same_time(folder: Path, vault: Vault, clock: Any) -> None:
    with vault.settling() as session:
        session.execute(text("INSERT INTO draft VALUES ('f', '{}', NULL, '2026')"))
    with pytest.raises(EnvironmentProblem, match="already open"):
        open_vault(folder, PASSPHRASE, clock=clock)


def test_errors_and_their_traces_hold_no_value(vault: Vault) -> None:
    with pytest.raises(Exception) as met, vault.settling() as session:
        session.execute(text("INSERT INTO draft VALUES (:form, '{}', NULL, NULL)"), {"form": "12 Canary Street"})
    error: BaseException | None = met.value
    while error is not None:
        assert "Canary" not in f"{error!r} {error}"
        error = error.__cause__ or error.__context__


def test_logs_hold_no_value_even_when_everything_is_logged(
    folder: Path, vault: Vault, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    vault.close()
    caplog.set_level(logging.DEBUG)
    with open_vault(folder, PASSPHRASE, clock=clock) as opened:
        with opened.settling() as session:
            session.execute(text("INSERT INTO draft VALUES (:form, '{}', NULL, '2026')"), {"form": "12 Canary Street"})
        with opened.read() as session:
            assert session.execute(text("SELECT form FROM draft")).scalar() == "12 Canary Street"
    assert "Canary" not in caplog.text and PASSPHRASE not in caplog.text


def test_the_key_pragma_stands_in_one_place() -> None:
    folder = Path(__file__).parents[2] / "app"
    places = [
        path.name
        for path in folder.rglob("*.py")
        if "PRAGMA key" in path.read_text(encoding="utf-8") and "server" not in path.parts
    ]
    assert places == ["engine.py"]
