"""Every kind of question is answered by keyboard or mouse, and shown again as it was answered."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.views.common.text import PlainLabel
from app.views.forms.choosing import DropInput, ManyInput, OneInput, SeveralInput
from app.views.forms.numbers import RangeInput
from app.views.forms.places import PointInput
from app.views.forms.ranking import RankInput
from app.views.forms.signing import SignatureInput, read_signature
from app.views.forms.times import MonthInput
from tests.views.forms.conftest import Filler, Opener
from tests.views.forms.kinds import kinds


def option(question: QWidget, text: str) -> QAbstractButton:
    """The choice with this text."""
    return next(button for button in question.findChildren(QAbstractButton) if button.text() == text)


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("who", "Ana Example", "Ana Example"),
        ("story", "It was late.", "It was late."),
        ("phone", "0905550100", "0905550100"),
        ("age", "41", "41"),
        ("weight", "70,5", "70.5"),
        ("pain", "7", "7"),
        ("born", "4 March 2001", "2001-03-04"),
        ("year", "1987", "1987-01-01"),
        ("at", "2:30 pm", "14:30:00.000-04:00"),
        ("way", "43.5 -79.75\n43.6 -79.8", "43.5 -79.75; 43.6 -79.8"),
        ("photo", "In the drawer of the front desk", "In the drawer of the front desk"),
        ("code", "A-17", "A-17"),
    ],
)
def test_what_is_typed_is_stored_and_shown_again(fill: Opener, name: str, typed: str, stored: str) -> None:
    filler = fill(kinds())
    question = filler.at(name)
    if name == "pain":
        filler.key(Qt.Key.Key_Tab)
    for number, line in enumerate(typed.split("\n")):
        if number:
            filler.key(Qt.Key.Key_Return)
        filler.type(line)
    filler.key(Qt.Key.Key_Tab)
    assert filler.value(name) == stored
    assert question.error() == ""
    again = fill(kinds(), state=filler.session.state()).at(name)
    assert again.input is not None and again.input.value() == stored


def test_what_cannot_be_read_stays_and_is_named(fill: Opener) -> None:
    filler = fill(kinds())
    filler.at("born")
    filler.type("31 Feb 2001")
    filler.key(Qt.Key.Key_Tab)
    assert filler.value("born") == "31 Feb 2001"
    assert [problem.kind for problem in filler.session.problems() if problem.path == "/data/born"] == ["type"]
    again = fill(kinds(), state=filler.session.state()).at("born")
    assert again.input is not None and again.input.value() == "31 Feb 2001" and again.input.complains()


def test_a_moment_needs_both_parts(fill: Opener) -> None:
    filler = fill(kinds())
    question = filler.at("moment")
    filler.type("4 March 2026")
    filler.key(Qt.Key.Key_Tab)
    filler.key(Qt.Key.Key_Tab)
    assert filler.value("moment") == "2026-03-04T"
    assert question.error() == ""
    filler.type("14:30")
    filler.key(Qt.Key.Key_Tab)
    assert filler.value("moment") == "2026-03-04T14:30:00.000-04:00"


def test_a_month_is_chosen_by_typing_a_part_of_its_name(fill: Opener) -> None:
    filler = fill(kinds())
    month = filler.at("month").input
    assert isinstance(month, MonthInput)
    filler.type("mar")
    filler.key(Qt.Key.Key_Return)
    filler.type("1999")
    assert filler.value("month") == "1999-03-01"


def test_a_place_is_typed(fill: Opener) -> None:
    filler = fill(kinds())
    filler.at("where")
    for part in ("43.5", "-79.75", "12"):
        filler.type(part)
        filler.key(Qt.Key.Key_Tab)
    assert filler.value("where") == "43.5 -79.75 0 12"
    assert not [problem for problem in filler.session.problems() if problem.path == "/data/where"]


def test_a_place_is_pasted_whole_and_what_is_wrong_with_it_is_said(fill: Opener) -> None:
    filler = fill(kinds())
    filler.at("where")
    question = filler.page.question("/data/where")
    assert question is not None and isinstance(question.input, PointInput)
    point = question.input
    for pasted, stored in (
        ("43°31'24\"N 79°52'16\"W", "43.5233333 -79.8711111"),
        ("43.5234, -79.8711", "43.5234 -79.8711"),
    ):
        point.latitude.setFocus()
        point.latitude.selectAll()
        filler.type(pasted)
        filler.key(Qt.Key.Key_Tab)
        assert filler.value("where") == stored and not point.complains()
    point.latitude.setFocus()
    point.latitude.selectAll()
    filler.type("43°30' N")
    filler.key(Qt.Key.Key_Tab)
    assert filler.value("where") == "43.5 -79.8711"
    point.longitude.selectAll()
    filler.type("190")
    filler.key(Qt.Key.Key_Tab)
    assert point.complains()
    said = [label.text() for label in point.findChildren(PlainLabel) if label.isVisible()]
    assert "A longitude lies between -180 and 180 degrees." in said
    assert [problem.kind for problem in filler.session.problems() if problem.path == "/data/where"] == ["type"]


def test_the_slider_answers(fill: Opener) -> None:
    filler = fill(kinds())
    scale = filler.at("pain").input
    assert isinstance(scale, RangeInput) and filler.value("pain") == ""
    filler.key(Qt.Key.Key_Right)
    filler.key(Qt.Key.Key_Right)
    assert filler.value("pain") == "2" and scale.line.text() == "2"


def test_one_of_a_few_is_chosen_with_mouse_or_arrows_and_taken_back(fill: Opener) -> None:
    filler = fill(kinds())
    question = filler.at("child")
    assert isinstance(question.input, OneInput)
    filler.click(option(question, "No"))
    assert filler.value("child") == "no"
    filler.key(Qt.Key.Key_Left)
    assert filler.value("child") == "yes"
    filler.key(Qt.Key.Key_Delete)
    assert filler.value("child") == ""


def test_one_of_many_narrows_while_one_types(fill: Opener) -> None:
    filler = fill(kinds())
    assert isinstance(filler.at("town").input, DropInput)
    filler.type("Town 37")
    filler.key(Qt.Key.Key_Return)
    assert filler.value("town") == "t37"
    assert isinstance(filler.at("quick").input, DropInput)


def test_several_are_chosen(fill: Opener) -> None:
    filler = fill(kinds())
    question = filler.at("several")
    assert isinstance(question.input, SeveralInput)
    filler.key(Qt.Key.Key_Space)
    filler.key(Qt.Key.Key_Right)
    filler.key(Qt.Key.Key_Right)
    filler.key(Qt.Key.Key_Space)
    assert filler.value("several") == "yes maybe"


def test_several_of_many_are_ticked_in_a_list_that_narrows(fill: Opener) -> None:
    filler = fill(kinds())
    many = filler.at("towns").input
    assert isinstance(many, ManyInput)
    filler.type("town 4")
    shown = [row for row in range(many.list.rows.rowCount()) if not many.list.isRowHidden(row)]
    assert [many.list.rows.item(row).text() for row in shown] == ["Town 4", "Town 40"]
    many.list.setFocus()
    many.list.setCurrentIndex(many.list.rows.index(39, 0))
    filler.key(Qt.Key.Key_Space)
    assert filler.value("towns") == "t40"
    assert many.said.text() == "Chosen: Town 40"


def test_other_asks_which(fill: Opener) -> None:
    filler = fill(kinds())
    question = filler.at("other")
    filler.click(option(question, "Other"))
    filler.at("other_other")
    filler.type("A dog")
    assert filler.value("other") == "other" and filler.value("other_other") == "A dog"


def test_an_order_is_made_with_the_keyboard(fill: Opener) -> None:
    filler = fill(kinds())
    rank = filler.at("order").input
    assert isinstance(rank, RankInput) and filler.value("order") == ""
    filler.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert filler.value("order").split()[:2] == ["no", "yes"]
    filler.click(rank.up)
    assert filler.value("order").split()[:2] == ["yes", "no"]


def test_an_order_that_is_right_already_is_an_answer(fill: Opener) -> None:
    filler = fill(kinds())
    rank = filler.at("order").input
    assert isinstance(rank, RankInput)
    filler.click(rank.right)
    assert filler.value("order") == "yes no maybe other"


def test_a_signature_is_kept_as_its_strokes(fill: Opener) -> None:
    filler = fill(kinds())
    question = filler.at("sign")
    assert isinstance(question.input, SignatureInput)
    sheet = next(part for part in question.input.pad.findChildren(QWidget) if hasattr(part, "strokes"))
    QTest.mousePress(sheet, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    QTest.mouseMove(sheet, QPoint(120, 90))
    QTest.mouseRelease(sheet, Qt.MouseButton.LeftButton, pos=QPoint(160, 60))
    strokes, typed = read_signature(filler.value("sign"))
    assert len(strokes) == 1 and typed is None
    again = fill(kinds(), state=filler.session.state()).at("sign").input
    assert isinstance(again, SignatureInput) and again.pad.strokes() == strokes


def test_a_name_is_typed_instead_of_a_signature(fill: Opener) -> None:
    filler = fill(kinds())
    filler.at("sign")
    filler.key(Qt.Key.Key_Space)
    filler.type("Ana")
    assert json.loads(filler.value("sign")) == {"typed": "Ana"}


@pytest.mark.parametrize("broken", ["photo.jpg", "[]", '{"strokes": 3}', '{"strokes": [[[1]]]}', '{"typed": 3}'])
def test_what_is_no_signature_is_shown_as_none(broken: str) -> None:
    assert read_signature(broken) == ([], None)


def test_something_is_acknowledged_with_one_key(fill: Opener) -> None:
    filler = fill(kinds())
    filler.at("seen")
    filler.key(Qt.Key.Key_Space)
    assert filler.value("seen") == "OK"
    filler.key(Qt.Key.Key_Space)
    assert filler.value("seen") == ""


def test_what_is_read_only_is_shown_and_not_changed(fill: Opener) -> None:
    filler = fill(kinds())
    question = filler.at("fixed")
    filler.type("never")
    assert filler.value("fixed") == "always"
    assert question.input is not None and question.input.value() == "always"


def test_every_part_that_the_keyboard_reaches_has_a_name(fill: Opener) -> None:
    filler = fill(kinds())
    filler.session.set("/data/child", "yes")
    for number in range(len(filler.page.pages)):
        filler.page.show_page(number)
        filler.page.begin()
        QApplication.processEvents()
        nameless = [
            f"{type(part).__name__} in {question.path}"
            for question in filler.page.questions()
            for part in question.findChildren(QWidget)
            if part.isVisible()
            and part.focusPolicy() & Qt.FocusPolicy.TabFocus
            and part.focusProxy() is None
            and not part.accessibleName()
        ]
        assert nameless == []


def test_a_hint_is_read_with_the_question_and_guidance_unfolds(fill: Opener) -> None:
    filler: Filler = fill(kinds())
    question = filler.at("who")
    assert question.input is not None
    assert question.input.accessibleName() == "Who are you?, required"
    assert question.input.accessibleDescription() == "First and last name"
    filler.click(option(question, "More about this question"))
    assert option(question, "Less about this question").isVisible()
