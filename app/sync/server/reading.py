"""What a device may have: pages of the feed, of one scope, of envelopes; heads.

A device may have a segment when an envelope of the key of its epoch, not held back, is addressed to the device or to a
group of its person. That is asked at the moment of reading. Who was taken out of a scope got no key of the epochs
since, so what is written after it stays out of reach. Heads are told to whoever holds every key of a scope, up to the
newest: only such a device can hold all of its segments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, and_, func, or_, select

from app.sync import protocol
from app.sync.protocol import FeedItem, FeedPage, Heads, ScopeHead
from app.sync.server.clock import now_ms
from app.sync.server.feed import EVERYBODY, to_device, to_group, to_role
from app.sync.server.members import Caller
from app.sync.server.problems import not_found
from app.sync.server.tables import agencies, envelopes, feed, scopes, segments

_WINDOW = 20_000
"""Places looked at in one request, whether this device may have them or not."""
_HEADS = 5000


def read_feed(
    connection: Connection, caller: Caller, after: int, limit: int, *, own: bool = True, heads: bool = False
) -> FeedPage:
    """What lies after a place and is for this device; `own`: also what it wrote itself.

    `next` is never beyond a committed place: places are given under the writer's lock, in commit order, and this
    reads one snapshot. A cursor beyond the end (a restored server) comes back lower than it was sent.
    """
    epoch, last = _agency(connection, caller)
    if after == last and not heads:
        return _page([], last, last, epoch)  # most questions are this one
    end = min(after + _WINDOW, last)
    is_segment = feed.c.kind == "segment"
    may_read = readable(caller, feed.c.subject_id, segments.c.epoch)
    if not own:
        may_read = and_(may_read, segments.c.device_id != caller.device_id)
    mine = or_(and_(~is_segment, _for(caller)), and_(is_segment, may_read))
    rows = connection.execute(
        _bodies()
        .where(feed.c.agency_id == caller.agency_id, feed.c.place > after, feed.c.place <= end, mine)
        .order_by(feed.c.place)
    )
    items, full = _fill(rows, limit)
    reached = items[-1].place if full else end
    told = _hash_of_heads(connection, caller) if heads and reached >= last else None
    return _page(items, reached, last, epoch, told)


def _hash_of_heads(connection: Connection, caller: Caller) -> bytes:
    return protocol.heads_hash((row.scope_id, row.last_number, row.head) for row in connection.execute(_heads(caller)))


def look(connection: Connection, caller: Caller, after: int) -> tuple[int, bool]:
    """Up to which place the feed goes now, and whether anything after `after` is for this device and from another."""
    _, last = _agency(connection, caller)
    is_segment = feed.c.kind == "segment"
    of_another = and_(readable(caller, feed.c.subject_id, segments.c.epoch), segments.c.device_id != caller.device_id)
    theirs = or_(and_(~is_segment, _for(caller)), and_(is_segment, of_another))
    found = connection.execute(
        _bodies()
        .with_only_columns(feed.c.place)
        .where(feed.c.agency_id == caller.agency_id, feed.c.place > max(after, last - _WINDOW), theirs)
        .order_by(feed.c.place.desc())
        .limit(1)
    ).first()
    return last, found is not None


@dataclass(frozen=True)
class Growth:
    """What was added to a feed, as far as is needed to say whom it concerns."""

    end: int
    """The place where the feed ends now."""
    told: dict[str, frozenset[str]]
    """For each audience the devices that wrote something for it; "" where it does not matter who did."""
    members_changed: bool
    """Whether somebody's membership, roles or groups may be others than before."""

    def concerns(self, device_id: str, its_audiences: frozenset[str]) -> bool:
        """Whether any of it is for this device and from another: the same answer that `look` gives."""
        return any(self.told[name] - {device_id} for name in its_audiences & self.told.keys())


def feed_end(connection: Connection, agency_id: str) -> int:
    """The newest place of an agency's feed."""
    return int(connection.execute(select(agencies.c.last_place).where(agencies.c.agency_id == agency_id)).scalar_one())


