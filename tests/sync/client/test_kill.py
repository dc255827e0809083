"""kill -9 of the client before and after each of its messages: nothing is lost, nothing comes twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from app.models.agency import Organization
from app.models.crisis import Case
from app.models.local.tables import LoggedChange
from app.models.vocab import Role
from app.vault.vault import open_vault
from tests.sync.conftest import PASSPHRASE, Agency, Recruit, Station


def test_killed_anywhere_it_goes_on(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    for station in (supervisor, worker, supervisor, worker):
        station.sync()
    worker.vault.close()
    orders = [f"{at} {when}" for at in range(1, 7) for when in ("before", "after")] + ["0 never"]
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("dying.py")), str(worker.vault.folder), PASSPHRASE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
    ) as child:
        said, _ = child.communicate("".join(f"{order}\n" for order in orders), timeout=120)
    ends = said.split()
    assert ends[-1] == "0" and ends.count("killed") >= 10 and "1" not in ends, ends

    supervisor.sync()
    with open_vault(worker.vault.folder, PASSPHRASE) as vault:
        again = Station(vault, Role.VSU, worker.clock)
        try:
            again.sync()
            assert again.contents() == supervisor.contents()
            dots = supervisor.ask(lambda session: session.scalars(select(LoggedChange.dot)).all())
        finally:
            again.engine.close()
    names = sorted(f"Number {number}" for number in range(1, len(orders) + 1))
    assert supervisor.ask(lambda session: sorted(session.scalars(select(Organization.name)))) == names
    assert supervisor.ask(lambda session: sorted(session.scalars(select(Case.number)))) == names
    assert len(dots) == len(set(dots)) == 2 * len(orders)
