"""Functions on dates and times (ODK XForms, Date and Time Functions)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from app.forms.xpath.functions.base import Function, Runtime
from app.forms.xpath.values import (
    EPOCH,
    NAN,
    days,
    instant_from_days,
    number_to_string,
    read_date,
    read_date_time,
    read_time,
    string_to_number,
    write_date_time,
)

_DIRECTIVE = re.compile(r"%(.)")


def today(runtime: Runtime) -> str:
    """The local day."""
    return runtime.now().date().isoformat()


def now(runtime: Runtime) -> str:
    """The present with its offset."""
    return write_date_time(runtime.now())


def zone_of(runtime: Runtime) -> tzinfo:
    """The zone of the device."""
    return runtime.now().tzinfo or UTC


def to_date(runtime: Runtime, value: object) -> str:
    """The day of a date, of a date with time (in the device's zone) or of days since 1970; nothing for other values."""
    day = _day(runtime, value)
    return "" if day is None else day.isoformat()


def to_date_time(runtime: Runtime, value: object) -> str:
    """The date with time, in the device's zone; a date is its midnight."""
    moment = _moment(runtime, value)
    return "" if moment is None else write_date_time(moment)


def _day(runtime: Runtime, value: object) -> date | None:
    text = _text(value)
    day = read_date(text)
    if day is not None:
        return day
    number = string_to_number(text) if "-" not in text[1:] else NAN
    if number == int(number) if number == number and abs(number) < 1e15 else False:
        return _whole_days(number)
    moment = _moment(runtime, value)
    return None if moment is None else moment.date()


def _whole_days(number: float) -> date | None:
    try:
        return EPOCH + timedelta(days=int(number))
    except OverflowError:
        return None


def _moment(runtime: Runtime, value: object) -> datetime | None:
    zone, text = zone_of(runtime), _text(value)
    day = read_date(text)
    if day is not None:
        return datetime(day.year, day.month, day.day, tzinfo=zone)
    moment = read_date_time(text, zone)
    if moment is None:
        moment = instant_from_days(string_to_number(text) if "-" not in text[1:] else NAN)
    return None if moment is None else moment.astimezone(zone)


def _text(value: object) -> str:
    if isinstance(value, float):
        return number_to_string(value)
    return value.strip() if isinstance(value, str) else ""


def decimal_date_time(runtime: Runtime, value: object) -> float:
    """Days since 1 January 1970 UTC."""
    text = _text(value)
    return days(text, zone_of(runtime)) if isinstance(value, str) else string_to_number(text)


def decimal_time(runtime: Runtime, value: str) -> float:
    """The time of day as a fraction of the day, in the device's zone."""
    clock = _time_here(runtime, value.strip())
    if clock is None:
        return NAN
    return (clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6) / 86_400


def _time_here(runtime: Runtime, text: str) -> time | None:
    """The time of day of a time or a date with time, in the device's zone."""
    found = read_time(text)
    if found is None:
        moment = read_date_time(text, zone_of(runtime))
        return None if moment is None else moment.astimezone(zone_of(runtime)).time()
    clock, zone = found
    if zone is None:
        return clock
    present = runtime.now()
    that_day = datetime.combine(present.date(), clock, tzinfo=zone)
    return that_day.astimezone(timezone(present.utcoffset() or timedelta())).time()


def format_date(runtime: Runtime, value: object, pattern: str) -> str:
    """The day written as the pattern says."""
    return _formatted(runtime, value, pattern, with_time=False)


def format_date_time(runtime: Runtime, value: object, pattern: str) -> str:
    """The date with time, in the device's zone, written as the pattern says."""
    return _formatted(runtime, value, pattern, with_time=True)


def _formatted(runtime: Runtime, value: object, pattern: str, *, with_time: bool) -> str:
    moment = _moment(runtime, value)
    if moment is None:
        return ""
    if not with_time:
        day = _day(runtime, value)
        moment = moment if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
    return _DIRECTIVE.sub(lambda hit: _piece(runtime, moment, hit.group(1), with_time), pattern)


def _piece(runtime: Runtime, moment: datetime, letter: str, with_time: bool) -> str:
    match letter:
        case "Y":
            return f"{moment.year:04d}"
        case "y":
            return f"{moment.year % 100:02d}"
        case "m":
            return f"{moment.month:02d}"
        case "n":
            return str(moment.month)
        case "d":
            return f"{moment.day:02d}"
        case "e":
            return str(moment.day)
        case "b":
            return _name(moment, "LLL", runtime.language_code)
        case "a":
            return _name(moment, "ccc", runtime.language_code)
        case "%":
            return "%"
        case _:
            return _clock_piece(moment, letter) if with_time else f"%{letter}"


def _clock_piece(moment: datetime, letter: str) -> str:
    match letter:
        case "H":
            return f"{moment.hour:02d}"
        case "h":
            return str(moment.hour)
        case "M":
            return f"{moment.minute:02d}"
        case "S":
            return f"{moment.second:02d}"
        case "3":
            return f"{moment.microsecond // 1000:03d}"
        case _:
            return f"%{letter}"


def _name(moment: datetime, field: str, language: str) -> str:
    from babel.core import UnknownLocaleError
    from babel.dates import format_date as in_words  # its import costs more than loading a form

    try:
        return str(in_words(moment.date(), field, locale=language or "en"))
    except (UnknownLocaleError, ValueError):
        return str(in_words(moment.date(), field, locale="en"))


FUNCTIONS: dict[str, Function] = {
    "today": Function("", "s", today, runtime=True, fresh=True),
    "now": Function("", "s", now, runtime=True, fresh=True),
    "date": Function("a", "s", to_date, runtime=True),
    "date-time": Function("a", "s", to_date_time, runtime=True),
    "decimal-date-time": Function("a", "n", decimal_date_time, runtime=True),
    "decimal-time": Function("s", "n", decimal_time, runtime=True),
    "format-date": Function("as", "s", format_date, runtime=True, language=True),
    "format-date-time": Function("as", "s", format_date_time, runtime=True, language=True),
}
