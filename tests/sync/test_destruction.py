"""What two people destroy is gone from every device and from the server, and never comes back (safety.md G34)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotAllowed, RuleBroken
from app.models.agency import Setting
from app.models.local.tables import OutSegment, PeerDevice, PurgedScope, Scope
from app.models.registry import EmergencyCard, Registration
from app.models.retention import DestructionRun
from app.models.vocab import RegistryStatus, RetentionClass, Role, ScopeKind
from app.queries.registry_search import find_cards
from app.services import registry, retention
from app.sync import protocol
from app.sync.client import orders
from app.sync.client.rounds import Round, Tally
from app.sync.client.session import Server
from app.sync.protocol import Approval, OrderTaken, PurgeOrder, PushResult
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore
from app.sync.server.verifying import find_faults
from app.vault import backup, identity, keeper
from app.vault.engine import open_keyed
from tests import factories
from tests.sync.conftest import Agency, Recruit, ServerProcess, Station
from tests.sync.test_registry_apart import OFFICER, REGISTRY, SUPERVISOR, do

CANARY = "Quixbyton-Tallulandra"
WHY = "The time to be kept is over."
YEARS = timedelta(days=3 * 366)


@pytest.fixture
def three(agency: Agency, recruit: Recruit) -> tuple[Station, Station, Station]:
    """A supervisor, the registry, and an officer, who all know the agency."""
    return staffed(agency, recruit)


def staffed(agency: Agency, recruit: Recruit) -> tuple[Station, Station, Station]:
    chief = recruit(agency, "Sam Supervisor", Role.SUP, SUPERVISOR)
    desk = recruit(agency, "Robin Registrar", Role.REG, REGISTRY)
    patrol = recruit(agency, "Olive Officer", Role.OFF, OFFICER)
    stations = (chief, desk, patrol)
    around(*stations)
    chief.write(Setting(name="vpr.near_m", value=500))
    around(*stations)
    return stations


def around(*stations: Station) -> None:
    """Everybody has what everybody wrote."""
    for station in (*stations, *stations):
        station.sync()


def ended(stations: tuple[Station, Station, Station]) -> str:
    """A registration that was active, was withdrawn, and whose time to be kept is over; its id."""
    _chief, desk, _patrol = stations
    made: str = do(desk, registry.register, factories.registration(legal_last=CANARY, calming=f"hum {CANARY}"))
    do(desk, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    around(*stations)
    command = registry.EndRegistration(registration_id=made, status=RegistryStatus.WITHDRAWN, reason="asked for it")
    do(desk, registry.end_registration, command)
    around(*stations)
    desk.clock.ahead += YEARS
    return made


def chosen(station: Station, made: str) -> tuple[tuple[RetentionClass, str], ...]:
    """The registration, and the year of cards that its own lay in."""

    def question(session: Session) -> list[str]:
        return list(session.scalars(select(Scope.id).where(Scope.kind == str(ScopeKind.REGISTRY_CARD))))

    cards = [(RetentionClass.CARDS, scope_id) for scope_id in station.ask(question)]
    return ((RetentionClass.REGISTRATION, made), *cards)


def destroyed(stations: tuple[Station, Station, Station], made: str) -> str:
    """The registry proposes, the supervisor approves, everybody synchronises; the run's id."""
    chief, desk, _patrol = stations
    command = retention.ProposeDestruction(chosen=chosen(desk, made), reason=WHY)
    run: str = do(desk, retention.propose_destruction, command)
    around(desk, chief)
    do(chief, retention.approve_destruction, retention.ApproveDestruction(run_id=run))
    around(*stations)
    return run


def everything_in(path: Path, data_key: bytes) -> str:
    """All rows of all tables of a vault's file as text: what somebody with its key could read."""
    with closing(open_keyed(path, data_key)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(readable(row) for name in names for row in connection.execute(f'SELECT * FROM "{name}"'))


def readable(row: Any) -> str:
    return " ".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in row)


def journal_of(station: Station) -> str:
    """Everything that the second journal still holds."""
    journal = station.vault._store.keeper.journal
    return "".join(repr(msgspec.to_builtins(content)) for _, content in journal.after(journal.base))


def holds_canary(station: Station) -> list[str]:
    """Where in a station's files, opened with its key, the canary is found."""
    vault = station.vault
    found = []
    copy = vault.folder.parent / "copy.db"
    with vault.still():
        for ending in ("", "-wal"):
            beside = vault.folder / f"vault.db{ending}"
            if beside.exists():
                shutil.copy(beside, copy.with_name(copy.name + ending))
        if CANARY in everything_in(copy, vault._data_key):
            found.append("vault.db")
        if CANARY in journal_of(station):
            found.append("journal")
    copy.unlink()
    found += [path.name for path in backup.listed(vault.folder)[:2] if CANARY in everything_in(path, vault._data_key)]
    return found


def server_text(server: ServerProcess) -> str:
    """All rows of the server's store as text."""
    with closing(EmbeddedStore(Settings(data=server.folder))) as store, store.reading() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        rows = [row for name in names for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()]
    return "\n".join(readable(row) for row in rows)


def scopes_of(station: Station, run: str) -> list[str]:
    found: list[str] = station.ask(lambda session: session.get_one(DestructionRun, run).scopes)
    return found


def test_two_people_destroy_a_registration_and_its_cards_everywhere(three: tuple[Station, Station, Station]) -> None:
    chief, desk, patrol = three
    made = ended(three)
    before = {station: holds_canary(station) for station in three}
    assert all("vault.db" in found and "journal" in found for found in before.values()), before
    run = destroyed(three, made)
    doomed = scopes_of(chief, run)
    for station in three:
        assert station.get(Registration, made) is None
        assert station.ask(lambda s: s.scalars(select(EmergencyCard.id)).all()) == []
        gone = station.ask(lambda s: s.scalars(select(PurgedScope.scope_id)).all())
        assert sorted(gone) == doomed and len(doomed) >= 2
        assert holds_canary(station) == []
        assert station.vault.sound()
    assert patrol.ask(lambda s: find_cards(s, CANARY, today=patrol.vault.now().date())) == ()
    served = server_text(chief_server(chief))
    assert all(served.count(scope_id) >= 1 for scope_id in doomed)


def chief_server(station: Station) -> ServerProcess:
    return _SERVERS[station.vault.agency_id]


_SERVERS: dict[str, ServerProcess] = {}


@pytest.fixture(autouse=True)
def servers_by_agency(request: pytest.FixtureRequest) -> Iterator[None]:
    """Which server holds which agency, for looking into its store."""
    if "agency" in request.fixturenames:
        agency: Agency = request.getfixturevalue("agency")
        _SERVERS[agency.agency_id] = agency.server
    yield
    _SERVERS.clear()
