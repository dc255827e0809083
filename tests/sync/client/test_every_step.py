"""A round that dies at any of its savings, before or after, loses nothing and brings nothing twice (safety.md, G2)."""

from __future__ import annotations

import os

from sqlalchemy import select

from app.models.agency import Organization
from app.models.crisis import Case
from app.models.local.tables import LoggedChange
from app.models.vocab import Role, ScopeKind
from app.sync.client.engine import SyncEngine
from tests.sync.conftest import Agency, Recruit


class Died(BaseException):
    """The process ends here."""


class DyingAt:
    """Lets a round die at its nth saving."""

    def __init__(self, at: int, seen: list[str]) -> None:
        self._left = at
        self._seen = seen

    def __call__(self, name: str) -> None:
        self._left -= 1
        if self._left == 0:
            self._seen.append(name)
            raise Died


def test_a_round_that_dies_at_any_saving_goes_on(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    for station in (supervisor, worker, supervisor, worker):
        station.sync()
    seen: list[str] = []
    at, died = 0, True
    while died:
        at += 1
        supervisor.write(Organization(name=f"Organization {at}"))
        supervisor.sync()
        case_id = os.urandom(16).hex()
        facts = worker.scope(ScopeKind.CASE, case_id)
        worker.write(Case(id=case_id, scope_id=facts, assigned_to=worker.member_id, number=f"Case {at}"))
        try:
            SyncEngine(worker.vault, worker.transport, worker.clock, step=DyingAt(at, seen)).run_once()
            died = False
        except Died:
            pass
    for station in (worker, supervisor, worker):
        station.sync()
    assert worker.contents() == supervisor.contents()
    names = sorted(f"Organization {number}" for number in range(1, at + 1))
    assert worker.ask(lambda session: sorted(session.scalars(select(Organization.name)))) == names
    dots = worker.ask(lambda session: session.scalars(select(LoggedChange.dot)).all())
    assert len(dots) == len(set(dots)) == 2 * at
    assert {"pull saving", "pull saved", "grant saved", "seal saved", "push saving", "push saved"} <= set(seen), seen
