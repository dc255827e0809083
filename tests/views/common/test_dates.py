"""Dates and times as people type them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.errors import RuleBroken
from app.models.vocab import Precision
from app.views.common.dates import DateField, InstantField, TimeField, spoken_moment
from app.views.common.moments import Moment, read_date, read_time, write_date, write_time
from app.views.common.text import LineEdit

TODAY = date(2026, 3, 4)
NOW = datetime(2026, 3, 4, 17, 41, 30, tzinfo=UTC)
EASTERN = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-14", date(2026, 3, 14)),
        ("14 mar 2026", date(2026, 3, 14)),
        ("March 14, 2026", date(2026, 3, 14)),
        ("14 mars 2026", date(2026, 3, 14)),
        ("14 févr. 2026", date(2026, 2, 14)),
        ("1er août 2025", date(2025, 8, 1)),
        ("3rd december 1999", date(1999, 12, 3)),
        ("14 mar", date(2026, 3, 14)),
        ("25/12/2025", date(2025, 12, 25)),
        ("12/25/2025", date(2025, 12, 25)),
        ("5/5/26", date(2026, 5, 5)),
        ("today", TODAY),
        ("hier", date(2026, 3, 3)),
        ("demain", date(2026, 3, 5)),
        ("", None),
    ],
)
def test_dates_are_understood(typed: str, meant: date | None) -> None:
    assert read_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed", ["03/04/2026", "soon", "31 feb 2026", "2026-13-01", "<b>", "1 2", "99999 mar 1", "🙂"]
)
def test_what_is_unclear_is_refused_with_a_way_out(typed: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_date(typed, TODAY)
    assert "2026" in refused.value.sentence


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_what_is_written_is_read_back_the_same(day: date) -> None:
    for language in (QLocale.Language.English, QLocale.Language.French):
        assert read_date(write_date(day, QLocale(language, QLocale.Country.Canada)), TODAY) == day


@given(st.text(max_size=40))
def test_no_text_can_do_more_than_be_refused(typed: str) -> None:
    for read in (lambda text: read_date(text, TODAY), read_time):
        with suppress(RuleBroken):
            read(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("14:30", time(14, 30)), ("1430", time(14, 30)), ("930", time(9, 30)), ("2:30 pm", time(14, 30)),
     ("12 am", time(0)), ("14h30", time(14, 30)), ("9h", time(9)), ("7", time(7)), ("", None)],
)  # fmt: skip
def test_times_are_understood(typed: str, meant: time | None) -> None:
    assert read_time(typed) == meant
    assert read_time(write_time(meant)) == meant


@pytest.mark.parametrize("typed", ["25:00", "14:60", "13 pm", "later", "12345"])
def test_impossible_times_are_refused(typed: str) -> None:
    with pytest.raises(RuleBroken):
        read_time(typed)


def line(widget: DateField | TimeField) -> LineEdit:
    """The line of a field."""
    found = widget.findChild(LineEdit)
    assert isinstance(found, LineEdit)
    return found


def test_a_typed_date_is_written_out_with_its_month_as_a_word(qtbot: QtBot) -> None:
    field = DateField(clock=lambda: NOW)
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.changed):
        QTest.keyClicks(line(field), "2026-03-14")
        QTest.keyClick(line(field), Qt.Key.Key_Return)
    assert field.value() == date(2026, 3, 14)
    assert line(field).text().startswith("14 Mar")


def test_what_cannot_be_read_stays_typed_and_is_explained(qtbot: QtBot) -> None:
    field = DateField(clock=lambda: NOW)
    qtbot.addWidget(field)
    QTest.keyClicks(line(field), "03/04/2026")
    QTest.keyClick(line(field), Qt.Key.Key_Return)
    assert field.value() is None
    assert not field.is_valid()
    assert "month as a word" in field.error()
    assert line(field).text() == "03/04/2026"
    field.set_value(TODAY)
    assert field.is_valid()


def test_arrows_go_a_day_forth_and_back(qtbot: QtBot) -> None:
    field = DateField(clock=lambda: NOW)
    qtbot.addWidget(field)
    field.set_value(date(2026, 2, 28))
    QTest.keyClick(line(field), Qt.Key.Key_Up)
    assert field.value() == date(2026, 3, 1)
    QTest.keyClick(line(field), Qt.Key.Key_Down)
    assert field.value() == date(2026, 2, 28)


@pytest.mark.parametrize("precision", list(Precision))
def test_a_moment_comes_back_as_it_was_set(qtbot: QtBot, precision: Precision) -> None:
    field = InstantField(clock=lambda: NOW, zone=EASTERN)
    qtbot.addWidget(field)
    when = {Precision.UNKNOWN: None, Precision.DATE_ONLY: datetime(2026, 3, 4, 17, 0, tzinfo=UTC)}
    value = Moment(when.get(precision, datetime(2026, 3, 5, 2, 15, tzinfo=UTC)), precision)
    field.set_value(value)
    assert field.value() == value


def test_none_is_allowed_and_now_takes_the_clock(qtbot: QtBot) -> None:
    field = InstantField(clock=lambda: NOW, zone=EASTERN)
    qtbot.addWidget(field)
    assert field.value() is None
    field._now.click()
    assert field.value() == Moment(NOW.replace(second=0), Precision.EXACT)


def test_a_moment_is_said_in_words() -> None:
    when = datetime(2026, 3, 5, 2, 15, tzinfo=UTC)
    assert "4 Mar" in spoken_moment(Moment(when, Precision.EXACT), EASTERN)
    assert "about 21:15" in spoken_moment(Moment(when, Precision.ABOUT), EASTERN)
    assert "21:15" not in spoken_moment(Moment(when, Precision.DATE_ONLY), EASTERN)
    assert spoken_moment(Moment(None, Precision.UNKNOWN)) == "Not known"


@pytest.mark.parametrize(
    ("typed", "month"), [("jui", None), ("juil", 7), ("juin", 6), ("sept", 9), ("ma", None), ("marble", None)]
)
def test_a_month_is_known_by_any_beginning_that_fits_one_only(typed: str, month: int | None) -> None:
    if month is None:
        with pytest.raises(RuleBroken):
            read_date(f"4 {typed} 2026", TODAY)
    else:
        assert read_date(f"4 {typed} 2026", TODAY) == date(2026, month, 4)
