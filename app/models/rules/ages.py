"""Ages, always of a birth date at a day: a bare age is never stored (domain.md 2.1).

A birth date known only in part gives a range; a rule about an age then answers yes, no or unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.models.vocab import AgeBand, DobPrecision, Tri

ESTIMATE_YEARS = 2
"""How far an estimated age may be off, either way."""

_BANDS = (
    (11, AgeBand.B0_11),
    (17, AgeBand.B12_17),
    (24, AgeBand.B18_24),
    (34, AgeBand.B25_34),
    (44, AgeBand.B35_44),
    (54, AgeBand.B45_54),
    (64, AgeBand.B55_64),
)
_BAND_STARTS = {
    AgeBand.B0_11: (0, 11),
    AgeBand.B12_17: (12, 17),
    AgeBand.B18_24: (18, 24),
    AgeBand.B25_34: (25, 34),
    AgeBand.B35_44: (35, 44),
    AgeBand.B45_54: (45, 54),
    AgeBand.B55_64: (55, 64),
    AgeBand.B65: (65, 150),
}


@dataclass(frozen=True)
class AgeRange:
    """The youngest and the oldest that a person can be, in whole years."""

    youngest: int
    oldest: int


def age_on(born: date, day: date) -> int:
    """Whole years on `day`; who was born on 29 February is a year older on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_range(born: date | None, precision: DobPrecision | None, day: date) -> AgeRange | None:
    """What is known of the age on `day`; None when no birth date is known."""
    if born is None:
        return None
    if precision is DobPrecision.YEAR:
        return AgeRange(max(day.year - born.year - 1, 0), day.year - born.year)
    age = max(age_on(born, day), 0)
    if precision is DobPrecision.YEAR_MONTH:
        first = born.replace(day=1)
        oldest = max(age_on(first, day), 0)
        return AgeRange(max(oldest - (first.month == day.month), 0), oldest)
    if precision is DobPrecision.ESTIMATED:
        return AgeRange(max(age - ESTIMATE_YEARS, 0), age + ESTIMATE_YEARS)
    return AgeRange(age, age)


def is_under(limit: int, ages: AgeRange | None) -> Tri:
    """Whether the person is younger than `limit` years: yes, no, or not known."""
    if ages is None:
        return Tri.UNKNOWN
    if ages.oldest < limit:
        return Tri.YES
    return Tri.NO if ages.youngest >= limit else Tri.UNKNOWN


def band(ages: AgeRange | None) -> AgeBand:
    """The age band, or not known when the range reaches over two."""
    if ages is None or _band_of(ages.youngest) is not _band_of(ages.oldest):
        return AgeBand.UNKNOWN
    return _band_of(ages.youngest)


def range_of_band(known: AgeBand | None) -> AgeRange | None:
    """The ages of a band."""
    found = _BAND_STARTS.get(known) if known else None
    return AgeRange(*found) if found else None


def _band_of(age: int) -> AgeBand:
    return next((found for oldest, found in _BANDS if age <= oldest), AgeBand.B65)
