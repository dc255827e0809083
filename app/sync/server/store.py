"""Where the server keeps everything: one interface, behind it an encrypted SQLite file or a PostgreSQL database.

The modules that read and write take an open connection and speak SQLAlchemy Core only; what differs between databases
is in `stores/`. Which one a data folder belongs to is said by `--store`, by HAVEN_SERVER_STORE, or by the file that
`init` leaves in the folder; nothing said means the embedded one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from app.errors import EnvironmentProblem
from app.sync.server.number_floor import FLOOR_FILE
from app.sync.server.settings import Settings
from app.sync.server.signing import IDENTITY_FILE, create_key_file
from app.sync.server.stores.embedded import STORE_FILE, STORE_KEY_FILE, EmbeddedStore
from app.sync.server.stores.postgres import PostgresStore
from app.words import mark

__all__ = [
    "ADDRESS_FILE",
    "FLOOR_FILE",
    "IDENTITY_FILE",
    "STORE_FILE",
    "STORE_KEY_FILE",
    "EmbeddedStore",
    "PostgresStore",
    "Store",
    "create_store",
    "is_in_database",
    "open_store",
]

ADDRESS_FILE = "store.address"
"""Beside the keys: the address of the PostgreSQL database, without a password. Absent for the embedded store."""


class Store(Protocol):
    """What the rest of the server needs from wherever things are kept."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A snapshot to read from, the same for the whole block."""

    def writing(self, agency_id: str | None = None) -> AbstractContextManager[Connection]:
        """A writer: everything is durable when the block has ended, and nothing of it when the block raises.

        Durable means on every disk that the store promises. Of one agency only one such block runs at a time, in
        whatever process, so places and numbers are given in commit order and no reader can skip a place whose
        transaction is still open (PROTOCOL.md, The feed). A block without an agency runs alone among all writers.
        Raises StoreUnavailable when it is not certain that everything is durable; then some of it may have stayed,
        and nothing may be answered from it.
        """

    def noting(self) -> AbstractContextManager[Connection]:
        """A writer of what nobody misses when it is lost, such as a sign-in. It gives no places and has no turn."""

    def listen(self, heard: Callable[[str], object]) -> None:
        """From now on call `heard` with each agency whose feed has grown, after the commit, from any thread.

        Of other processes too where the database can tell; once too often is possible, and after a lost connection
        to the database some may be missed until it is back: then every agency is named once.
        """

    def number_floor(self, agency_id: str, series: str, year: int) -> int:
        """The highest record number known to be handed out, from outside the tables: it outlives a restore of them."""

    def raise_number_floor(self, connection: Connection, agency_id: str, series: str, year: int, last: int) -> None:
        """Note durably, before the block is answered, that numbers up to `last` are handed out."""

    def check_ready(self) -> None:
        """Raise EnvironmentProblem unless the store can be used."""

    def check_integrity(self) -> list[str]:
        """What the engine itself finds wrong with its files: empty when nothing."""

    def back_up(self, folder: Path) -> Path:
        """A consistent, encrypted copy in a new file in `folder`, while the server runs.

        Raises RuleBroken where the database has tools of its own for that.
        """

    def close(self) -> None:
        """Let go of every file and connection."""


def open_store(settings: Settings) -> Store:
    """The store of a data folder. Raises EnvironmentProblem when it cannot be opened."""
    address = _address(settings)
    return EmbeddedStore(settings) if address is None else PostgresStore(settings, address)


def is_in_database(settings: Settings) -> bool:
    """Whether a PostgreSQL database keeps everything, and not the folder."""
    return _address(settings) is not None


def create_store(settings: Settings) -> None:
    """Make the data folder, its keys and an empty store. Raises EnvironmentProblem when there is one already."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any((settings.data / name).exists() for name in (STORE_FILE, STORE_KEY_FILE, IDENTITY_FILE, ADDRESS_FILE)):
        raise EnvironmentProblem(mark("There is a server in this folder already."))
    if settings.store is not None:
        _create_in_database(settings, settings.store)
        return
    create_key_file(settings.data / STORE_KEY_FILE)
    create_key_file(settings.data / IDENTITY_FILE)
    EmbeddedStore(settings, create=True).close()


def _create_in_database(settings: Settings, address: str) -> None:
    """The folder keeps only what the database must not: the identity. A folder whose database failed stays empty."""
    identity = settings.data / IDENTITY_FILE
    create_key_file(identity)
    try:
        PostgresStore(settings, address, create=True).close()
    except BaseException:
        identity.unlink()
        raise
    (settings.data / ADDRESS_FILE).write_text(f"{address}\n", encoding="utf-8")


def _address(settings: Settings) -> str | None:
    """The address of the PostgreSQL database, or None for the embedded store."""
    file = settings.data / ADDRESS_FILE
    said = settings.store or (file.read_text(encoding="utf-8").strip() if file.exists() else None)
    if said is not None and (settings.data / STORE_FILE).exists():
        raise EnvironmentProblem(
            mark("This folder belongs to an embedded store. PostgreSQL needs a folder of its own.")
        )
    return said
