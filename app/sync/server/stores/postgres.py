"""The store in a PostgreSQL database, for any number of server processes on any number of machines.

* One writer of an agency at a time: an advisory lock on the agency that the transaction holds until its end. It runs
  beside the writers of other agencies; a writer without an agency excludes them all.
* A receipt must mean that the standby has it too. Every writer leaves a record in the write-ahead log, also one that
  only found what an earlier one had stored, so that its commit waits for the standby as that one's should have. A
  commit whose waiting was cut short comes back with a warning and counts as not certain.
* Other processes hear of a feed that grew by NOTIFY, sent after the commit: within it, PostgreSQL would let only one
  transaction of the whole cluster commit at a time.

docs/decisions/0030-postgresql.md has the reasons. This is the only file of the server that imports psycopg.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import Diagnostic
from sqlalchemy import Connection, event, func, insert, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, TimeoutError
from sqlalchemy.pool import QueuePool

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.sync.server.clock import now_ms
from app.sync.server.number_floor import FLOOR_FILE, NumberFloor
from app.sync.server.problems import StoreDamaged, StoreFull, StoreUnavailable, malformed
from app.sync.server.settings import Settings
from app.sync.server.signing import IDENTITY_FILE, Identity, read_key_file
from app.sync.server.stores import after_commit, upgrading
from app.sync.server.tables import agencies, number_blocks
from app.words import mark

OLDEST_SERVER = (15,)
PASSWORD_FILE = "pgpass"
"""In the data folder: a password file as libpq reads it, used unless another is named."""
_LOCK_SECONDS = 20.0
_CONNECTIONS = 8
"""For reading, and as many for writing, in each process; one more listens."""
_HEAR_SECONDS = 30.0
"""How often the listening connection is tried, so that one which died silently is noticed."""
_RETRY_SECONDS = 1.0
_FEEDS, _NUMBERS = "haven_feed", "haven_numbers"
_SAFE_COLLATIONS = frozenset({"C", "POSIX", "C.UTF-8", "C.utf8"})
_WARNED, _AGE = "haven_warned", "haven_age"
_SESSION = (
    "-c synchronous_commit=on -c default_transaction_read_only=off"
    f" -c lock_timeout={int(_LOCK_SECONDS)}s -c idle_in_transaction_session_timeout=60s"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
_DEFAULTS = {
    "application_name": "haven-server",
    "connect_timeout": "5",
    "target_session_attrs": "read-write",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
# A record in the write-ahead log makes the commit wait for the standby even when no row changes.
_IN_LOG = "pg_logical_emit_message(true, 'haven', CAST('' AS text))"
_ALONE = sa.text(f"SELECT pg_advisory_xact_lock(:house), {_IN_LOG}")
_OF_AGENCY = sa.text(f"SELECT pg_advisory_xact_lock_shared(:house), pg_advisory_xact_lock(:agency), {_IN_LOG}")
_NOT_REPLICATED = sa.text("SELECT set_config('synchronous_commit', 'local', true)")
_TELL = sa.text("SELECT pg_notify(:channel, :payload)")


class PostgresStore:
    """The store in one PostgreSQL database. The data folder holds the server's identity and the number floor."""

    def __init__(self, settings: Settings, address: str, *, create: bool = False) -> None:
        self._conninfo = _conninfo(address, settings.data)
        self._identity = Identity(read_key_file(settings.data / IDENTITY_FILE)).public.hex()
        self._token = secrets.token_hex(8)
        self._turns = _Turns()
        self._age = 0
        self._heard: Callable[[str], object] = lambda _: None
        self._listener: threading.Thread | None = None
        self._closing = threading.Event()
        self._readers, self._writers = self._make_engine(), self._make_engine()
        self._reading = self._readers.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._telling = self._writers.execution_options(isolation_level="AUTOCOMMIT")
        try:
            self._make() if create else self._open()
            self._floor = NumberFloor(settings.data / FLOOR_FILE)
            self._level_floor()
        except BaseException:
            self.close()
            raise

    # --- opening ------------------------------------------------------------------------------------------------------

    def _make_engine(self) -> sa.Engine:
        engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_LOCK_SECONDS,
            pool_use_lifo=True,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            use_native_hstore=False,
        )
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "checkout", self._on_checkout)
        event.listen(engine, "handle_error", self._on_error)
        return engine

    def _on_connect(self, driver: psycopg.Connection[Any], record: Any) -> None:
        warned: list[str] = []
        record.info[_WARNED], record.info[_AGE] = warned, self._age
        driver.add_notice_handler(partial(_note_warning, warned))

    def _on_checkout(self, _: object, record: Any, __: object) -> None:
        """Once one connection was lost, those that waited in the pools meanwhile are made anew before they are used."""
        if record.info[_AGE] != self._age:
            raise DisconnectionError

    def _on_error(self, context: ExceptionContext) -> None:
        """A connection to a server that takes no writes any more must not go back into the pool either."""
        state = str(getattr(context.original_exception, "sqlstate", ""))
        if state == "25006" or state.startswith("57P"):
            context.is_disconnect = True
        if context.is_disconnect:
            self._age += 1

    def _connect(self, autocommit: bool = False) -> psycopg.Connection[Any]:
        return psycopg.connect(self._conninfo, autocommit=autocommit)

    def _make(self) -> None:
        """The tables, in an empty database, and whose they are."""
        with self.reading() as connection:
            _check_database(connection)
            if upgrading.is_made(connection):
                raise EnvironmentProblem(
                    mark("There is a server in this database already: copy the data folder of its first machine.")
                )
        with self.writing() as connection:
            upgrading.upgrade(connection)
            connection.exec_driver_sql(f"COMMENT ON TABLE agencies IS '{self._identity}'")

    def _open(self) -> None:
        """Check that the database is this server's, and bring its tables to this version."""
        with self.reading() as connection:
            _check_version(connection)
            if not upgrading.is_made(connection):
                raise EnvironmentProblem(mark("There is no server in this database: run init first."))
            newest = upgrading.is_newest(connection)
        if not newest:
            with self.writing() as connection:
                upgrading.upgrade(connection)
        with self.reading() as connection:
            whose = connection.exec_driver_sql("SELECT obj_description('agencies'::regclass, 'pg_class')").scalar()
        if whose != self._identity:
            raise EnvironmentProblem(
                mark("The key file {file} is not the one that this database began with: copy it from there."),
                file=IDENTITY_FILE,
            )

    def _level_floor(self) -> None:
        """Let folder and tables learn from each other which numbers are gone: either may have been put back."""
        of_series = number_blocks.c.agency_id, number_blocks.c.series, number_blocks.c.year
        with self.reading() as connection:
            rows = connection.execute(select(*of_series, func.max(number_blocks.c.last)).group_by(*of_series)).all()
        given = {(row[0], row[1], row[2]): int(row[3]) for row in rows}
        for key, last in given.items():
            if self._floor.highest(*key) < last:
                self._floor.note(*key, last)
        gone = [(key, last) for key, last in self._floor.all() if given.get(key, 0) < last]
        if gone:
            with self.writing() as connection:
                known = set(connection.scalars(select(agencies.c.agency_id)).all())
                rows_of_gone = [
                    {"agency_id": agency_id, "series": series, "year": year, "first": last, "last": last}
                    for (agency_id, series, year), last in gone
                    if agency_id in known
                ]
                if rows_of_gone:
                    by_nobody = {"device_id": "", "given_at": now_ms()}
                    connection.execute(insert(number_blocks), [row | by_nobody for row in rows_of_gone])

    # --- transactions -------------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot to read from: repeatable read, read only."""
        with _sorted_errors(), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, agency_id: str | None = None) -> Iterator[Connection]:
        """See `Store`. Waits its turn; raises StoreUnavailable when that takes too long."""
        with self._turns.of(agency_id or ""), _sorted_errors(), self._writers.connect() as connection:
            warned: list[str] = connection.info[_WARNED]
            left = after_commit.begin(connection)
            with connection.begin():
                if agency_id is None:
                    connection.execute(_ALONE, {"house": _lock_of("")})
                else:
                    connection.execute(_OF_AGENCY, {"house": _lock_of(""), "agency": _lock_of(agency_id)})
                yield connection
                warned.clear()
            if warned:  # committed here, and the waiting for the standby was cut short
                raise StoreUnavailable
        self._tell(left)

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """See `Store`: on this server's disk when the block has ended, on the standby's a moment later."""
        with _sorted_errors(), self._writers.begin() as connection:
            after_commit.begin(connection)
            connection.execute(_NOT_REPLICATED)
            yield connection

    # --- telling and hearing ------------------------------------------------------------------------------------------

    def _tell(self, left: after_commit.Left) -> None:
        """Tell this process and the others. What cannot be told is found by asking, or at the next start."""
        messages = [(_FEEDS, grown) for grown in left.grown]
        messages += [(_NUMBERS, f"{agency} {series} {year} {last}") for agency, series, year, last in left.numbers]
        if messages:
            with suppress(DBAPIError, TimeoutError), self._telling.connect() as connection:
                for channel, payload in messages:
                    connection.execute(_TELL, {"channel": channel, "payload": f"{self._token} {payload}"})
        for grown in left.grown:
            self._heard(grown)

    def listen(self, heard: Callable[[str], object]) -> None:
        """See `Store`: other processes are heard through one connection that waits."""
        self._heard = heard
        if self._listener is None:
            self._listener = threading.Thread(target=self._keep_listening, name="haven-listener", daemon=True)
            self._listener.start()

    def _keep_listening(self) -> None:
        while not self._closing.is_set():
            try:
                with self._connect(autocommit=True) as connection:
                    self._listen_on(connection)
            except (psycopg.Error, HavenError):
                self._age += 1
                self._closing.wait(_RETRY_SECONDS)

    def _listen_on(self, connection: psycopg.Connection[Any]) -> None:
        for channel in (_FEEDS, _NUMBERS):
            connection.execute(f"LISTEN {channel}")
        with self.reading() as reader:  # something may have been told while nobody listened
            grown = reader.scalars(select(agencies.c.agency_id)).all()
        for agency_id in grown:
            self._heard(agency_id)
        while not self._closing.is_set():
            for told in connection.notifies(timeout=_HEAR_SECONDS):
                if self._closing.is_set():
                    return
                self._hear(told.channel, told.payload)
            connection.execute("SELECT 1")

    def _hear(self, channel: str, payload: str) -> None:
        """What another process told. A process that ends wakes its own listener with its token alone."""
        match payload.split():
            case [token, agency_id] if token != self._token and channel == _FEEDS:
                self._heard(agency_id)
            case [token, agency_id, series, year, last] if token != self._token and channel == _NUMBERS:
                if self._floor.highest(agency_id, series, int(year)) < int(last):
                    self._floor.note(agency_id, series, int(year), int(last))

    # --- numbers ------------------------------------------------------------------------------------------------------

    def number_floor(self, agency_id: str, series: str, year: int) -> int:
        """See `Store`: from this folder's file, which also has what other processes gave while this one listened."""
        return self._floor.highest(agency_id, series, year)

    def raise_number_floor(self, connection: Connection, agency_id: str, series: str, year: int, last: int) -> None:
        """See `Store`: in this folder's file now, in those of other machines after the commit."""
        self._floor.note(agency_id, series, year, last)
        after_commit.of(connection).numbers.append((agency_id, series, year, last))

    # --- looking after it ---------------------------------------------------------------------------------------------

    def check_ready(self) -> None:
        """One row can be read, from a server that takes writes."""
        with self.reading() as connection:
            connection.execute(select(func.count()).select_from(agencies)).scalar_one()
            if connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one():
                raise StoreUnavailable

    def check_integrity(self) -> list[str]:
        """Read every row of every table, whole, and ask whether any index or constraint is marked as not valid."""
        found: list[str] = []
        with self.reading() as connection:
            names = sa.inspect(connection).get_table_names()
        for name in sorted(names):
            quoted = '"' + name.replace('"', '""') + '"'
            try:
                with self.reading() as connection:
                    connection.exec_driver_sql(f"SELECT count(md5(t::text)) FROM ONLY {quoted} AS t")
            except StoreDamaged:
                found.append(f"table: {name} cannot be read")
        with self.reading() as connection:
            wrong = connection.exec_driver_sql(
                "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
                " UNION ALL SELECT conname::text FROM pg_constraint WHERE NOT convalidated"
            )
            return found + [f"not valid: {name}" for name in wrong.scalars()]

    def back_up(self, folder: Path) -> Path:
        """PostgreSQL's own tools do this, and do it while it runs."""
        raise RuleBroken(
            mark("This store is a PostgreSQL database: back it up with pg_basebackup or pg_dump, and copy this folder.")
        )

    def close(self) -> None:
        """Stop listening and close every connection."""
        self._closing.set()
        if self._listener is not None:
            with suppress(DBAPIError, TimeoutError), self._telling.connect() as connection:  # wakes the listener
                connection.execute(_TELL, {"channel": _FEEDS, "payload": self._token})
            self._listener.join(_RETRY_SECONDS)
        self._readers.dispose()
        self._writers.dispose()


