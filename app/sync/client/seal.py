"""Seals this device's own changes into segments, one chain a scope, and keeps them until they are long received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.errors import Defect
from app.models.local.tables import InChain, OutSegment, UnsealedChange
from app.sync import protocol
from app.sync.client import content
from app.sync.client.chains import Chains
from app.sync.client.open import NONCE_BYTES, header
from app.sync.client.rounds import Round, finds
from app.sync.protocol import RefusalCode, Segment
from app.vault import asking
from app.words import mark


class _Unsealed(NamedTuple):
    """A change that is only in the log."""

    device_seq: int
    dot: str
    author: str
    kind: str
    record_id: str
    fields: bytes


_UNSEALED = (
    "SELECT scope_id, epoch, device_seq FROM unsealed_change JOIN scope ON scope.id = scope_id"
    " ORDER BY scope_id, device_seq LIMIT ?"
)
_IS_UNSEALED = "SELECT 1 FROM unsealed_change JOIN scope ON scope.id = scope_id"
_LOGGED = (
    "SELECT device_seq, dot, author, kind, record_id, fields FROM change"
    " WHERE scope_id = ? AND device_id = ? AND device_seq BETWEEN ? AND ? ORDER BY device_seq"
)
_IS_SEALED = "DELETE FROM unsealed_change WHERE scope_id = ? AND device_seq BETWEEN ? AND ?"
_AT_ONCE = 2000
"""Changes sealed in one transaction."""


def is_due(session: Session, round_: Round) -> bool:
    """Whether there is anything that is only in the log."""
    return finds(session, _IS_UNSEALED)


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
    for row in session.scalars(select(OutSegment).where(*mine)).all():
        session.add_all(UnsealedChange(scope_id=scope_id, device_seq=place) for place in range(row.first, row.last + 1))
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


def _seal_some(session: Session, round_: Round) -> bool:
    """Seal up to `_AT_ONCE` changes; True when there are more."""
    places = asking.rows(session, _UNSEALED, (_AT_ONCE + 1,))
    chains = Chains(session)
    sealed = []
    for (scope_id, epoch), some in groupby(places[:_AT_ONCE], key=itemgetter(0, 1)):
        span = [place for *_, place in some]
        named = scope_id, round_.member.device_id, span[0], span[-1]
        waiting = set(span)
        logged = [_Unsealed(*row) for row in asking.rows(session, _LOGGED, named) if row[0] in waiting]
        sealed += [_seal_run(round_, chains, scope_id, epoch, run) for run in _runs(logged)]
    if sealed:
        session.connection().execute(insert(OutSegment), sealed)
        done = [(one["scope_id"], one["first"], one["last"]) for one in sealed]
        session.connection().exec_driver_sql(_IS_SEALED, done)
    chains.save()
    return len(places) > _AT_ONCE and bool(sealed)


def _runs(rows: Sequence[_Unsealed]) -> Iterator[list[_Unsealed]]:
    """The changes of a scope in runs that fit into one segment: places in order, bounded in number and bytes."""
    run: list[_Unsealed] = []
    size = 0
    for row in rows:
        follows = run and row.device_seq == run[-1].device_seq + 1
        if run and (not follows or len(run) == content.MOST_CHANGES or size + len(row.fields) > content.MOST_BYTES):
            yield run
            run, size = [], 0
        run.append(row)
        size += len(row.fields)
    if run:
        yield run


def _seal_run(round_: Round, chains: Chains, scope_id: str, epoch: int, run: list[_Unsealed]) -> dict[str, Any]:
    """A row of `OutSegment`."""
    device_id = round_.member.device_id
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
    return {
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


def _change(row: _Unsealed) -> content.LoggedFields:
    return content.LoggedFields(row.dot, row.author, row.kind, row.record_id, msgspec.Raw(row.fields))