def growth(connection: Connection, agency_id: str, after: int) -> Growth:
    """What came after a place, for everybody of an agency at once."""
    end = feed_end(connection, agency_id)
    if end <= after:
        return Growth(end, {}, False)
    new = feed.c.agency_id == agency_id, feed.c.place > max(after, end - _WINDOW), feed.c.place <= end
    other = connection.execute(select(feed.c.kind, feed.c.audience).where(*new, feed.c.kind != "segment").distinct())
    rows = other.all()
    told: dict[str, set[str]] = {row.audience: {""} for row in rows}
    for row in connection.execute(_readers_of_segments().where(*new)):
        to = to_device if row.recipient == "device" else to_group
        told.setdefault(to(row.recipient_id), set()).add(row.device_id)
    whom = {audience: frozenset(devices) for audience, devices in told.items()}
    return Growth(end, whom, any(row.kind == "member" for row in rows))


def _readers_of_segments() -> Select[tuple[str, str, str]]:
    """To whom the keys of segments in the feed were given, and who wrote these segments."""
    same = and_(
        segments.c.agency_id == feed.c.agency_id,
        segments.c.scope_id == feed.c.subject_id,
        segments.c.number == feed.c.number,
    )
    given = and_(
        envelopes.c.agency_id == segments.c.agency_id,
        envelopes.c.subject == "scope",
        envelopes.c.subject_id == segments.c.scope_id,
        envelopes.c.epoch == segments.c.epoch,
        envelopes.c.held.is_(False),
        envelopes.c.recipient.in_(("device", "group")),
    )
    asked = select(envelopes.c.recipient, envelopes.c.recipient_id, segments.c.device_id).distinct()
    return asked.select_from(feed.join(segments, same).join(envelopes, given)).where(feed.c.kind == "segment")


def read_envelopes(connection: Connection, caller: Caller, after: int, limit: int) -> FeedPage:
    """Envelopes for this device from any place on: for a person who has just been put into a group."""
    epoch, last = _agency(connection, caller)
    rows = connection.execute(
        _bodies()
        .where(feed.c.agency_id == caller.agency_id, feed.c.place > after, feed.c.kind == "envelope", _for(caller))
        .order_by(feed.c.place)
        .limit(protocol.MAX_PAGE_ITEMS + 1)
    )
    items, full = _fill(rows, limit)
    reached = items[-1].place if full else last
    return _page(items, reached, last, epoch)


def read_scope(connection: Connection, caller: Caller, scope_id: str, after: int, limit: int) -> FeedPage:
    """The segments of one scope after a number; `next` is a number. For a scope that has just been given."""
    epoch, _ = _agency(connection, caller)
    here = scopes.c.agency_id == caller.agency_id, scopes.c.scope_id == scope_id
    any_key = _keys_held(caller, scopes.c.scope_id) > 0
    last = connection.scalar(select(scopes.c.last_number).where(*here, any_key))
    if last is None:
        raise not_found()
    of_scope = segments.c.agency_id == caller.agency_id, segments.c.scope_id == scope_id
    rows = connection.execute(
        select(segments.c.place, segments.c.number, segments.c.received_at, segments.c.body)
        .where(*of_scope, segments.c.number > after, readable(caller, segments.c.scope_id, segments.c.epoch))
        .order_by(segments.c.number)
        .limit(protocol.MAX_PAGE_ITEMS + 1)
    )
    items, full = _fill(rows, limit)
    reached = items[-1].number if full else last
    return _page(items, reached, last, epoch)


def read_heads(connection: Connection, caller: Caller, after: str) -> Heads:
    """The heads of the scopes of which this device has every key, in the order of their ids."""
    epoch, _ = _agency(connection, caller)
    asked = _heads(caller).where(scopes.c.scope_id > after).order_by(scopes.c.scope_id).limit(_HEADS + 1)
    rows = connection.execute(asked).all()
    heads = [ScopeHead(row.scope_id, row.last_number, row.head) for row in rows[:_HEADS]]
    return Heads(heads, len(rows) > _HEADS, epoch, now_ms())


