"""Sealed chunks of attachments: taken for a scope, kept once, handed to who may read that scope.

A chunk is called by the hash of its sealed bytes, so the server can see without any key whether it is whole. Its bytes
lie in the store's own table: one transaction and one backup hold everything, on either database. Naming a chunk is not
having it: a device has to send the bytes before a scope of its own may hold them, unless its readers can fetch them
already, so nobody gets at a chunk by its name alone.

Who was taken out of a scope may bring what was attached before, and fetches nothing that was given after: a chunk
belongs to the newest epoch of which its giver has the key, like a segment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import structlog
from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select

from app.sync import protocol
from app.sync.protocol import (
    Chunk,
    ChunkHeld,
    ChunkName,
    ChunkRefused,
    ChunksGiven,
    ChunksHanded,
    ChunksMissing,
    ChunksTaken,
    ProblemCode,
    RefusalCode,
)
from app.sync.server.clock import now_ms
from app.sync.server.members import Caller
from app.sync.server.problems import Refused
from app.sync.server.reading import asked_by, newest_readable, readable
from app.sync.server.tables import agencies, chunk_scopes, chunks, devices, scopes
from app.words import mark

_DAY_MS = 24 * 3600 * 1000
_log = structlog.get_logger("haven.server")


@dataclass
class _Taken:
    taken: list[ChunkName] = field(default_factory=list)
    refused: list[ChunkRefused] = field(default_factory=list)


def missing(connection: Connection, caller: Caller, named: Collection[ChunkName]) -> ChunksMissing:
    """Of the named: those that were not given for that scope yet, or that the caller could not fetch from it."""
    rows = connection.execute(
        select(chunk_scopes.c.name, chunk_scopes.c.scope_id).where(
            chunk_scopes.c.agency_id == caller.agency_id,
            chunk_scopes.c.name.in_({one.name for one in named}),
            readable(chunk_scopes.c.scope_id, chunk_scopes.c.epoch),
        ),
        asked_by(caller),
    )
    held = {(row.name, row.scope_id) for row in rows}
    absent = [one for one in named if (one.name, one.scope_id) not in held]
    return ChunksMissing(absent, _epoch(connection, caller), now_ms())


def take(connection: Connection, caller: Caller, given: ChunksGiven, bytes_a_day: int) -> ChunksTaken:
    """Keep chunks, in the writer's transaction. Raises `Refused` (429) when the device has used up its day."""
    _refuse_too_many(connection, caller, given.chunks, bytes_a_day)
    epochs = _epochs_to_write(connection, caller, {scope_id for chunk in given.chunks for scope_id in chunk.scopes})
    held = _held(connection, caller, [chunk.name for chunk in given.chunks])
    result = _Taken()
    for chunk in given.chunks:
        _take(connection, caller, chunk, epochs, held, result)
    return ChunksTaken(result.taken, result.refused, _epoch(connection, caller), now_ms())


def fetch(connection: Connection, caller: Caller, names: Collection[bytes]) -> ChunksHanded:
    """Chunks of the scopes that the caller may read, in the order asked for: at most one page, at least one."""
    asked = {name: place for place, name in enumerate(dict.fromkeys(names))}
    found = connection.execute(
        select(chunks.c.name, chunks.c.size).where(
            chunks.c.agency_id == caller.agency_id, chunks.c.name.in_(asked.keys()), _may_fetch(caller)
        ),
        asked_by(caller),
    ).all()
    allowed = sorted(found, key=lambda row: asked[row.name])
    handed: list[ChunkHeld] = []
    damaged: set[bytes] = set()
    size = 0
    for row in allowed:
        size += row.size
        if handed and (size > protocol.MAX_PAGE or len(handed) == protocol.MAX_CHUNKS):
            break
        body = connection.scalar(_body(caller, row.name))
        if body is None or hashlib.sha256(body).digest() != row.name:
            _log.error("chunk_damaged", agency=caller.agency_id)
            damaged.add(row.name)
        else:
            handed.append(ChunkHeld(row.name, body))
    may = {row.name for row in allowed} - damaged
    absent = [name for name in asked if name not in may]
    return ChunksHanded(handed, absent, _epoch(connection, caller), now_ms())


def drop_scope(connection: Connection, agency_id: str, scope_id: str) -> int:
    """Forget what was given for a scope, and every chunk that was given for no other; how many chunks went.

    For the purge of a scope, in the writer's transaction, before the scope itself goes.
    """
    of_scope = chunk_scopes.c.agency_id == agency_id, chunk_scopes.c.scope_id == scope_id
    names = connection.scalars(select(chunk_scopes.c.name).where(*of_scope)).all()
    connection.execute(delete(chunk_scopes).where(*of_scope))
    gone = 0
    for at in range(0, len(names), 500):
        given_elsewhere = select(chunk_scopes.c.name).where(
            chunk_scopes.c.agency_id == agency_id, chunk_scopes.c.name == chunks.c.name
        )
        some = chunks.c.agency_id == agency_id, chunks.c.name.in_(names[at : at + 500])
        gone += connection.execute(delete(chunks).where(*some, ~given_elsewhere.exists())).rowcount
    return gone


