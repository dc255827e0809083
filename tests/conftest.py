"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from app.models.local.tables import Member
from app.models.vocab import Role
from app.models.work import Actor, Work
from app.services import setup
from app.vault import keys, upgrade
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault
from app.views.hiding import come_back
from tests import fresh_tables, one_dialect

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

LONGEST_FIRST = ("planted", "faults", "journeys", "sync", "simulator")
"""Folders whose files take longest: begun first, they do not leave one worker busy alone at the end."""

C = TypeVar("C")
T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the order within a file stays (with `--no-loadscope-reorder`, tests/run.sh)."""
    tests = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(tests).parts[0]
        return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=place)


class TestClock:
    """A clock that stands still until the test moves it; it starts on a Tuesday at 10:00 in Toronto."""

    __test__ = False

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 20, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


class Office:
    """A vault in which several made-up members act, each in a role of their own."""

    def __init__(self, vault: Vault, clock: TestClock) -> None:
        self.vault = vault
        self.clock = clock

    def member(self, role: Role, name: str) -> Actor:
        """A member of the service who acts in one role."""
        with self.vault.settling() as session:
            member_id = os.urandom(16).hex()
            session.add(Member(id=member_id, name=name, roles=[str(role)], badge=None, active=True))
        return Actor(member_id, role, self.vault.device_id)

    def do(self, actor: Actor, verb: Callable[[Work, C], T], command: C) -> T:
        """One act of one member, saved."""
        with self.vault.write(actor) as work:
            done = verb(work, command)
            work.commit()
        return done

    def found(self, kind: type[T], *conditions: Any) -> list[T]:
        """The records that are in the vault now."""
        with self.vault.read() as session:
            return list(session.scalars(select(kind).where(*conditions)))

    def get(self, kind: type[T], record_id: str) -> T:
        """One record as it is in the vault now."""
        with self.vault.read() as session:
            found = session.get(kind, record_id)
        assert found is not None
        return found


@pytest.fixture(autouse=True)
def quick_fresh_vaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first vault of a process runs every migration, and statements are compiled once a process."""
    monkeypatch.setattr(upgrade, "move", fresh_tables.move)
    one_dialect.share(monkeypatch)


@pytest.fixture(autouse=True)
def windows_may_be_shown() -> Iterator[None]:
    """Haven hides everything and is then replaced by a new process; a test that hid everything is not."""
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication):
        come_back(app)


def pytest_collection_finish() -> None:
    """What is imported once and kept need not be looked at in every collection of garbage."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Garbage is collected between tests that show windows, on their thread, as in Haven (`app/views/collecting.py`).

    A worker that took a window apart could stop it and itself for ever. It is done when pytest has let go of the
    fixtures: what it still holds would be kept for ever with all that hangs on it, and slow down every later test.
    """
    if "qapp" not in getattr(item, "fixturenames", ()):
        return (yield)
    gc.disable()
    done = yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # windows that were closed
    gc.collect()
    gc.freeze()  # or each test would look at everything that all before it left
    gc.enable()
    return done


@pytest.fixture
def clock() -> TestClock:
    """The clock of the vault."""
    return TestClock()


@pytest.fixture
def new_vault(tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Vault]]:
    """Makes real vaults, with a key derivation that costs nothing."""
    cheap = KdfSetting(memory_kib=64, passes=1, lanes=1)
    monkeypatch.setattr(keys, "FLOOR", cheap)
    made: list[Vault] = []

    def make(name: str) -> Vault:
        owner = Owner("A. Example", (Role.VSU, Role.SUP), "V-1")
        vault, recovery = create_vault(
            tmp_path / name, "five unrelated garden words", name, owner=owner, clock=clock, setting=cheap
        )
        vault.prove_recovery(recovery)
        made.append(vault)
        return vault

    yield make
    for vault in made:
        vault.close()


@pytest.fixture
def vault(new_vault: Callable[[str], Vault]) -> Vault:
    """A real vault of a service that was set up on this computer."""
    made = new_vault("vault")
    command = setup.FoundAgency(
        agency_id=made.agency_id,
        service_name="Example Service",
        member_name="A. Example",
        roles=(Role.VSU, Role.SUP),
    )
    with made.write(made.actor(Role.SUP)) as work:
        setup.found_agency_locally(work, command)
        work.commit()
    return made


@pytest.fixture
def office(vault: Vault, clock: TestClock) -> Office:
    """The vault, and short ways to act in it."""
    return Office(vault, clock)


@pytest.fixture
def worker(office: Office) -> Actor:
    """A victim services worker."""
    return office.member(Role.VSU, "W. Worker")


@pytest.fixture
def supervisor(office: Office) -> Actor:
    """A supervisor."""
    return office.member(Role.SUP, "S. Supervisor")


@pytest.fixture
def officer(office: Office) -> Actor:
    """An officer on patrol."""
    return office.member(Role.OFF, "Const. Marchetti")


@pytest.fixture
def volunteer(office: Office) -> Actor:
    """A crisis responder."""
    return office.member(Role.VOL, "V. Volunteer")
