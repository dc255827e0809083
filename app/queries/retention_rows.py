"""The plain rows of the certificate of destruction, F-2003 (`form_rows` says what rows are)."""

from __future__ import annotations

from datetime import date

import msgspec

from app.queries.form_rows import Label, Row, Typed


class DestroyedLine(Row, frozen=True, kw_only=True):
    """One record that is no more: a hash of its random id, what it was kept as, the last day on which it was kept."""

    certificate: str = ""
    kept_as: Label = ""
    kept_until: date | None = None


class CertificateRows(Row, frozen=True, kw_only=True):
    """F-2003: what was destroyed, when, how, by whom (domain.md 20.5). Nothing of it leads to a person."""

    reason: Typed = Typed()
    proposed_by: str = ""
    proposed_on: date | None = None
    approved_by: str = ""
    approved_on: date | None = None
    destroyed_on: date | None = None
    lines: list[DestroyedLine] = msgspec.field(default_factory=list)