def _take(
    connection: Connection,
    caller: Caller,
    chunk: Chunk,
    epochs: dict[str, int | None],
    held: set[bytes],
    result: _Taken,
) -> None:
    if hashlib.sha256(chunk.sealed).digest() != chunk.name:
        result.refused += [ChunkRefused(chunk.name, scope_id, RefusalCode.MALFORMED.value) for scope_id in chunk.scopes]
        return
    given = _given_for(connection, caller, chunk.name)
    for scope_id in dict.fromkeys(chunk.scopes):
        code = _refusal(epochs, scope_id)
        if code is not None:
            result.refused.append(ChunkRefused(chunk.name, scope_id, code.value))
            continue
        if chunk.name not in held:
            _keep(connection, caller, chunk)
            held.add(chunk.name)
        _give(connection, caller, ChunkName(chunk.name, scope_id), epochs[scope_id] or 0, given)
        result.taken.append(ChunkName(chunk.name, scope_id))


def _refusal(epochs: dict[str, int | None], scope_id: str) -> RefusalCode | None:
    if scope_id not in epochs:
        return RefusalCode.UNKNOWN_SCOPE
    return RefusalCode.NOT_A_MEMBER if epochs[scope_id] is None else None


def _keep(connection: Connection, caller: Caller, chunk: Chunk) -> None:
    row = {"agency_id": caller.agency_id, "name": chunk.name, "size": len(chunk.sealed), "by_device": caller.device_id}
    connection.execute(insert(chunks).values(received_at=now_ms(), body=chunk.sealed, **row))


def _give(connection: Connection, caller: Caller, one: ChunkName, epoch: int, given: dict[str, int]) -> None:
    """Note the scope. Given again in a later epoch it stays what it was: its readers then are among those of before."""
    if one.scope_id not in given:
        row = {"agency_id": caller.agency_id, "name": one.name, "scope_id": one.scope_id, "epoch": epoch}
        connection.execute(insert(chunk_scopes).values(row))
        given[one.scope_id] = epoch


def _given_for(connection: Connection, caller: Caller, name: bytes) -> dict[str, int]:
    rows = connection.execute(
        select(chunk_scopes.c.scope_id, chunk_scopes.c.epoch).where(
            chunk_scopes.c.agency_id == caller.agency_id, chunk_scopes.c.name == name
        )
    )
    return {row.scope_id: row.epoch for row in rows}


def _epochs_to_write(connection: Connection, caller: Caller, scope_ids: Iterable[str]) -> dict[str, int | None]:
    """Of each scope that exists: the epoch that the caller gives for; None where the caller may not write."""
    rows = connection.execute(
        select(scopes.c.scope_id, scopes.c.epoch, devices.c.person_id, newest_readable(scopes.c.scope_id))
        .join_from(
            scopes,
            devices,
            (devices.c.agency_id == scopes.c.agency_id) & (devices.c.device_id == scopes.c.by_device),
            isouter=True,
        )
        .where(scopes.c.agency_id == caller.agency_id, scopes.c.scope_id.in_(sorted(set(scope_ids)))),
        asked_by(caller),
    )
    found: dict[str, int | None] = {}
    for scope_id, epoch, maker, newest in rows:
        found[scope_id] = newest if newest is not None else (epoch if maker == caller.person_id else None)
    return found


def _held(connection: Connection, caller: Caller, names: Collection[bytes]) -> set[bytes]:
    asked = select(chunks.c.name).where(chunks.c.agency_id == caller.agency_id, chunks.c.name.in_(set(names)))
    return set(connection.scalars(asked))


def _refuse_too_many(connection: Connection, caller: Caller, given: Iterable[Chunk], bytes_a_day: int) -> None:
    used = connection.scalar(
        select(func.coalesce(func.sum(chunks.c.size), 0)).where(
            chunks.c.agency_id == caller.agency_id,
            chunks.c.by_device == caller.device_id,
            chunks.c.received_at > now_ms() - _DAY_MS,
        )
    )
    if int(used or 0) + sum(len(chunk.sealed) for chunk in given) > bytes_a_day:
        raise Refused(429, ProblemCode.TOO_MANY, mark("Too many files in one day. Try again later."), retry_after=3600)


def _may_fetch(caller: Caller) -> ColumnElement[bool]:
    given = select(chunk_scopes.c.scope_id).where(
        chunk_scopes.c.agency_id == caller.agency_id,
        chunk_scopes.c.name == chunks.c.name,
        readable(chunk_scopes.c.scope_id, chunk_scopes.c.epoch),
    )
    return given.exists()


def _body(caller: Caller, name: bytes) -> Select[bytes]:
    return select(chunks.c.body).where(chunks.c.agency_id == caller.agency_id, chunks.c.name == name)


def _epoch(connection: Connection, caller: Caller) -> str:
    asked = select(agencies.c.server_epoch).where(agencies.c.agency_id == caller.agency_id)
    return str(connection.execute(asked).scalar_one())
