"""Orders to purge: what two people approved goes to the server, and what comes from it is obeyed.

An order is believed for the signatures of two people's devices alone, never for the server's word: their keys are
pinned, their roles are those that they were ever known to hold. It is not held back for a person here however many
records it takes (safety.md G35): the two who signed that very list are that approval (docs/decisions/0029).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.local.tables import KnownOrder, PeerDevice, Scope
from app.models.retention import DestructionRun
from app.models.rules import retention as rules
from app.sync import protocol
from app.sync.client import keys
from app.sync.client.facts import Membership, roles_held
from app.sync.client.keys import Opening
from app.sync.client.problems import ServerProblem
from app.sync.client.rounds import Round, finds
from app.sync.protocol import Approval, Malformed, OrderTaken, ProblemCode, PurgeOrder
from app.vault import identity
from app.vault.unit_of_work import UnitOfWork

_OF_NO_USE = (ProblemCode.NOT_FOUND, ProblemCode.MALFORMED, ProblemCode.BAD_SIGNATURE, ProblemCode.NOT_ALLOWED)
"""The server is older, or will not take it: no reason for the rest of a round to fail."""
_KINDS = frozenset(map(str, rules.DESTROYABLE))
_FORGOTTEN = "SELECT 1 FROM known_order WHERE NOT offered"
_APPROVED = (
    "SELECT 1 FROM destruction_run WHERE second_signature IS NOT NULL AND declined_at IS NULL"
    " AND id NOT IN (SELECT order_id FROM known_order)"
)


def is_due(session: Session, _round: Round) -> bool:
    """Whether there is an order that the server may not have, or a run that may be one."""
    return finds(session, _FORGOTTEN) or finds(session, _APPROVED)


def tell(round_: Round) -> None:
    """Offer every order that the server may not have: runs that two people approved, and what it has forgotten."""
    with round_.vault.read() as session:
        waiting = list(_to_offer(session, round_.member))
    for order in waiting:
        try:
            taken = round_.server.post("/v1/order", order, OrderTaken)
        except ServerProblem as problem:
            if problem.code in _OF_NO_USE:
                continue
            raise
        round_.noted(taken.server_epoch, taken.server_time)
        with round_.settling() as session:
            session.merge(KnownOrder(order_id=order.order_id, body=protocol.encode(order), offered=True))


def take_in(work: UnitOfWork, order: PurgeOrder, member: Membership) -> Opening:
    """Destroy what an order of two people names, within `work.merging()`."""
    session = work.session
    found = _approved(session, order, member)
    if found is not Opening.OPENED:
        return found
    kinds = session.scalars(select(Scope.kind).where(Scope.id.in_(order.scopes)))
    if not _KINDS.issuperset(kinds):
        return Opening.REFUSED
    session.merge(KnownOrder(order_id=order.order_id, body=protocol.encode(order), offered=True))
    work.destroy(order.scopes, order.order_id)
    return Opening.OPENED


def _approved(session: Session, order: PurgeOrder, member: Membership) -> Opening:
    """OPENED for an order that two people signed who may; WAITS while one of them, or a role, is not known here."""
    if order.agency_id != member.agency_id:
        return Opening.REFUSED
    signed = protocol.purge_bytes(order.agency_id, order.order_id, order.scopes, order.proposed_at)
    people: list[str] = []
    for approval in order.approvals:
        device = session.get(PeerDevice, approval.device_id)
        if device is None:
            return Opening.WAITS
        if not keys.is_signed_by(device.signing_public, approval.signature, signed):
            return Opening.REFUSED
        people.append(device.member_id)
    first, second = people
    if first == second:
        return Opening.REFUSED
    may = rules.may_destroy(roles_held(session, first), roles_held(session, second))
    return Opening.OPENED if may else Opening.WAITS


def _to_offer(session: Session, member: Membership) -> Iterator[PurgeOrder]:
    for body in session.scalars(select(KnownOrder.body).where(KnownOrder.offered.is_(False))):
        yield protocol.decode(PurgeOrder, body)
    known = select(KnownOrder.order_id)
    approved = DestructionRun.second_signature.is_not(None), DestructionRun.declined_at.is_(None)
    for run in session.scalars(select(DestructionRun).where(*approved, DestructionRun.id.not_in(known))):
        order = _order_of(run, member)
        if order is not None and _approved(session, order, member) is Opening.OPENED:
            yield order


def _order_of(run: DestructionRun, member: Membership) -> PurgeOrder | None:
    """The order that a run is, None when what stands in it makes none."""
    if run.proposed_at is None or run.removed_at is not None:
        return None
    signed = ((run.first_device, run.first_signature), (run.second_device, run.second_signature))
    try:
        approvals = [Approval(device or "", bytes.fromhex(signature or "")) for device, signature in signed]
        order = PurgeOrder(run.id, member.agency_id, run.scopes, identity.as_ms(run.proposed_at), approvals)
        protocol.encode(order, protocol.MAX_SMALL_BODY)
    except (ValueError, Malformed):
        return None
    return order
