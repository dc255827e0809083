"""The engine guard: the only place that opens and keys a connection, and refuses anything that would not encrypt.

Why so strict: a driver without a cipher takes the key pragma and ignores it, a connection without a key writes a
readable file, and engines before SQLite 3.51.3 can lose commits (safety.md, findings 3 to 5).
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from app.errors import Defect, EnvironmentProblem
from app.vault.driver import driver
from app.vault.keys import KEY_BYTES
from app.vault.recording import RecordingConnection
from app.words import mark

OLDEST_ENGINE = (3, 51, 3)
PLAIN = mark("The vault's file is not encrypted. It was replaced; restore a backup.")
PLAIN_HEADER = b"SQLite format 3\x00"
READ_ONLY = "haven_read_only"

_PRAGMAS = (
    "foreign_keys = ON",
    "recursive_triggers = ON",  # so that REPLACE cannot delete a record past the triggers
    "temp_store = MEMORY",
    "secure_delete = ON",
    "cache_size = -32768",  # KiB: a first pull of 200,000 records needs no more, and old laptops have little
    "wal_autocheckpoint = 0",  # the vault checkpoints after each save itself
    "trusted_schema = OFF",
)


def open_keyed(path: Path, data_key: bytes, *, look: bool = True, alone: bool = False) -> RecordingConnection:
    """A connection to the encrypted file at `path`, which is made if it is missing. Raises EnvironmentProblem.

    `look=False` leaves out the look at the file's first bytes, for who has looked already through a descriptor that
    stays open: closing one would give up the locks of a connection that this process has on the same file.
    `alone`: nobody else uses the file meanwhile, so no memory is laid out for them on a disk that may be full.
    """
    refuse_weak_driver()
    if look:
        refuse_plain(path)
    connection: RecordingConnection = driver.connect(
        str(path), isolation_level=None, check_same_thread=False, factory=RecordingConnection
    )
    try:
        _key(connection, data_key)
        if alone:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def configure(connection: driver.Connection) -> None:
    """The settings of the vault's own connection: durable, exclusive, nothing readable left behind."""
    connection.execute("PRAGMA page_size = 4096")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise EnvironmentProblem(mark("This disk does not allow the vault's safe way of writing. Use a local disk."))
    connection.execute("PRAGMA synchronous = FULL")
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def engine_for(connection: driver.Connection) -> Engine:
    """SQLAlchemy on the one connection of this process. No statement's values ever stand in an error."""
    # A log of everything would hold every row that is read.
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    engine = create_engine(
        "sqlite+pysqlite://",
        module=driver,
        creator=lambda: connection,
        poolclass=StaticPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def refuse_weak_driver(module: Any = driver) -> None:
    """Refuse a driver without a cipher and an engine that can lose commits."""
    version = tuple(int(part) for part in module.sqlite_version.split("."))
    if version < OLDEST_ENGINE:
        raise EnvironmentProblem(mark("The database engine of this installation is too old to be safe. Update Haven."))
    probe = module.connect(":memory:")
    try:
        cipher = probe.execute("PRAGMA cipher_version").fetchone()
    finally:
        probe.close()
    if not cipher or not cipher[0]:
        raise EnvironmentProblem(mark("This installation cannot encrypt its database, so the vault stays closed."))


def refuse_plain(path: Path) -> None:
    """Refuse a file that anyone could read."""
    if not path.exists():
        return
    with path.open("rb") as file:
        refuse_plain_header(file.read(len(PLAIN_HEADER)))


def refuse_plain_header(header: bytes) -> None:
    """Refuse the first bytes of a file that anyone could read."""
    if header.startswith(PLAIN_HEADER):
        raise EnvironmentProblem(PLAIN)


def _key(connection: driver.Connection, data_key: bytes) -> None:
    """The one place that keys a connection. A pragma takes no parameters, so only 64 hexadecimal digits may pass."""
    if not isinstance(data_key, bytes) or len(data_key) != KEY_BYTES:
        raise Defect(mark("A data key has exactly 32 bytes."))
    connection.execute(f"PRAGMA key = \"x'{data_key.hex()}'\"")


def _begin(connection: Connection) -> None:
    """Begin ourselves: the driver would begin late, and a writer must hold the lock from its first read on."""
    reading = connection.get_execution_options().get(READ_ONLY, False)
    held = connection.connection.driver_connection
    if held is None:
        raise Defect(mark("The vault is closed."))
    held.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
