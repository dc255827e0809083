"""Bearings from a table: CSV with the columns lat, lon, bearing_deg and, where known, reference, quality, signal, time.

Written by hand in a hurry as often as by a program, so it takes what spreadsheets make of it: columns in any order and
of any case, columns it does not know, semicolons or tabs between the fields, a decimal comma when it is not the
separator, an empty field where nothing is known. What it cannot read it refuses with the row and the column; rows count
the bearings from 1, the heading not counted.

| column | what may stand there | without it |
| --- | --- | --- |
| lat, lon | degrees, WGS-84 | needed |
| bearing_deg | degrees, 0 to 360 | needed |
| reference | magnetic, true | true |
| declination_deg | degrees, west negative | -10.5 |
| quality | good, reflected, blocked | good |
| signal | 0 to 9 bars, or decibels: `-87`, `42 dB` | no signal |
| time | `2026-05-01T13:29:00-04:00`, `2026-05-01 13:29`, `13:29` | as new as the newest |
| airborne | yes, no | no |
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from app.errors import EnvironmentProblem, RuleBroken
from app.locate.bearing import BARS, DECLINATION_DEG, Bearing, Quality, Reference, Scale, Signal
from app.words import mark, tr

MOST_BYTES = 256 * 1024
MOST_ROWS = 200
_NEEDED = ("lat", "lon", "bearing_deg")
_NUMBER = re.compile(r"[+-]?(\d{1,9}([.,]\d{0,15})?|[.,]\d{1,15})\Z", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\Z", re.ASCII)
_YES = ("yes", "true", "1", "oui")
_NO = ("no", "false", "0", "non")
_NO_DAY = datetime(1900, 1, 1)  # stands for the day of a time that was written without one

_Choice = TypeVar("_Choice", Reference, Quality)


def read(path: Path) -> list[Bearing]:
    """The bearings in a file. Raises EnvironmentProblem when it cannot be read, RuleBroken for what is wrong in it."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise EnvironmentProblem(mark("The file cannot be read.")) from problem
    if len(raw) > MOST_BYTES:
        raise RuleBroken(mark("The file is too large for a list of bearings."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise RuleBroken(mark("The file is not text (UTF-8).")) from problem
    return parse(text)


def parse(text: str) -> list[Bearing]:
    """The bearings in a table's text; RuleBroken names the row and the column that cannot be read."""
    if "\0" in text:
        raise RuleBroken(mark("The file is not text (UTF-8)."))
    rows = _rows(text)
    heading = [name.strip().lower() for name in next(rows, [])]
    _check_heading(heading)
    found = []
    for number, fields in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise RuleBroken(mark("More than {count} bearings are too many for one search."), count=MOST_ROWS)
        if len(fields) > len(heading) and any(field.strip() for field in fields[len(heading) :]):
            raise RuleBroken(mark("Row {row} has more fields than there are columns."), row=number)
        found.append(_Row(number, dict(zip(heading, (field.strip() for field in fields), strict=False))).bearing())
    return _over_midnight(found)


def moment(text: str) -> datetime:
    """A time as it may be written, with its day or without. Raises ValueError."""
    clock = _CLOCK.match(text)
    if clock:
        hour, minute, second = (int(part or 0) for part in clock.groups())
        return _NO_DAY.replace(hour=hour, minute=minute, second=second)
    return datetime.fromisoformat(text)


def moment_after(text: str, bearings: Sequence[Bearing]) -> datetime:
    """A time like `moment`; one without a day is on the next when the bearings were taken before midnight."""
    at = moment(text)
    newest = max((one.time for one in bearings if one.time is not None and _dayless(one.time)), default=at)
    return at + timedelta(days=1) if _dayless(at) and newest - at > timedelta(hours=12) else at


def _dayless(time: datetime) -> bool:
    return time.tzinfo is None and time.year == _NO_DAY.year


def _rows(text: str) -> Iterator[list[str]]:
    first = text.lstrip().partition("\n")[0]
    delimiter = next((sign for sign in (";", "\t") if sign in first), ",")
    try:
        for fields in csv.reader(text.splitlines(), delimiter=delimiter, strict=True):
            if any(field.strip() for field in fields):
                yield fields
    except csv.Error as problem:
        raise RuleBroken(mark("The file is not a table of fields with commas between them.")) from problem


def _check_heading(heading: Sequence[str]) -> None:
    for name in _NEEDED:
        if name not in heading:
            raise RuleBroken(mark("The column {column} is missing."), field=name, column=name)
    for name in heading:
        if name and heading.count(name) > 1:
            raise RuleBroken(mark("The column {column} is there twice."), field=name, column=name)


class _Row:
    """One row's fields by column, read with sentences that name both."""

    def __init__(self, number: int, fields: Mapping[str, str]) -> None:
        self._number, self._fields = number, fields

    def bearing(self) -> Bearing:
        """The bearing in this row."""
        lat, lon, read_deg = (self._needed(name) for name in _NEEDED)
        try:
            return Bearing(
                lat,
                lon,
                read_deg,
                reference=self._one_of("reference", Reference, Reference.TRUE),
                declination_deg=self._number_in("declination_deg", DECLINATION_DEG),
                quality=self._one_of("quality", Quality, Quality.GOOD),
                signal=self._signal(),
                time=self._time(),
                airborne=self._yes("airborne"),
            )
        except RuleBroken as refused:
            if "row" in refused.values:
                raise
            raise RuleBroken(
                mark("Row {row}, column {column}: {what}"),
                field=refused.field,
                row=self._number,
                column=refused.field,
                what=refused.sentence,
            ) from refused

    def _text(self, column: str) -> str:
        return self._fields.get(column, "")

    def _needed(self, column: str) -> float:
        if not self._text(column):
            raise RuleBroken(
                mark("Row {row}, column {column} is empty."), field=column, row=self._number, column=column
            )
        return self._number_in(column, 0.0)

    def _number_in(self, column: str, otherwise: float) -> float:
        text = self._text(column)
        if not text:
            return otherwise
        if not _NUMBER.match(text):
            raise self._refused(column, mark("this is not a number"))
        return float(text.replace(",", "."))

    def _one_of(self, column: str, choices: type[_Choice], otherwise: _Choice) -> _Choice:
        text = self._text(column).lower()
        if not text:
            return otherwise
        for choice in choices:
            if choice.value == text:
                return choice
        raise self._refused(column, mark("this is none of the words that may stand here"))

    def _signal(self) -> Signal | None:
        text = self._text("signal")
        if not text:
            return None
        decibels = re.sub(r"\s*dBm?\Z", "", text, flags=re.IGNORECASE | re.ASCII)
        if not _NUMBER.match(decibels):
            raise self._refused("signal", mark("this is not a number"))
        value = float(decibels.replace(",", "."))
        bars = decibels == text and value.is_integer() and 0 <= value <= BARS
        return Signal(value, Scale.BARS if bars else Scale.DB)

    def _time(self) -> datetime | None:
        text = self._text("time")
        if not text:
            return None
        try:
            return moment(text)
        except ValueError as problem:
            raise self._refused("time", mark("this is not a time")) from problem

    def _yes(self, column: str) -> bool:
        text = self._text(column).lower()
        if text in _YES:
            return True
        if text and text not in _NO:
            raise self._refused(column, mark("this is neither yes nor no"))
        return False

    def _refused(self, column: str, what: str) -> RuleBroken:
        return RuleBroken(
            mark("Row {row}, column {column}: {what}"), field=column, row=self._number, column=column, what=tr(what)
        )


def _over_midnight(bearings: list[Bearing]) -> list[Bearing]:
    """Times without a day, in a search across midnight: 23:58 comes before 00:03."""
    times = [one.time for one in bearings if one.time is not None]
    if len({_dayless(time) for time in times}) > 1:
        raise RuleBroken(mark("Some times have a date and some have none."), field="time")
    if not times or not _dayless(times[0]) or max(times) - min(times) <= timedelta(hours=12):
        return bearings
    noon, day = _NO_DAY.replace(hour=12), timedelta(days=1)
    return [replace(one, time=one.time + day) if one.time and one.time < noon else one for one in bearings]
