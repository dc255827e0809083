"""A real server process on a free port, and real vaults that synchronise with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Table, and_, select
from sqlalchemy.orm import Session

from app.models.audit import AuditBatch
from app.models.base import Record, kinds
from app.models.local.tables import LoggedChange, Scope, Sibling, UnsealedChange
from app.models.vocab import Role, ScopeKind
from app.sync import protocol
from app.sync.client.engine import SyncEngine
from app.sync.client.reports import SyncReport
from app.sync.client.transport import Call, Coming, HttpTransport, Reply, Transport
from app.sync.protocol import WipeOrder
from app.sync.server import members, orders
from app.sync.server.clock import now_ms
from app.sync.server.settings import Settings
from app.sync.server.signing import Identity
from app.sync.server.store import EmbeddedStore, create_store
from app.vault import identity, keys
from app.vault.keys import KdfSetting
from app.vault.unit_of_work import UnitOfWork
from app.vault.vault import Owner, Vault, create_vault
from tests.simulator.quick import shared_statements
from tests.simulator.world import quick_folder

PASSPHRASE = "five unrelated garden words"
R = TypeVar("R", bound=Record)

# As `python -m app.sync.server serve` does it, with a limit that lets one computer enrol many devices a minute.
_SERVE = """
import sys
from pathlib import Path
from app.sync.server.app import build_app
from app.sync.server.serving import Listening, log_to, serve
from app.sync.server.settings import Settings
log_to(sys.stderr)
settings = Settings(data=Path(sys.argv[1]), enrol_per_minute=6000, sign_in_per_minute=6000)
serve(build_app(settings), Listening("127.0.0.1", int(sys.argv[2])))
"""


class ServerProcess:
    """The server in a process of its own, on a folder that may be put back to an older copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        create_store(Settings(data=folder))
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._store: EmbeddedStore | None = None
        self.start()

    @property
    def store(self) -> EmbeddedStore:
        """Its store, as the administrator's commands open it beside it; kept open for the next of them."""
        if self._store is None:
            self._store = EmbeddedStore(Settings(data=self.folder))
        return self._store

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, on the same port as before."""
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, str(self.folder), str(self.port)], stdout=subprocess.PIPE, stderr=log
            )
        assert self._process.stdout is not None
        self.port = json.loads(self._process.stdout.readline())["port"]

    def stop(self) -> None:
        """Stop it, as the system would."""
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=20)
            self._process = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Within: nothing answers on the port."""
        self.stop()
        yield
        self.start()

    def copy(self, to: Path) -> None:
        """What an administrator's nightly copy of the folder holds."""
        with self.stopped():
            shutil.copytree(self.folder, to)

    def put_back(self, copy: Path) -> None:
        """Serve an older copy instead; the file of handed out numbers stays (it is kept apart for that)."""
        with self.stopped():
            for name in ("store.db", "store.db-wal", "store.db-shm"):
                (self.folder / name).unlink(missing_ok=True)
            for file in copy.glob("*.db*"):
                shutil.copy(file, self.folder / file.name)

    def agency(self, name: str = "Lakeshore Police Service") -> Agency:
        """A new agency with a recovery key of its own."""
        recovery, order = identity.new_kem(os.urandom), Identity(os.urandom(32))
        with self.store.writing() as connection:
            made = members.add_agency(connection, name, recovery_public=recovery.public, order_public=order.public)
        assert recovery.private is not None
        return Agency(self, made, recovery.private, order)


