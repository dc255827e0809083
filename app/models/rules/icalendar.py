"""Writes a calendar file (RFC 5545): what is due and when, with titles that say nothing of anybody (domain.md 18.4).

Days are dates; moments stand on the service's clock with its `TZID`, whose changes are written out as a `VTIMEZONE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

PRODUCT = "-//Haven//Haven 1//EN"
_OCTETS = 75


class TodoStatus(StrEnum):
    """The state of an entry, as a calendar says it (RFC 5545, 3.8.1.11)."""

    OPEN = "NEEDS-ACTION"
    DONE = "COMPLETED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Todo:
    """One thing that is due, on a day or at an aware moment. `sequence` counts its changes; `uid` is opaque."""

    uid: str
    due: date | datetime
    summary: str
    status: TodoStatus = TodoStatus.OPEN
    sequence: int = 0


def calendar(todos: Iterable[Todo], *, zone: str, stamp: datetime) -> str:
    """The whole file, with CRLF line ends and lines of at most 75 octets. `stamp`: when it is written."""
    found = sorted(todos, key=lambda one: (_moment(one.due, zone), one.uid))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    moments = [one.due for one in found if isinstance(one.due, datetime)]
    if moments:
        lines += _timezone(zone, min(moments), max(moments))
    for one in found:
        lines += _todo(one, zone, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """A text value (RFC 5545, 3.3.11)."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> Iterator[str]:
    """A content line in pieces of at most 75 octets; those after the first begin with a space (RFC 5545, 3.1)."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > _OCTETS:
            yield piece
            piece = " "
        piece += letter
    yield piece


def _todo(one: Todo, zone: str, stamp: datetime) -> list[str]:
    return [
        "BEGIN:VTODO",
        f"UID:{escaped(one.uid)}",
        f"DTSTAMP:{_utc(stamp)}",
        _due(one.due, zone),
        f"SUMMARY:{escaped(one.summary)}",
        "CLASS:CONFIDENTIAL",
        f"STATUS:{one.status.value}",
        f"SEQUENCE:{one.sequence}",
        "END:VTODO",
    ]


def _due(due: date | datetime, zone: str) -> str:
    if isinstance(due, datetime):
        return f"DUE;TZID={zone}:{due.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"
    return f"DUE;VALUE=DATE:{due:%Y%m%d}"


def _timezone(zone: str, first: datetime, last: datetime) -> list[str]:
    """The offsets of a zone from before the first moment until after the last one, each change as it happens."""
    clock = ZoneInfo(zone)
    begin = datetime(first.astimezone(clock).year, 1, 1, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    lines += _observance(begin, clock, begin - timedelta(days=1))
    for change in _changes(begin, last + timedelta(days=366), clock):
        lines += _observance(change, clock, change - timedelta(seconds=1))
    return [*lines, "END:VTIMEZONE"]


def _observance(at: datetime, clock: ZoneInfo, before: datetime) -> list[str]:
    """One stretch of an offset: it begins at `at`, in the clock that hung before."""
    old, new = before.astimezone(clock), at.astimezone(clock)
    name = "DAYLIGHT" if new.dst() else "STANDARD"
    local = (at + (old.utcoffset() or timedelta())).replace(tzinfo=None)
    return [
        f"BEGIN:{name}",
        f"DTSTART:{local:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(old)}",
        f"TZOFFSETTO:{_offset(new)}",
        f"TZNAME:{new.tzname()}",
        f"END:{name}",
    ]


def _changes(start: datetime, end: datetime, clock: ZoneInfo) -> Iterator[datetime]:
    """The moments at which the offset changes, to the minute."""
    day = start
    while day < end:
        following = day + timedelta(days=1)
        if day.astimezone(clock).utcoffset() != following.astimezone(clock).utcoffset():
            yield _between(day, following, clock)
        day = following


def _between(low: datetime, high: datetime, clock: ZoneInfo) -> datetime:
    """The first minute of the new offset."""
    offset = low.astimezone(clock).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=int((high - low).total_seconds() // 120))
        low, high = (middle, high) if middle.astimezone(clock).utcoffset() == offset else (low, middle)
    return high


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02d}{minutes % 60:02d}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _moment(due: date | datetime, zone: str) -> datetime:
    if isinstance(due, datetime):
        return due.astimezone(UTC)
    return datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=ZoneInfo(zone)).astimezone(UTC)
