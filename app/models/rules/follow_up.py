"""When follow-up is due under each cadence (domain.md 3.3, FollowUpPlan)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.models.rules.deadlines import Holidays, business_days, calendar_days, hours_after, local_day, ontario_holidays
from app.models.vocab import Cadence


@dataclass(frozen=True)
class FollowUpTerms:
    """The service's intervals (`rules/defaults.py`): hours to the first call, days to the later ones."""

    first_hours: int
    first_hours_enhanced: int
    days: Sequence[int]
    days_enhanced: Sequence[int]
    then_days_enhanced: int
    conference_days: int


@dataclass(frozen=True)
class Due:
    """One follow-up: the first is due at a moment, later ones on a day. `step` counts from 0 and names the task."""

    step: int
    at: datetime | None = None
    on: date | None = None


def due_dates(cadence: Cadence, event_at: datetime, zone: str, terms: FollowUpTerms) -> tuple[Due, ...]:
    """Every follow-up that is known when the cadence is agreed, counted from the event."""
    if cadence is Cadence.NONE_WANTED:
        return ()
    enhanced = cadence is Cadence.ENHANCED
    first = hours_after(event_at, terms.first_hours_enhanced if enhanced else terms.first_hours)
    day = local_day(event_at, zone)
    later = terms.days_enhanced if enhanced else terms.days
    return (
        Due(0, at=first),
        *(Due(step, on=calendar_days(day, days)) for step, days in enumerate(later, start=1)),
    )


def next_after(cadence: Cadence, last: Due, terms: FollowUpTerms) -> Due | None:
    """The follow-up after the last one that was planned: every two weeks for enhanced support, else none."""
    if cadence is not Cadence.ENHANCED or last.on is None:
        return None
    return Due(last.step + 1, on=calendar_days(last.on, terms.then_days_enhanced))


def conference_on(cadence: Cadence, event_at: datetime, zone: str, terms: FollowUpTerms) -> date | None:
    """The day of the case conference that enhanced support asks for."""
    if cadence is not Cadence.ENHANCED:
        return None
    return calendar_days(local_day(event_at, zone), terms.conference_days)


def may_give_up(
    attempts: Sequence[date],
    today: date,
    needed: int,
    over_business_days: int,
    holidays: Holidays = ontario_holidays,
) -> bool:
    """Whether enough safe attempts went unanswered, spread over enough business days, to say "unable to reach"."""
    if len(attempts) < needed:
        return False
    return business_days(min(attempts), over_business_days, holidays) <= today