class Agency:
    """One agency on the server."""

    def __init__(self, server: ServerProcess, agency_id: str, recovery_private: bytes, order: Identity) -> None:
        self.server = server
        self.agency_id = agency_id
        self.recovery_private = recovery_private
        self.order = order
        """The administrator's offline key, which no server has."""

    def person(self, name: str, roles: tuple[Role, ...], groups: tuple[str, ...]) -> str:
        """A new person; the id."""
        with self.server.store.writing() as connection:
            return members.add_person(connection, self.agency_id, name, [str(role) for role in roles], groups)

    def change_person(self, person: str, roles: tuple[Role, ...], groups: tuple[str, ...]) -> None:
        """Give a person other roles and groups."""
        with self.server.store.writing() as connection:
            members.change_person(connection, self.agency_id, person, [str(role) for role in roles], groups)

    def code(self, person: str) -> str:
        """A one-time code."""
        with self.server.store.writing() as connection:
            return members.issue_code(connection, self.agency_id, person, 3600)

    def revoke(self, device_id: str) -> None:
        """Take a device out of the service."""
        with self.server.store.writing() as connection:
            members.revoke(connection, self.agency_id, device_id)

    def wipe(self, device_id: str, *, drain: bool = False, by: Identity | None = None) -> WipeOrder:
        """An order to erase a device, as `revoke --order-key` and `retire` make it."""
        order = WipeOrder(self.agency_id, device_id, os.urandom(32), now_ms(), drain, protocol.UNSIGNED)
        order = protocol.signed(order, (by or self.order).sign)
        with self.server.store.writing() as connection:
            if not drain:
                members.revoke(connection, self.agency_id, device_id)
            orders.keep_wipe(connection, order)
        return order


class Clock:
    """The wall clock, moved by what a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Switched(Transport):
    """The real transport behind a switch that a test throws: `fault` may raise, or give a reply of its own."""

    def __init__(self) -> None:
        self.real = HttpTransport(stall_seconds=20)
        self.fault: Callable[[Transport, Call], Reply] | None = None
        self.calls: list[str] = []

    def exchange(self, call: Call) -> Reply:
        """The reply."""
        self.calls.append(call.url)
        return self.real.exchange(call) if self.fault is None else self.fault(self.real, call)

    def begin(self, call: Call) -> Coming:
        """A reply that is asked for at once, as the real transport does; but not while there is a fault."""
        if self.fault is not None:
            return super().begin(call)
        self.calls.append(call.url)
        return self.real.begin(call)

    def close(self) -> None:
        """Let go of the network."""
        self.real.close()


class Station:
    """One person's vault on one device, and its sync engine."""

    def __init__(self, vault: Vault, role: Role, clock: Clock) -> None:
        self.vault = vault
        self.role = role
        self.clock = clock
        self.transport = Switched()
        self.engine = SyncEngine(vault, self.transport, clock)

    @property
    def member_id(self) -> str:
        """The person."""
        return self.vault.owner_id

    def sync(self) -> SyncReport:
        """One round that must go well."""
        report = self.engine.run_once()
        assert report.trouble == "", report.trouble
        return report

    def only_here(self) -> list[str]:
        """The dots of own changes that no segment carries yet, in their order."""
        here = UnsealedChange.scope_id == LoggedChange.scope_id, UnsealedChange.device_seq == LoggedChange.device_seq
        mine = LoggedChange.device_id == self.vault.device_id
        asked = select(LoggedChange.dot).join(UnsealedChange, and_(*here)).where(mine).order_by(LoggedChange.dot)
        return list(self.ask(lambda session: session.scalars(asked).all()))

    def write(self, *records: Record, then: Callable[[UnitOfWork], None] | None = None) -> None:
        """Save records, each in the scope that it names or, without one, in that of the agency."""
        agency_id = self.vault.agency_id
        with self.vault.write(self.vault.actor(self.role)) as work:
            for record in records:
                record.id = record.id or work.new_id()
                record.scope_id = record.scope_id or work.open_scope(ScopeKind.AGENCY, agency_id)
                work.session.add(record)
            if then is not None:
                then(work)
            work.commit()

    def scope(self, kind: ScopeKind, anchor_id: str) -> str:
        """The scope of that kind, made when there is none."""
        with self.vault.write(self.vault.actor(self.role)) as work:
            scope_id = work.open_scope(kind, anchor_id)
            work.commit()
        return scope_id

    def set(self, kind: type[Record], record_id: str, **values: Any) -> None:
        """Change fields of a record."""
        with self.vault.write(self.vault.actor(self.role)) as work:
            record = work.session.get_one(kind, record_id)
            for name, value in values.items():
                setattr(record, name, value)
            work.commit()

    def get(self, kind: type[R], record_id: str) -> R | None:
        """A record as it stands here."""
        with self.vault.read() as session:
            return session.get(kind, record_id)

    def ask(self, question: Callable[[Session], Any]) -> Any:
        """The answer of any question."""
        with self.vault.read() as session:
            return question(session)

    def holds(self, kind: ScopeKind, anchor_id: str) -> bool:
        """Whether this vault knows such a scope."""
        asked = select(Scope.id).where(Scope.kind == str(kind), Scope.anchor_id == anchor_id)
        return self.ask(lambda session: session.scalar(asked)) is not None

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every column of every record by kind, and all values that wait for a decision: what is compared."""

        def question(session: Session) -> dict[str, list[tuple[Any, ...]]]:
            found: dict[str, list[tuple[Any, ...]]] = {}
            connection = session.connection()
            for name, kind in kinds().items():
                if kind is AuditBatch:
                    continue  # each device's own, read by few
                table = kind.__table__
                assert isinstance(table, Table)
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                rows = connection.exec_driver_sql(f'SELECT {columns} FROM "{name}" ORDER BY id').all()
                if rows:
                    found[name] = [tuple(row) for row in rows]
            asked = select(Sibling.record_id, Sibling.field, Sibling.dot, Sibling.kind, Sibling.value, Sibling.author)
            found["siblings"] = [tuple(row) for row in session.execute(asked.order_by(*asked.selected_columns[:3]))]
            return found

        found: dict[str, list[tuple[Any, ...]]] = self.ask(question)
        return found


@pytest.fixture(scope="session")
def shared_server() -> Iterator[ServerProcess]:
    """One server for all tests that leave it running."""
    folder = quick_folder()
    server = ServerProcess(folder / "data")
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """A folder of this test's own, in memory where there is one: what a disk does is for tests/faults."""
    folder = quick_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def statements_are_shared() -> Iterator[None]:
    """Each vault's engine would compile the same statements anew (`tests/simulator/quick.py`)."""
    with shared_statements():
        yield


