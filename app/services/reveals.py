"""Showing a hidden detail: counted, audited, and refused beyond the limit (safety.md, T8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.errors import RuleBroken
from app.models.local.tables import AuditEntry
from app.models.vocab import AuditAction
from app.models.work import Work
from app.words import mark

HIDDEN_DETAIL = "hidden detail"
"""The reason in the audit trail. Only entries with it count: cards shown in an emergency have reasons of their own."""


@dataclass(frozen=True, kw_only=True)
class RevealDetail:
    """About to show field `field` of a record, which is hidden until asked for."""

    kind: str
    record_id: str
    field: str


def reveal_detail(work: Work, command: RevealDetail) -> None:
    """Audit it before it is shown. Raises RuleBroken when the person has shown as many as allowed within an hour."""
    most = int(work.setting("privacy.reveals_per_hour"))
    since = work.now() - timedelta(hours=1)
    asked = select(func.count()).where(
        AuditEntry.member_id == work.actor.member_id,
        AuditEntry.action == AuditAction.REVEAL,
        AuditEntry.reason == HIDDEN_DETAIL,
        AuditEntry.at > since,
    )
    if (work.session.scalar(asked) or 0) >= most:
        raise RuleBroken(
            mark(
                "You have shown {most} hidden details within an hour, which is the limit. Wait a while, then try again."
            ),
            most=most,
        )
    work.audit(
        AuditAction.REVEAL,
        kind=command.kind,
        record_id=command.record_id,
        reason=HIDDEN_DETAIL,
        fields=(command.field,),
    )
