"""What is kept, sealed, of scopes that left this device: for a server that was put back to an older copy.

Whoever wrote something tells a server again what it forgot, for 35 days. Who gave a case away has no key of it any
more, so offers, envelopes and segments are kept as the server had them, and go to it once more when it went back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.models.local.tables import KeptSealed, OutSegment, Scope, ScopeKey
from app.sync import protocol
from app.sync.client import keys
from app.sync.client.bundle import KINDS, Signed, begun_anew, name_of
from app.sync.client.grant import offer
from app.sync.client.push import KEPT
from app.sync.client.readers import Readers
from app.sync.client.rounds import Round, finds
from app.sync.protocol import (
    MAX_BATCH,
    Envelope,
    Push,
    PushResult,
    Refusal,
    RefusalCode,
    ScopeEpoch,
    ScopeOffer,
    Segment,
)

_BYTES = 4 * 1024 * 1024
_UNANSWERED = "unanswered"
SEGMENT = "segment"
"""The kind of what is kept that is own work; the others are keys to it, sealed to those who read it."""


@dataclass(frozen=True)
class SealedCopy:
    """An offer, an epoch or an envelope as the server may have to be told of it again."""

    scope_id: str
    thing: Signed


def sealed_copies(round_: Round, scope_ids: Sequence[str]) -> list[SealedCopy]:
    """Offers, epochs and envelopes of scopes whose keys are still here. Sealing takes time: no transaction is open."""
    copies: list[SealedCopy] = []
    with round_.vault.read() as session:
        readers = Readers(session, round_.member)
        wanted = []
        for scope_id in scope_ids:
            scope = session.get_one(Scope, scope_id)
            if scope.made_here:
                copies.append(SealedCopy(scope_id, offer(scope_id, round_)))
            for key in session.scalars(select(ScopeKey).where(ScopeKey.scope_id == scope_id).order_by(ScopeKey.epoch)):
                wanted += readers.envelopes_of(scope, key)
                if key.epoch > 1:
                    copies.append(SealedCopy(scope_id, begun_anew(round_, key)))
    made = [keys.make(one, round_.member, round_.random, round_.sign) for one in wanted]
    return copies + [SealedCopy(one.subject_id, one) for one in made if one is not None]


def keep(session: Session, scope_ids: Collection[str], copies: Sequence[SealedCopy], round_: Round) -> None:
    """Keep what was made of these scopes, and their own segments, before their keys go."""
    at = datetime.fromtimestamp(round_.tally.server_time / 1000, UTC)
    for copy in copies:
        if copy.scope_id in scope_ids:
            _keep(session, copy.scope_id, copy.thing, at)
    for body in session.scalars(select(OutSegment.body).where(OutSegment.scope_id.in_(scope_ids))).all():
        segment = protocol.decode(Segment, body)
        _keep(session, segment.scope_id, segment, at)
    session.flush()


def _keep(session: Session, scope_id: str, thing: Signed, at: datetime) -> None:
    kind = next(name for name, cls in KINDS.items() if isinstance(thing, cls))
    body = protocol.encode(thing)
    session.merge(KeptSealed(name=name_of(thing), scope_id=scope_id, kind=kind, body=body, kept_at=at, owed=False))


def owe_again(session: Session) -> None:
    """The server went back: what is kept may have been forgotten."""
    session.execute(update(KeptSealed).values(owed=True, refusal=None))


def is_due(session: Session, _round: Round) -> bool:
    """Whether anything is kept here."""
    return finds(session, "SELECT 1 FROM kept_sealed")


def tell_again(round_: Round) -> None:
    """Send what the server may have forgotten; and let go of what is older than any of its copies."""
    _let_go(round_)
    with round_.vault.read() as session:
        asked = select(KeptSealed.name, func.length(KeptSealed.body)).where(KeptSealed.owed.is_(True))
        owed = [(row[0], row[1]) for row in session.execute(asked.order_by(KeptSealed.name))]
    for names in _batches(owed):
        _tell_some(round_, names)


def _let_go(round_: Round) -> None:
    if not round_.tally.server_time:
        return
    old = KeptSealed.kept_at < datetime.fromtimestamp(round_.tally.server_time / 1000, UTC) - KEPT
    with round_.settling() as session:
        session.execute(delete(KeptSealed).where(old))


def _batches(owed: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    """Names in their order, as many as one push may hold."""
    some: list[str] = []
    size = 0
    for name, length in owed:
        if some and (len(some) == MAX_BATCH or size + length > _BYTES):
            yield some
            some, size = [], 0
        some.append(name)
        size += length
    if some:
        yield some


def _tell_some(round_: Round, names: Sequence[str]) -> None:
    with round_.vault.read() as session:
        rows = session.scalars(select(KeptSealed).where(KeptSealed.name.in_(names)).order_by(KeptSealed.name)).all()
    things = [protocol.decode(KINDS[row.kind], row.body) for row in rows]
    push = Push(
        scopes=[one for one in things if isinstance(one, ScopeOffer)],
        epochs=[one for one in things if isinstance(one, ScopeEpoch)],
        envelopes=[one for one in things if isinstance(one, Envelope)],
        segments=[one for one in things if isinstance(one, Segment)],
    )
    result = round_.server.post("/v1/push", push, PushResult)
    round_.noted(result.server_epoch, result.server_time)
    held = _receipted(round_, result)
    news = {row.name: _answer(thing, result, held) for row, thing in zip(rows, things, strict=True)}
    changed = {row.name: news[row.name] for row in rows if news[row.name] != row.refusal or news[row.name] is None}
    if not changed:
        return
    round_.tally.told += 1
    with round_.settling() as session:
        for name, refusal in changed.items():
            session.execute(
                update(KeptSealed).where(KeptSealed.name == name).values(owed=refusal is not None, refusal=refusal)
            )


def _receipted(round_: Round, result: PushResult) -> set[tuple[str, int, bytes]]:
    """Which segments the pinned server has signed for."""
    public = round_.member.server_public
    genuine = (one for one in result.receipts if keys.is_signed_by(public, one.signature, protocol.canonical(one)))
    return {(one.scope_id, one.first, one.hash) for one in genuine if one.device_id == round_.member.device_id}


def _answer(thing: Signed, result: PushResult, held: set[tuple[str, int, bytes]]) -> str | None:
    """Why the server has not got a thing; None when it has, or when another has taken its place."""
    if isinstance(thing, Segment):
        if (thing.scope_id, thing.first, protocol.segment_hash(thing)) in held:
            return None
        codes = [
            one.code
            for one in result.refusals
            if one.about == "segment" and (one.scope_id, one.first) == (thing.scope_id, thing.first)
        ]
        return codes[0] if codes else _UNANSWERED
    code = next((one.code for one in result.refusals if _is_about(one, thing)), None)
    return None if code == RefusalCode.EXISTS else code


def _is_about(refusal: Refusal, thing: ScopeOffer | ScopeEpoch | Envelope) -> bool:
    match thing:
        case ScopeOffer():
            return (refusal.about, refusal.scope_id) == ("scope", thing.scope_id)
        case ScopeEpoch():
            named = refusal.about, refusal.scope_id, refusal.first
            return named == ("epoch", thing.scope_id, thing.epoch)
        case Envelope():
            to = refusal.about, refusal.scope_id, refusal.first, refusal.recipient_id
            return to == ("envelope", thing.subject_id, thing.epoch, thing.recipient_id)
