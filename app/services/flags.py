"""Taking note: of a flag that a colleague's computer raised, and of what happened on one's own."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from app.errors import NotAllowed, NotFound
from app.models.local import flags
from app.models.vocab import AuditAction, Role
from app.models.work import Work
from app.services.permission import SUPERVISOR
from app.services.records import GONE


@dataclass(frozen=True, kw_only=True)
class TakeNote:
    """A supervisor has read a flag and looks after it."""

    flag_id: str


@dataclass(frozen=True, kw_only=True)
class KnowUses:
    """The owner knows that the second passphrase was used."""

    flag_ids: tuple[str, ...]


def take_note(work: Work, command: TakeNote) -> None:
    """Note it here and in the audit trail; the server, and through it other supervisors, hear of it with sync."""
    if work.actor.role is not Role.SUP:
        raise NotAllowed(SUPERVISOR)
    found = next((flag for flag in flags.flags(work.session) if flag.flag_id == command.flag_id), None)
    if found is None:
        raise NotFound(GONE)
    if found.is_open:
        flags.keep_flag(work.session, msgspec.structs.replace(found, noted_at=work.now()))
        work.audit(AuditAction.REVIEW, kind=flags.KIND, record_id=found.flag_id, reason=found.kind)


def know_uses(work: Work, command: KnowUses) -> None:
    """Say no more of these uses."""
    for use in flags.uses(work.session):
        if use.flag_id in command.flag_ids and use.noted is None:
            flags.keep_use(work.session, msgspec.structs.replace(use, noted=work.now()))
            work.audit(AuditAction.REVIEW, kind=flags.KIND, record_id=use.flag_id, reason="second passphrase used")
