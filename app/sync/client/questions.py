"""What each stage of a round asks of the vault to know whether it has something to do (`Round.is_due`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.sync.client import agency_log, bundle, chunks, flags, founding, numbers, orders, parted, trail
from app.sync.client import grant as granting
from app.sync.client import push as pushing
from app.sync.client import rekey as rekeying
from app.sync.client import seal as sealing
from app.sync.client import unassign as unassigning
from app.sync.client.rounds import Question, Round
from app.vault import state

Stage = Callable[[Round], None]


def questions(unassign: Stage, forget_destroyed: Stage, watch_log: Stage) -> Mapping[Stage, Question]:
    """By stage; of the three that are the engine's own, it says which they are."""
    return {
        flags.tell: flags.is_due,
        orders.tell: orders.is_due,
        trail.checkpoint: trail.is_due,
        founding.found_groups: founding.is_due,
        granting.grant: granting.is_due,
        sealing.seal: sealing.is_due,
        pushing.push: pushing.is_due,
        bundle.carry: bundle.is_due,
        parted.tell_again: parted.is_due,
        rekeying.rekey: rekeying.is_due,
        numbers.reserve_numbers: numbers.is_due,
        unassign: unassigning.is_due,
        forget_destroyed: _is_to_forget,
        watch_log: agency_log.is_due,
        chunks.carry_chunks: chunks.is_due,
    }


def _is_to_forget(_session: Session, round_: Round) -> bool:
    """Whether something was destroyed that the files around the database may still hold."""
    return round_.fact(state.FORGET_DUE) is not None
