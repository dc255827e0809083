"""Seals this device's own changes into segments, one chain a scope, and keeps them until they are long received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from app.models.local.tables import InChain, LoggedChange, OutSegment, Scope, ScopeKey
from app.sync import protocol
from app.sync.client import content
from app.sync.client.open import NONCE_BYTES, header, move_chain
from app.sync.client.rounds import Round
from app.sync.protocol import RefusalCode, Segment

_COLUMNS = ("scope_id", "device_seq", "dot", "author", "kind", "record_id", "fields")
_NAME_SEGMENT = (
    "UPDATE change SET segment_first = ? WHERE scope_id = ? AND device_id = ? AND device_seq BETWEEN ? AND ?"
)
_AT_ONCE = 2000
"""Changes sealed in one transaction."""


def seal(round_: Round) -> None:
    """Seal everything that is only in the log."""
    more = True
    while more:
        with round_.vault.read() as session:
            waiting = bool(_unsealed(session, round_.member.device_id, 1))
        if not waiting:
            return
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


def _unsealed(session: Session, device_id: str, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(*(getattr(LoggedChange, name) for name in _COLUMNS))
        .join(Scope, Scope.id == LoggedChange.scope_id)
        .where(LoggedChange.device_id == device_id, LoggedChange.segment_first.is_(None))
        .order_by(LoggedChange.scope_id, LoggedChange.device_seq)
        .limit(limit)
    ).all()


def _seal_some(session: Session, round_: Round) -> bool:
    """Seal up to `_AT_ONCE` changes; True when there are more."""
    rows = _unsealed(session, round_.member.device_id, _AT_ONCE)
    held = _needed(session, {row.scope_id for row in rows}, round_.member.device_id)
    for run in _runs(rows):
        _seal_run(session, round_, run)
    del held
    return len(rows) == _AT_ONCE


def _needed(session: Session, scope_ids: set[str], device_id: str) -> list[object]:
    """What sealing asks for, read at once; while the list is held the session knows it without asking again."""
    chains = select(InChain).where(InChain.scope_id.in_(scope_ids), InChain.device_id == device_id)
    asked = (select(Scope).where(Scope.id.in_(scope_ids)), select(ScopeKey).where(ScopeKey.scope_id.in_(scope_ids)))
    return [found for question in (*asked, chains) for found in session.scalars(question)]


def _runs(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[list[Row[*tuple[Any, ...]]]]:
    """The rows in runs that fit into one segment: one scope, places in order, bounded in number and bytes."""
    run: list[Row[*tuple[Any, ...]]] = []
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


def _seal_run(session: Session, round_: Round, run: list[Row[*tuple[Any, ...]]]) -> None:
    scope = session.get_one(Scope, run[0].scope_id)
    key = session.get_one(ScopeKey, (scope.id, scope.epoch))
    chain = session.get(InChain, (scope.id, round_.member.device_id))
    unsealed = Segment(
        scope_id=scope.id,
        device_id=round_.member.device_id,
        first=run[0].device_seq,
        last=run[-1].device_seq,
        epoch=scope.epoch,
        previous=chain.hash if chain is not None else protocol.NO_HASH,
        sealed=b"",
        signature=protocol.UNSIGNED,
    )
    nonce = round_.random(NONCE_BYTES)
    sealed = nonce + AESGCM(key.key).encrypt(nonce, content.pack([_change(row) for row in run]), header(unsealed))
    segment = protocol.signed(msgspec.structs.replace(unsealed, sealed=sealed), round_.sign)
    fits = len(sealed) <= protocol.MAX_SEGMENT
    session.add(
        OutSegment(
            scope_id=scope.id,
            first=segment.first,
            last=segment.last,
            hash=protocol.segment_hash(segment),
            body=protocol.encode(segment) if fits else msgspec.msgpack.encode(segment),
            made_at=round_.vault.now(),
            receipt=None,
            received_at=None,
            refusal=None if fits else str(RefusalCode.TOO_LARGE),
        )
    )
    named = (segment.first, scope.id, segment.device_id, segment.first, segment.last)
    session.connection().exec_driver_sql(_NAME_SEGMENT, named)
    move_chain(session, segment, chain)


def _change(row: Row[*tuple[Any, ...]]) -> content.LoggedFields:
    return content.LoggedFields(row.dot, row.author, row.kind, row.record_id, msgspec.Raw(row.fields))
