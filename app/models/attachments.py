"""Attachments: bytes that belong to a record. The bytes lie sealed beside the vault, their key and names in here.

An attachment is kept in the scope of the record that it belongs to, so whoever may read that may open it. Once made,
its bytes never change: another picture is another attachment. `vault/attachments.py` keeps the bytes.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record
from app.models.vocab import AttachmentKind, ScopeKind


class Attachment(Record):
    """One picture, sound, file or signature of a record (`owner_kind`, `owner_id`).

    `chunks` are the names of its sealed chunks in order, `key` (hexadecimal) opens them, `size` is the number of bytes
    that they hold together. `preview_...` are the same of a small picture, under a key of its own: who is given that
    key opens nothing else. `name` is what the file was called, `ref` what an answer of a form calls it (a correction of
    the answer has an attachment of its own with the same bytes and `ref`), `taken_on` the day of a photograph.
    """

    __tablename__ = "attachment"
    scope_kind = ScopeKind.FORM_ANSWER

    owner_kind: Mapped[str | None]
    owner_id: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[AttachmentKind | None] = mapped_column(Code(AttachmentKind))
    ref: Mapped[str | None]
    name: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(Integer)
    chunks: Mapped[list[str] | None] = mapped_column(Json)
    key: Mapped[str | None]
    preview_size: Mapped[int | None] = mapped_column(Integer)
    preview_chunks: Mapped[list[str] | None] = mapped_column(Json)
    preview_key: Mapped[str | None]
    caption: Mapped[str | None]
    taken_on: Mapped[date | None]