@pytest.fixture
def own_server(quick_path: Path) -> Iterator[ServerProcess]:
    """A server that the test may stop and put back."""
    server = ServerProcess(quick_path / "server")
    yield server
    server.stop()


@pytest.fixture
def agency(shared_server: ServerProcess) -> Agency:
    """An agency of its own for each test."""
    return shared_server.agency()


@pytest.fixture
def sync_clock() -> Clock:
    """The clock of all stations that have none of their own."""
    return Clock()


Recruit = Callable[..., Station]


@pytest.fixture
def bare_vault(quick_path: Path, sync_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Vault]]:
    """Makes vaults that belong to no service, with a key derivation that costs nothing."""
    cheap = KdfSetting(memory_kib=64, passes=1, lanes=1)
    monkeypatch.setattr(keys, "FLOOR", cheap)
    made: list[Vault] = []

    def make(name: str, clock: Callable[[], datetime] = sync_clock, roles: tuple[Role, ...] = (Role.VSU,)) -> Vault:
        folder = quick_path / f"{len(made)}-{name}"
        vault, recovery = create_vault(folder, PASSPHRASE, name, owner=Owner(name, roles), clock=clock, setting=cheap)
        vault.prove_recovery(recovery)
        made.append(vault)
        return vault

    yield make
    for vault in made:
        vault.close()


@pytest.fixture
def recruit(bare_vault: Callable[..., Vault], sync_clock: Clock) -> Iterator[Recruit]:
    """Makes a person's enrolled station in an agency; their groups follow from their role unless named."""
    stations: list[Station] = []
    by_role = {
        Role.SUP: ("staff", "unit", "supervisors"),
        Role.VSU: ("staff", "unit"),
        Role.OFF: ("staff",),
        Role.VOL: ("staff",),
    }

    def make(
        agency: Agency,
        name: str,
        role: Role = Role.VSU,
        groups: tuple[str, ...] | None = None,
        clock: Clock = sync_clock,
        person: str | None = None,
    ) -> Station:
        person = person or agency.person(name, (role,), by_role[role] if groups is None else groups)
        station = Station(bare_vault(name, clock), role, clock)
        stations.append(station)
        station.engine.enrol(agency.server.address, agency.code(person))
        return station

    yield make
    for station in stations:
        station.engine.close()
