"""The agency that schedules begin with: its server, its people and their enrolled devices, made once and copied.

Everything lives in a folder in memory where the system has one: what a disk does to a vault is tested elsewhere
(tests/faults), and here only what was committed counts.
"""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.models.agency import Organization
from app.models.crisis import Case, ServiceRequest
from app.models.people import SafeContact
from app.models.vocab import Role, ScopeKind
from app.sync.client.engine import SyncEngine
from app.sync.server import clock as server_clock
from app.sync.server import members
from app.sync.server.app import build_app
from app.sync.server.parts import Parts
from app.sync.server.settings import Settings
from app.sync.server.store import STORE_FILE, create_store
from app.vault import identity, keys
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault, open_vault
from tests.simulator.chance import Chance, Clock, Time
from tests.simulator.network import ADDRESS, DeviceNetwork, Network, Wire
from tests.simulator.quick import learned_once

PASSPHRASE = "five unrelated garden words"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)
TEMPLATE_FILE = "template"
UNIT = ("staff", "unit")
_RARELY = (100_000, 50, 50)
"""When Python looks for cycles of objects: by itself it would do so many hundred times in a schedule."""
_ROUNDS_TO_SETTLE = 6
"""Of everybody, at most, until nobody has anything to tell the server."""


@dataclass(frozen=True)
class Person:
    """Somebody of the agency, and how many devices they have."""

    name: str
    role: Role
    groups: tuple[str, ...]
    devices: int = 1


PEOPLE = (
    Person("Sam", Role.SUP, (*UNIT, "supervisors")),
    Person("Sue", Role.SUP, (*UNIT, "supervisors")),
    Person("Wanda", Role.VSU, UNIT, devices=2),
    Person("Will", Role.VSU, UNIT),
    Person("Olive", Role.OFF, ("staff",)),
)


@dataclass(frozen=True)
class Enrolled:
    """A device of the template: whose it is."""

    name: str
    person: Person
    member_id: str


@dataclass(frozen=True)
class Template:
    """The folders that schedules begin with. `fresh`: enrolled, not yet synchronised; `settled`: at rest."""

    folder: Path
    agency_id: str
    devices: tuple[Enrolled, ...]

    def stage(self, settled: bool) -> Path:
        """The folder of a beginning."""
        return self.folder / ("settled" if settled else "fresh")


class ServerHost:
    """The real server on its folder, without a port: started, stopped, put back to an older copy."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        self.folder = folder
        self._wire = wire
        self.parts: Parts
        self.start()

    def start(self) -> None:
        """Open the store and answer."""
        wide = 10**6
        wide_open = Settings(data=self.folder, enrol_per_minute=wide, sign_in_per_minute=wide, flags_per_minute=wide)
        app = build_app(wide_open)
        self.parts, self._wire.app = app.state.parts, app

    def stop(self) -> None:
        """Let go of the store; nothing answers."""
        self._wire.app = None
        self.parts.store.close()

    def copy(self, to: Path) -> None:
        """What an administrator's nightly copy holds."""
        self.stop()
        shutil.copytree(self.folder, to)
        self.start()

    def put_back(self, copy: Path) -> None:
        """Serve an older copy; the file of numbers that were given out stays, as it is kept apart for that."""
        self.stop()
        for old in self.folder.glob(f"{STORE_FILE}*"):
            old.unlink()
        for file in copy.glob(f"{STORE_FILE}*"):
            shutil.copy(file, self.folder / file.name)
        self.start()


