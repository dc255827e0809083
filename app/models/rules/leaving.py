"""When a case leaves a computer: who is still on it, and how many may go without asking (safety.md 5.3.8)."""

from __future__ import annotations

from collections.abc import Iterable

from app.models.changes import FieldValue

MOST_UNASKED = 20
"""More cases than this at once wait for the person (safety.md, G35)."""
SHARE_UNASKED = 0.05
"""So does a larger share of the cases that are here; one case alone is never "many"."""
NAMING = ("assigned_to", "co_workers")
"""The fields of a case that say who works on it."""


def needs_approval(count: int, cases_here: int) -> bool:
    """Whether so many cases, of those that are here, leave only after the person has looked."""
    return count > MOST_UNASKED or count > max(1, int(cases_here * SHARE_UNASKED))


def is_named(member_id: str, living: Iterable[FieldValue]) -> bool:
    """Whether any value that lives in one of the fields `NAMING` names this member: as its text or in its list."""
    return any(isinstance(value, str) and member_id in value for value in living)
