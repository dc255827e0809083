"""Dates, times and moments that may be known only roughly. All can be typed; None is allowed everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo

from PySide6.QtCore import QDate, QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.errors import RuleBroken
from app.models.vocab import Precision
from app.views import style
from app.views.common.buttons import IconButton, QuietButton
from app.views.common.choices import SegmentedChoice
from app.views.common.icons import icon
from app.views.common.moments import Moment, join, read_date, read_time, write_date, write_time
from app.views.common.text import LineEdit, PlainLabel
from app.views.common.wording import locale, say
from app.words import tr

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's clock, aware UTC."""
    return datetime.now(UTC)


class _TypedField(QWidget):
    """A line that is read when it is left, beside a button; what cannot be read stays and is explained below."""

    changed = Signal()
    unread = Signal()
    """The line was left with something that cannot be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = LineEdit()
        self._complaint = PlainLabel()
        self._complaint.set_kind("danger")
        self._complaint.hide()
        self._row = QHBoxLayout()
        self._row.setSpacing(style.space(1))
        self._row.addWidget(self._edit, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._row)
        column.addWidget(self._complaint)
        self.setFocusProxy(self._edit)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._edit.editingFinished.connect(self._on_left)

    def is_valid(self) -> bool:
        """False while something stands there that cannot be read."""
        return self._complaint.isHidden()

    def error(self) -> str:
        """What is wrong with what was typed; empty when nothing is."""
        return "" if self.is_valid() else self._complaint.text()

    def typed(self) -> str:
        """What stands in the line, letter by letter."""
        return self._edit.text().strip()

    def show_typed(self, text: str) -> None:
        """Show what was typed before and could not be read, with what is wrong about it."""
        self._edit.set_value(text)
        try:
            self._read()
        except RuleBroken as problem:
            self._complain(problem)

    def _read(self) -> bool:
        """Take over what was typed; whether it changed anything. Raises RuleBroken when it cannot be read."""
        raise NotImplementedError

    def _write(self) -> None:
        raise NotImplementedError

    def _on_left(self) -> None:
        try:
            changed = self._read()
        except RuleBroken as problem:
            self._complain(problem)
            self.unread.emit()
            return
        was_wrong = not self.is_valid()
        self._complain(None)
        self._write()
        if changed or was_wrong:
            self.changed.emit()

    def _complain(self, problem: RuleBroken | None) -> None:
        self._complaint.set_text("" if problem is None else lambda: problem.sentence)
        self._complaint.setVisible(problem is not None)
        self._edit.setProperty("invalid", problem is not None)
        self._edit.style().unpolish(self._edit)
        self._edit.style().polish(self._edit)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self.is_valid():
            self._write()

    def setAccessibleName(self, name: str) -> None:
        """Speak the label at the line itself, where the keyboard is."""
        super().setAccessibleName(name)
        self._edit.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        """Speak hint and error at the line itself."""
        super().setAccessibleDescription(description)
        self._edit.setAccessibleDescription(description)


class DateField(_TypedField):
    """A day. Up and down go a day forth and back; words such as "today" are understood."""

    def __init__(self, parent: QWidget | None = None, *, clock: Clock = utc_now) -> None:
        super().__init__(parent)
        self._clock = clock
        self._day: date | None = None
        self._button = IconButton("calendar", lambda: tr("Choose a day in the calendar"))
        self._button.clicked.connect(self._open_calendar)
        self._row.addWidget(self._button)
        self._edit.installEventFilter(self)
        self._hint()

    def value(self) -> date | None:
        """The day, or None."""
        return self._day

    def set_value(self, value: date | None) -> None:
        """Show a day."""
        self._day = value
        self._complain(None)
        self._write()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._edit.setReadOnly(read_only)
        self._button.setVisible(not read_only)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """A day forth and back with the arrow keys."""
        if event.type() == QEvent.Type.KeyPress and watched is self._edit and not self._edit.isReadOnly():
            step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(event.key())  # type: ignore[attr-defined]
            if step is not None:
                self._choose(date.fromordinal((self._day or self._today()).toordinal() + step))
                return True
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._hint()

    def _hint(self) -> None:
        self._edit.setPlaceholderText(tr("e.g. {example}", example=write_date(self._today(), locale())))

    def _today(self) -> date:
        return self._clock().astimezone().date()

    def _read(self) -> bool:
        before, self._day = self._day, read_date(self._edit.text(), self._today())
        return before != self._day

    def _write(self) -> None:
        self._edit.set_value(write_date(self._day, locale()))

    def _choose(self, day: date) -> None:
        if day != self._day:
            self.set_value(day)
            self.changed.emit()

    def _open_calendar(self) -> None:
        popup = CalendarPopup(self, self._day or self._today())
        popup.chosen.connect(self._choose)
        popup.open_below(self._button)


class CalendarPopup(QFrame):
    """A month to choose a day from; closes when a day is chosen or when one touches beside it."""

    chosen = Signal(object)

    def __init__(self, owner: QWidget, day: date) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._calendar = QCalendarWidget(self)
        self._calendar.setLocale(locale())
        self._calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self._calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self._calendar.setMinimumSize(360, 320)
        for name, picture in (("qt_calendar_prevmonth", "chevron-left"), ("qt_calendar_nextmonth", "chevron-right")):
            arrow = self._calendar.findChild(QToolButton, name)
            if isinstance(arrow, QToolButton):
                arrow.setIcon(icon(picture))
        self._set_colours()
        self._calendar.clicked.connect(self._take)
        self._calendar.activated.connect(self._take)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.addWidget(self._calendar)

    def open_below(self, widget: QWidget) -> None:
        """Show under a widget, its right edge under the widget's, inside the screen."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(widget.width() - self.width(), widget.height() + 4))
        screen = widget.screen().availableGeometry()
        x = min(max(corner.x(), screen.left()), screen.right() - self.width())
        y = corner.y() if corner.y() + self.height() <= screen.bottom() else corner.y() - self.height() - 52
        self.move(x, max(y, screen.top()))
        self.show()
        self._calendar.setFocus()

    def _set_colours(self) -> None:
        """Weekends are days like others here, not red ones."""
        usual, quiet = QTextCharFormat(), QTextCharFormat()
        usual.setForeground(style.colour("text"))
        quiet.setForeground(style.colour("text-quiet"))
        quiet.setFontPointSize(10)
        for day in Qt.DayOfWeek:
            self._calendar.setWeekdayTextFormat(day, usual)
        self._calendar.setHeaderTextFormat(quiet)

    def _take(self, day: QDate) -> None:
        self.chosen.emit(date(day.year(), day.month(), day.day()))
        self.close()


