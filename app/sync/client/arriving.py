"""Takes in what a page brought, in the transaction that also stores the cursor.

A scope's segments are taken in the order of their numbers, without a gap, so that the scope's head can be recomputed
(`Scope.number`, `Scope.head`). What comes from further ahead, or for a scope whose key is not here, is left: the server
keeps it, and `compare.py` sees from the heads that it is still to be fetched. What was taken in but cannot be opened
or judged yet waits in `WaitingItem`, and is tried again whenever something that it may wait for has come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session

from app.models.changes import Changes
from app.models.local.flags import KIND
from app.models.local.tables import LoggedChange, UnsealedChange, WaitingItem
from app.sync import protocol
from app.sync.client import flags, keys, members, orders, wiping
from app.sync.client.chains import Chains
from app.sync.client.facts import Membership, roles_held
from app.sync.client.keys import Opening
from app.sync.client.merge import Incoming, judge_again, merge
from app.sync.client.open import WAITING, Opened, Reason, open_segment
from app.sync.protocol import Envelope, FeedItem, Flag, Group, Malformed, Member, PurgeOrder, Segment, WipeOrder
from app.vault.destroying import purged
from app.vault.unit_of_work import UnitOfWork


@dataclass
class Arrival:
    """What one page changed, beyond the records."""

    chains: Chains
    received: int = 0
    set_aside: int = 0
    news: bool = False
    """Something came that waiting things may have waited for."""
    roles: bool = False
    flags: bool = False
    """Somebody's computer raised a flag, or somebody took note of one."""
    opened: list[Opened] = field(default_factory=list)
    work: UnitOfWork | None = None
    """For what changes more than the log: an order to destroy."""
    held_up: set[str] | None = None
    """The scopes in which something waits for what comes before it; None until it was asked for."""
    purged: frozenset[str] | None = None
    """The scopes that two people destroyed; None until it was asked for."""


def take_in(work: UnitOfWork, items: Sequence[FeedItem], member: Membership) -> Arrival:
    """Take in the items of a page within `work.merging()`."""
    arrival = Arrival(Chains(work.session), work=work)
    _hold(work.session)
    for item in items:
        _take(work.session, item, member, arrival)
    if arrival.news:
        _try_again(work.session, member, arrival)
    arrival.chains.save()
    _merge(work, member, arrival)
    if arrival.flags:
        work.announce(Changes(frozenset({KIND})))
    return arrival


def take_in_carried(work: UnitOfWork, things: Sequence[Envelope | Segment], member: Membership) -> Arrival:
    """Take in what came in a file, within `work.merging()`: it has no places yet, the server gives them later.

    What a scope holds by the server's numbers is not touched, so the same segments are welcome again from the feed.
    """
    arrival = Arrival(Chains(work.session), work=work)
    _hold(work.session)
    for thing in things:
        kind = "segment" if isinstance(thing, Segment) else "envelope"
        arrival.received += kind == "segment"
        name, outcome = _outcome(work.session, thing, member, arrival, 0)
        if outcome is not None:
            place = min(work.session.scalar(select(func.min(WaitingItem.place))) or 0, 0) - 1
            row = WaitingItem(place=place, scope_id=name, reason=str(outcome), body=protocol.encode(_item(kind, thing)))
            arrival.set_aside += outcome not in WAITING
            work.session.add(row)
            work.session.flush()
    if arrival.news:
        _try_again(work.session, member, arrival)
    arrival.chains.save()
    _merge(work, member, arrival)
    return arrival


def _hold(session: Session) -> None:
    """Let the session keep what it has read until it ends: every item of a page asks for the same few rows."""
    held: list[object] = []
    for moment in ("loaded_as_persistent", "pending_to_persistent"):
        event.listen(session, moment, lambda _, found: held.append(found))


def _item(kind: str, thing: Envelope | Segment) -> FeedItem:
    return FeedItem(1, kind, msgspec.Raw(protocol.encode(thing)))


def _take(session: Session, item: FeedItem, member: Membership, arrival: Arrival) -> None:
    try:
        body = protocol.feed_body(item)
    except Malformed:
        _keep(session, item, "", Reason.CONTENT, arrival)
        return
    if isinstance(body, Segment):
        if not arrival.chains.take_place(body.scope_id, protocol.segment_hash(body), item.number):
            return
        arrival.received += 1
    name, outcome = _outcome(session, body, member, arrival, item.place)
    if outcome is not None:
        _keep(session, item, name, outcome, arrival)


