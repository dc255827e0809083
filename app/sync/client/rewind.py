"""What this device does when the server went back to an older copy: it reads all again and tells all again.

Both are safe to repeat. Segments that were applied are known by their chain, segments that the server still has are
answered with the receipt they had.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.orm import Session

from app.models.local import flags
from app.models.local.tables import DeviceState, Granted, KnownOrder, OutSegment, Scope, ScopeKey
from app.sync.client import facts, keys, parted
from app.sync.client.arriving import forget_waiting
from app.sync.client.pull import FROM_THE_START
from app.sync.client.push import KEPT
from app.sync.client.rounds import Round
from app.vault import errands, state


def rewind(round_: Round, epoch: str) -> None:
    """Forget what the server was known to have, and where it was read to."""
    round_.settled.clear()
    with round_.settling() as session:
        state.put(session, state.SERVER_EPOCH, epoch)
        state.put(session, state.FEED_PLACE, FROM_THE_START)
        state.put(session, facts.KEYS_ANEW, "1")
        forget_waiting(session)
        flags.tell_again(session, round_.vault.now() - KEPT)
        session.execute(update(Scope).values(number=0, head=None))
        session.execute(update(Scope).where(Scope.made_here.is_(True)).values(offered=False))
        _remember_holders(session)
        session.execute(update(KnownOrder).values(offered=False))
        session.execute(update(ScopeKey).where(ScopeKey.epoch > 1).values(offered=False))
        state.put(session, facts.MEMBERS_TO, None)
        errands.note_all(session)
        parted.owe_again(session)
        session.execute(update(OutSegment).values(receipt=None, received_at=None, refusal=None))
        made = session.scalars(select(DeviceState).where(DeviceState.name.startswith(facts.GROUP_MADE)))
        for fact in made.all():
            fact.value = "new"


def _remember_holders(session: Session) -> None:
    """The server may have forgotten envelopes; who opened one knows the key, and may have to be followed."""
    given = select(
        Granted.subject, Granted.subject_id, Granted.epoch, literal(keys.HOLDER), Granted.recipient_id
    ).where(Granted.subject == "scope", Granted.recipient == "device")
    columns = ["subject", "subject_id", "epoch", "recipient", "recipient_id"]
    session.execute(insert(Granted).prefix_with("OR IGNORE").from_select(columns, given))
    session.execute(delete(Granted).where(Granted.recipient != keys.HOLDER))
