"""What records have attached, by what opens it; and how large it may be. Nothing here reads the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.attachments import Attachment
from app.models.rules import attachments as rules
from app.models.rules.attachments import Sealed
from app.models.vocab import AttachmentKind, DobPrecision
from app.queries.settings import setting


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One attachment. `sealed` is None when what names its bytes is damaged; `preview` only pictures have."""

    id: str
    ref: str
    kind: AttachmentKind | None
    name: str
    media_type: str
    sealed: Sealed | None
    preview: Sealed | None
    caption: str
    taken_on: date | None


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """The photograph of a registrant. `old`: taken more than `months` ago, or nobody knows when."""

    sealed: Sealed
    preview: Sealed
    taken_on: date | None
    old: bool
    months: int


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """How large a file may be, in bytes, as the service's settings say."""

    photo: int
    preview: int
    picture: int
    sound: int
    file: int


def attachments_of(session: Session, owner_id: str) -> tuple[AttachmentRow, ...]:
    """What a record has, the oldest first."""
    asked = select(Attachment).where(Attachment.owner_id == owner_id, Attachment.removed_at.is_(None))
    return tuple(_row(one) for one in session.scalars(asked.order_by(Attachment.created_at, Attachment.id)))


def photo_of(
    session: Session, owner_id: str, *, born: date | None, precision: DobPrecision | None, today: date
) -> PhotoRow | None:
    """The newest photograph of a registration or a card; None when there is none that can be read."""
    found = [one for one in attachments_of(session, owner_id) if one.kind is AttachmentKind.PHOTO and one.sealed]
    if not found:
        return None
    newest = found[-1]
    assert newest.sealed is not None, "asked for above"
    adult, child = (int(setting(session, key, today)) for key in ("vpr.photo_age_months", "vpr.photo_age_months_child"))
    months = rules.photo_limit(born, precision, today, adult, child)
    old = rules.photo_is_old(newest.taken_on, today, months)
    return PhotoRow(newest.sealed, newest.preview or newest.sealed, newest.taken_on, old, months)


def limits(session: Session, today: date) -> MediaLimits:
    """The limits in force on a day."""

    def of(name: str, unit: int) -> int:
        return int(setting(session, f"media.{name}", today)) * unit

    kilobyte = 1000
    return MediaLimits(
        photo=of("photo_kb", kilobyte),
        preview=of("preview_kb", kilobyte),
        picture=of("picture_kb", kilobyte),
        sound=of("sound_mb", rules.MEGABYTE),
        file=of("file_mb", rules.MEGABYTE),
    )


def _row(one: Attachment) -> AttachmentRow:
    return AttachmentRow(
        id=one.id,
        ref=one.ref or "",
        kind=one.kind if isinstance(one.kind, AttachmentKind) else None,
        name=one.name or "",
        media_type=one.media_type or rules.OTHER,
        sealed=rules.sealed_of(one.key, one.chunks, one.size),
        preview=rules.sealed_of(one.preview_key, one.preview_chunks, one.preview_size),
        caption=one.caption or "",
        taken_on=one.taken_on,
    )
