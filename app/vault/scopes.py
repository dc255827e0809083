"""Scopes and their keys on this device."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.local.tables import Scope, ScopeKey
from app.models.vocab import ScopeKind
from app.vault.keys import KEY_BYTES, Randomness


def scope_of(session: Session, kind: ScopeKind, anchor_id: str) -> str | None:
    """The scope of `kind` for `anchor_id` whose key is here; of several the oldest, the same on every device."""
    return session.scalar(
        select(Scope.id)
        .join(ScopeKey, (ScopeKey.scope_id == Scope.id) & (ScopeKey.epoch == Scope.epoch))
        .where(Scope.anchor_id == anchor_id, Scope.kind == str(kind))
        .order_by(Scope.id)
        .limit(1)
    )


def open_scope(session: Session, kind: ScopeKind, anchor_id: str, scope_id: str, random: Randomness) -> str:
    """The scope of `kind` for `anchor_id`, made as `scope_id` with a fresh key if this device holds none."""
    known = scope_of(session, kind, anchor_id)
    if known is not None:
        return known
    session.add(
        Scope(id=scope_id, kind=str(kind), anchor_id=anchor_id, epoch=1, made_here=True, offered=False, number=0)
    )
    session.add(ScopeKey(scope_id=scope_id, epoch=1, key=random(KEY_BYTES)))
    session.flush()
    return scope_id
