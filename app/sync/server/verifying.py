"""Reads the whole store and says what does not hold: numbers, chains, hashes, signatures, places, log, chunks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from app.sync import protocol
from app.sync.protocol import Malformed, Segment
from app.sync.server import agency_log
from app.sync.server.signing import is_signed_by
from app.sync.server.tables import agencies, chunks, devices, feed, scopes, segments

_TOLD_TWICE = ("scope_id", "device_id", "first", "last", "epoch")
"""Columns of a segment that repeat what its body says."""


def find_faults(connection: Connection) -> list[str]:
    """One line a fault, with opaque ids only; empty when everything holds."""
    found: list[str] = []
    for agency_id in connection.scalars(select(agencies.c.agency_id)).all():
        keys = {
            row.device_id: row.signing_public
            for row in connection.execute(select(devices).where(devices.c.agency_id == agency_id))
        }
        found += _place_faults(connection, agency_id)
        found += _lost_segments(connection, agency_id)
        found += agency_log.faults(connection, agency_id)
        found += _chunk_faults(connection, agency_id)
        for row in connection.execute(select(scopes).where(scopes.c.agency_id == agency_id)).all():
            found += _scope_faults(connection, agency_id, row.scope_id, (row.last_number, row.head), keys)
    return found


def _place_faults(connection: Connection, agency_id: str) -> Iterator[str]:
    expected = 1
    for place in connection.scalars(select(feed.c.place).where(feed.c.agency_id == agency_id).order_by(feed.c.place)):
        if place != expected:
            yield f"agency {agency_id}: place {expected} is missing"
        expected = place + 1
    last = connection.scalar(select(agencies.c.last_place).where(agencies.c.agency_id == agency_id))
    if last != expected - 1:
        yield f"agency {agency_id}: the feed ends at {expected - 1}, not at {last}"


def _lost_segments(connection: Connection, agency_id: str) -> Iterator[str]:
    """Places of the feed whose segment is not there, although the scope's own end may be made to fit."""
    here = and_(
        segments.c.agency_id == feed.c.agency_id,
        segments.c.scope_id == feed.c.subject_id,
        segments.c.number == feed.c.number,
    )
    asked = select(feed).outerjoin(segments, here).where(feed.c.agency_id == agency_id, feed.c.kind == "segment")
    for row in connection.execute(asked.where(segments.c.number.is_(None)).order_by(feed.c.place)):
        yield f"scope {row.subject_id} number {row.number}: it is missing, place {row.place} of the feed names it"


def _chunk_faults(connection: Connection, agency_id: str) -> Iterator[str]:
    """Every chunk is what it is called; read one at a time, for together they may not fit into memory."""
    of_agency = chunks.c.agency_id == agency_id
    for name in connection.scalars(select(chunks.c.name).where(of_agency).order_by(chunks.c.name)).all():
        body = connection.execute(select(chunks.c.body).where(of_agency, chunks.c.name == name)).scalar_one()
        if hashlib.sha256(body).digest() != name:
            yield f"agency {agency_id}: chunk {name.hex()} is damaged"


def _scope_faults(
    connection: Connection, agency_id: str, scope_id: str, end: tuple[int, bytes], keys: dict[str, bytes]
) -> Iterator[str]:
    head = protocol.NO_HASH
    number = 0
    chains: dict[str, tuple[int, bytes]] = {}
    mine = segments.c.agency_id == agency_id, segments.c.scope_id == scope_id
    placed = and_(feed.c.agency_id == segments.c.agency_id, feed.c.place == segments.c.place)
    said = feed.c.kind.label("kind"), feed.c.subject_id.label("subject"), feed.c.number.label("said_number")
    asked = select(segments, *said).outerjoin(feed, placed).where(*mine).order_by(segments.c.number)
    for row in connection.execute(asked):
        number += 1
        if row.number != number:
            yield f"scope {scope_id} number {number}: expected number {number}, found {row.number}"
            number = row.number
        name = f"scope {scope_id} number {row.number}"
        head = protocol.scope_head(head, row.hash)
        if (row.kind, row.subject, row.said_number) != ("segment", scope_id, row.number):
            yield f"{name}: its place in the feed does not name it"
        try:
            segment = protocol.decode(Segment, row.body)
        except Malformed:
            yield f"{name}: its body is damaged"
            continue
        yield from (f"{name}: {fault}" for fault in _segment_faults(segment, row, chains, keys))
    if number < end[0]:
        yield f"scope {scope_id} number {number + 1}: expected number {number + 1}, nothing follows"
    if (number, head) != end:
        yield f"scope {scope_id}: its head does not fit its segments"


def _segment_faults(
    segment: Segment, row: Row[Any], chains: dict[str, tuple[int, bytes]], keys: dict[str, bytes]
) -> Iterator[str]:
    if protocol.segment_hash(segment) != row.hash:
        yield "its hash does not fit its body"
    if any(getattr(segment, name) != getattr(row, name) for name in _TOLD_TWICE):
        yield "what stands beside its body does not fit it"
    if not is_signed_by(keys.get(segment.device_id, b""), segment.signature, protocol.canonical(segment)):
        yield "its signature is not its author's"
    last, previous = chains.get(segment.device_id, (0, protocol.NO_HASH))
    if (segment.first, segment.previous) != (last + 1, previous):
        yield "it does not follow its author's segment before"
    chains[segment.device_id] = (segment.last, row.hash)
