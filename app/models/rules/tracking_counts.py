"""What a supervisor counts of personal alarms (domain.md 8.8): pure sums over plain values.

Periods include both days. A moment counts on the service's local day. Missing is said as None, never as zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from app.models.rules.tracking import GENUINE, NOT_COUNTED
from app.models.vocab import AlarmOutcome, CheckResult
from app.words import mark

_DAYS_IN_MONTH = 365.25 / 12

GENUINE_ALARMS, BY_ACCIDENT, OTHER_ALARMS = mark("Genuine"), mark("Pressed by accident"), mark("Other")
COLUMNS = (GENUINE_ALARMS, BY_ACCIDENT, OTHER_ALARMS)
"""The columns of the alarms by month."""


@dataclass(frozen=True)
class Span:
    """A loan from its first day to its last (None: still running)."""

    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Spread:
    """How many, and the middle and the largest of them; None when there are none."""

    count: int
    median: float | None
    largest: int | None


def spread(values: Iterable[int | None]) -> Spread:
    """The spread of those that are known."""
    known = sorted(value for value in values if value is not None)
    return Spread(len(known), median(known) if known else None, known[-1] if known else None)


def share(part: int, whole: int) -> int | None:
    """Percent, rounded half up; None of nothing."""
    return None if whole == 0 else (200 * part + whole) // (2 * whole)


def loan_days(loans: Iterable[Span], start: date, end: date) -> int:
    """On how many days devices were with clients within a period: each loan from its first to its last day."""
    total = 0
    for loan in loans:
        first, last = max(loan.starts_on, start), min(loan.ends_on or end, end)
        total += max((last - first).days + 1, 0)
    return total


def utilization(days_on_loan: int, devices: int, start: date, end: date) -> int | None:
    """Percent of the days on which the devices in use could have been lent."""
    return share(days_on_loan, devices * ((end - start).days + 1))


def cents_a_month(cents: int, days_on_loan: int) -> int | None:
    """What a month of a loan cost, in whole cents."""
    return None if days_on_loan == 0 else round(cents * _DAYS_IN_MONTH / days_on_loan)


def share_of_month(cents_days: int) -> int:
    """Cents a month times days on loan, as whole cents."""
    return round(cents_days / _DAYS_IN_MONTH)


def tests_done(results: Iterable[CheckResult | None]) -> int | None:
    """Percent of the tests that were due and were done, whatever they showed."""
    counted = [result for result in results if result is not None]
    return share(sum(1 for result in counted if result is not CheckResult.MISSED), len(counted))


def genuine_share(outcomes: Iterable[AlarmOutcome | None]) -> int | None:
    """Percent of the alarms with a known end, tests left out, that were genuine."""
    counted = [one for one in outcomes if one is not None and one not in NOT_COUNTED]
    return share(sum(1 for one in counted if one in GENUINE), len(counted))


def by_month(alarms: Iterable[tuple[date, AlarmOutcome | None]], months: Sequence[str]) -> list[list[int]]:
    """Alarms by month (`2026-01`) and column; tests left out."""
    found = Counter((day.strftime("%Y-%m"), _column(outcome)) for day, outcome in alarms if outcome not in NOT_COUNTED)
    return [[found[month, column] for column in range(len(COLUMNS))] for month in months]


def months_of(year: int) -> tuple[str, ...]:
    """The months of a calendar year."""
    return tuple(f"{year}-{month:02d}" for month in range(1, 13))


def _column(outcome: AlarmOutcome | None) -> int:
    if outcome in GENUINE:
        return 0
    return 1 if outcome is AlarmOutcome.ACCIDENTAL else 2
