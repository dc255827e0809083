"""XPath's conversions between strings, numbers and truth, with the dates that ODK adds to `number()`.

Numbers are floats, truth is bool, text is str. A date counts as the whole days of its calendar day since 1 January
1970, a date with time as the fraction of days since that midnight in UTC (docs/decisions/0015-the-forms-engine.md says
why).
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

NAN = float("nan")
EPOCH = date(1970, 1, 1)
_EPOCH_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400.0

_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*\Z")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)\Z", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?\Z", re.ASCII
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?\Z", re.ASCII)


def string_to_number(text: str, zone: tzinfo = UTC) -> float:
    """As XPath 1.0 `number()`, and days since 1970 for dates and dates with time; `zone` is for times without one."""
    hit = _NUMBER.match(text)
    if hit is not None:
        return float(hit.group(1))
    if len(text) >= 10 and text[4] == "-":
        return days(text, zone)
    return NAN


def days(text: str, zone: tzinfo = UTC) -> float:
    """Days since 1 January 1970 of a date or a date with time; not a number when it is neither."""
    day = read_date(text)
    if day is not None:
        return float((day - EPOCH).days)
    moment = read_date_time(text, zone)
    return NAN if moment is None else instant_days(moment)


def instant_days(moment: datetime) -> float:
    """Days (UTC, with their fraction) from 1 January 1970 to an instant."""
    return (moment - _EPOCH_INSTANT) / timedelta(days=1)


def read_date(text: str) -> date | None:
    """The calendar day of `YYYY-MM-DD`."""
    hit = _DATE.match(text)
    if hit is None:
        return None
    try:
        return date(int(hit.group(1)), int(hit.group(2)), int(hit.group(3)))
    except ValueError:
        return None


def read_date_time(text: str, zone: tzinfo = UTC) -> datetime | None:
    """The instant of an ISO date with time; without an offset it is in `zone`."""
    hit = _DATE_TIME.match(text)
    if hit is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = hit.groups()
    try:
        whole = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), _micro(fraction))
        return whole.replace(tzinfo=zone if offset is None else _zone(offset))
    except ValueError:
        return None


def read_time(text: str) -> tuple[time, tzinfo | None] | None:
    """The time of day and its offset, if it names one."""
    hit = _TIME.match(text)
    if hit is None:
        return None
    hour, minute, second, fraction, offset = hit.groups()
    try:
        found = time(int(hour), int(minute), int(second or 0), _micro(fraction))
        return found, None if offset is None else _zone(offset)
    except ValueError:
        return None


def _micro(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def _zone(offset: str) -> tzinfo:
    if offset == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    from_utc = timedelta(minutes=minutes if offset[0] == "+" else -minutes)
    return UTC if not from_utc else _fixed(from_utc)


def _fixed(from_utc: timedelta) -> tzinfo:
    from datetime import timezone

    return timezone(from_utc)


def instant_from_days(count: float) -> datetime | None:
    """The instant that many days after 1 January 1970 UTC, to the millisecond; None outside of the calendar."""
    if not math.isfinite(count):
        return None
    try:
        return _EPOCH_INSTANT + timedelta(milliseconds=round(count * _DAY * 1000))
    except OverflowError:
        return None


def write_date_time(moment: datetime) -> str:
    """An instant as ODK stores it: milliseconds and the offset of its zone."""
    return moment.isoformat(timespec="milliseconds")


def number_to_string(value: float) -> str:
    """As XPath 1.0 `string()` of a number: no exponent, no needless point."""
    if value != value:
        return "NaN"
    if value in (math.inf, -math.inf):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def round_half_up(value: float, decimals: int = 0) -> float:
    """XPath's rounding: the nearest, of two equally near the one towards positive infinity."""
    if not math.isfinite(value) or abs(value) >= 2**53:
        return value
    shift = Decimal(10) ** decimals
    scaled = Decimal(repr(value)) * shift
    return float(Decimal(math.floor(scaled + Decimal("0.5"))) / shift)
