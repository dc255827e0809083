"""The safety plan's clocks and what may be printed of it (domain.md 2.9, 4.2, 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.models.rules.deadlines import calendar_days
from app.models.vocab import CopyChoice
from app.words import mark

FULL_PLAN, WALLET_PLAN, WORKER_COPY, DOCUMENT_LIST = "F-401", "F-402", "F-403", "F-405"
PLAN_FORMS = frozenset({FULL_PLAN, WALLET_PLAN, WORKER_COPY, DOCUMENT_LIST})

NO_COPY = mark("The client chose to keep no copy because it is not safe: this plan is not printed and not saved.")
NOT_CHOSEN = mark("Nobody has asked yet whether a copy is safe. Ask, record the answer, then print.")
WALLET_ONLY = mark("The client chose the short wallet copy: only the wallet list is printed.")
DIGITAL_ONLY = mark("The client chose a digital copy: it is saved to the safe account, not printed.")


@dataclass(frozen=True)
class OrderWarning:
    """What the plan says about an order. `unknown_expiry` shows red: confirm; else `days_left` until it expires."""

    unknown_expiry: bool
    days_left: int = 0


def next_review(written_on: date, review_days: int) -> date:
    """The day by which an active plan is looked at again."""
    return calendar_days(written_on, review_days)


def is_review_due(next_review_on: date | None, today: date, triggered: bool = False) -> bool:
    """Whether the plan must be looked at now: its day has come, or something happened."""
    return triggered or (next_review_on is not None and next_review_on <= today)


def copy_refusal(form_id: str, choice: CopyChoice | None, export: bool) -> str | None:
    """Why a form of the plan may not be printed (or saved, `export`) under the client's choice; None: it may.

    "No copy" hides every form of the plan, the worker's too: what is not on paper is not found.
    """
    if form_id not in PLAN_FORMS:
        return None
    if choice is CopyChoice.NO_COPY:
        return NO_COPY
    if form_id == WORKER_COPY:
        return None
    if choice is None:
        return NOT_CHOSEN
    if choice is CopyChoice.WALLET and form_id != WALLET_PLAN:
        return WALLET_ONLY
    return DIGITAL_ONLY if choice is CopyChoice.DIGITAL and not export else None


def warning_days(expires_on: date, days_before: Sequence[int]) -> tuple[tuple[int, date], ...]:
    """(days before, day) of each task that warns of an expiry, the earliest first."""
    return tuple((days, calendar_days(expires_on, -days)) for days in sorted(days_before, reverse=True))


def order_warning(expires_on: date | None, today: date, days_before: Sequence[int]) -> OrderWarning | None:
    """The banner about an order on `today`; None while its expiry is far away.

    An order that has expired keeps its banner: `days_left` is then negative.
    """
    if expires_on is None:
        return OrderWarning(unknown_expiry=True)
    left = (expires_on - today).days
    return OrderWarning(unknown_expiry=False, days_left=left) if left <= max(days_before, default=0) else None
