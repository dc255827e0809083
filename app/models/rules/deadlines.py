"""Clock words of the field (domain.md 0): calendar and business days, months, local days, minutes.

Durations count in UTC, days in the service's local calendar; so a night with a clock change is never an hour off.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
Holidays = Callable[[int], frozenset[date]]
"""The holidays of a year."""


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    skipped = (century + 8) // 25
    moon = (19 * golden + century - century // 4 - (century - skipped + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - moon - in_century % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def ontario_holidays(year: int) -> frozenset[date]:
    """Ontario's public holidays and Easter Monday, each moved off the weekend to the next weekday that is free."""
    easter = easter_sunday(year)
    on_weekdays = {
        _nth_monday(year, 2, 3),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _monday_before(date(year, 5, 25)),
        _nth_monday(year, 9, 1),
        _nth_monday(year, 10, 2),
    }
    fixed = (date(year, 1, 1), date(year, 7, 1), date(year, 12, 25), date(year, 12, 26))
    taken = on_weekdays | {day for day in fixed if day.weekday() < SATURDAY}
    for day in fixed:
        taken.add(_next_free_weekday(day, taken))
    return frozenset(day for day in taken if day.weekday() < SATURDAY)


def is_business_day(day: date, holidays: Holidays = ontario_holidays) -> bool:
    """Whether `day` is neither a Saturday, a Sunday nor a holiday."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def calendar_days(start: date, days: int) -> date:
    """The day `days` calendar days after `start` (which is day 0)."""
    return start + timedelta(days=days)


def business_days(start: date, days: int, holidays: Holidays = ontario_holidays) -> date:
    """The `days`-th business day after `start` (which is day 0, business day or not)."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_business_day(day, holidays):
            days -= 1
    return day


def business_days_between(start: date, end: date, holidays: Holidays = ontario_holidays) -> int:
    """How many business days lie after `start` up to and including `end`."""
    span = (end - start).days
    return sum(is_business_day(start + timedelta(days=day), holidays) for day in range(1, span + 1))


def months(start: date, count: int) -> date:
    """The same day `count` months later, or that month's last day when it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def years(start: date, count: int) -> date:
    """The same day `count` years later; 29 February becomes 28 in a year without one."""
    return months(start, 12 * count)


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day that `moment` falls on in `zone`."""
    return local_time(moment, zone).date()


def local_time(moment: datetime, zone: str) -> datetime:
    """`moment` as the clocks of `zone` show it."""
    return moment.astimezone(ZoneInfo(zone))


def end_of_day(day: date, zone: str) -> datetime:
    """The moment at which `day` is over in `zone`: the first moment of the next day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def is_overdue(due_on: date, now: datetime, zone: str) -> bool:
    """Whether the day on which something was due is over."""
    return now >= end_of_day(due_on, zone)


def minutes_after(start: datetime, minutes: int) -> datetime:
    """The moment `minutes` real minutes after `start`, in UTC; a clock change in between does not count."""
    return start.astimezone(UTC) + timedelta(minutes=minutes)


def hours_after(start: datetime, hours: int) -> datetime:
    """The moment `hours` real hours after `start`, in UTC."""
    return minutes_after(start, 60 * hours)


def whole_minutes(start: datetime, end: datetime) -> int:
    """Real minutes from `start` to `end`, rounded down; negative when `end` comes first."""
    return (end.astimezone(UTC) - start.astimezone(UTC)) // timedelta(minutes=1)


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (nth - 1))


def _monday_before(day: date) -> date:
    return day - timedelta(days=day.weekday() or 7)


def _next_free_weekday(day: date, taken: set[date]) -> date:
    if day.weekday() < SATURDAY:
        return day
    while day.weekday() >= SATURDAY or day in taken:
        day += timedelta(days=1)
    return day
