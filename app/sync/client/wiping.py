"""The order to erase this device: asked for once the server says that it was revoked, or met in the feed.

It is believed for the signature of the agency's order key alone, which was pinned at enrolment and which the server
does not have: a server that says "revoked", or that was broken into, erases nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem
from app.sync import protocol
from app.sync.client import facts, keys
from app.sync.client.facts import Membership
from app.sync.client.keys import Opening
from app.sync.client.rounds import Round
from app.sync.client.session import ask
from app.sync.client.transport import Call, Transport
from app.sync.protocol import Wiped, WipedTaken, WipeOrder
from app.vault import identity, state


def is_meant(session: Session, order: WipeOrder, member: Membership) -> bool:
    """Whether the agency's order key tells exactly this device to erase itself."""
    pinned = state.get(session, facts.ORDER_PUBLIC)
    if not pinned or (order.agency_id, order.device_id) != (member.agency_id, member.device_id):
        return False
    return keys.is_signed_by(bytes.fromhex(pinned), order.signature, protocol.canonical(order))


def take_in(session: Session, order: WipeOrder, member: Membership) -> Opening:
    """Keep an order to send everything first; it is obeyed when nothing is left to send."""
    if not order.drain or not is_meant(session, order, member):
        return Opening.REFUSED
    state.put(session, facts.RETIRING, protocol.encode(order).hex())
    return Opening.OPENED


def retiring(session: Session) -> WipeOrder | None:
    """The order that waits until everything is sent."""
    kept = state.get(session, facts.RETIRING)
    return protocol.decode(WipeOrder, bytes.fromhex(kept)) if kept else None


def fetch(round_: Round) -> WipeOrder | None:
    """The order for this device, which was revoked; None when there is none that it believes."""
    try:
        order = round_.server.wipe_order()
    except EnvironmentProblem:
        return None
    with round_.vault.read() as session:
        return order if is_meant(session, order, round_.member) and not order.drain else None


def done(order: WipeOrder, at: datetime, sign: Callable[[bytes], bytes]) -> Wiped:
    """What this device says once it has erased itself; signed before its key is destroyed."""
    unsigned = Wiped(order.device_id, order.nonce, identity.as_ms(at), protocol.UNSIGNED)
    return protocol.signed(unsigned, sign)


def tell(transport: Transport, member: Membership, said: Wiped) -> bool:
    """Tell the server; whether it heard. The tombstone on the disk says the same."""
    with suppress(EnvironmentProblem):
        ask(transport, Call("POST", member.address + "/v1/wiped", protocol.encode(said)), WipedTaken)
        return True
    return False