def quick_folder() -> Path:
    """A new folder, in memory where there is one."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="haven-simulator-", dir=memory if os.access(memory, os.W_OK) else None))


@contextmanager
def simulated(time: Time, chance: Chance) -> Iterator[None]:
    """Within: the server's time and chance are the schedule's, keys are cheap, and nothing is logged."""
    floor, keys.FLOOR = keys.FLOOR, CHEAP
    before = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)
    try:
        with server_clock.played(time.now_ms, chance.randbytes), learned_once():
            yield
    finally:
        keys.FLOOR = floor
        gc.set_threshold(*before)
        structlog.reset_defaults()


def opened(folder: Path, clock: Clock, chance: Chance) -> Vault:
    """The vault in a folder. Its tries are not counted: the count would be right to mistrust a copied folder."""
    return open_vault(folder, PASSPHRASE, clock=clock, randomness=chance.randbytes, counted=False)


def template_in(folder: Path) -> Template:
    """The agency, made in `folder`, or the one that lies ready where HAVEN_TEMPLATE says (tests/planted)."""
    ready = os.environ.get("HAVEN_TEMPLATE")
    if ready is None:
        return build_template(folder)
    found: Template = pickle.loads((Path(ready) / TEMPLATE_FILE).read_bytes())
    return found


def build_template(folder: Path, people: tuple[Person, ...] = PEOPLE) -> Template:
    """Make the agency: everybody enrolled, and once more with everybody's keys handed out."""
    chance, time, wire = Chance("template"), Time(), Wire()
    with simulated(time, chance):
        fresh = folder / "fresh"
        create_store(Settings(data=fresh / "server"))
        host = ServerHost(fresh / "server", wire)
        with host.parts.store.writing() as connection:
            agency_id = members.add_agency(
                connection, "Lakeshore Police Service", recovery_public=identity.new_kem(chance.randbytes).public
            )
        network = Network(wire, chance, lambda _: None)
        devices = tuple(_enrol(fresh, host, network, agency_id, time, chance, people))
        host.stop()
        shutil.copytree(fresh, folder / "settled")
        settled = folder / "settled"
        host = ServerHost(settled / "server", wire)
        for device in devices:
            if device.person.role in (Role.VSU, Role.OFF):
                with opened(settled / device.name, Clock(time), chance) as vault:
                    _write_first(vault, device)
        for _ in range(_ROUNDS_TO_SETTLE):
            before = wire.told
            for device in devices:
                with opened(settled / device.name, Clock(time), chance) as vault:
                    report = SyncEngine(vault, DeviceNetwork(network), Clock(time), chance.randbytes).run_once()
                    assert not report.trouble, report.trouble
            if wire.told == before:
                break
        assert wire.told == before, "the agency does not come to rest"
        host.stop()
    wire.close()
    return Template(folder, agency_id, devices)


def _write_first(vault: Vault, device: Enrolled) -> None:
    """A few records that everybody then writes to apart from each other."""
    agency_id = vault.agency_id
    with vault.write(vault.actor(device.person.role)) as work:
        if device.person.role is Role.OFF:
            request_id = work.new_id()
            scope_id = work.open_scope(ScopeKind.REQUEST, request_id)
            work.session.add(ServiceRequest(id=request_id, scope_id=scope_id, hazards="Dog at the door"))
        elif device.name == "wanda":
            agency = work.open_scope(ScopeKind.AGENCY, agency_id)
            work.session.add(Organization(id=work.new_id(), scope_id=agency, name="Harbour House"))
            case_id = work.new_id()
            facts = work.open_scope(ScopeKind.CASE, case_id)
            case = Case(id=case_id, scope_id=facts, assigned_to=device.member_id, municipality="Milton")
            contact = SafeContact(id=work.new_id(), scope_id=facts, case_id=case_id, value="555-0100")
            work.session.add_all([case, contact])
        work.commit()


def _enrol(
    folder: Path,
    host: ServerHost,
    network: Network,
    agency_id: str,
    time: Time,
    chance: Chance,
    people: tuple[Person, ...],
) -> Iterator[Enrolled]:
    for person in people:
        with host.parts.store.writing() as connection:
            member_id = members.add_person(connection, agency_id, person.name, [str(person.role)], person.groups)
        for number in range(person.devices):
            name = person.name.lower() + ("" if number == 0 else str(number + 1))
            with host.parts.store.writing() as connection:
                code = members.issue_code(connection, agency_id, member_id, 3600)
            vault, recovery = create_vault(
                folder / name,
                PASSPHRASE,
                name,
                owner=Owner(person.name, (person.role,)),
                clock=Clock(time),
                randomness=chance.randbytes,
                setting=CHEAP,
            )
            with vault:
                vault.prove_recovery(recovery)
                SyncEngine(vault, DeviceNetwork(network), Clock(time), chance.randbytes).enrol(ADDRESS, code)
            yield Enrolled(name, person, member_id)
