"""Gives keys to who should read: offers scopes that were made here, and makes the envelopes that are missing.

Sealing takes time, so it happens outside any transaction; what the server took is remembered in `Granted`. Who should
have which key stands in `readers.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.local.tables import Granted, Scope, ScopeKey
from app.sync import protocol
from app.sync.client import facts, keys
from app.sync.client.keys import Wanted
from app.sync.client.readers import NOTICED, Readers
from app.sync.client.rounds import Round
from app.sync.protocol import Envelope, Push, PushResult, ScopeOffer
from app.vault import noticing, state

ENVELOPES = 1500
_SCOPES = 300


def is_due(session: Session, round_: Round) -> bool:
    """Whether who reads what may have changed since nothing was missing."""
    return not round_.is_settled(session, "grant")


def grant(round_: Round) -> None:
    """Offer scopes and hand out keys until nothing is missing."""
    _name_groups(round_)
    with round_.vault.read() as session:
        counted = noticing.count(session, NOTICED)
        offers = list(session.scalars(select(Scope.id).where(Scope.made_here.is_(True), Scope.offered.is_(False))))
        wanted = list(Readers(session, round_.member).wanted())
    if not offers and not wanted:
        round_.settled["grant"] = counted
    while len(offers) > _SCOPES:
        _send(round_, offers[:_SCOPES], [])
        offers = offers[_SCOPES:]
    while offers or wanted:
        _send(round_, offers, wanted[:ENVELOPES])
        offers, wanted = [], wanted[ENVELOPES:]
    with round_.vault.read() as session:
        anew = state.get(session, facts.KEYS_ANEW)
    if anew:
        with round_.settling() as session:
            state.put(session, facts.KEYS_ANEW, None)


def _name_groups(round_: Round) -> None:
    """Write down for which epochs of its groups the key of a scope is made that nobody else has yet."""
    with round_.vault.read() as session:
        new = session.scalars(select(Scope.id).where(Scope.made_here.is_(True), Scope.offered.is_(False))).all()
        newest = Readers(session, round_.member).newest_groups() if new else {}
    if not new or set(newest.values()) <= {1}:
        return
    with round_.settling() as session:
        first = ScopeKey.scope_id.in_(new), ScopeKey.epoch == 1, ScopeKey.groups.is_(None)
        session.execute(update(ScopeKey).where(*first).values(groups=newest))


def _send(round_: Round, scope_ids: Sequence[str], wanted: Sequence[Wanted]) -> None:
    offers = [offer(scope_id, round_) for scope_id in scope_ids]
    made = [keys.make(one, round_.member, round_.random, round_.sign) for one in wanted]
    envelopes = [envelope for envelope in made if envelope is not None]
    if not offers and not envelopes:
        return
    round_.tally.told += 1
    result = round_.server.post("/v1/push", Push(scopes=offers, envelopes=envelopes), PushResult)
    round_.noted(result.server_epoch, result.server_time)
    refused = {(one.scope_id, one.first, one.recipient_id) for one in result.refusals if one.about == "envelope"}
    unwelcome = {one.scope_id for one in result.refusals if one.about == "scope"}
    taken = [one for one in envelopes if (one.subject_id, one.epoch, one.recipient_id) not in refused]
    with round_.settling() as session:
        offered = [scope_id for scope_id in scope_ids if scope_id not in unwelcome]
        session.execute(update(Scope).where(Scope.id.in_(offered)).values(offered=True))
        for envelope in taken:
            session.merge(granted(envelope))


def offer(scope_id: str, round_: Round) -> ScopeOffer:
    """The signed offer of a scope that was made here."""
    offered = ScopeOffer(scope_id=scope_id, by_device=round_.member.device_id, signature=protocol.UNSIGNED)
    return protocol.signed(offered, round_.sign)


def granted(envelope: Envelope) -> Granted:
    """The note that this envelope exists."""
    return Granted(
        subject=envelope.subject,
        subject_id=envelope.subject_id,
        epoch=envelope.epoch,
        recipient=envelope.recipient,
        recipient_id=envelope.recipient_id,
    )
