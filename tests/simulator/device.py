"""One device of a schedule: a real vault on its folder, the real engine, a clock that errs, a process that dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Record
from app.models.local.tables import LoggedChange, PartedScope
from app.queries.leaving import leaving
from app.services.leaving import LetLeave, let_leave
from app.sync.client.engine import SyncEngine
from app.sync.client.reports import SyncReport
from app.vault import capture
from app.vault.unit_of_work import UnitOfWork
from app.vault.vault import Vault
from tests.simulator.chance import Chance, Clock, Time
from tests.simulator.network import Crash, DeviceNetwork, Network
from tests.simulator.truth import Truth
from tests.simulator.versions import lay_beside, older_version
from tests.simulator.world import Enrolled, opened

R = TypeVar("R", bound=Record)
A = TypeVar("A")


class Device:
    """A device that writes, synchronises, dies and comes back with what its disk held."""

    def __init__(
        self, enrolled: Enrolled, folder: Path, time: Time, network: Network, chance: Chance, truth: Truth
    ) -> None:
        self.name = enrolled.name
        self.person = enrolled.person
        self.member_id = enrolled.member_id
        self.clock = Clock(time)
        self.link = DeviceNetwork(network)
        self.revoked = False
        self.older = False
        """Whether it runs a version that does not know everything its colleagues write (`versions.py`)."""
        self.points: dict[str, int] = {}
        self.left: set[str] = set()
        """Scopes of cases that were given to others and left this device at some time."""
        self._folder, self._network, self._chance, self._truth = folder, network, chance, truth
        self.vault: Vault
        self.engine: SyncEngine
        self.open()
        self.device_id = self.vault.device_id
        self.agency_id = self.vault.agency_id

    def open(self) -> None:
        """Start the process: whatever was committed is there."""
        self.vault = opened(self._folder, self.clock, self._chance)
        self.engine = SyncEngine(self.vault, self.link, self.clock, self._chance.randbytes, self._step)

    def close(self) -> None:
        """End the process."""
        self.engine.close()
        self.vault.close()

    def _step(self, name: str) -> None:
        if self._chance.often(self._network.weather.crashes):
            raise Crash(name)

    def sync(self) -> SyncReport | None:
        """One round; None when the process died in it and was started again."""
        try:
            with older_version() if self.older else nullcontext():
                report = self.engine.run_once()
            self.note_left()
            return report
        except Crash as crash:
            self.points[crash.point] = self.points.get(crash.point, 0) + 1
            self.close()
            self.open()
            return None

    def note_left(self) -> None:
        """Remember what has left; and let go what was held because so much came at once, as the person would."""
        with self.vault.read() as session:
            self.left.update(session.scalars(select(PartedScope.scope_id)))
            held = [row.case_id for row in leaving(session).held]
        if held:
            with self.vault.write(self.vault.actor(self.person.role)) as work:
                let_leave(work, LetLeave(case_ids=tuple(held)))
                work.commit()

    def stay_behind(self) -> None:
        """From here on it runs the older version, as if it had always done so."""
        self.older = True
        with self.vault.settling() as session, capture.switched_off(session):
            lay_beside(session.connection())

    def update(self) -> None:
        """Install the version that the others have, which starts anew."""
        self.close()
        self.older = False
        self.open()

    @contextmanager
    def act(self) -> Iterator[UnitOfWork]:
        """A unit of work of this person that is committed at its end; the truth remembers what it acknowledged."""
        with self.vault.write(self.vault.actor(self.person.role)) as work:
            yield work
            work.commit()
        self.note()

    def note(self, *, everything: bool = False) -> None:
        """Tell the truth what this device has acknowledged to its person; at the beginning also what it has read."""
        asked = select(LoggedChange)
        with self.vault.read() as session:
            mine = asked if everything else asked.where(LoggedChange.device_id == self.device_id)
            self._truth.note(session, session.scalars(mine).all())

    def ask(self, question: Callable[[Session], A]) -> A:
        """The answer of any question."""
        with self.vault.read() as session:
            return question(session)

    def some(self, kind: type[R]) -> R | None:
        """A record of a kind that stands here, by chance."""
        with self.vault.read() as session:
            ids = session.scalars(select(kind.id).where(kind.removed_at.is_(None)).order_by(kind.id)).all()
            return session.get(kind, self._chance.choice(ids)) if ids else None
