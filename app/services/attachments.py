"""Attachments of records: added once their bytes are kept, removed with them (`models/attachments.py`).

Who may attach something to a record is for the services of that record to ask; they call what stands here then.
"""

from __future__ import annotations

from datetime import date

from app.errors import RuleBroken
from app.models.attachments import Attachment
from app.models.base import Record
from app.models.rules import attachments as rules
from app.models.rules.attachments import Kept, Sealed
from app.models.work import Work
from app.services.permission import require_role
from app.services.records import add, all_of, ensure


def attach(
    work: Work,
    owner: Record,
    kept: Kept,
    *,
    ref: str | None = None,
    caption: str | None = None,
    taken_on: date | None = None,
    attachment_id: str | None = None,
) -> Attachment:
    """Give a record a file, in the record's own scope. Raises RuleBroken for what the store never handed out."""
    require_role(work, Attachment)
    if not all(one.is_wellformed() for one in (kept.sealed, *((kept.preview,) if kept.preview else ()))):
        raise RuleBroken(rules.WRONG_NAMES)
    values = {
        "owner_kind": owner.__tablename__,
        "owner_id": owner.id,
        "kind": kept.kind,
        "ref": ref,
        "name": kept.name or None,
        "media_type": kept.media_type,
        "size": kept.sealed.size,
        "chunks": list(kept.sealed.chunks),
        "key": kept.sealed.key,
        "caption": (caption or "").strip() or None,
        "taken_on": taken_on,
        **_preview(kept.preview),
    }
    if attachment_id is not None:
        return ensure(work, Attachment, owner.scope_id, attachment_id, **values)
    return add(work, Attachment, owner.scope_id, **values)


def attachments_of(work: Work, owner_id: str) -> list[Attachment]:
    """What a record has, the oldest first."""
    return all_of(work, Attachment, Attachment.owner_id == owner_id)


def detach(work: Work, attachment: Attachment, reason: str | None = None) -> None:
    """Take a file from its record. Its bytes are destroyed once this is saved and no other record names them."""
    attachment.removed_at, attachment.removed_reason = work.now(), reason


def kept_of(attachment: Attachment) -> Kept | None:
    """What names the bytes of an attachment; None when a newer version or damage made it unreadable."""
    sealed = rules.sealed_of(attachment.key, attachment.chunks, attachment.size)
    if sealed is None or attachment.kind is None:
        return None
    return Kept(
        attachment.kind,
        sealed,
        attachment.media_type or rules.OTHER,
        attachment.name or "",
        rules.sealed_of(attachment.preview_key, attachment.preview_chunks, attachment.preview_size),
    )


def _preview(preview: Sealed | None) -> dict[str, object]:
    if preview is None:
        return {}
    return {
        "preview_size": preview.size,
        "preview_chunks": list(preview.chunks),
        "preview_key": preview.key,
    }
