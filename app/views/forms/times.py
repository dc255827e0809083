"""Days and times, typed as people say them; what cannot be read is kept as it was typed and named as wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.views import style
from app.views.common.dates import DateField, TimeField
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit
from app.views.common.wording import locale
from app.views.forms.base import Input
from app.words import tr

Now = Callable[[], datetime]
"""The present in the device's zone."""

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_TIME = re.compile(r"(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?\Z")


def stored_day(value: str) -> date | None:
    """The day that a form stores, None when it is none."""
    found = _DAY.match(value)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def stored_time(value: str) -> time | None:
    """The time of day that a form stores, as its clock showed it; None when it is none."""
    found = _TIME.match(value)
    try:
        return time(int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def _with_zone(moment: time, day: date, now: datetime) -> str:
    """A time as a form stores it, with the offset that the device's zone has on that day."""
    offset = f"{datetime.combine(day, moment, now.tzinfo):%z}"
    return f"{moment:%H:%M}:00.000{offset[:3]}:{offset[3:5]}" if offset else f"{moment:%H:%M}:00.000"


class DateInput(Input):
    """A day."""

    def __init__(self, now: Now) -> None:
        super().__init__()
        self.day = DateField(clock=now)
        self.day.setMaximumWidth(360)
        self._put(self.day)
        self.day.changed.connect(self.changed)
        self.day.unread.connect(self.changed)

    def value(self) -> str:
        """The day as `2026-03-04`; what is none as it was typed."""
        return _day_value(self.day)

    def show_value(self, value: str) -> None:
        """Show a day."""
        _show_day(self.day, value)

    def complains(self) -> bool:
        """Whether it says itself what it cannot read."""
        return not self.day.is_valid()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.day.set_read_only(read_only)


class YearInput(Input):
    """A year, stored as its first day."""

    def __init__(self) -> None:
        super().__init__()
        self.line = LineEdit(lambda: tr("Year"))
        self.line.setMaximumWidth(160)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._put(self.line, tr("year"))
        self.line.changed.connect(self.changed)

    def value(self) -> str:
        """The first day of the year; what is no year as it was typed."""
        typed = self.line.text().strip()
        return f"{typed}-01-01" if re.fullmatch(r"\d{4}", typed) else typed

    def show_value(self, value: str) -> None:
        """Show the year of a day."""
        day = stored_day(value)
        self.line.set_value(f"{day.year:04}" if day else value)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.line.set_read_only(read_only)


class MonthInput(Input):
    """A month of a year, stored as its first day."""

    def __init__(self) -> None:
        super().__init__()
        self.month = ComboPicker([(number, _month_name(number)) for number in range(1, 13)], lambda: tr("Month"))
        self.month.setMinimumWidth(220)
        self.year = LineEdit(lambda: tr("Year"))
        self.year.setFixedWidth(120)
        self.year.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        self.month.setMaximumWidth(260)
        row.addWidget(self.month)
        row.addWidget(self.year)
        row.addStretch(1)
        self._put_row(row)
        self._name(self.month, tr("month"))
        self._name(self.year, tr("year"))
        self.month.changed.connect(self.changed)
        self.year.changed.connect(self.changed)

    def value(self) -> str:
        """The first day of the month; what is none as it was chosen and typed."""
        month, year = self.month.value(), self.year.text().strip()
        if month is None and not year:
            return ""
        number = f"{month:02}" if isinstance(month, int) else ""
        return f"{year}-{number}-01" if number and re.fullmatch(r"\d{4}", year) else f"{year}-{number}"

    def show_value(self, value: str) -> None:
        """Show the month of a day."""
        day = stored_day(value)
        year, _, month = value.partition("-")
        self.month.set_value(day.month if day else int(month) if month.isdecimal() else None)
        self.year.set_value(f"{day.year:04}" if day else year)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.month.set_read_only(read_only)
        self.year.setReadOnly(read_only)


class TimeInput(Input):
    """A time of day."""

    def __init__(self, now: Now) -> None:
        super().__init__()
        self._now = now
        self.time = TimeField()
        self.time.setMaximumWidth(160)
        self._put(self.time)
        self.time.changed.connect(self.changed)
        self.time.unread.connect(self.changed)

    def value(self) -> str:
        """The time with the device's offset; what is none as it was typed."""
        if not self.time.is_valid():
            return self.time.typed()
        moment, now = self.time.value(), self._now()
        return "" if moment is None else _with_zone(moment, now.date(), now)

    def show_value(self, value: str) -> None:
        """Show a time."""
        _show_time(self.time, value)

    def complains(self) -> bool:
        """Whether it says itself what it cannot read."""
        return not self.time.is_valid()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.time.set_read_only(read_only)


class MomentInput(Input):
    """A day and a time."""

    def __init__(self, now: Now) -> None:
        super().__init__()
        self._now = now
        self.day, self.time = DateField(clock=now), TimeField()
        self.time.setFixedWidth(132)
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        self.day.setMaximumWidth(360)
        row.addWidget(self.day, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.time, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch(0)
        self._put_row(row)
        parts: tuple[tuple[QWidget, str], ...] = ((self.day, tr("date")), (self.time, tr("time")))
        for part, own in parts:
            self._name(part, own)
        for field in (self.day, self.time):
            field.changed.connect(self.changed)
            field.unread.connect(self.changed)

    def value(self) -> str:
        """`2026-03-04T14:30:00.000-05:00`; half an answer as it stands."""
        day, moment = self.day.value(), self.time.value()
        if day is not None and moment is not None and self.day.is_valid() and self.time.is_valid():
            return f"{day.isoformat()}T{_with_zone(moment, day, self._now())}"
        first, second = _day_value(self.day), _time_words(self.time)
        return f"{first}T{second}" if first or second else ""

    def show_value(self, value: str) -> None:
        """Show a moment."""
        first, _, second = value.partition("T")
        _show_day(self.day, first)
        _show_time(self.time, second)

    def complains(self) -> bool:
        """Whether it says itself what it cannot read."""
        return not (self.day.is_valid() and self.time.is_valid())

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.day.set_read_only(read_only)
        self.time.set_read_only(read_only)


def _month_name(number: int) -> Callable[[], str]:
    return lambda: locale().toString(QDate(2001, number, 1), "MMMM")


def _day_value(field: DateField) -> str:
    if not field.is_valid():
        return field.typed()
    day = field.value()
    return day.isoformat() if day else ""


def _time_words(field: TimeField) -> str:
    moment = field.value()
    return f"{moment:%H:%M}" if moment is not None and field.is_valid() else field.typed()


def _show_day(field: DateField, value: str) -> None:
    day = stored_day(value)
    if day is None and value:
        field.show_typed(value)
    else:
        field.set_value(day)


def _show_time(field: TimeField, value: str) -> None:
    moment = stored_time(value)
    if moment is None and value:
        field.show_typed(value)
    else:
        field.set_value(moment)
