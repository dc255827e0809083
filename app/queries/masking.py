"""Masking for lists: initials and age band instead of a name, and numbers hidden until pressed (domain.md 20.4)."""

from __future__ import annotations

from datetime import date

from app.models.rules import ages
from app.models.vocab import AgeBand, ContactKind, DobPrecision


def initials(first: str | None, last: str | None, unknown_label: str | None = None) -> str:
    """`T. R.`; a single name gives one letter, somebody without a name keeps the label ("Unknown child 1")."""
    letters = [part.strip()[0].upper() + "." for part in (first, last) if part and part.strip()]
    if letters:
        return " ".join(letters)
    return (unknown_label or "").strip() or "–"


def age_band(born: date | None, precision: DobPrecision | None, day: date) -> AgeBand:
    """The age band on a day; a birth date that is known only in part may leave it open."""
    if born is None or born > day:
        return AgeBand.UNKNOWN
    return ages.band(ages.age_range(born, precision, day))


def masked(kind: ContactKind | None, value: str | None) -> str:
    """What a list shows of a way to reach someone: the last two digits of a number, nothing else of anything."""
    text = (value or "").strip()
    if not text:
        return ""
    if kind is ContactKind.PHONE:
        digits = "".join(letter for letter in text if letter.isdigit())
        return f"••• ••{digits[-2:]}" if len(digits) > 4 else "•••"
    if kind is ContactKind.EMAIL:
        return "•••@•••"
    return "•••"
