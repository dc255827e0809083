"""Backups: the whole vault in one encrypted file under the same data key, verified by opening it again.

Seven rotate in `backups/`. Each is made through SQLite's backup interface to a new name, opened on a fresh connection,
checked page by page and row by row, and only then takes its place beside a copy of the key slots of that moment. The
sealed chunks of attachments are copied once for all of them (`attachments.py`), before the backup counts.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from app.errors import EnvironmentProblem
from app.vault import audit, engine, slots
from app.vault.attachments import named_in
from app.vault.files import private_folder, sync_folder, write_whole
from app.vault.keeper import Commit, read_commit
from app.vault.problems import explained
from app.vault.recording import RecordingConnection
from app.words import mark

FOLDER = "backups"
KEPT = 7
_NAME = re.compile(r"vault-\d{8}T\d{6}\d{6}Z\.backup")


def copied(connection: RecordingConnection, data_key: bytes, folder: Path, at: datetime) -> Path:
    """Copy the open vault of `folder` beside its backups; the file is none of them before it is `verified`."""
    with explained():
        place = folder / FOLDER
        private_folder(place)
        for unfinished in place.glob("*.new"):
            unfinished.unlink(missing_ok=True)
        fresh = place / f"vault-{at.astimezone(UTC):%Y%m%dT%H%M%S%f}Z.new"
        try:
            _copy(connection, data_key, fresh)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        fresh.chmod(0o600)
    return fresh


def verified(fresh: Path, data_key: bytes, slots_in: Path) -> Path:
    """Read all of a copy, then let it be a backup; returns it. `slots_in`: where the vault's key file lies.

    Raises EnvironmentProblem.
    """
    with explained():
        path = fresh.with_suffix(".backup")
        try:
            verify(fresh, data_key)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        write_whole(path.with_suffix(".slots"), _slots_of(slots_in))
        fresh.replace(path)
        sync_folder(fresh.parent)
        _rotate(fresh.parent)
    return path


def make(connection: RecordingConnection, data_key: bytes, folder: Path, at: datetime) -> Path:
    """Back up the open vault of `folder` at one go; returns the verified file. Raises EnvironmentProblem."""
    return verified(copied(connection, data_key, folder, at), data_key, folder)


def listed(folder: Path) -> list[Path]:
    """The backups of a vault, the newest first."""
    place = folder / FOLDER
    found = place.iterdir() if place.exists() else iter(())
    return sorted((path for path in found if _NAME.fullmatch(path.name)), reverse=True)


def made_at(path: Path) -> datetime:
    """When a backup was made (UTC), as its name says."""
    return datetime.strptime(path.name, "vault-%Y%m%dT%H%M%S%fZ.backup").replace(tzinfo=UTC)


def verify(path: Path, data_key: bytes) -> Commit | None:
    """Read every page, row and audit entry of a vault's file on a fresh connection; returns the state that it holds.

    Raises EnvironmentProblem when it is damaged.
    """
    with explained():
        connection = engine.open_keyed(path, data_key)
        try:
            sound, commit = check(connection), read_commit(connection)
        finally:
            connection.close()
    if not sound:
        raise EnvironmentProblem(mark("The backup is damaged and was not used."))
    return commit


def state_of(path: Path, data_key: bytes) -> Commit | None:
    """The state that a backup says it holds, without reading all of it. Raises EnvironmentProblem."""
    with explained():
        connection = engine.open_keyed(path, data_key)
        try:
            return read_commit(connection)
        finally:
            connection.close()


def attachments_of(path: Path, data_key: bytes) -> list[str]:
    """The chunks of attachments that a backup names. Raises EnvironmentProblem."""
    with explained():
        connection = engine.open_keyed(path, data_key)
        try:
            return named_in(connection)
        finally:
            connection.close()


def check(connection: RecordingConnection) -> bool:
    """Whether every page proves unchanged, the database is consistent and its audit chain whole."""
    pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    rows = connection.execute("PRAGMA integrity_check").fetchall()
    return bool(pages == [] and rows == [("ok",)]) and audit_whole(connection)


def audit_whole(connection: RecordingConnection) -> bool:
    """Whether no audit entry was changed, removed or put in. True where there is no audit trail yet."""
    if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audit_entry'").fetchone()[0]:
        return True
    return audit.verify_raw(connection).whole


def kept_back_to(folder: Path, data_key: bytes) -> int | None:
    """The commit that the older of the two newest backups holds: the journal needs nothing before it."""
    newest = listed(folder)[:2]
    if len(newest) < 2:
        return None
    held = [state_of(path, data_key) for path in newest]
    return min((0 if commit is None else commit.counter) for commit in held)


def drop_before(folder: Path, at: datetime) -> None:
    """Forget the backups that were made before a moment. Raises OSError."""
    for path in listed(folder):
        if made_at(path) < at:
            path.unlink()
            path.with_suffix(".slots").unlink(missing_ok=True)


def _copy(connection: RecordingConnection, data_key: bytes, path: Path) -> None:
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
