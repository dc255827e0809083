"""Begins the next epoch of a scope when somebody who knows its key reads it no more.

The new key is in the vault before the server hears of it, and seals nothing before the server has taken it: of two
devices that begin the same epoch the server takes one, and the other one's key is dropped unused. The epoch and the
envelopes of its key go in one push, so that no epoch stands whose key nobody could have.

After a server was put back to an older copy, every device that holds a later key offers it again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.local.tables import NextKey, Scope, ScopeKey
from app.sync import protocol
from app.sync.client import keys
from app.sync.client.grant import granted
from app.sync.client.keys import Wanted
from app.sync.client.readers import NOTICED, Readers
from app.sync.client.rounds import Round
from app.sync.protocol import MAX_ENVELOPES, Envelope, Push, PushResult, RefusalCode, ScopeEpoch
from app.vault import noticing
from app.vault.keys import KEY_BYTES

_AT_ONCE = 200
"""Scopes in one round: who left a large group is not waited for by who has to work."""


def is_due(session: Session, round_: Round) -> bool:
    """Whether who reads what may have changed since nothing had to be begun."""
    return not round_.is_settled(session, "rekey")


def rekey(round_: Round) -> None:
    """Begin what has to be begun, and offer again what the server may have forgotten."""
    _offer_again(round_)
    with round_.vault.read() as session:
        counted = noticing.count(session, NOTICED)
        begun = session.scalars(select(NextKey.scope_id)).all()
        to_follow = [
            scope.id for scope in Readers(session, round_.member).to_follow() if not _is_overtaken(round_, scope)
        ]
        to_follow = to_follow[:_AT_ONCE]
    if not begun and not to_follow:
        round_.settled["rekey"] = counted
        return
    with round_.settling() as session:
        _make_keys(session, round_, to_follow)
        waiting = [(row.scope_id, row.epoch) for row in session.scalars(select(NextKey).order_by(NextKey.scope_id))]
    for scope_id, epoch in waiting:
        _begin(round_, scope_id, epoch)


def _is_overtaken(round_: Round, scope: Scope) -> bool:
    """Whether the server has said that somebody else began the next epoch. Its key comes, if we are to have it."""
    return round_.settled.get(f"overtaken {scope.id}") == scope.epoch + 1


def _make_keys(session: Session, round_: Round, scope_ids: Sequence[str]) -> None:
    """A key for each; what was begun before and overtaken meanwhile is dropped."""
    for row in session.scalars(select(NextKey)).all():
        if row.epoch <= session.get_one(Scope, row.scope_id).epoch:
            session.delete(row)
    session.flush()
    groups = Readers(session, round_.member).newest_groups()
    for scope_id in scope_ids:
        if session.get(NextKey, scope_id) is None:
            epoch = session.get_one(Scope, scope_id).epoch + 1
            session.add(NextKey(scope_id=scope_id, epoch=epoch, key=round_.random(KEY_BYTES), groups=groups))
    session.flush()


def _begin(round_: Round, scope_id: str, epoch: int) -> None:
    with round_.vault.read() as session:
        scope, next_key = session.get_one(Scope, scope_id), session.get_one(NextKey, scope_id)
        key = ScopeKey(scope_id=scope_id, epoch=epoch, key=next_key.key, groups=next_key.groups, made_here=True)
        wanted = Readers(session, round_.member).envelopes_of(scope, key)
    code, envelopes = _offer(round_, scope_id, epoch, next_key.key, wanted)
    if code == RefusalCode.EXISTS:
        round_.settled[f"overtaken {scope_id}"] = epoch
    with round_.settling() as session:
        known = session.get(NextKey, scope_id)
        if known is not None:
            session.delete(known)
        if code is None:
            session.merge(key)
            session.get_one(Scope, scope_id).epoch = epoch
            for envelope in envelopes:
                session.merge(granted(envelope))


def _offer(
    round_: Round, scope_id: str, epoch: int, key: bytes, wanted: Sequence[Wanted]
) -> tuple[str | None, list[Envelope]]:
    """Why the server did not take an epoch, if so, and the envelopes that it took."""
    made = [keys.make(one, round_.member, round_.random, round_.sign) for one in wanted[:MAX_ENVELOPES]]
    envelopes = [envelope for envelope in made if envelope is not None]
    begun = ScopeEpoch(
        scope_id=scope_id,
        epoch=epoch,
        key_name=protocol.name_of_key(scope_id, epoch, key),
        by_device=round_.member.device_id,
        signature=protocol.UNSIGNED,
    )
    round_.tally.told += 1
    push = Push(epochs=[protocol.signed(begun, round_.sign)], envelopes=envelopes)
    result = round_.server.post("/v1/push", push, PushResult)
    round_.noted(result.server_epoch, result.server_time)
    code = next((refusal.code for refusal in result.refusals if refusal.about == "epoch"), None)
    refused = {refusal.recipient_id for refusal in result.refusals if refusal.about == "envelope"}
    return code, [envelope for envelope in envelopes if envelope.recipient_id not in refused]


def _offer_again(round_: Round) -> None:
    """Later epochs that the server may have forgotten, the lowest first."""
    with round_.vault.read() as session:
        asked = select(ScopeKey).where(ScopeKey.offered.is_(False)).order_by(ScopeKey.scope_id, ScopeKey.epoch)
        forgotten = session.scalars(asked).all()
    for key in forgotten:
        with round_.vault.read() as session:
            scope = session.get_one(Scope, key.scope_id)
            mine = ScopeKey(scope_id=key.scope_id, epoch=key.epoch, key=key.key, groups=key.groups, made_here=True)
            wanted = Readers(session, round_.member).envelopes_of(scope, mine)
        code, _ = _offer(round_, key.scope_id, key.epoch, key.key, wanted)
        # Begun anew by somebody else meanwhile: both keys go on, as each may have sealed what is here already.
        if code in (None, RefusalCode.EXISTS):
            with round_.settling() as session:
                session.get_one(ScopeKey, (key.scope_id, key.epoch)).offered = True
