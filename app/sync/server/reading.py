"""What a device may have: pages of the feed, of one scope, of envelopes; heads.

A device may have a segment when an envelope of the key of its epoch, not held back, is addressed to the device or to a
group of its person. That is asked at the moment of reading. Who was taken out of a scope got no key of the epochs
since, so what is written after it stays out of reach. Heads are told to whoever holds every key of a scope, up to the
newest: only such a device can hold all of its segments.

Statements are built once and not for each request, which cost more than running them: who asks is in their parameters
(`asked_by`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, String, and_, bindparam, func, or_, select

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
    connection: Connection,
    caller: Caller,
    after: int,
    limit: int,
    *,
    own: bool = True,
    heads: bool = False,
    agency: tuple[str, int] | None = None,
) -> FeedPage:
    """What lies after a place and is for this device; `own`: also what it wrote itself.

    `agency`: its server epoch and the end of its feed, where they are known from the same snapshot.

    `next` is never beyond a committed place: places are given under the writer's lock, in commit order, and this
    reads one snapshot. A cursor beyond the end (a restored server) comes back lower than it was sent.
    """
    epoch, last = agency or _agency(connection, caller)
    end = min(after + _WINDOW, last)
    items: list[FeedItem] = []
    full = False
    if after != last:  # most questions are asked when there is nothing new
        asked = asked_by(caller) | {"after": after, "end": end}
        items, full = _fill(connection.execute(_page_statement(own), asked), limit)
    reached = items[-1].place if full else end
    told = _hash_of_heads(connection, caller) if heads and reached >= last else None
    return _page(items, reached, last, epoch, told)


@cache
def _page_statement(own: bool) -> Select[int, str, int, int | None, bytes]:
    is_segment = feed.c.kind == "segment"
    may_read = readable(feed.c.subject_id, segments.c.epoch)
    if not own:
        may_read = and_(may_read, segments.c.device_id != _ME)
    mine = or_(and_(~is_segment, _FOR_ME), and_(is_segment, may_read))
    return (
        _bodies()
        .where(feed.c.agency_id == _AGENCY, feed.c.place > bindparam("after"), feed.c.place <= bindparam("end"), mine)
        .order_by(feed.c.place)
    )


def _hash_of_heads(connection: Connection, caller: Caller) -> bytes:
    rows = connection.execute(_heads_statement(), asked_by(caller)).all()
    return protocol.heads_hash((scope_id, last, head) for scope_id, last, head in rows)


def look(connection: Connection, caller: Caller, after: int) -> tuple[int, bool]:
    """Up to which place the feed goes now, and whether anything after `after` is for this device and from another."""
    _, last = _agency(connection, caller)
    asked = asked_by(caller) | {"after": max(after, last - _WINDOW)}
    return last, connection.execute(_look_statement(), asked).first() is not None


@cache
def _look_statement() -> Select[int]:
    is_segment = feed.c.kind == "segment"
    of_another = and_(readable(feed.c.subject_id, segments.c.epoch), segments.c.device_id != _ME)
    theirs = or_(and_(~is_segment, _FOR_ME), and_(is_segment, of_another))
    return (
        _bodies()
        .with_only_columns(feed.c.place)
        .where(feed.c.agency_id == _AGENCY, feed.c.place > bindparam("after"), theirs)
        .order_by(feed.c.place.desc())
        .limit(1)
    )


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


def _readers_of_segments() -> Select[str, str, str]:
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
    rows = connection.execute(_envelopes_statement(), asked_by(caller) | {"after": after})
    items, full = _fill(rows, limit)
    reached = items[-1].place if full else last
    return _page(items, reached, last, epoch)


@cache
def _envelopes_statement() -> Select[int, str, int, int | None, bytes]:
    return (
        _bodies()
        .where(feed.c.agency_id == _AGENCY, feed.c.place > bindparam("after"), feed.c.kind == "envelope", _FOR_ME)
        .order_by(feed.c.place)
        .limit(protocol.MAX_PAGE_ITEMS + 1)
    )


def read_scope(connection: Connection, caller: Caller, scope_id: str, after: int, limit: int) -> FeedPage:
    """The segments of one scope after a number; `next` is a number. For a scope that has just been given."""
    epoch, _ = _agency(connection, caller)
    here = scopes.c.agency_id == _AGENCY, scopes.c.scope_id == bindparam("scope_id")
    any_key = _keys_held(scopes.c.scope_id) > 0
    asked = asked_by(caller) | {"scope_id": scope_id, "after": after}
    last = connection.scalar(select(scopes.c.last_number).where(*here, any_key), asked)
    if last is None:
        raise not_found()
    items, full = _fill(connection.execute(_scope_statement(), asked), limit)
    reached = items[-1].number if full else last
    return _page(items, reached, last, epoch)


@cache
def _scope_statement() -> Select[int, int, int, bytes]:
    of_scope = segments.c.agency_id == _AGENCY, segments.c.scope_id == bindparam("scope_id")
    return (
        select(segments.c.place, segments.c.number, segments.c.received_at, segments.c.body)
        .where(*of_scope, segments.c.number > bindparam("after"), readable(segments.c.scope_id, segments.c.epoch))
        .order_by(segments.c.number)
        .limit(protocol.MAX_PAGE_ITEMS + 1)
    )


def read_heads(connection: Connection, caller: Caller, after: str) -> Heads:
    """The heads of the scopes of which this device has every key, in the order of their ids."""
    epoch, _ = _agency(connection, caller)
    asked = _heads_statement().where(scopes.c.scope_id > after).order_by(scopes.c.scope_id).limit(_HEADS + 1)
    rows = connection.execute(asked, asked_by(caller)).all()
    heads = [ScopeHead(row.scope_id, row.last_number, row.head) for row in rows[:_HEADS]]
    return Heads(heads, len(rows) > _HEADS, epoch, now_ms())


@cache
def _heads_statement() -> Select[str, int, bytes]:
    return (
        select(scopes.c.scope_id, scopes.c.last_number, scopes.c.head)
        .where(scopes.c.agency_id == _AGENCY)
        .where(_keys_held(scopes.c.scope_id) == scopes.c.epoch)
    )


def _agency(connection: Connection, caller: Caller) -> tuple[str, int]:
    epoch, last = connection.execute(_OF_AGENCY, {"of_agency": caller.agency_id}).one()
    return epoch, last


def _bodies() -> Select[int, str, int, int | None, bytes]:
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


def asked_by(caller: Caller) -> dict[str, Any]:
    """What statements with `readable` and its like have to be given: who asks."""
    return {
        "of_agency": caller.agency_id,
        "me": caller.device_id,
        "my_groups": caller.groups,
        "my_audiences": sorted(audiences(caller)),
    }


_AGENCY, _ME = bindparam("of_agency", type_=String), bindparam("me", type_=String)
_MY_GROUPS = bindparam("my_groups", type_=String, expanding=True)
_FOR_ME = feed.c.audience.in_(bindparam("my_audiences", type_=String, expanding=True))
_OF_AGENCY = select(agencies.c.server_epoch, agencies.c.last_place).where(agencies.c.agency_id == _AGENCY)


def readable(scope_id: ColumnElement[str], epoch: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether who asks (`asked_by`) has an envelope of the scope's epoch, itself or through a group of its person."""
    return select(envelopes.c.subject_id).where(*_given(scope_id), envelopes.c.epoch == epoch).exists()


def newest_readable(scope_id: ColumnElement[str]) -> ScalarSelect[int | None]:
    """The newest epoch of the scope of which who asks has an envelope; null when it has none."""
    return select(func.max(envelopes.c.epoch)).where(*_given(scope_id)).scalar_subquery()


def _keys_held(scope_id: ColumnElement[str]) -> ScalarSelect[int]:
    """Of how many epochs of the scope who asks has an envelope."""
    counted = select(func.count(envelopes.c.epoch.distinct()))
    return counted.where(*_given(scope_id)).scalar_subquery()


def _given(scope_id: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    to_me = and_(envelopes.c.recipient == "device", envelopes.c.recipient_id == _ME)
    to_my_groups = and_(envelopes.c.recipient == "group", envelopes.c.recipient_id.in_(_MY_GROUPS))
    return (
        envelopes.c.agency_id == _AGENCY,
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
