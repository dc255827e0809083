"""The chooser of very many: it asks while one types, a page at a time, and keeps what was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.views.common.asked_picker import AskedPicker, Deliver

PEOPLE = [(f"{place:03d}", f"Person {place:03d}") for place in range(130)] + [("odile", "Odile Pinewood")]
PAGE = 20


class Source:
    """Answers when it is told to, like a vault that takes its time."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.later: list[Any] = []
        self.at_once = True

    def ask(self, text: str, offset: int, deliver: Deliver) -> None:
        self.asked.append((text, offset))
        fits = [one for one in PEOPLE if all(word in one[1].lower() for word in text.lower().split())]
        page = fits[offset : offset + PAGE]

        def answer() -> None:
            deliver(page, len(fits) > offset + PAGE)

        if self.at_once:
            answer()
        else:
            self.later.append(answer)

    def name(self, value: Any, deliver: Any) -> None:
        deliver(dict(PEOPLE).get(value, ""))


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def picker(qtbot: QtBot, source: Source) -> Iterator[AskedPicker]:
    window = QWidget()
    made, other = AskedPicker(source.ask, source.name, parent=window), QLineEdit(window)
    other.setObjectName("other")
    box = QVBoxLayout(window)
    box.addWidget(made)
    box.addWidget(other)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made.setFocus()
    yield made


def write(qtbot: QtBot, picker: AskedPicker, text: str) -> None:
    line = picker.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, text)


def leave(picker: AskedPicker) -> None:
    other = picker.window().findChild(QLineEdit, "other")
    assert isinstance(other, QLineEdit)
    completer = picker.completer()
    popup = completer.popup() if completer is not None else None
    assert popup is not None
    popup.hide()
    other.setFocus()
    QApplication.processEvents()


def offered(picker: AskedPicker) -> list[str]:
    return [picker.itemText(row) for row in range(picker.count())]


def test_it_shows_a_page_and_fetches_the_next(qtbot: QtBot, picker: AskedPicker, source: Source) -> None:
    assert source.asked == [("", 0)]
    assert offered(picker)[:2] == ["Person 000", "Person 001"] and len(offered(picker)) == PAGE + 1
    picker.activated.emit(PAGE)
    assert source.asked[-1] == ("", PAGE)
    assert len(offered(picker)) == 2 * PAGE + 1 and picker.value() is None


def test_typing_asks_and_the_choice_stays(qtbot: QtBot, picker: AskedPicker, source: Source) -> None:
    write(qtbot, picker, "12")
    qtbot.waitUntil(lambda: source.asked[-1] == ("12", 0))
    line = picker.lineEdit()
    assert line is not None and line.text() == "12", "what is typed is not taken away"
    with qtbot.waitSignal(picker.changed):
        picker.activated.emit(offered(picker).index("Person 112"))
    assert picker.value() == "112" and picker.currentText() == "Person 112"
    write(qtbot, picker, "nobody at all")
    qtbot.waitUntil(lambda: not picker.is_waiting)
    leave(picker)
    assert picker.value() == "112" and picker.currentText() == "Person 112", "what fits nobody is taken back"


def test_words_in_any_order_that_one_fits_choose_it_when_the_field_is_left(
    qtbot: QtBot, picker: AskedPicker, source: Source
) -> None:
    source.at_once = False
    write(qtbot, picker, "pinewood odile")
    leave(picker)
    assert picker.value() is None and picker.is_waiting
    for answer in source.later:
        answer()
    assert picker.value() == "odile" and picker.currentText() == "Odile Pinewood"


def test_an_answer_to_what_is_typed_no_more_is_not_shown(qtbot: QtBot, picker: AskedPicker, source: Source) -> None:
    source.at_once = False
    write(qtbot, picker, "07")
    qtbot.waitUntil(lambda: source.asked[-1] == ("07", 0))
    write(qtbot, picker, "odile")
    qtbot.waitUntil(lambda: source.asked[-1] == ("odile", 0))
    late, newest = source.later
    newest()
    late()
    assert offered(picker) == ["Odile Pinewood"]


def test_a_value_that_is_not_on_the_page_is_named(picker: AskedPicker) -> None:
    picker.set_value("odile")
    assert picker.value() == "odile" and picker.currentText() == "Odile Pinewood"
    picker.set_value(None)
    assert picker.value() is None and not picker.currentText()
    picker.set_value("who is gone")
    assert picker.value() is None


def test_emptying_the_field_chooses_nobody(qtbot: QtBot, picker: AskedPicker) -> None:
    picker.set_value("003")
    line = picker.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not picker.is_waiting)
    leave(picker)
    assert picker.value() is None
