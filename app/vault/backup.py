"""Backups: the whole vault in one encrypted file under the same data key, verified by opening it again.

Seven rotate in `backups/`. Each is made through SQLite's backup interface to a new name, opened on a fresh connection,
checked page by page and row by row, and only then takes its place beside a copy of the key slots of that moment.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from app.errors import EnvironmentProblem, RuleBroken
from app.vault import engine, slots
from app.vault.driver import driver
from app.vault.files import private_folder, sync_folder, write_whole
from app.vault.problems import explained
from app.words import mark

FOLDER = "backups"
KEPT = 7
_NAME = re.compile(r"vault-\d{8}T\d{6}\d{6}Z\.backup")


def make(
    connection: driver.Connection, data_key: bytes, folder: Path, at: datetime, slots_in: Path | None = None
) -> Path:
    """Back up the open vault of `folder`; returns the verified file. Raises EnvironmentProblem.

    `slots_in`: where its key file lies, if not in `folder`.
    """
    with explained():
        place = folder / FOLDER
        private_folder(place)
        path = place / f"vault-{at.astimezone(UTC):%Y%m%dT%H%M%S%f}Z.backup"
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        try:
            _copy(connection, data_key, fresh)
            verify(fresh, data_key)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        fresh.chmod(0o600)
        write_whole(path.with_suffix(".slots"), _slots_of(slots_in or folder))
        fresh.replace(path)
        sync_folder(place)
        _rotate(place)
    return path


def listed(folder: Path) -> list[Path]:
    """The backups of a vault, the newest first."""
    place = folder / FOLDER
    found = place.iterdir() if place.exists() else iter(())
    return sorted((path for path in found if _NAME.fullmatch(path.name)), reverse=True)


def verify(path: Path, data_key: bytes) -> None:
    """Read every page and row of a vault's file on a fresh connection. Raises EnvironmentProblem when it is damaged."""
    with explained():
        connection = engine.open_keyed(path, data_key)
        try:
            sound = check(connection)
        finally:
            connection.close()
    if not sound:
        raise EnvironmentProblem(mark("The backup is damaged and was not used."))


def check(connection: driver.Connection) -> bool:
    """Whether every page proves unchanged and the database is consistent."""
    pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    rows = connection.execute("PRAGMA integrity_check").fetchall()
    return bool(pages == [] and rows == [("ok",)])


def restore(folder: Path, backup: Path, data_key: bytes) -> Path:
    """Put a verified backup in the place of the closed vault's file; returns where the file that was there is kept."""
    if not backup.exists():
        raise RuleBroken(mark("There is no such backup."))
    verify(backup, data_key)
    with explained():
        current = folder / "vault.db"
        aside = folder / "vault.db.replaced"
        for leftover in ("vault.db-wal", "vault.db-shm"):
            # The log of the file that is set aside belongs to it, never to the restored one.
            if (folder / leftover).exists():
                (folder / leftover).replace(folder / leftover.replace("vault.db", "vault.db.replaced"))
        if current.exists():
            current.replace(aside)
        write_whole(current, backup.read_bytes())
    return aside


def _copy(connection: driver.Connection, data_key: bytes, path: Path) -> None:
    target = engine.open_keyed(path, data_key)
    try:
        connection.backup(target)
    finally:
        target.close()
    engine.refuse_plain(path)


def _slots_of(folder: Path) -> bytes:
    """The newest valid copy of the key slots, as it is."""
    return slots.encoded(slots.read(folder))


def _rotate(place: Path) -> None:
    for old in listed(place.parent)[KEPT:]:
        old.unlink()
        old.with_suffix(".slots").unlink(missing_ok=True)
