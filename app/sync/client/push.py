"""Sends sealed segments, and believes that they arrived when it holds the server's signed receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.models.local.tables import InChain, OutSegment, Scope
from app.sync import protocol
from app.sync.client import keys
from app.sync.client.progress import Doing
from app.sync.client.rounds import Round
from app.sync.client.seal import unseal
from app.sync.protocol import Push, PushResult, Receipt, Refusal, RefusalCode, Segment

KEPT = timedelta(days=35)
"""How long a segment is kept after its receipt: longer than the server's backups are old."""
_BYTES = 4 * 1024 * 1024
NEVER = tuple(map(str, (RefusalCode.TOO_LARGE, RefusalCode.MALFORMED, RefusalCode.BAD_SIGNATURE, RefusalCode.REVOKED)))
"""Refusals that sending the same again cannot change. The person sees them in the outbox."""
_SEALED_ANEW = frozenset({RefusalCode.FORK, RefusalCode.STALE_EPOCH})


def push(round_: Round) -> None:
    """Send everything that has no receipt, oldest first within each scope."""
    with round_.vault.read() as session:
        waiting = session.execute(
            select(OutSegment.scope_id, OutSegment.first)
            .where(OutSegment.receipt.is_(None), or_(OutSegment.refusal.is_(None), OutSegment.refusal.not_in(NEVER)))
            .order_by(OutSegment.scope_id, OutSegment.first)
        ).all()
    sent = 0
    for batch in _batches(round_, [(row.scope_id, row.first) for row in waiting]):
        _send(round_, batch)
        sent += len(batch)
        if sent < len(waiting):
            round_.meter.note(Doing.SENDING, sent, len(waiting))


def tidy(round_: Round) -> None:
    """Let go of what was received more than 35 days ago, by the server's clock: ours may be wrong by years."""
    if not round_.tally.server_time:
        return
    before = datetime.fromtimestamp(round_.tally.server_time / 1000, UTC) - KEPT
    old = OutSegment.receipt.is_not(None), OutSegment.received_at < before
    with round_.vault.read() as session:
        there = session.scalar(select(OutSegment.first).where(*old).limit(1)) is not None
    if there:
        with round_.settling() as session:
            session.execute(delete(OutSegment).where(*old))


def _batches(round_: Round, named: Sequence[tuple[str, int]]) -> Iterator[list[Segment]]:
    """Segments in the order given, as many as one push may hold."""
    batch: list[Segment] = []
    size = 0
    for scope_id, first in named:
        with round_.vault.read() as session:
            row = session.get(OutSegment, (scope_id, first))
            if row is None:  # sealed anew meanwhile
                continue
            segment = protocol.decode(Segment, row.body)
            length = len(row.body)
        if batch and (len(batch) == protocol.MAX_BATCH or size + length > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(segment)
        size += length
    if batch:
        yield batch


def _send(round_: Round, segments: list[Segment]) -> None:
    round_.tally.told += 1
    result = round_.server.post("/v1/push", Push(segments=segments), PushResult)
    round_.noted(result.server_epoch, result.server_time)
    with round_.settling() as session:
        for receipt in result.receipts:
            _note_receipt(session, round_, receipt)
        for refusal in result.refusals:
            if refusal.about == "segment":
                _note_refusal(session, round_, refusal)


def _note_receipt(session: Session, round_: Round, receipt: Receipt) -> None:
    """Keep a receipt if the pinned server signed it for exactly this segment; otherwise it counts for nothing."""
    row = session.get(OutSegment, (receipt.scope_id, receipt.first))
    genuine = keys.is_signed_by(round_.member.server_public, receipt.signature, protocol.canonical(receipt))
    if row is None or not genuine or receipt.device_id != round_.member.device_id or receipt.hash != row.hash:
        return
    row.receipt = protocol.encode(receipt)
    row.received_at = datetime.fromtimestamp(receipt.received_at / 1000, UTC)
    row.refusal = None
    round_.tally.sent += 1


def _note_refusal(session: Session, round_: Round, refusal: Refusal) -> None:
    row = session.get(OutSegment, (refusal.scope_id, refusal.first))
    if row is None:
        return
    round_.tally.refused += 1
    row.refusal = refusal.code
    session.flush()
    if refusal.code in _SEALED_ANEW:
        unseal(session, refusal.scope_id, round_.member.device_id, refusal.first)
        if refusal.code == RefusalCode.FORK:
            _read_anew(session, round_, refusal.scope_id)


def _read_anew(session: Session, round_: Round, scope_id: str) -> None:
    """The server has something else of this device: this vault was restored. It is fetched, and ours goes behind it."""
    scope = session.get(Scope, scope_id)
    chain = session.get(InChain, (scope_id, round_.member.device_id))
    if scope is not None:
        scope.number, scope.head = 0, None
    if chain is not None:
        session.delete(chain)