class _Turns:
    """Of each agency one writer of this process waits at the database; the others wait here and hold no connection."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    @contextmanager
    def of(self, agency_id: str) -> Iterator[None]:
        """Wait for the turn. Raises StoreUnavailable when that takes too long."""
        with self._guard:
            lock = self._locks.setdefault(agency_id, threading.Lock())
        if not lock.acquire(timeout=_LOCK_SECONDS):
            raise StoreUnavailable
        try:
            yield
        finally:
            lock.release()


def _lock_of(agency_id: str) -> int:
    """The number of an agency's advisory lock; that of no agency is the house's. Two of one number wait needlessly."""
    return int.from_bytes(hashlib.sha256(f"haven writer {agency_id}".encode()).digest()[:8], "big", signed=True)


def _conninfo(address: str, folder: Path) -> str:
    """The whole connection string. Raises RuleBroken for an address that is none, or that holds a password."""
    try:
        said: dict[str, Any] = dict(conninfo_to_dict(address))
    except psycopg.ProgrammingError:
        raise RuleBroken(
            mark("The address of the store must look like postgresql://host/database."), field="store"
        ) from None
    if "password" in said:
        raise RuleBroken(
            mark("Leave the password out of the address, and put it into the file {file} of the data folder."),
            field="store",
            file=PASSWORD_FILE,
        )
    passwords = folder / PASSWORD_FILE
    if passwords.exists() and "passfile" not in said and "PGPASSFILE" not in os.environ:
        said["passfile"] = str(passwords)
    if _is_far(str(said.get("host", ""))) and "sslmode" not in said and "PGSSLMODE" not in os.environ:
        said |= {"sslmode": "verify-full"} | ({} if "sslrootcert" in said else {"sslrootcert": "system"})
    said["options"] = f"{said.get('options', '')} {_SESSION}".strip()
    return make_conninfo(**(_DEFAULTS | said))


def _is_far(hosts: str) -> bool:
    """Whether any of the hosts is another machine."""
    return any(
        host and not host.startswith(("/", "127.")) and host not in ("localhost", "::1") for host in hosts.split(",")
    )


def _check_version(connection: Connection) -> None:
    if (connection.dialect.server_version_info or (0,)) < OLDEST_SERVER:
        raise EnvironmentProblem(mark("The database is too old: PostgreSQL 15 or newer is needed."))


def _check_database(connection: Connection) -> None:
    """Refuse a database that cannot hold every name, or whose order of texts a system update could change."""
    _check_version(connection)
    encoding, collation = connection.exec_driver_sql(
        "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
    ).one()
    if encoding != "UTF8" or collation not in _SAFE_COLLATIONS:
        raise EnvironmentProblem(mark("The database must be made with encoding UTF8 and locale C.UTF-8."))


def _note_warning(warned: list[str], said: Diagnostic) -> None:
    """By severity, as the text may be in any language: a commit has nothing else to warn of."""
    if (said.severity_nonlocalized or said.severity) == "WARNING":
        warned.append(said.sqlstate or "")


@contextmanager
def _sorted_errors() -> Iterator[None]:
    """Tell a full disk, a damaged one and a database that does not answer from a mistake of ours."""
    try:
        yield
    except TimeoutError:
        raise StoreUnavailable from None
    except (DBAPIError, psycopg.Error) as error:
        found = _sorted(error.orig if isinstance(error, DBAPIError) else error)
        if found is None:
            raise
        raise found from None


def _sorted(error: object) -> HavenError | None:
    state = str(getattr(error, "sqlstate", None) or "")
    if state == "53100":
        return StoreFull()
    if state in ("XX001", "XX002"):
        return StoreDamaged()
    if state[:2] in ("08", "28", "40", "53", "57", "58") or state in ("25006", "3D000", "55P03", "25P03"):
        return StoreUnavailable()
    if not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreUnavailable()  # the connection was lost
    if isinstance(error, psycopg.DataError):
        return malformed()  # a text with a NUL, which PostgreSQL does not keep
    return None
