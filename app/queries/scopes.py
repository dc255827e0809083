"""Whether this device holds the key of a scope: what it cannot open it must not seem to lack."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.local.tables import Scope, ScopeKey
from app.models.vocab import ScopeKind


def readable(session: Session, kind: ScopeKind, anchor_id: str) -> bool:
    """Whether a key of the scope of `kind` for `anchor_id` is on this device."""
    asked = (
        select(ScopeKey.scope_id)
        .join(Scope, Scope.id == ScopeKey.scope_id)
        .where(Scope.kind == kind.value, Scope.anchor_id == anchor_id)
        .limit(1)
    )
    return session.scalar(asked) is not None
