"""Texts are shown and taken literally, whatever they look like."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import IconButton, SecondaryButton
from app.views.common.text import ElidedLabel, Heading, LineEdit, NoteEdit, PlainLabel, QuietText
from app.views.common.wording import plain_tooltip

HOSTILE = "<img src='{file}'><b>x</b> & more"


@pytest.fixture
def red_picture(tmp_path: Path) -> str:
    """A picture that would be seen if a label loaded it."""
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff0000"))
    file = tmp_path / "red.png"
    assert image.save(str(file))
    return str(file)


def red_pixels(image: QImage) -> int:
    """How many pixels are the picture's red."""
    red = QColor("#ff0000").rgb()
    return sum(image.pixel(x, y) == red for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("kind", [PlainLabel, QuietText, Heading, ElidedLabel])
def test_a_label_shows_markup_literally(qtbot: QtBot, red_picture: str, kind: type[PlainLabel]) -> None:
    text = HOSTILE.format(file=red_picture)
    label = kind(text)
    qtbot.addWidget(label)
    label.resize(600, 100)
    assert label.text() == text
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert red_pixels(label.grab().toImage()) == 0


def test_a_banner_shows_markup_literally(qtbot: QtBot, red_picture: str) -> None:
    banner = Banner("info", HOSTILE.format(file=red_picture))
    qtbot.addWidget(banner)
    banner.resize(700, 90)
    assert red_pixels(banner.grab().toImage()) == 0


def test_tooltips_and_buttons_show_their_text_literally(qtbot: QtBot) -> None:
    assert "<b>" not in plain_tooltip("<b>x</b>")
    button = IconButton("edit", "Change <b>x</b>")
    qtbot.addWidget(button)
    assert "&lt;b&gt;" in button.toolTip()
    ampersand = SecondaryButton("Salt & Pepper")
    qtbot.addWidget(ampersand)
    assert ampersand.text() == "Salt && Pepper"
    assert ampersand.accessibleName() == "Salt & Pepper"


def test_a_note_takes_pasted_rich_text_as_plain(qtbot: QtBot, red_picture: str) -> None:
    note = NoteEdit()
    qtbot.addWidget(note)
    pasted = QMimeData()
    pasted.setHtml(f"<img src='{red_picture}'><b>bold</b>")
    pasted.setText("bold")
    note.insertFromMimeData(pasted)
    assert note.value() == "bold"
    note.resize(400, 200)
    assert red_pixels(note.grab().toImage()) == 0


def test_a_note_grows_with_its_text_and_no_further_than_told(qtbot: QtBot) -> None:
    note = NoteEdit(least_lines=2, most_lines=6)
    qtbot.addWidget(note)
    note.resize(400, note.height())
    note.show()
    low = note.height()
    note.set_value("\n".join("line" for _ in range(5)))
    middle = note.height()
    note.set_value("\n".join("line" for _ in range(500)))
    assert low < middle < note.height() <= middle + 2 * note.fontMetrics().lineSpacing()


def test_a_note_says_how_much_is_left_and_keeps_what_is_too_much(qtbot: QtBot) -> None:
    note = NoteEdit(limit=10)
    qtbot.addWidget(note)
    QTest.keyClicks(note, "twelve chars")
    assert note.value() == "twelve chars"
    assert note.overflow() == 2
    assert "2 too many" in [label.text() for label in note.findChildren(QuietText)]


def test_changed_speaks_for_a_person_only(qtbot: QtBot) -> None:
    line, note = LineEdit(), NoteEdit()
    for widget in (line, note):
        qtbot.addWidget(widget)
        heard: list[bool] = []
        widget.changed.connect(lambda heard=heard: heard.append(True))
        widget.set_value("set")
        assert heard == []
        QTest.keyClicks(widget, "x")
        assert heard == [True]


@pytest.mark.parametrize("typed", ["=1+1", "שלום", "<b>", "🙂", "a" * 100_000])
def test_hostile_texts_come_back_as_they_were_typed(qtbot: QtBot, typed: str) -> None:
    note = NoteEdit()
    qtbot.addWidget(note)
    note.set_value(typed)
    assert note.value() == typed


def test_blanks_alone_are_no_value(qtbot: QtBot) -> None:
    line, note = LineEdit(), NoteEdit()
    for widget in (line, note):
        qtbot.addWidget(widget)
        widget.set_value("   ")
        assert widget.value() is None


def test_an_elided_label_offers_the_whole_text_as_a_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("A long name that goes on and on")
    qtbot.addWidget(label)
    label.resize(80, 24)
    label.show()
    assert label.shown_text() != label.text()
    assert "goes on and on" in label.toolTip()
    label.resize(600, 24)
    assert label.shown_text() == label.text()
    assert label.toolTip() == ""


def test_quiet_text_is_smaller_than_body(qtbot: QtBot) -> None:
    quiet = QuietText("x")
    qtbot.addWidget(quiet)
    quiet.ensurePolished()
    assert quiet.font().pixelSize() == style.text_size("small") < style.text_size("body")
