"""Closes the audit trail with a signed checkpoint when one is due; what it adds travels like any other record."""

from __future__ import annotations

from app.sync.client import wiping
from app.sync.client.rounds import Round
from app.vault import trail


def checkpoint(round_: Round) -> None:
    """Add the entries that have waited long enough, or are many enough (`vault/trail.py`).

    A computer that is to erase itself once everything is sent adds whatever there is.
    """
    with round_.vault.read() as session:
        leaving = wiping.retiring(session) is not None
        due = trail.is_due(session, round_.vault.now(), at_once=leaving)
    if not due:
        return
    with round_.vault.write(round_.vault.some_actor()) as work:
        trail.checkpoint(work)
        round_.step(f"{round_.tally.stage} saving")
        work.commit()
    round_.step(f"{round_.tally.stage} saved")
