"""The store in one encrypted SQLite file: the server's default, for one machine.

One writer at a time is SQLite's own write lock (BEGIN IMMEDIATE), which holds between processes too. This is the only
file of the server that imports sqlcipher3.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from app.errors import EnvironmentProblem, RuleBroken
from app.sync.server.clock import now_ms
from app.sync.server.high_water import MARK_FILE, HighWater, reached
from app.sync.server.number_floor import FLOOR_FILE, NumberFloor
from app.sync.server.problems import StoreDamaged, StoreFull, StoreUnavailable
from app.sync.server.settings import Settings
from app.sync.server.signing import read_key_file, sync_folder
from app.sync.server.stores import after_commit, upgrading
from app.words import mark

_log = structlog.get_logger("haven.server")
STORE_FILE = "store.db"
STORE_KEY_FILE = "store.key"
OLDEST_ENGINE = (3, 51, 3)
"""Older SQLite can lose commits when a write-ahead log is reset (safety.md, finding 3)."""
_PLAINTEXT_HEADER = b"SQLite format 3\x00"
_LOCK_SECONDS = 20.0
_READERS = 16
_ROOM = "restoring"
_BESIDE = ("", "-wal", "-shm", "-journal")


class EmbeddedStore:
    """The store in one SQLCipher file: WAL, fully synchronous, one writer at a time, many readers."""

    def __init__(self, settings: Settings, *, create: bool = False) -> None:
        self._path = settings.data / STORE_FILE
        self._key = read_key_file(settings.data / STORE_KEY_FILE)
        self._page_limit = settings.page_limit
        self._writer = threading.Lock()
        self._heard: Callable[[str], object] = lambda _: None
        check_engine()
        if not create and not self._path.exists():
            raise EnvironmentProblem(mark("There is no server in this folder: run init first."))
        self._engine = self._make_engine()
        try:
            self._upgrade()
            check_header(self._path)
            self._path.chmod(0o600)
            self._floor = NumberFloor(settings.data / FLOOR_FILE)
            self._mark = HighWater(settings.data / MARK_FILE)
            self._look_at_mark()
        except BaseException:
            self._engine.dispose()
            raise

    def _make_engine(self) -> sa.Engine:
        return sa.create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: _connect(self._path, self._key, self._page_limit),
            poolclass=QueuePool,
            pool_size=_READERS,
            max_overflow=0,
            pool_timeout=_LOCK_SECONDS,
            hide_parameters=True,
        )

    @contextmanager
    def _begun(self, word: str) -> Iterator[Connection]:
        """A transaction. Begun at the driver: with a listener for it, every statement would ask for listeners too."""
        with self._engine.begin() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute(word)
            yield connection

    def _upgrade(self) -> None:
        """Bring the tables to this version, in one transaction; refuse a store that is newer than this version."""
        with self.writing() as connection:
            upgrading.upgrade(connection)

    def _look_at_mark(self) -> None:
        """A store that is behind what it once was has been put back: its devices send again what it forgot."""
        with self.writing() as connection:
            behind, now = self._mark.look(connection), reached(connection)
        if behind:
            _log.error("store_put_back")
        self._mark.note(now)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot to read from (a deferred transaction on a write-ahead log)."""
        with _sorted_errors(), self._begun("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self, agency_id: str | None = None) -> Iterator[Connection]:
        """The only writer, of all agencies. Waits its turn; raises StoreUnavailable when that takes too long."""
        if not self._writer.acquire(timeout=_LOCK_SECONDS):
            raise StoreUnavailable
        try:
            with _sorted_errors(), self._begun("BEGIN IMMEDIATE") as connection:
                left = after_commit.begin(connection)
                yield connection
                now = reached(connection) if left.grown else None
            if now is not None:
                self._mark.note(now)
        finally:
            self._writer.release()
        for grown in left.grown:
            self._heard(grown)

    def noting(self) -> AbstractContextManager[Connection]:
        """See `Store`: here there is one kind of writing."""
        return self.writing()

    def listen(self, heard: Callable[[str], object]) -> None:
        """See `Store`. Other processes on the same file are not heard."""
        self._heard = heard

    def number_floor(self, agency_id: str, series: str, year: int) -> int:
        """See `Store`: kept in a file of its own beside the database."""
        return self._floor.highest(agency_id, series, year)

    def raise_number_floor(self, _: Connection, agency_id: str, series: str, year: int, last: int) -> None:
        """See `Store`."""
        self._floor.note(agency_id, series, year, last)

    def check_ready(self) -> None:
        """One row can be read."""
        with self.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM agencies").scalar_one()

    def check_integrity(self) -> list[str]:
        """Every page's authentication code, then SQLite's own structures and references."""
        with self.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
            if pages:  # what cannot be decrypted cannot be looked at more closely
                return [f"page: {line}" for line in pages]
            structure = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            references = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        found = [f"structure: {line}" for line in structure if line != "ok"]
        return found + [f"reference: {row[0]} row {row[1]}" for row in references]

    def back_up(self, folder: Path) -> Path:
        """Copy the database with SQLite's backup and the number floor after it; both are complete when this returns."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder / STORE_FILE
        if target.exists():
            raise EnvironmentProblem(mark("There is a backup in this folder already."))
        with _sorted_errors():
            source = _connect(self._path, self._key, None)
            copy = _connect(target, self._key, None, journal="DELETE")
            try:
                source.backup(copy)
            finally:
                copy.close()
                source.close()
        target.chmod(0o600)
        check_header(target)
        self._floor.copy_to(folder / FLOOR_FILE)
        return target

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        self._engine.dispose()


def put_back(settings: Settings, folder: Path, ready: Callable[[EmbeddedStore], object]) -> Path | None:
    """Put the copy in `folder` in the place of the store, after `ready`; where the store of before lies, if there was.

    The copy is looked through and made ready apart, so that a broken one changes nothing. Broken off in the middle, the
    same command goes on. Raises RuleBroken when there is no copy, EnvironmentProblem while a server runs.
    """
    path, room = settings.data / STORE_FILE, settings.data / _ROOM
    if not (folder / STORE_FILE).exists():
        raise RuleBroken(mark("There is no backup in this folder."), field="folder")
    read_key_file(settings.data / STORE_KEY_FILE)
    if path.exists():
        _refuse_running(path, read_key_file(settings.data / STORE_KEY_FILE))
    shutil.rmtree(room, ignore_errors=True)
    try:
        _make_ready(settings, folder, room, ready)
        floor = NumberFloor(settings.data / FLOOR_FILE)
        for key, last in NumberFloor(folder / FLOOR_FILE).all():
            if floor.highest(*key) < last:
                floor.note(*key, last)
        aside = _set_aside(path)
        (room / STORE_FILE).replace(path)
        sync_folder(settings.data)
    except OSError:
        raise EnvironmentProblem(mark("The backup could not be put back: is the disk full?")) from None
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return aside


def _make_ready(settings: Settings, folder: Path, room: Path, ready: Callable[[EmbeddedStore], object]) -> None:
    room.mkdir(mode=0o700)
    for source in (settings.data / STORE_KEY_FILE, folder / STORE_FILE):
        shutil.copyfile(source, room / source.name)
        (room / source.name).chmod(0o600)
    with closing(EmbeddedStore(replace(settings, data=room))) as store:
        if store.check_integrity():
            raise EnvironmentProblem(mark("The backup is damaged. Nothing was changed."))
        ready(store)
    with (room / STORE_FILE).open("rb+") as file:
        os.fsync(file.fileno())


def _refuse_running(path: Path, key: bytes) -> None:
    """Leaving the write-ahead log is possible for nobody but the only one who has the file open."""
    try:
        with closing(_connect(path, key, None)) as connection:
            connection.execute("PRAGMA busy_timeout = 500")
            connection.execute("PRAGMA journal_mode = DELETE")
    except dbapi2.OperationalError:
        raise EnvironmentProblem(mark("The server is running. Stop it first.")) from None
    except (EnvironmentProblem, dbapi2.Error):
        return  # too damaged to be open anywhere: that is why a backup is put back


def _set_aside(path: Path) -> Path | None:
    """Move the store of before into a folder of its own, from which it can be taken back by hand."""
    found = [path.with_name(path.name + end) for end in _BESIDE]
    if not path.exists():
        return None
    aside = path.parent / f"before-{now_ms()}"
    aside.mkdir(mode=0o700)
    for file in found:
        if file.exists():
            file.replace(aside / file.name)
    return aside


def check_engine() -> None:
    """Refuse to run on a database engine that does not encrypt or that can lose commits."""
    if dbapi2.sqlite_version_info < OLDEST_ENGINE:
        raise EnvironmentProblem(mark("The database engine is too old to be safe: SQLite 3.51.3 or newer is needed."))
    probe = dbapi2.connect(":memory:")
    try:
        if not probe.execute("PRAGMA cipher_version").fetchone():
            raise EnvironmentProblem(mark("The database engine cannot encrypt: SQLCipher is missing."))
    finally:
        probe.close()


def check_header(path: Path) -> None:
    """Refuse a file that turned out to be an ordinary, readable database."""
    with path.open("rb") as file:
        if file.read(len(_PLAINTEXT_HEADER)) == _PLAINTEXT_HEADER:
            raise EnvironmentProblem(mark("The store is not encrypted. The server does not start on it."))


def _connect(path: Path, key: bytes, page_limit: int | None, journal: str = "WAL") -> dbapi2.Connection:
    """An open connection. The only place where a key meets the pragma, which takes no bound value."""
    if len(key) != 32:
        raise EnvironmentProblem(mark("The key file {file} is damaged."), file=STORE_KEY_FILE)
    connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, timeout=_LOCK_SECONDS)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # standard error holds our own log only
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute(f"PRAGMA journal_mode = {journal}")
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        if page_limit is not None:
            connection.execute(f"PRAGMA max_page_count = {int(page_limit)}")
    except dbapi2.Error as error:
        connection.close()
        if isinstance(error, dbapi2.DatabaseError) and "not a database" in str(error):
            raise EnvironmentProblem(mark("The store cannot be opened: wrong key, or the file is damaged.")) from None
        raise
    return connection


@contextmanager
def _sorted_errors() -> Iterator[None]:
    """Tell a full disk and a store that does not answer from a mistake of ours."""
    try:
        yield
    except TimeoutError:
        raise StoreUnavailable from None
    except (DBAPIError, dbapi2.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = str(getattr(cause, "sqlite_errorname", ""))
        if name == "SQLITE_FULL":
            raise StoreFull from None
        if name.startswith(("SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_READONLY")):
            raise StoreUnavailable from None
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise StoreDamaged from None
        raise
