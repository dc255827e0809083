"""The audit trail as it travels: runs of a device's entries, each closed by a checkpoint that the device signed."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Record
from app.models.vocab import ScopeKind


class AuditBatch(Record):
    """Entries `first_seq` to `last_seq` of one device's chain (`vault/trail.py`, safety.md 5.4).

    `previous` and `head` are the hashes before the first and of the last entry, hexadecimal; `signature` is the
    device's, over all of these. `entries` is empty where only auditors may read them: their copy lies in a scope of
    its own, and this one still shows that nothing is missing.
    """

    __tablename__ = "audit_batch"
    scope_kind = ScopeKind.AUDIT
    append_only = True

    device_id: Mapped[str | None] = mapped_column(index=True)
    first_seq: Mapped[int | None]
    last_seq: Mapped[int | None]
    previous: Mapped[str | None]
    head: Mapped[str | None]
    entries: Mapped[str | None]
    signature: Mapped[str | None]
