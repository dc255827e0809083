"""The unit of work as services see it: a type only; the vault keeps the real one (`vault/unit_of_work.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.models.base import Record
from app.models.vocab import AuditAction, Role, ScopeKind


@dataclass(frozen=True)
class Actor:
    """Who is acting: a member, in one role at a time, on a device."""

    member_id: str
    role: Role
    device_id: str


class Work(Protocol):
    """One unit of work. Nothing is saved unless the caller that made it reaches commit.

    Records added to `session` get `created_at`, `created_by` and their changes at commit; services set `id` (from
    `new_id` or `child_id`) and `scope_id`.
    """

    session: Session
    actor: Actor

    def now(self) -> datetime:
        """This moment, aware UTC."""

    def today(self) -> date:
        """The service's local calendar day of `now`."""

    def new_id(self) -> str:
        """A fresh record id (32 hex characters of a UUIDv7)."""

    def child_id(self, parent_id: str, name: str) -> str:
        """The one id that every device gives to the part `name` of a record, so that two devices' parts merge."""

    def open_scope(self, kind: ScopeKind, anchor_id: str) -> str:
        """The scope of `kind` for `anchor_id`: the one that this device holds, or a new one with a fresh key."""

    def scope_of(self, kind: ScopeKind, anchor_id: str) -> str | None:
        """The scope of `kind` for `anchor_id` if this device holds its key."""

    def next_number(self, series: str) -> str | None:
        """The next number of `series` of this year, such as `VSU-2026-000123`; None: number pending."""

    def setting(self, key: str, on: date | None = None) -> Any:
        """The value in force on a day (default today) of a configuration key (`rules/defaults.py`)."""

    def audit(
        self, action: AuditAction, *, kind: str = "", record_id: str = "", reason: str = "", fields: Iterable[str] = ()
    ) -> None:
        """Add an audit entry to this transaction: names of fields, never values. Edits enter themselves."""

    def sign_destruction(self, order_id: str, scope_ids: Sequence[str], proposed_at: datetime) -> str:
        """This device's signature, hexadecimal, under an order to destroy scopes; a second person signs the same."""

    def decide(self, record: Record, *fields: str) -> None:
        """Say that a person decided these fields as they now stand in `record`, even if what shows stays the same.

        All values that were written apart from each other are replaced by it.
        """
