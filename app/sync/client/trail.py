"""Closes the audit trail with a signed checkpoint when one is due; what it adds travels like any other record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.sync.client import facts
from app.sync.client.rounds import Round
from app.vault import trail


def is_due(session: Session, round_: Round) -> bool:
    """Whether entries have waited long enough, or are many enough (`vault/trail.py`).

    For a computer that is to erase itself once everything is sent: whether there are any.
    """
    return trail.is_due(session, round_.vault.now(), at_once=bool(round_.fact(facts.RETIRING)))


def checkpoint(round_: Round) -> None:
    """Add the entries that have no checkpoint."""
    with round_.vault.write(round_.vault.some_actor()) as work:
        trail.checkpoint(work)
        round_.step(f"{round_.tally.stage} saving")
        work.commit()
    round_.step(f"{round_.tally.stage} saved")