def _outcome(
    session: Session, body: protocol.FeedBody | None, member: Membership, arrival: Arrival, place: int
) -> tuple[str, Reason | None]:
    """The subject of a thing, and why it is not done with, if so."""
    match body:
        case Member():
            before = roles_held(session, body.person_id)
            fine = members.note_member(session, body, member, place)
            arrival.roles |= roles_held(session, body.person_id) != before
            arrival.news = True
            return body.device_id, None if fine else Reason.CONTRADICTION
        case Group():
            opening = members.note_group(session, body)
            arrival.news |= opening is Opening.OPENED
            return body.name, _reason(opening, Reason.AUTHOR)
        case Envelope():
            opening = keys.take_in(session, body, member)
            arrival.news |= opening is Opening.OPENED
            return body.subject_id, _reason(opening, Reason.KEY)
        case Flag():
            opening = flags.take_in(session, body, member)
            arrival.flags |= opening is Opening.OPENED
            return body.raised.device_id, _reason(opening, Reason.AUTHOR)
        case PurgeOrder():
            assert arrival.work is not None
            opening = orders.take_in(arrival.work, body, member)
            arrival.purged = None
            if opening is Opening.OPENED:
                arrival.chains.forget(body.scopes)
            return body.order_id, _reason(opening, Reason.AUTHOR)
        case WipeOrder():
            opening = wiping.take_in(session, body, member)
            return body.device_id, _reason(opening, Reason.AUTHOR)
        case Segment() if body.scope_id in _purged(session, arrival):
            return body.scope_id, None
        case Segment():
            opened = open_segment(session, arrival.chains, body)
            if isinstance(opened, Opened):
                arrival.opened.append(opened)
                arrival.news = arrival.news or _waits(session, body.scope_id, arrival)
            if opened is Reason.SIGNATURE:
                # What stood at a number was not the author's, though it may have the true one's hash.
                arrival.chains.begin_anew(body.scope_id)
            return body.scope_id, opened if isinstance(opened, Reason) else None
        case None:
            return "", Reason.NEWER


def _reason(opening: Opening, waits_for: Reason) -> Reason | None:
    if opening is Opening.WAITS:
        return waits_for
    return Reason.CONTRADICTION if opening is Opening.REFUSED else None


def _keep(session: Session, item: FeedItem, subject_id: str, reason: Reason, arrival: Arrival) -> None:
    arrival.set_aside += reason not in WAITING
    if reason is Reason.BEFORE and arrival.held_up is not None:
        arrival.held_up.add(subject_id)
    session.merge(
        WaitingItem(place=item.place, scope_id=subject_id, reason=str(reason), body=protocol.encode(item)),
    )
    session.flush()


def _purged(session: Session, arrival: Arrival) -> frozenset[str]:
    if arrival.purged is None:
        arrival.purged = purged(session)
    return arrival.purged


def _waits(session: Session, scope_id: str, arrival: Arrival) -> bool:
    if arrival.held_up is None:
        asked = select(WaitingItem.scope_id).where(WaitingItem.reason == str(Reason.BEFORE))
        arrival.held_up = set(session.scalars(asked))
    return scope_id in arrival.held_up


def _try_again(session: Session, member: Membership, arrival: Arrival) -> None:
    """Try what waits until nothing of it moves any more."""
    moved = True
    while moved:
        moved = False
        waiting = WaitingItem.reason.in_([str(reason) for reason in WAITING])
        for place in session.scalars(select(WaitingItem.place).where(waiting).order_by(WaitingItem.place)).all():
            row = session.get(WaitingItem, place)
            if row is None:  # an order has destroyed what it belonged to
                continue
            body = protocol.feed_body(protocol.decode(FeedItem, row.body))
            _, outcome = _outcome(session, body, member, arrival, row.place)
            if outcome == row.reason:
                continue
            moved = True
            if outcome is None:
                session.delete(row)
            else:
                row.reason = str(outcome)
                arrival.set_aside += outcome not in WAITING
            session.flush()


# --- into the records ---------------------------------------------------------------------------------------------


def _merge(work: UnitOfWork, member: Membership, arrival: Arrival) -> None:
    incoming: list[Incoming] = []
    for opened in arrival.opened:
        if opened.segment.scope_id in _purged(work.session, arrival):
            continue  # its order came in the same page
        if opened.segment.device_id == member.device_id:
            _make_room(work.session, opened.segment)
        for place, change in enumerate(opened.changes, start=opened.segment.first):
            incoming.append(Incoming(opened.segment.scope_id, opened.segment.device_id, place, change))
    merge(work, incoming)
    if arrival.roles:
        judge_again(work)


def _make_room(session: Session, segment: Segment) -> None:
    """This vault was restored and meets what it had sent before: what it wrote since then moves behind that.

    Only changes that were never sealed can move; their places were given again by mistake of nobody.
    """
    places = select(UnsealedChange.device_seq).where(UnsealedChange.scope_id == segment.scope_id)
    first = session.scalar(select(func.min(places.subquery().c.device_seq)))
    if first is None or first > segment.last:
        return
    shift = segment.last + 1 - first
    logged = LoggedChange.scope_id == segment.scope_id, LoggedChange.device_id == segment.device_id
    unsealed = (*logged, LoggedChange.device_seq.in_(places))
    # By way of negative places, because each place is taken by the next while they move.
    session.execute(update(LoggedChange).where(*unsealed).values(device_seq=-LoggedChange.device_seq - shift))
    waiting = update(UnsealedChange).where(UnsealedChange.scope_id == segment.scope_id)
    session.execute(waiting.values(device_seq=-UnsealedChange.device_seq - shift))
    for table, where in ((LoggedChange, logged), (UnsealedChange, (UnsealedChange.scope_id == segment.scope_id,))):
        session.execute(update(table).where(*where, table.device_seq < 0).values(device_seq=-table.device_seq))


def forget_waiting(session: Session) -> None:
    """The places of the feed begin anew: what waits comes again, what was set aside keeps a place of its own."""
    session.execute(delete(WaitingItem).where(WaitingItem.reason.in_([str(reason) for reason in WAITING])))
    lowest = session.scalar(select(func.min(WaitingItem.place))) or 0
    for row in session.scalars(select(WaitingItem).where(WaitingItem.place >= 0)).all():
        lowest = min(lowest, 0) - 1
        row.place = lowest
    session.flush()
