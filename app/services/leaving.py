"""What the owner of a computer does about cases that were given to others (safety.md 5.3.8, G35)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.errors import RuleBroken
from app.models.crisis import Case
from app.models.local.tables import LeavingCase, PartedScope
from app.models.vocab import AuditAction
from app.models.work import Work
from app.words import mark

NONE_HELD = mark("No case waits for this any more.")


@dataclass(frozen=True, kw_only=True)
class LetLeave:
    """Let these cases leave this computer: the owner has looked at the list."""

    case_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NoteGone:
    """The owner has read that cases left this computer."""


def let_leave(work: Work, command: LetLeave) -> None:
    """Approve those that were held because so many came at once; what came since waits for a look of its own."""
    held = LeavingCase.held.is_(True), LeavingCase.approved_by.is_(None), LeavingCase.case_id.in_(command.case_ids)
    rows = work.session.scalars(select(LeavingCase).where(*held)).all()
    if not rows:
        raise RuleBroken(NONE_HELD)
    for row in rows:
        row.approved_by = work.actor.member_id
        reason = "may leave this computer: given to others"
        work.audit(AuditAction.REVIEW, kind=Case.__tablename__, record_id=row.case_id, reason=reason)


def note_gone(work: Work, command: NoteGone) -> None:
    """Say no more of it."""
    for scope in work.session.scalars(select(PartedScope).where(PartedScope.told.is_(False))).all():
        scope.told = True
        reason = "read: no longer on this computer"
        work.audit(AuditAction.REVIEW, kind=Case.__tablename__, record_id=scope.case_id, reason=reason)
