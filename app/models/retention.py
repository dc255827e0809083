"""What is destroyed at the end of its time, by two people, and what must not be (domain.md 20.5).

A run holds no word about a person: random ids, classes and days. What the ids stand for is read from the records, as
long as these are there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Json, Record
from app.models.vocab import ScopeKind


class DestructionRun(Record):
    """A list that one person proposed to destroy; a second one approves it, on their own computer, or declines.

    `items` is a list of {subject, class, until, scopes}: the id of the record, its `RetentionClass`, the last day on
    which it was kept, the scopes that go with it. Signatures are hexadecimal, of the devices, under the same list.
    """

    __tablename__ = "destruction_run"
    scope_kind = ScopeKind.RETENTION

    items: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    reason: Mapped[str | None]
    proposed_at: Mapped[datetime | None]
    proposed_by: Mapped[str | None]
    first_device: Mapped[str | None]
    first_signature: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    second_device: Mapped[str | None]
    second_signature: Mapped[str | None]
    declined_at: Mapped[datetime | None]
    declined_by: Mapped[str | None]
    declined_reason: Mapped[str | None]

    @property
    def scopes(self) -> list[str]:
        """Every scope that the run names, each once, in the order of their ids."""
        return sorted({scope for item in self.items or () for scope in item.get("scopes", ())})


class LegalHold(Record):
    """A record that must not be destroyed for now, whatever its time: a request, a court, an audit."""

    __tablename__ = "legal_hold"
    scope_kind = ScopeKind.RETENTION

    subject_id: Mapped[str | None] = mapped_column(index=True)
    reason: Mapped[str | None]
    placed_at: Mapped[datetime | None]
    placed_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
