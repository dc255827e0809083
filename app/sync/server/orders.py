"""Orders that the server carries: two people destroy scopes, an administrator's offline key erases a device.

The server checks what it is given as every device will again, destroys what it holds of the scopes, keeps their random
ids for ever, and hands the order to everybody. It cannot make one: it has neither two people's keys nor the order key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from app.errors import NotFound, RuleBroken
from app.sync import protocol
from app.sync.protocol import OrderTaken, ProblemCode, PurgeOrder, Wiped, WipeOrder
from app.sync.server import chunks
from app.sync.server.agency_log import PURGED
from app.sync.server.clock import now_ms
from app.sync.server.feed import NOBODY, FeedWriter, to_device
from app.sync.server.members import ACTIVE, REVOKED, Caller, callers, revoke
from app.sync.server.problems import Refused, malformed, not_found
from app.sync.server.signing import is_signed_by
from app.sync.server.tables import (
    agencies,
    devices,
    envelopes,
    feed,
    orders,
    purged_scopes,
    scope_epochs,
    scopes,
    segments,
    wipes,
)
from app.words import mark

APPROVERS = frozenset({"SUP", "REG"})
"""Roles of the two who may approve a destruction; one of them is a supervisor (domain.md 20.5)."""
_SUPERVISOR = "SUP"
_SOME = 200


def take_purge(connection: Connection, caller: Caller, order: PurgeOrder) -> tuple[OrderTaken, bool]:
    """Destroy what an order names and put the order into the feed; whether it is new. The same again does nothing.

    Raises `Refused` for an order of another agency, of one person, of people who may not, or with a wrong signature.
    """
    if order.agency_id != caller.agency_id or len(set(order.scopes)) != len(order.scopes):
        raise malformed()
    body = protocol.encode(order)
    named = orders.c.agency_id == caller.agency_id, orders.c.order_id == order.order_id
    known = connection.scalar(select(orders.c.body).where(*named))
    if known is not None and known != body:
        raise malformed()
    if known is None:
        _check_approvals(connection, order)
        _purge(connection, order, body)
    return _taken(connection, order), known is None


def _check_approvals(connection: Connection, order: PurgeOrder) -> None:
    signed = protocol.purge_bytes(order.agency_id, order.order_id, order.scopes, order.proposed_at)
    known = callers(connection, order.agency_id, [one.device_id for one in order.approvals])
    people: set[str] = set()
    roles: list[frozenset[str]] = []
    in_service = False
    for one in order.approvals:
        if one.device_id not in known:
            raise Refused(403, ProblemCode.NOT_ALLOWED, mark("Who approved this order is not known."))
        approver, status, key = known[one.device_id]
        if not is_signed_by(key, one.signature, signed):
            raise Refused(400, ProblemCode.BAD_SIGNATURE, mark("The order is not signed by who approved it."))
        people.add(approver.person_id)
        roles.append(APPROVERS & frozenset(approver.roles))
        in_service |= status == ACTIVE
    if len(people) != len(order.approvals) or not in_service:
        raise Refused(403, ProblemCode.NOT_ALLOWED, mark("Two people in service have to approve an order."))
    if not all(roles) or not any(_SUPERVISOR in held for held in roles):
        raise Refused(403, ProblemCode.NOT_ALLOWED, mark("These people may not approve an order."))


def _purge(connection: Connection, order: PurgeOrder, body: bytes) -> None:
    agency_id, now = order.agency_id, now_ms()
    places = FeedWriter(connection, agency_id)  # first, because it holds the agency until the commit
    row = {"agency_id": agency_id, "order_id": order.order_id, "received_at": now, "body": body}
    connection.execute(insert(orders).values(row))
    gone = purged_among(connection, agency_id, order.scopes)
    fresh = [scope_id for scope_id in order.scopes if scope_id not in gone]
    for some in _chunks(fresh):
        _destroy(connection, agency_id, some)
        tombstone = {"agency_id": agency_id, "order_id": order.order_id, "purged_at": now}
        connection.execute(insert(purged_scopes), [{"scope_id": scope_id, **tombstone} for scope_id in some])
    places.add("order", order.order_id, body=body)
    places.flush()


def _destroy(connection: Connection, agency_id: str, scope_ids: Sequence[str]) -> None:
    """Segments, envelopes and epochs go; their places stay, so that no reader waits for them."""
    is_theirs = or_(feed.c.kind == "segment", feed.c.kind == "envelope")
    in_feed = feed.c.agency_id == agency_id, feed.c.subject_id.in_(scope_ids), is_theirs
    connection.execute(update(feed).where(*in_feed).values(kind=PURGED, audience=NOBODY, body=None, number=0))
    for scope_id in scope_ids:
        chunks.drop_scope(connection, agency_id, scope_id)
    for table in (segments, scope_epochs):
        connection.execute(delete(table).where(table.c.agency_id == agency_id, table.c.scope_id.in_(scope_ids)))
    of_scope = envelopes.c.subject == "scope", envelopes.c.subject_id.in_(scope_ids)
    connection.execute(delete(envelopes).where(envelopes.c.agency_id == agency_id, *of_scope))
    connection.execute(delete(scopes).where(scopes.c.agency_id == agency_id, scopes.c.scope_id.in_(scope_ids)))


def purged_among(connection: Connection, agency_id: str, scope_ids: Iterable[str]) -> frozenset[str]:
    """Which of these scopes were destroyed."""
    found: set[str] = set()
    for some in _chunks(sorted(set(scope_ids))):
        found |= set(connection.scalars(_PURGED, {"of_agency": agency_id, "named": some}))
    return frozenset(found)


_PURGED = select(purged_scopes.c.scope_id).where(
    purged_scopes.c.agency_id == bindparam("of_agency"),
    purged_scopes.c.scope_id.in_(bindparam("named", expanding=True)),
)


def list_orders(connection: Connection, agency_id: str) -> list[dict[str, object]]:
    """The orders to destroy that this server carried: when, how many scopes, and whose devices signed them."""
    asked = select(orders).where(orders.c.agency_id == agency_id).order_by(orders.c.received_at, orders.c.order_id)
    found = [(row.received_at, protocol.decode(PurgeOrder, row.body)) for row in connection.execute(asked)]
    return [
        {
            "order_id": order.order_id,
            "received_at": received_at,
            "scopes": len(order.scopes),
            "approved_by": [one.device_id for one in order.approvals],
        }
        for received_at, order in found
    ]


def list_scopes(connection: Connection, agency_id: str) -> list[dict[str, object]]:
    """What the server knows of each scope: its random id, how much it holds; and what was destroyed, and when."""
    counted = (
        select(scopes.c.scope_id, scopes.c.epoch, scopes.c.last_number, scopes.c.created_at)
        .where(scopes.c.agency_id == agency_id)
        .order_by(scopes.c.scope_id)
    )
    sizes = dict(
        connection.execute(
            select(segments.c.scope_id, func.sum(func.length(segments.c.body)))
            .where(segments.c.agency_id == agency_id)
            .group_by(segments.c.scope_id)
        ).all()
    )
    found: list[dict[str, object]] = [
        {
            "scope_id": row.scope_id,
            "epoch": row.epoch,
            "segments": row.last_number,
            "bytes": int(sizes.get(row.scope_id) or 0),
            "created_at": row.created_at,
            "purged_at": 0,
        }
        for row in connection.execute(counted)
    ]
    gone = select(purged_scopes).where(purged_scopes.c.agency_id == agency_id).order_by(purged_scopes.c.scope_id)
    return found + [
        {"scope_id": row.scope_id, "epoch": 0, "segments": 0, "bytes": 0, "created_at": 0, "purged_at": row.purged_at}
        for row in connection.execute(gone)
    ]


# --- erasing a device ---------------------------------------------------------------------------------------------


def keep_wipe(connection: Connection, order: WipeOrder) -> None:
    """Keep an order for a device: with `drain` it comes by the feed, else the device is revoked and asks for it.

    The first one stands, except that an order to erase at once replaces one to send everything first.

    Raises RuleBroken when the agency's order key did not sign it, NotFound for an unknown device.
    """
    asked = select(agencies.c.order_public).where(agencies.c.agency_id == order.agency_id)
    public = connection.scalar(asked)
    if public is None:
        raise RuleBroken(mark("This agency has no order key, so its computers cannot be told to erase themselves."))
    if not is_signed_by(public, order.signature, protocol.canonical(order)):
        raise RuleBroken(mark("This is not the order key of the agency."), field="order-key")
    named = devices.c.agency_id == order.agency_id, devices.c.device_id == order.device_id
    if connection.scalar(select(devices.c.status).where(*named)) is None:
        raise NotFound(mark("There is no such device."), field="device")
    mine = wipes.c.agency_id == order.agency_id, wipes.c.device_id == order.device_id
    row = connection.execute(select(wipes).where(*mine)).one_or_none()
    new = {"nonce": order.nonce, "body": protocol.encode(order), "made_at": order.made_at}
    if row is None:
        own = {"agency_id": order.agency_id, "device_id": order.device_id, "done_at": 0}
        connection.execute(insert(wipes).values({**own, **new}))
    elif protocol.decode(WipeOrder, row.body).drain and not order.drain and not row.done_at:
        connection.execute(update(wipes).where(*mine).values(new))
    else:
        return
    if order.drain:
        places = FeedWriter(connection, order.agency_id)
        places.add("wipe", order.device_id, audience=to_device(order.device_id), body=protocol.encode(order))
        places.flush()


def wipe_for(connection: Connection, device_id: str) -> WipeOrder:
    """The order for a device that has proved itself. Raises `Refused` when there is none, or it is in service."""
    device = connection.execute(select(devices).where(devices.c.device_id == device_id)).one_or_none()
    if device is None or device.status != REVOKED:
        raise not_found()
    mine = wipes.c.agency_id == device.agency_id, wipes.c.device_id == device_id
    body = connection.scalar(select(wipes.c.body).where(*mine))
    if body is None:
        raise not_found()
    return protocol.decode(WipeOrder, body)


def agency_of_wiped(connection: Connection, done: Wiped) -> str:
    """The agency of a device that says it erased itself. Raises `Refused` for what the device did not sign."""
    device = connection.execute(select(devices).where(devices.c.device_id == done.device_id)).one_or_none()
    if device is None:
        raise not_found()
    if not is_signed_by(device.signing_public, done.signature, protocol.canonical(done)):
        raise Refused(400, ProblemCode.BAD_SIGNATURE, mark("This is not signed by the device."))
    return str(device.agency_id)


def note_wiped(connection: Connection, agency_id: str, done: Wiped) -> bool:
    """Write down that a device of an agency erased itself, once that is proved; whether it is new."""
    mine = wipes.c.agency_id == agency_id, wipes.c.device_id == done.device_id
    known = connection.execute(select(wipes).where(*mine)).one_or_none()
    if known is None or known.nonce != done.nonce:
        raise not_found()
    if known.done_at:
        return False
    named = devices.c.agency_id == agency_id, devices.c.device_id == done.device_id
    if connection.scalar(select(devices.c.status).where(*named)) == ACTIVE:
        revoke(connection, agency_id, done.device_id)
    connection.execute(update(wipes).where(*mine).values(done_at=now_ms(), done_body=protocol.encode(done)))
    return True


def wipe_states(connection: Connection, agency_id: str) -> dict[str, str]:
    """Of each device that was told to erase itself: `ordered`, or `erased` once it said so."""
    rows = connection.execute(select(wipes.c.device_id, wipes.c.done_at).where(wipes.c.agency_id == agency_id))
    return {row.device_id: "erased" if row.done_at else "ordered" for row in rows}


def _taken(connection: Connection, order: PurgeOrder) -> OrderTaken:
    epoch = connection.scalar(select(agencies.c.server_epoch).where(agencies.c.agency_id == order.agency_id))
    return OrderTaken(order_id=order.order_id, server_epoch=str(epoch), server_time=now_ms())


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + _SOME] for at in range(0, len(names), _SOME))
