"""Lists show initials, age bands and the end of a number."""

from __future__ import annotations

from datetime import date

import pytest

from app.models.base import kinds as known_kinds
from app.models.vocab import AgeBand, ContactKind, DobPrecision
from app.queries import kinds
from app.queries.masking import age_band, initials, masked


@pytest.mark.parametrize(
    ("first", "last", "label", "shown"),
    [
        ("Theo", "Rook", None, "T. R."),
        ("élise", None, None, "É."),
        (None, None, "Unknown child 1", "Unknown child 1"),
        ("  ", "", None, "–"),
        ("<b>x", "=1+1", None, "<. =."),
    ],
)
def test_initials(first: str | None, last: str | None, label: str | None, shown: str) -> None:
    assert initials(first, last, label) == shown


@pytest.mark.parametrize(
    ("born", "precision", "band"),
    [
        (date(2008, 3, 10), DobPrecision.EXACT, AgeBand.B18_24),
        (date(2008, 3, 11), DobPrecision.EXACT, AgeBand.B12_17),
        (date(2008, 1, 1), DobPrecision.YEAR, AgeBand.UNKNOWN),
        (date(2027, 1, 1), DobPrecision.EXACT, AgeBand.UNKNOWN),
        (None, None, AgeBand.UNKNOWN),
        (date(1950, 1, 1), DobPrecision.YEAR, AgeBand.B65),
    ],
)
def test_age_band(born: date | None, precision: DobPrecision | None, band: AgeBand) -> None:
    assert age_band(born, precision, date(2026, 3, 10)) is band


def test_a_number_keeps_its_last_two_digits_and_an_address_nothing() -> None:
    assert masked(ContactKind.PHONE, "+1 555-0142") == "••• ••42"
    assert masked(ContactKind.PHONE, "12") == "•••"
    assert masked(ContactKind.EMAIL, "dana@example.org") == "•••@•••"
    assert masked(ContactKind.ADDRESS, "1 Lantern Lane") == "•••"
    assert masked(None, None) == ""


def test_every_kind_has_a_label() -> None:
    assert set(kinds.LABELS) == set(known_kinds())
