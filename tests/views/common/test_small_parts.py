"""Masks, signatures, clocks, fields, pickers, dialogs and the rest."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.chart import Bar, BarChart
from app.views.common.countdown import CountdownClock, time_left
from app.views.common.dialog import ConfirmDialog, Dialog
from app.views.common.field import Field, FieldLabel
from app.views.common.form import FormLayout
from app.views.common.masked import MaskedText
from app.views.common.nav import WIDE, NavigationRail, Place
from app.views.common.page import Page, PageColumn
from app.views.common.picker import ComboPicker
from app.views.common.progress import JobBar
from app.views.common.section import Section
from app.views.common.signature import SignaturePad
from app.views.common.stepper import NumberField
from app.views.common.steps import StepBar
from app.views.common.text import LineEdit, PlainLabel, QuietText
from app.views.common.timeline import Timeline, TimelineEntry
from app.views.common.toast import Toast
from app.views.common.wording import use_language

NOW = datetime(2026, 3, 4, 23, 40, tzinfo=UTC)


def texts(widget: QWidget) -> list[str]:
    """All that its labels show."""
    return [label.text() for label in widget.findChildren(QLabel)]


def button(widget: QWidget, name: str) -> QAbstractButton:
    """The button that is called so."""
    found = [each for each in widget.findChildren(QAbstractButton) if each.accessibleName() == name]
    assert found, f"no button is called {name}"
    return found[0]


def test_a_mask_hides_again_after_thirty_seconds(qtbot: QtBot) -> None:
    seconds = [100.0]
    masked = MaskedText("12 Sample Street", clock=lambda: seconds[0])
    qtbot.addWidget(masked)
    masked.show()
    label = masked.findChild(PlainLabel)
    assert isinstance(label, PlainLabel)
    assert "Sample" not in label.text()
    assert label.accessibleName() == "Hidden"
    with qtbot.waitSignal(masked.revealed):
        button(masked, "Show").click()
    assert label.text() == "12 Sample Street"
    seconds[0] += 29.9
    masked.tick()
    assert masked.is_shown()
    seconds[0] += 0.2
    masked.tick()
    assert not masked.is_shown()
    assert "Sample" not in "".join(texts(masked))
    assert label.accessibleName() == "Hidden"


def test_a_mask_may_refuse_and_never_comes_back_shown(qtbot: QtBot) -> None:
    allowed = [False]
    masked = MaskedText("secret", ask=lambda show: show() if allowed[0] else None)
    qtbot.addWidget(masked)
    masked.show()
    masked.reveal()
    assert not masked.is_shown()
    allowed[0] = True
    masked.reveal()
    assert masked.is_shown()
    masked.hide()
    assert not masked.is_shown()


def test_a_signature_yields_strokes_between_nought_and_one(qtbot: QtBot) -> None:
    pad = SignaturePad()
    qtbot.addWidget(pad)
    pad.resize(500, 300)
    pad.show()
    sheet = pad._sheet
    for start in (20, 120):
        QTest.mousePress(sheet, Qt.MouseButton.LeftButton, pos=QPoint(start, 40))
        QTest.mouseMove(sheet, QPoint(start + 30, 90))
        QTest.mouseMove(sheet, QPoint(9000, 90))
        with qtbot.waitSignal(pad.changed):
            QTest.mouseRelease(sheet, Qt.MouseButton.LeftButton, pos=QPoint(start + 60, 50))
    strokes = pad.strokes()
    assert len(strokes) == 2
    assert all(len(stroke) >= 2 for stroke in strokes)
    assert all(0.0 <= x <= 1.0 and 0.0 <= y <= 1.0 for stroke in strokes for x, y in stroke)
    button(pad, "Clear").click()
    assert not pad.is_signed()


def test_a_signature_may_be_typed(qtbot: QtBot) -> None:
    pad = SignaturePad()
    qtbot.addWidget(pad)
    pad.show()
    button(pad, "Type the name instead").click()
    line = pad.findChild(LineEdit)
    assert isinstance(line, LineEdit)
    QTest.keyClicks(line, "Avery Sample")
    assert pad.typed() == "Avery Sample"
    assert pad.strokes() == []
    assert pad.is_signed()


@pytest.mark.parametrize(
    ("left", "said", "kind"),
    [
        (timedelta(minutes=30), "30 min left", "success"),
        (timedelta(minutes=12), "12 min left", "success"),
        (timedelta(minutes=10), "10 min left", "warning"),
        (timedelta(seconds=20), "1 min left", "warning"),
        (timedelta(0), "0 min over", "danger"),
        (timedelta(minutes=-4, seconds=-30), "4 min over", "danger"),
        (timedelta(hours=5), "5 hours left", "success"),
        (timedelta(days=-3), "3 days over", "danger"),
    ],
)
def test_the_clock_says_in_words_what_its_colour_repeats(qtbot: QtBot, left: timedelta, said: str, kind: str) -> None:
    clock = CountdownClock(NOW + left, lambda: NOW)
    qtbot.addWidget(clock)
    badge = clock.findChild(Badge)
    assert isinstance(badge, Badge)
    assert (clock.text(), badge.property("kind")) == (said, kind)
    assert clock.accessibleName() == said
    assert time_left(left) == said


def test_the_clock_ticks_with_the_time_it_is_given(qtbot: QtBot) -> None:
    now = [NOW]
    clock = CountdownClock(NOW + timedelta(minutes=11), lambda: now[0])
    qtbot.addWidget(clock)
    now[0] += timedelta(minutes=13)
    clock.tick()
    assert clock.text() == "2 min over"


def test_a_field_speaks_label_hint_error_and_that_it_is_required(qtbot: QtBot) -> None:
    line = LineEdit()
    field = Field("Name", line, hint="As they want it", required=True)
    qtbot.addWidget(field)
    field.show()
    assert line.accessibleName() == "Name, required"
    assert "(required)" in texts(field)
    field.set_error("Write a name.")
    assert line.accessibleDescription() == "Write a name. As they want it"
    assert line.property("invalid") is True
    assert "Write a name." in [label.text() for label in field.findChildren(QLabel) if label.isVisible()]
    field.set_error(None)
    assert line.property("invalid") is False
    assert field.error() == ""


def test_touching_a_label_leads_to_its_input(qtbot: QtBot) -> None:
    line = LineEdit()
    field = Field("Name", line)
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    field.activateWindow()
    field.setFocus()
    QTest.mouseClick(field.findChildren(FieldLabel)[0], Qt.MouseButton.LeftButton)
    assert field.focusWidget() is line


def test_a_form_has_two_columns_only_where_there_is_room(qtbot: QtBot) -> None:
    form = FormLayout()
    qtbot.addWidget(form)
    for number in range(3):
        form.add(Field(f"Field {number}", LineEdit()))
    form.resize(1000, 400)
    form.show()
    assert form.columns() == 2
    form.resize(500, 400)
    assert form.columns() == 1


def test_a_picker_finds_by_any_part_without_accents(qtbot: QtBot) -> None:
    picker = ComboPicker([("m", "Montréal"), ("q", "Québec"), ("g", "Gatineau")])
    qtbot.addWidget(picker)
    picker.show()
    heard: list[bool] = []
    picker.changed.connect(lambda: heard.append(True))
    line = picker.lineEdit()
    assert line is not None
    QTest.keyClicks(line, "quebec")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert picker.value() == "q"
    line.selectAll()
    QTest.keyClicks(line, "zzz")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert picker.value() == "q"
    assert picker.currentText() == "Québec"
    line.clear()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert picker.value() is None
    assert len(heard) == 2


def test_the_pickers_list_narrows_by_any_part(qtbot: QtBot) -> None:
    picker = ComboPicker([("m", "Montréal"), ("q", "Québec"), ("g", "Gatineau")])
    qtbot.addWidget(picker)
    completer = picker.completer()
    assert completer is not None
    completer.setCompletionPrefix("rea")
    model = completer.completionModel()
    assert model is not None
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["Montréal"]


def test_a_number_steps_within_its_bounds(qtbot: QtBot) -> None:
    number = NumberField(0, 3)
    qtbot.addWidget(number)
    assert number.value() is None
    for expected in (1, 2, 3, 3):
        button(number, "One more").click()
        assert number.value() == expected
    assert not button(number, "One more").isEnabled()
    line = number.focusProxy()
    assert line is not None
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert number.value() == 2


def test_a_page_keeps_its_column_readable(qtbot: QtBot) -> None:
    page = Page("Title", "Below")
    qtbot.addWidget(page)
    page.resize(1920, 1080)
    page.show()
    assert page._column.width() == Page.WIDEST
    page.resize(900, 700)
    assert page._column.width() <= 900
    assert isinstance(page._column, PageColumn)
    assert page.accessibleName() == "Title"


def test_a_section_folds_with_the_keyboard_and_says_so(qtbot: QtBot) -> None:
    section = Section("Earlier cases", summary="2 closed")
    section.add(PlainLabel("inside"))
    qtbot.addWidget(section)
    section.show()
    header = section.focusProxy()
    assert header is not None
    QTest.keyClick(header, Qt.Key.Key_Space)
    assert not section.is_open()
    assert header.accessibleName() == "Earlier cases, folded"
    assert not section.findChildren(PlainLabel)[0].isVisible()


def test_steps_say_their_state(qtbot: QtBot) -> None:
    bar = StepBar(["One", "Two", "Three"])
    qtbot.addWidget(bar)
    bar.set_states(done=[0], attention=[2])
    bar.set_current(1)
    names = [each.accessibleName() for each in bar.findChildren(QAbstractButton)]
    assert names == ["Step 1: One, done", "Step 2: Two", "Step 3: Three, something is missing"]
    with qtbot.waitSignal(bar.chosen) as heard:
        bar.findChildren(QAbstractButton)[0].click()
    assert heard.args == [0]
    assert bar.current() == 0


def test_the_rail_collapses_in_a_narrow_window_and_counts(qtbot: QtBot) -> None:
    rail = NavigationRail([Place("a", "Today", "today"), Place("b", "Cases", "case")])
    qtbot.addWidget(rail)
    rail.show()
    rail.fit_to(1366)
    wide = rail.width()
    rail.fit_to(999)
    assert rail.is_narrow()
    assert rail.width() < wide / 2
    rail.set_count("a", 3)
    first, second = rail.findChildren(QAbstractButton)
    assert first.accessibleName() == "Today, 3 waiting"
    with qtbot.waitSignal(rail.chosen) as heard:
        second.click()
    assert heard.args == ["b"]
    assert rail.current() == "b"


def test_the_rail_is_as_wide_as_its_longest_name_within_limits(qtbot: QtBot) -> None:
    widths = []
    for name in ("Cases", "Bibliothèque de formulaires", "Bibliothèque de formulaires " * 3):
        rail = NavigationRail([Place("a", name, "case")])
        qtbot.addWidget(rail)
        rail.fit_to(1366)
        widths.append(rail.width())
    assert WIDE == widths[0] < widths[1] <= widths[2] < 1.5 * WIDE


def test_the_rail_names_groups_and_scrolls_to_where_one_is(qtbot: QtBot) -> None:
    many = [Place(f"day{number}", f"Day {number}", "today") for number in range(12)]
    rail = NavigationRail([*many, Place("keys", "Keys", "key", "This computer")])
    qtbot.addWidget(rail)
    rail.resize(rail.width(), 400)
    rail.show()
    rail.fit_to(1366)
    (name,) = rail.findChildren(QuietText)
    assert name.text() == "This computer" and name.isVisible()
    assert rail.button("keys").visibleRegion().isEmpty()
    rail.set_current("keys")
    qtbot.waitUntil(lambda: not rail.button("keys").visibleRegion().isEmpty())
    rail.fit_to(900)
    assert not name.isVisible()


def test_escape_leaves_a_dialog_without_doing_it(qtbot: QtBot) -> None:
    dialog = Dialog("Title", "Do it", text="Sure?")
    qtbot.addWidget(dialog)
    dialog.open()
    with qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.windowTitle() == "Haven"


def test_a_dialog_that_complains_stays_open(qtbot: QtBot) -> None:
    class Asking(Dialog):
        def check(self) -> bool:
            self.complain("Choose somebody first.")
            return False

    dialog = Asking("Title", "Do it")
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.accept_button.click()
    assert dialog.isVisible()
    assert "Choose somebody first." in texts(dialog)


def test_destroying_has_to_be_named(qtbot: QtBot) -> None:
    dialog = ConfirmDialog("Delete?", "It is gone then.", "Delete", named="plan 2")
    qtbot.addWidget(dialog)
    dialog.open()
    line = dialog.findChild(LineEdit)
    assert isinstance(line, LineEdit)
    assert not dialog.accept_button.isEnabled()
    QTest.keyClicks(line, "plan 1")
    assert not dialog.accept_button.isEnabled()
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    QTest.keyClicks(line, "2")
    assert dialog.accept_button.isEnabled()


def test_a_press_on_a_toast_takes_it_away_and_presses_nothing_below(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 300)
    below = PrimaryButton(lambda: "Below")
    below.setParent(window)
    below.setGeometry(window.rect())
    toast = Toast(window)
    window.show()
    toast.show_message("Saved.")
    with qtbot.assertNotEmitted(below.clicked):
        QTest.mouseClick(toast, Qt.MouseButton.LeftButton)
    assert not toast.isVisible()


def test_a_toast_takes_no_keyboard_and_goes_by_itself(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    toast = Toast(window)
    toast.show_message("Saved.", seconds=0.05)
    assert toast.isVisible()
    assert toast.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert window.rect().contains(toast.geometry())
    qtbot.waitUntil(lambda: not toast.isVisible())


def test_a_job_can_be_stopped_once(qtbot: QtBot) -> None:
    job = JobBar("Writing…")
    qtbot.addWidget(job)
    job.show()
    job.show_progress("Writing page 2…", 0.5)
    assert "Writing page 2…" in texts(job)
    heard: list[bool] = []
    job.cancelled.connect(lambda: heard.append(True))
    stop = button(job, "Cancel")
    stop.click()
    stop.click()
    assert heard == [True]


def test_a_chart_says_its_counts_and_turns_into_a_table(qtbot: QtBot) -> None:
    chart = BarChart("Needs", "Need")
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    chart.show()
    chart.set_bars([Bar("Safe place", 14), Bar("Court", 0)])
    assert chart.description() == "Safe place: 14; Court: 0"
    assert chart._view.accessibleDescription() == chart.description()
    button(chart, "Show as a table").click()
    assert chart.shows_table()
    assert chart._table.model.index(0, 1).data() == "14"
    chart.set_bars([])
    assert chart.description() == "Nothing to count yet."


def test_a_timeline_shows_a_first_part_and_more_on_request(qtbot: QtBot) -> None:
    line = Timeline([TimelineEntry("today", f"Entry {n}", opens=str(n)) for n in range(100)])
    qtbot.addWidget(line)
    line.show()
    assert sum(text.startswith("Entry") for text in texts(line)) == Timeline.AT_ONCE
    button(line, "Show 60 more").click()
    assert sum(text.startswith("Entry") for text in texts(line)) == 2 * Timeline.AT_ONCE
    with qtbot.waitSignal(line.opened) as heard:
        button(line, "Show").click()
    assert heard.args == ["0"]


def test_words_follow_the_language(qtbot: QtBot) -> None:
    """Every kind of wording is asked again; what is data stays as it stands."""
    asked = ["first"]
    window = QWidget()
    qtbot.addWidget(window)
    label, data = PlainLabel(lambda: asked[0], window), PlainLabel("Avery", window)
    press, quiet = PrimaryButton(lambda: asked[0], "", window), QuietButton(lambda: asked[0], "", window)
    banner, field = Banner("warning", lambda: asked[0]), LineEdit(lambda: asked[0], window)
    banner.setParent(window)
    asked[0] = "second"
    use_language("en")
    assert label.text() == press.text() == quiet.text() == banner.text() == field.placeholderText() == "second"
    assert banner.accessibleName().endswith("second")
    assert press.accessibleName() == "second"
    assert data.text() == "Avery"


class Bell(QObject):
    """Something that rings."""

    rung = Signal()


def test_calls_into_qt_do_not_wear_the_interpreter_out() -> None:
    """A Qt that loses references ends in an abort on Python 3.11 (docs/decisions/0003-the-qt-we-ask-for.md)."""
    bell = Bell()
    before = [sys.getrefcount(each) for each in (None, True, False)]
    for _ in range(2_000):
        bell.setObjectName("x")
        bell.rung.emit()
    lost = [was - sys.getrefcount(each) for was, each in zip(before, (None, True, False), strict=True)]
    assert max(lost) < 1_000
