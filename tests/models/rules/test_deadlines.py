"""Clock words (domain.md 0): calendar and business days, months, local days, minutes over a clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.models.rules import deadlines

TORONTO = "America/Toronto"
days = some.dates(date(2020, 1, 1), date(2040, 12, 31))
moments = some.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("year", "easter"), [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))]
)
def test_easter(year: int, easter: date) -> None:
    assert deadlines.easter_sunday(year) == easter


def test_the_holidays_of_2026() -> None:
    assert deadlines.ontario_holidays(2026) == {
        date(2026, 1, 1),
        date(2026, 2, 16),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 18),
        date(2026, 7, 1),
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 12, 25),
        date(2026, 12, 28),
    }


@pytest.mark.parametrize(
    ("year", "moved"),
    [
        (2021, {date(2021, 12, 27), date(2021, 12, 28)}),
        (2022, {date(2022, 12, 26), date(2022, 12, 27)}),
        (2023, {date(2023, 1, 2), date(2023, 7, 3)}),
    ],
)
def test_a_holiday_on_a_weekend_moves_to_the_next_free_weekday(year: int, moved: set[date]) -> None:
    assert moved <= deadlines.ontario_holidays(year)


@given(some.integers(1990, 2090))
def test_every_year_has_ten_holidays_on_weekdays(year: int) -> None:
    found = deadlines.ontario_holidays(year)
    assert len(found) == 10
    assert all(day.weekday() < 5 and day.year == year for day in found)


@given(days, some.integers(1, 40))
def test_business_days_count_only_business_days(start: date, count: int) -> None:
    end = deadlines.business_days(start, count)
    assert deadlines.is_business_day(end)
    assert deadlines.business_days_between(start, end) == count


@given(days, some.integers(0, 20), some.integers(0, 20))
def test_business_days_add_up(start: date, first: int, second: int) -> None:
    halfway = deadlines.business_days(start, first)
    assert deadlines.business_days(halfway, second) == deadlines.business_days(start, first + second)


def test_five_business_days_over_christmas() -> None:
    assert deadlines.business_days(date(2026, 12, 23), 5) == date(2027, 1, 4)


@given(days, some.integers(-60, 60))
def test_months_keep_the_day_or_clip_it_to_the_end(start: date, count: int) -> None:
    moved = deadlines.months(start, count)
    assert (moved.year * 12 + moved.month) - (start.year * 12 + start.month) == count
    assert moved.day == start.day or (moved.day < start.day and (moved + timedelta(days=1)).day == 1)


def test_the_last_of_august_and_six_months() -> None:
    assert deadlines.months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert deadlines.months(date(2027, 8, 31), 6) == date(2028, 2, 29)


def test_a_leap_day_and_a_year() -> None:
    assert deadlines.years(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert deadlines.calendar_days(date(2028, 2, 28), 2) == date(2028, 3, 1)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 3, 9), 24)])
def test_a_day_of_a_clock_change_has_its_own_length(day: date, hours: int) -> None:
    begins = deadlines.end_of_day(day - timedelta(days=1), TORONTO)
    assert deadlines.end_of_day(day, TORONTO) - begins == timedelta(hours=hours)


def test_minutes_over_a_clock_change_are_real_minutes() -> None:
    before = datetime(2026, 3, 8, 6, 45, tzinfo=UTC)  # 01:45, the clocks go to 03:00 at 02:00
    due = deadlines.minutes_after(before, 30)
    assert deadlines.local_time(due, TORONTO).strftime("%H:%M") == "03:15"
    back = datetime(2026, 11, 1, 5, 45, tzinfo=UTC)  # 01:45 the first time
    due = deadlines.minutes_after(deadlines.local_time(back, TORONTO), 30)
    assert due - back == timedelta(minutes=30)
    assert deadlines.local_time(due, TORONTO).strftime("%H:%M") == "01:15"


@given(moments, some.integers(-5000, 5000))
def test_minutes_count_the_same_there_and_back(start: datetime, count: int) -> None:
    local = deadlines.local_time(start, TORONTO)
    assert deadlines.whole_minutes(local, deadlines.minutes_after(local, count)) == count


@given(moments)
def test_a_moment_lies_in_its_local_day(moment: datetime) -> None:
    day = deadlines.local_day(moment, TORONTO)
    assert deadlines.end_of_day(day - timedelta(days=1), TORONTO) <= moment < deadlines.end_of_day(day, TORONTO)


def test_what_is_due_today_is_overdue_only_when_the_local_day_is_over() -> None:
    day = date(2026, 3, 8)
    assert not deadlines.is_overdue(day, datetime(2026, 3, 9, 3, 59, tzinfo=UTC), TORONTO)
    assert deadlines.is_overdue(day, datetime(2026, 3, 9, 4, 0, tzinfo=UTC), TORONTO)