def _heads(caller: Caller) -> Select[tuple[str, int, bytes]]:
    return (
        select(scopes.c.scope_id, scopes.c.last_number, scopes.c.head)
        .where(scopes.c.agency_id == caller.agency_id)
        .where(_keys_held(caller, scopes.c.scope_id) == scopes.c.epoch)
    )


def _agency(connection: Connection, caller: Caller) -> tuple[str, int]:
    row = connection.execute(
        select(agencies.c.server_epoch, agencies.c.last_place).where(agencies.c.agency_id == caller.agency_id)
    ).one()
    return row.server_epoch, row.last_place


def _bodies() -> Select[tuple[int, str, int, int | None, bytes]]:
    """Feed rows with their bodies, wherever these are kept."""
    same = and_(
        feed.c.kind == "segment",
        segments.c.agency_id == feed.c.agency_id,
        segments.c.scope_id == feed.c.subject_id,
        segments.c.number == feed.c.number,
    )
    body = func.coalesce(feed.c.body, segments.c.body).label("body")
    return select(feed.c.place, feed.c.kind, feed.c.number, segments.c.received_at, body).join_from(
        feed, segments, same, isouter=True
    )


def audiences(caller: Caller) -> frozenset[str]:
    """Every audience to which this device belongs."""
    named = {to_device(caller.device_id), *map(to_group, caller.groups), *map(to_role, caller.roles)}
    return frozenset(named | {EVERYBODY})


def _for(caller: Caller) -> ColumnElement[bool]:
    return feed.c.audience.in_(sorted(audiences(caller)))


def readable(caller: Caller, scope_id: ColumnElement[str], epoch: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether this device has an envelope of the scope's epoch, itself or through a group of its person."""
    return select(envelopes.c.subject_id).where(*_given(caller, scope_id), envelopes.c.epoch == epoch).exists()


def newest_readable(caller: Caller, scope_id: ColumnElement[str]) -> ScalarSelect[int | None]:
    """The newest epoch of the scope of which this device has an envelope; null when it has none."""
    return select(func.max(envelopes.c.epoch)).where(*_given(caller, scope_id)).scalar_subquery()


def _keys_held(caller: Caller, scope_id: ColumnElement[str]) -> ScalarSelect[int]:
    """Of how many epochs of the scope this device has an envelope."""
    counted = select(func.count(envelopes.c.epoch.distinct()))
    return counted.where(*_given(caller, scope_id)).scalar_subquery()


def _given(caller: Caller, scope_id: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    to_me = and_(envelopes.c.recipient == "device", envelopes.c.recipient_id == caller.device_id)
    to_my_groups = and_(envelopes.c.recipient == "group", envelopes.c.recipient_id.in_(caller.groups))
    return (
        envelopes.c.agency_id == caller.agency_id,
        envelopes.c.subject == "scope",
        envelopes.c.subject_id == scope_id,
        envelopes.c.held.is_(False),
        or_(to_me, to_my_groups),
    )


def _fill(rows: Iterable[Row[*tuple[Any, ...]]], limit: int) -> tuple[list[FeedItem], bool]:
    """Items until `limit` bytes (at least one), and whether something had to be left for the next page."""
    items: list[FeedItem] = []
    size = 0
    for row in rows:
        size += len(row.body)
        if items and (size > limit or len(items) >= protocol.MAX_PAGE_ITEMS):
            return items, True
        kind = row._mapping.get("kind", "segment")
        number = row.number if kind == "segment" else 0
        items.append(FeedItem(row.place, kind, msgspec.Raw(row.body), number, row._mapping.get("received_at") or 0))
    return items, False


def _page(items: list[FeedItem], reached: int, end: int, epoch: str, heads: bytes | None = None) -> FeedPage:
    return FeedPage(items, reached, reached < end, epoch, now_ms(), end, heads)
