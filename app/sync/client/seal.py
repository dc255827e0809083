"""Seals this device's own changes into segments, one chain a scope, and keeps them until they are long received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.errors import Defect
from app.models.local.tables import InChain, LoggedChange, OutSegment
from app.sync import protocol
from app.sync.client import content
from app.sync.client.chains import Chains
from app.sync.client.open import NONCE_BYTES, header
from app.sync.client.rounds import Round, finds
from app.sync.protocol import RefusalCode, Segment
from app.vault import asking
from app.words import mark


class _Unsealed(NamedTuple):
    """A change that is only in the log, with the epoch that its scope is in."""

    scope_id: str
    device_seq: int
    dot: str
    author: str
    kind: str
    record_id: str
    fields: bytes
    epoch: int


_UNSEALED = (
    "SELECT change.scope_id, device_seq, dot, author, change.kind, record_id, fields, scope.epoch"
    " FROM change JOIN scope ON scope.id = change.scope_id"
    " WHERE device_id = ? AND segment_first IS NULL ORDER BY change.scope_id, device_seq LIMIT ?"
)
_IS_UNSEALED = (
    "SELECT 1 FROM change JOIN scope ON scope.id = change.scope_id WHERE device_id = ? AND segment_first IS NULL"
)
_NAME_SEGMENT = (
    "UPDATE change SET segment_first = ? WHERE scope_id = ? AND device_id = ? AND device_seq BETWEEN ? AND ?"
)
_AT_ONCE = 2000
"""Changes sealed in one transaction."""


def is_due(session: Session, round_: Round) -> bool:
    """Whether there is anything that is only in the log."""
    return finds(session, _IS_UNSEALED, round_.member.device_id)


def seal(round_: Round) -> None:
    """Seal everything that is only in the log."""
    more = True
    while more:
        with round_.settling() as session:
            more = _seal_some(session, round_)


def unseal(session: Session, scope_id: str, device_id: str, first: int) -> None:
    """Take back segments from `first` on that the server will never take as they are; they are sealed anew.

    The chain begins again where the server's own copy of it ends, which the next pull of the scope tells.
    """
    mine = OutSegment.scope_id == scope_id, OutSegment.first >= first, OutSegment.receipt.is_(None)
    taken_back = session.scalars(select(OutSegment.first).where(*mine)).all()
    session.execute(
        update(LoggedChange)
        .where(
            LoggedChange.scope_id == scope_id,
            LoggedChange.device_id == device_id,
            LoggedChange.segment_first.in_(taken_back),
        )
        .values(segment_first=None)
    )
    for row in session.scalars(select(OutSegment).where(*mine)).all():
        session.delete(row)
    before = session.scalars(
        select(OutSegment).where(OutSegment.scope_id == scope_id).order_by(OutSegment.first.desc()).limit(1)
    ).first()
    chain = session.get(InChain, (scope_id, device_id))
    if chain is not None and before is not None:
        chain.last, chain.hash = before.last, before.hash
    elif chain is not None:
        session.delete(chain)
    session.flush()


def _unsealed(session: Session, device_id: str, limit: int) -> Sequence[_Unsealed]:
    return [_Unsealed(*row) for row in asking.rows(session, _UNSEALED, (device_id, limit))]


def _seal_some(session: Session, round_: Round) -> bool:
    """Seal up to `_AT_ONCE` changes; True when there are more."""
    rows = _unsealed(session, round_.member.device_id, _AT_ONCE + 1)
    more = len(rows) > _AT_ONCE
    rows = rows[:_AT_ONCE]
    chains = Chains(session)
    sealed = [_seal_run(round_, chains, run) for run in _runs(rows)]
    if sealed:
        session.connection().execute(insert(OutSegment), [out for out, _ in sealed])
        session.connection().exec_driver_sql(_NAME_SEGMENT, [named for _, named in sealed])
    chains.save()
    return more


def _runs(rows: Sequence[_Unsealed]) -> Iterator[list[_Unsealed]]:
    """The rows in runs that fit into one segment: one scope, places in order, bounded in number and bytes."""
    run: list[_Unsealed] = []
    size = 0
    for row in rows:
        follows = run and row.scope_id == run[-1].scope_id and row.device_seq == run[-1].device_seq + 1
        if run and (not follows or len(run) == content.MOST_CHANGES or size + len(row.fields) > content.MOST_BYTES):
            yield run
            run, size = [], 0
        run.append(row)
        size += len(row.fields)
    if run:
        yield run


def _seal_run(round_: Round, chains: Chains, run: list[_Unsealed]) -> tuple[dict[str, Any], tuple[object, ...]]:
    """A row of `OutSegment`, and the values of `_NAME_SEGMENT`."""
    scope_id, device_id, epoch = run[0].scope_id, round_.member.device_id, run[0].epoch
    key = chains.key(scope_id, epoch)
    if key is None:
        raise Defect(mark("A scope lacks its key."))
    unsealed = Segment(
        scope_id=scope_id,
        device_id=device_id,
        first=run[0].device_seq,
        last=run[-1].device_seq,
        epoch=epoch,
        previous=chains.last(scope_id, device_id)[1],
        sealed=b"",
        signature=protocol.UNSIGNED,
    )
    nonce = round_.random(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, content.pack([_change(row) for row in run]), header(unsealed))
    segment = protocol.signed(msgspec.structs.replace(unsealed, sealed=sealed), round_.sign)
    chains.move(segment)
    fits = len(sealed) <= protocol.MAX_SEGMENT
    out = {
        "scope_id": scope_id,
        "first": segment.first,
        "last": segment.last,
        "hash": chains.last(scope_id, device_id)[1],
        "body": protocol.encode(segment) if fits else msgspec.msgpack.encode(segment),
        "made_at": round_.vault.now(),
        "receipt": None,
        "received_at": None,
        "refusal": None if fits else str(RefusalCode.TOO_LARGE),
    }
    return out, (segment.first, scope_id, device_id, segment.first, segment.last)


def _change(row: _Unsealed) -> content.LoggedFields:
    return content.LoggedFields(row.dot, row.author, row.kind, row.record_id, msgspec.Raw(row.fields))
