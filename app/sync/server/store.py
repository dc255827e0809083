"""Where the server keeps everything: one interface, and its embedded implementation in an encrypted SQLite file.

`Store` is the seam that a PostgreSQL implementation will sit behind: the modules that read and write take an open
connection from it and speak SQLAlchemy Core only. What an implementation must promise:

* `writing` - everything done on the connection is durable when the block has ended, and nothing of it is when the
  block raises. Of one agency only one such block runs at a time, so places and numbers are given in commit order and
  no reader can ever skip a place whose transaction is still open (`docs`: PROTOCOL.md, The feed). Here that is SQLite's
  one write lock (BEGIN IMMEDIATE); on PostgreSQL it will be the lock on the agency's row.
* `reading` - one snapshot for the whole block.

This is the only file of the server that imports sqlcipher3.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from app.errors import EnvironmentProblem
from app.sync.server.number_floor import NumberFloor
from app.sync.server.problems import StoreDamaged, StoreFull, StoreUnavailable
from app.sync.server.settings import Settings
from app.sync.server.signing import create_key_file, read_key_file
from app.words import mark

STORE_FILE = "store.db"
STORE_KEY_FILE = "store.key"
IDENTITY_FILE = "identity.key"
FLOOR_FILE = "numbers.log"
OLDEST_ENGINE = (3, 51, 3)
"""Older SQLite can lose commits when a write-ahead log is reset (safety.md, finding 3)."""
_PLAINTEXT_HEADER = b"SQLite format 3\x00"
_MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK_SECONDS = 20.0
_READERS = 16


class Store(Protocol):
    """What the rest of the server needs from wherever things are kept."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A snapshot to read from."""

    def writing(self) -> AbstractContextManager[Connection]:
        """The only writer; durable when the block has ended."""

    def number_floor(self, agency_id: str, series: str, year: int) -> int:
        """The highest record number known to be handed out, from outside the tables: it outlives a restore of them."""

    def raise_number_floor(self, agency_id: str, series: str, year: int, last: int) -> None:
        """Note durably, before the block is answered, that numbers up to `last` are handed out."""

    def check_ready(self) -> None:
        """Raise EnvironmentProblem unless reading works."""

    def check_integrity(self) -> list[str]:
        """What the engine itself finds wrong with its files: empty when nothing."""

    def back_up(self, folder: Path) -> Path:
        """A consistent, encrypted copy in a new file in `folder`, while the server runs."""

    def close(self) -> None:
        """Let go of every file."""


def create_store(settings: Settings) -> None:
    """Make the data folder, its keys and an empty store. Raises EnvironmentProblem when there is one already."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any((settings.data / name).exists() for name in (STORE_FILE, STORE_KEY_FILE, IDENTITY_FILE)):
        raise EnvironmentProblem(mark("There is a server in this folder already."))
    create_key_file(settings.data / STORE_KEY_FILE)
    create_key_file(settings.data / IDENTITY_FILE)
    EmbeddedStore(settings, create=True).close()


class EmbeddedStore:
    """The store in one SQLCipher file: WAL, fully synchronous, one writer at a time, many readers."""

    def __init__(self, settings: Settings, *, create: bool = False) -> None:
        self._path = settings.data / STORE_FILE
        self._key = read_key_file(settings.data / STORE_KEY_FILE)
        self._page_limit = settings.page_limit
        self._writer = threading.Lock()
        check_engine()
        if not create and not self._path.exists():
            raise EnvironmentProblem(mark("There is no server in this folder: run init first."))
        self._engine = self._make_engine()
        self._writing = self._engine.execution_options(haven_begin="BEGIN IMMEDIATE")
        try:
            self._upgrade()
            check_header(self._path)
            self._path.chmod(0o600)
            self._floor = NumberFloor(settings.data / FLOOR_FILE)
        except BaseException:
            self._engine.dispose()
            raise

    def _make_engine(self) -> sa.Engine:
        engine = sa.create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: _connect(self._path, self._key, self._page_limit),
            poolclass=QueuePool,
            pool_size=_READERS,
            max_overflow=0,
            pool_timeout=_LOCK_SECONDS,
            hide_parameters=True,
        )

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql(connection.get_execution_options().get("haven_begin", "BEGIN"))

        return engine

    def _upgrade(self) -> None:
        """Bring the tables to this version, in one transaction; refuse a store that is newer than this version."""
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self.writing() as connection:
            config.attributes["connection"] = connection
            _refuse_newer(connection, ScriptDirectory.from_config(config))
            command.upgrade(config, "head")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot to read from (a deferred transaction on a write-ahead log)."""
        with _sorted_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writer. Waits its turn; raises StoreUnavailable when that takes too long."""
        if not self._writer.acquire(timeout=_LOCK_SECONDS):
            raise StoreUnavailable
        try:
            with _sorted_errors(), self._writing.begin() as connection:
                yield connection
        finally:
            self._writer.release()

    def number_floor(self, agency_id: str, series: str, year: int) -> int:
        """See `Store`: kept in a file of its own beside the database."""
        return self._floor.highest(agency_id, series, year)

    def raise_number_floor(self, agency_id: str, series: str, year: int, last: int) -> None:
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


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return
    for revision in connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all():
        try:
            scripts.get_revision(revision)
        except CommandError:
            raise EnvironmentProblem(mark("The store was made by a newer version of the server.")) from None


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
