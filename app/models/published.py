"""Counts that who holds no key may read: computed by a supervisor's device, suppressed, then published (design.md)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Json, Record
from app.models.vocab import ScopeKind


class PublishedTable(Record):
    """One suppressed table of a programme for a period: the id follows from all three, so that it is replaced.

    `rows` is a list of {label, values}; a value is a number, or None where it was too small to show. `columns` and the
    labels are marked texts or days.
    """

    __tablename__ = "published_table"
    scope_kind = ScopeKind.COUNTS

    programme: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    columns: Mapped[list[str] | None] = mapped_column(Json)
    rows: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    smallest: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
