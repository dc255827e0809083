"""Ages from birth dates that are known in full or in part (domain.md 2.1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.models.rules import ages
from app.models.vocab import AgeBand, DobPrecision, Tri

born_days = some.dates(date(1920, 1, 1), date(2020, 12, 31))


@given(born_days, some.integers(0, 36500))
def test_a_part_of_a_birth_date_never_excludes_the_true_age(born: date, days: int) -> None:
    today = born + timedelta(days=days)
    true = ages.age_on(born, today)
    for precision, known in (
        (DobPrecision.EXACT, born),
        (DobPrecision.YEAR_MONTH, born.replace(day=1)),
        (DobPrecision.YEAR, born.replace(month=1, day=1)),
    ):
        found = ages.age_range(known, precision, today)
        assert found is not None
        assert found.youngest <= true <= found.oldest


def test_a_birthday_on_a_leap_day() -> None:
    assert ages.age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert ages.age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert ages.age_on(date(2008, 2, 29), date(2028, 2, 29)) == 20


@pytest.mark.parametrize(
    ("known", "answer"),
    [
        (None, Tri.UNKNOWN),
        (ages.AgeRange(15, 15), Tri.YES),
        (ages.AgeRange(16, 16), Tri.NO),
        (ages.AgeRange(15, 16), Tri.UNKNOWN),
    ],
)
def test_under_sixteen_is_unknown_when_it_is_not_known(known: ages.AgeRange | None, answer: Tri) -> None:
    assert ages.is_under(16, known) is answer


@given(some.integers(0, 120))
def test_every_age_lies_in_the_band_that_it_is_given(age: int) -> None:
    found = ages.range_of_band(ages.band(ages.AgeRange(age, age)))
    assert found is not None
    assert found.youngest <= age <= found.oldest


def test_a_range_over_two_bands_is_not_known() -> None:
    assert ages.band(ages.AgeRange(17, 18)) is AgeBand.UNKNOWN
    assert ages.band(None) is AgeBand.UNKNOWN
