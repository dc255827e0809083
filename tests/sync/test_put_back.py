"""A server that is put back to an older copy, again and again: all that it had acknowledged comes back to it (G8).

Three people write and synchronise, one of them seldom, over as many days as the server keeps copies. Then the server is
put back to one of its copies without a word. Once everybody has synchronised it must hold again whatever it gave a
receipt for before, its store must be sound, and all vaults must come to the same content with nothing left to send.
`HAVEN_PUT_BACKS` times (1,000 at release size); the seed is printed, `HAVEN_SEED` plays it again.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom

import pytest
from sqlalchemy import func, select

from app.models.agency import Organization
from app.models.crisis import Case
from app.models.local.tables import OutSegment
from app.models.vocab import Role, ScopeKind
from app.sync.server import verifying
from app.sync.server.tables import segments
from tests.simulator.chance import Chance, Time
from tests.simulator.world import UNIT, Person, ServerHost, Template, build_template, quick_folder
from tests.sync import without_port
from tests.sync.conftest import Station

PUT_BACKS = int(os.environ.get("HAVEN_PUT_BACKS", "6"))
SEED = int(os.environ.get("HAVEN_SEED", SystemRandom().randrange(2**32)))
_EACH_AGENCY = 10
"""Times that one agency's server is put back until everything begins anew."""
_DAY = 24 * 3600
_LONGEST_DAYS = 34
"""A copy is at most this old: devices keep what was acknowledged for 35 days."""
_ROUNDS = 4
PEOPLE = (
    Person("Sam", Role.SUP, (*UNIT, "supervisors")),
    Person("Wanda", Role.VSU, UNIT),
    Person("Will", Role.VSU, UNIT),
)

Acknowledged = dict[tuple[str, str], int]
"""By scope and device: up to which change the server gave a receipt."""


@dataclass
class Played:
    """An agency whose server is put back."""

    folder: Path
    server: ServerHost
    stations: list[Station]
    time: Time
    chance: Chance
    written: int = 0
    copies: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        """Somebody writes something, and most synchronise; the last of them seldom does."""
        writer = self.chance.choice(self.stations)
        self.written += 1
        if writer.role is Role.VSU and self.chance.often(0.5):
            case_id = self.chance.randbytes(16).hex()
            scope = writer.scope(ScopeKind.CASE, case_id)
            case = Case(id=case_id, scope_id=scope, assigned_to=writer.member_id, number=f"Case {self.written}")
            writer.write(case)
        else:
            writer.write(Organization(id=self.chance.randbytes(16).hex(), name=f"House {self.written}"))
        for one in self.stations:
            if self.chance.often(0.2 if one is self.stations[-1] else 0.7):
                one.sync()

    def acknowledged(self) -> Acknowledged:
        """What the devices hold receipts for."""
        found: Acknowledged = {}
        asked = select(OutSegment.scope_id, OutSegment.last).where(OutSegment.receipt.is_not(None))
        for one in self.stations:
            device_id = one.vault.device_id
            for scope_id, last in one.ask(lambda session: session.execute(asked).all()):
                found[scope_id, device_id] = max(found.get((scope_id, device_id), 0), last)
        return found

    def held(self) -> Acknowledged:
        """What lies in the server's store, which must be sound."""
        columns = segments.c.scope_id, segments.c.device_id
        with self.server.parts.store.reading() as connection:
            assert verifying.find_faults(connection) == []
            asked = select(*columns, func.max(segments.c.last)).group_by(*columns)
            return {(row[0], row[1]): row[2] for row in connection.execute(asked)}

    def put_back(self) -> int:
        """A copy, some days of work, and the copy again; how many chains of acknowledged work it then lacked."""
        copy = self.folder / "copy"
        self.server.copy(copy)
        days = self.chance.uniform(0, _LONGEST_DAYS)
        steps = self.chance.randint(1, 5)
        for _ in range(steps):
            self.work()
            self.time.passes(days / steps * _DAY)
        acknowledged = self.acknowledged()
        self.server.put_back(copy)
        shutil.rmtree(copy)
        lost = sum(last > self.held().get(name, 0) for name, last in acknowledged.items())
        self.heal(acknowledged)
        return lost

    def heal(self, acknowledged: Acknowledged) -> None:
        """Everybody synchronises, and everything is there again."""
        for _ in range(_ROUNDS):
            for one in self.stations:
                one.engine.run_once()
        held = self.held()
        assert {name: last for name, last in acknowledged.items() if held.get(name, 0) < last} == {}
        assert len({json.dumps(one.contents()["organization"], default=str) for one in self.stations}) == 1
        for one in self.stations:
            assert one.sync() and one.engine.state().counts.only_here == 0


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    """The agency as each run begins with it."""
    folder = quick_folder()
    yield build_template(folder, PEOPLE)
    shutil.rmtree(folder)


@contextmanager
def playing(template: Template, folder: Path, chance: Chance) -> Iterator[Played]:
    """A copy of the agency."""
    time = Time()
    with without_port.playing(template, folder, PEOPLE, time, chance) as (server, _, stations):
        yield Played(folder, server, stations, time, chance)


def test_all_that_was_acknowledged_comes_back(template: Template) -> None:
    sys.stdout.write(json.dumps({"faults": "server put back", "seed": SEED, "put_backs": PUT_BACKS}) + "\n")
    chance, folder, forgotten = Chance(SEED), quick_folder(), 0
    try:
        for begin in range(0, PUT_BACKS, _EACH_AGENCY):
            with playing(template, folder / "agency", chance) as played:
                forgotten += sum(played.put_back() for _ in range(min(_EACH_AGENCY, PUT_BACKS - begin)))
            shutil.rmtree(folder / "agency")
    finally:
        shutil.rmtree(folder)
    assert forgotten, "the server was never put back to before something that it had acknowledged"
    figures = {"put_backs": PUT_BACKS, "chains_forgotten": forgotten, "lost": 0, "left_to_send": 0}
    sys.stdout.write(json.dumps({"faults": "server put back", **figures}) + "\n")
