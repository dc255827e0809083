"""The calendar file, held against RFC 5545: lines, folding, escaping, time zones, entries."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.models.rules.icalendar import Todo, TodoStatus, calendar, escaped, folded

STAMP = datetime(2026, 1, 20, 15, 0, tzinfo=UTC)
ZONE = "America/Toronto"


def unfolded(text: str) -> list[str]:
    """The content lines, as a reader puts them together again (3.1)."""
    return re.sub(r"\r\n[ \t]", "", text).split("\r\n")[:-1]


def entries(text: str) -> list[dict[str, str]]:
    """The properties of each VTODO, parameters kept with the name."""
    found: list[dict[str, str]] = []
    for line in unfolded(text):
        if line == "BEGIN:VTODO":
            found.append({})
        elif found and ":" in line and line != "END:VTODO":
            name, _, value = line.partition(":")
            found[-1].setdefault(name, value)
    return found


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def test_a_day_and_a_moment() -> None:
    text = calendar(
        [
            Todo("a@haven", date(2026, 3, 5), "Review"),
            Todo("b@haven", datetime(2026, 7, 1, 18, 30, tzinfo=UTC), "Call", TodoStatus.CANCELLED, 3),
        ],
        zone=ZONE,
        stamp=STAMP,
    )
    lines = unfolded(text)
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    assert "VERSION:2.0" in lines and any(line.startswith("PRODID:") for line in lines)
    first, second = entries(text)
    assert first["DUE;VALUE=DATE"] == "20260305" and first["STATUS"] == "NEEDS-ACTION"
    assert second["DUE;TZID=America/Toronto"] == "20260701T143000"
    assert (second["STATUS"], second["SEQUENCE"], second["CLASS"]) == ("CANCELLED", "3", "CONFIDENTIAL")
    assert {one["DTSTAMP"] for one in (first, second)} == {"20260120T150000Z"}
    assert [one["UID"] for one in (first, second)] == ["a@haven", "b@haven"]


def test_every_zone_that_is_named_is_described() -> None:
    text = calendar([Todo("a", datetime(2026, 7, 1, 18, 30, tzinfo=UTC), "Call")], zone=ZONE, stamp=STAMP)
    lines = unfolded(text)
    assert lines.count("BEGIN:VTIMEZONE") == lines.count("TZID:America/Toronto") == 1
    begins = [line for line in lines if line.startswith("DTSTART")]
    assert "DTSTART:20260308T020000" in begins and "DTSTART:20261101T020000" in begins
    spring = lines.index("DTSTART:20260308T020000")
    assert lines[spring - 1] == "BEGIN:DAYLIGHT"
    assert lines[spring + 1 : spring + 4] == ["TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "TZNAME:EDT"]
    days_only = calendar([Todo("a", date(2026, 7, 1), "Call")], zone=ZONE, stamp=STAMP)
    assert "VTIMEZONE" not in days_only, "a calendar of days names no zone"


def test_the_offsets_say_what_the_clock_says() -> None:
    """A moment read back through the VTIMEZONE is the moment that was written, on both sides of a change."""
    for moment in (datetime(2026, 3, 8, 6, 59, tzinfo=UTC), datetime(2026, 3, 8, 7, 1, tzinfo=UTC)):
        text = calendar([Todo("a", moment, "Call")], zone=ZONE, stamp=STAMP)
        (entry,) = entries(text)
        local = datetime.strptime(entry["DUE;TZID=America/Toronto"], "%Y%m%dT%H%M%S")
        found = None
        for begin, offset in zip(
            re.findall(r"DTSTART:(\S+)", text), re.findall(r"TZOFFSETTO:([+-]\d{4})", text), strict=True
        ):
            if datetime.strptime(begin, "%Y%m%dT%H%M%S") <= local:
                found = offset
        assert found is not None
        assert datetime.strptime(f"{entry['DUE;TZID=America/Toronto']}{found}", "%Y%m%dT%H%M%S%z") == moment


def test_an_empty_calendar_is_one() -> None:
    assert unfolded(calendar([], zone=ZONE, stamp=STAMP))[-1] == "END:VCALENDAR"


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200))
def test_folding_and_escaping_come_back(text: str) -> None:
    line = f"SUMMARY:{escaped(text)}"
    pieces = list(folded(line))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert unescaped(line.removeprefix("SUMMARY:")) == text


def test_line_ends_inside_a_text_are_escaped() -> None:
    assert escaped("a\r\nb\nc;d,e\\") == "a\\nb\\nc\\;d\\,e\\\\"