class TimeField(_TypedField):
    """A time of day on the 24-hour clock; 1430, 2:30 pm and 14h30 are understood."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._time: time | None = None
        self._edit.setPlaceholderText("14:30")

    def value(self) -> time | None:
        """The time, or None."""
        return self._time

    def set_value(self, value: time | None) -> None:
        """Show a time."""
        self._time = value
        self._complain(None)
        self._write()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self._edit.setReadOnly(read_only)

    def _read(self) -> bool:
        before, self._time = self._time, read_time(self._edit.text())
        return before != self._time

    def _write(self) -> None:
        self._edit.set_value(write_time(self._time))


class InstantField(QWidget):
    """A day and time with how well they are known. `zone` is where the clock hangs (default: this machine's)."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, clock: Clock = utc_now, zone: tzinfo | None = None) -> None:
        super().__init__(parent)
        self._clock, self._zone = clock, zone
        self._date = DateField(clock=clock)
        self._time = TimeField()
        self._time.setMaximumWidth(132)
        self._precision = SegmentedChoice([(each, each.label) for each in Precision], optional=False)
        self._now = QuietButton(lambda: tr("Now"), "clock")
        self._lay_out()
        self.setFocusProxy(self._date)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._precision.set_value(Precision.EXACT)
        self._date.changed.connect(self.changed)
        self._time.changed.connect(self.changed)
        self._precision.changed.connect(self._on_precision)
        self._now.clicked.connect(self._on_now)

    def value(self) -> Moment | None:
        """The moment; None while it is not answered. Not known is an answer."""
        precision = self._how_well()
        if precision is Precision.UNKNOWN:
            return Moment(None, precision)
        day = self._date.value()
        if day is None:
            return None
        if precision is Precision.DATE_ONLY:
            return Moment(join(day, time(12), self._zone), precision)
        moment = self._time.value()
        return None if moment is None else Moment(join(day, moment, self._zone), precision)

    def set_value(self, value: Moment | None) -> None:
        """Show a moment."""
        when = value.when.astimezone(self._zone) if value is not None and value.when is not None else None
        precision = Precision.EXACT if value is None else value.precision
        self._precision.set_value(precision)
        self._date.set_value(when.date() if when else None)
        self._time.set_value(when.time().replace(second=0, microsecond=0) if when else None)
        self._show_needed()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        for part in (self._date, self._time, self._precision):
            part.set_read_only(read_only)
        self._now.setVisible(not read_only)

    def is_valid(self) -> bool:
        """False while something stands there that cannot be read."""
        return self._date.is_valid() and self._time.is_valid()

    def setAccessibleName(self, name: str) -> None:
        """Speak the label at each part."""
        super().setAccessibleName(name)
        self._date.setAccessibleName(tr("{label}, date", label=name))
        self._time.setAccessibleName(tr("{label}, time", label=name))
        self._precision.setAccessibleName(tr("{label}, how well it is known", label=name))

    def _how_well(self) -> Precision:
        chosen = self._precision.value()
        return chosen if isinstance(chosen, Precision) else Precision.EXACT

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        row.addWidget(self._date, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._time, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._now, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        column.addLayout(row)
        column.addWidget(self._precision)

    def _on_now(self) -> None:
        now = self._clock().replace(second=0, microsecond=0)
        self.set_value(Moment(now, Precision.EXACT))
        self.changed.emit()

    def _on_precision(self) -> None:
        self._show_needed()
        self.changed.emit()

    def _show_needed(self) -> None:
        precision = self._precision.value()
        self._date.setVisible(precision != Precision.UNKNOWN)
        self._time.setVisible(precision in (Precision.EXACT, Precision.ABOUT))
        self._now.setVisible(precision in (Precision.EXACT, Precision.ABOUT))


def spoken_moment(value: Moment, zone: tzinfo | None = None) -> str:
    """A moment as a person would say it in the interface's language."""
    if value.when is None:
        return say(value.precision.label)
    local = value.when.astimezone(zone)
    day, clock_time = write_date(local.date(), locale()), write_time(local.time())
    if value.precision is Precision.DATE_ONLY:
        return day
    if value.precision is Precision.ABOUT:
        return tr("{day}, about {time}", day=day, time=clock_time)
    return tr("{day}, {time}", day=day, time=clock_time)
