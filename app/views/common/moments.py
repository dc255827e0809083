"""Reading and writing dates and times as people type them, in English and French. No widget in here.

A date of only digits such as 03/04/2026 is refused: it is March to some and April to others.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from PySide6.QtCore import QDate, QLocale

from app.errors import RuleBroken
from app.models.vocab import Precision
from app.words import mark

# Both languages, folded; any beginning of at least three letters that fits one month only is understood.
_MONTHS = (
    ("january", "janvier"), ("february", "fevrier"), ("march", "mars"), ("april", "avril"), ("may", "mai"),
    ("june", "juin"), ("july", "juillet"), ("august", "aout"), ("september", "septembre"), ("october", "octobre"),
    ("november", "novembre"), ("december", "decembre"),
)  # fmt: skip
_DAYS = {"today": 0, "aujourd'hui": 0, "yesterday": -1, "hier": -1, "tomorrow": 1, "demain": 1}
_TIME = re.compile(r"^(\d{1,2})(?:\s*[:h.]\s*(\d{2})?|(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?$")


@dataclass(frozen=True)
class Moment:
    """When something was and how well that is known. `when` is aware UTC, None when unknown.

    With `Precision.DATE_ONLY` it is noon of that day where the person was, so that the day stays the day.
    """

    when: datetime | None
    precision: Precision


def read_date(text: str, today: date) -> date | None:
    """The date that `text` says; None for an empty text. Raises RuleBroken with what to write instead."""
    said = _folded(text)
    if not said:
        return None
    if said in _DAYS:
        return today + timedelta(days=_DAYS[said])
    parts = [part for part in re.split(r"[\s,./-]+", said) if part]
    year, month, day = _year_month_day(parts, today)
    try:
        return date(year, month, day)
    except ValueError:
        raise RuleBroken(mark("There is no such day. Write it like 4 March 2026.")) from None


def read_time(text: str) -> time | None:
    """The time of day that `text` says (14:30, 1430, 2:30 pm, 14h30); None for an empty text. Raises RuleBroken."""
    said = _folded(text)
    if not said:
        return None
    found = _TIME.match(said)
    if found is None and said.isdigit() and len(said) == 3:
        found = _TIME.match(f"0{said}")
    if found is None:
        raise RuleBroken(mark("Write the time like 14:30."))
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            raise RuleBroken(mark("Write the time like 14:30."))
        hour = hour % 12 + (12 if found[4].startswith("p") else 0)
    if hour > 23 or minute > 59:
        raise RuleBroken(mark("Write the time like 14:30."))
    return time(hour, minute)


def write_date(day: date | None, locale: QLocale) -> str:
    """The date with its month in words, so that nobody can misread it."""
    return "" if day is None else locale.toString(QDate(day.year, day.month, day.day), "d MMM yyyy")


def write_time(moment: time | None) -> str:
    """The time on the 24-hour clock, as services write it."""
    return "" if moment is None else f"{moment:%H:%M}"


def join(day: date, moment: time, zone: tzinfo | None) -> datetime:
    """The instant (aware UTC) of a day and a time on the clock of `zone`; None is this machine's zone."""
    local = datetime.combine(day, moment)
    return (local.replace(tzinfo=zone) if zone is not None else local.astimezone()).astimezone(UTC)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip().lower()).replace("’", "'")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _year_month_day(parts: list[str], today: date) -> tuple[int, int, int]:
    month = next((number for part in parts if (number := _month(part))), 0)
    numbers = [re.sub(r"(?<=\d)(st|nd|rd|th|er)$", "", part) for part in parts if not _month(part)]
    refused = RuleBroken(mark("Write the date with its month as a word, like 4 March 2026."))
    if not numbers or not all(number.isdecimal() and len(number) <= 4 for number in numbers):
        raise refused
    if month and len(numbers) == 1:
        return today.year, month, int(numbers[0])
    if month and len(numbers) == 2:
        return (int(numbers[0]), month, int(numbers[1])) if len(numbers[0]) == 4 else (
            _year(numbers[1]), month, int(numbers[0]))  # fmt: skip
    if len(numbers) != 3 or month:
        raise refused
    if len(numbers[0]) == 4:
        return int(numbers[0]), int(numbers[1]), int(numbers[2])
    first, second = int(numbers[0]), int(numbers[1])
    if first == second or first > 12:
        return _year(numbers[2]), second, first
    if second > 12:
        return _year(numbers[2]), first, second
    raise refused


def _month(part: str) -> int:
    letters = part.rstrip(".")
    if len(letters) < 3 or not letters.isalpha():
        return 0
    fitting = {number for number, names in enumerate(_MONTHS, 1) if any(name.startswith(letters) for name in names)}
    # "jui" alone could be June or July in French.
    return fitting.pop() if len(fitting) == 1 else 0


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)
