"""Going through a form: pages, keys, what appears, what is wrong, repeats with undo, languages, coming back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton

from app import words
from app.views.common.picker import ComboPicker
from app.views.common.wording import use_language
from app.views.forms.choosing import OneInput
from app.views.forms.jump import JumpList
from app.views.forms.page import FormPage
from app.views.forms.sheets import sheets
from tests.forms.test_shipped_forms import FR, definition
from tests.views.forms.conftest import Filler, Opener
from tests.views.forms.kinds import kinds, made

CONTROL = Qt.KeyboardModifier.ControlModifier
MANY = "\n".join(f"| | text | q{number} | Question {number} |" for number in range(1, 301))
HEAD = "| survey |\n| | type | name | label |\n"


def button(filler: Filler, name: str) -> QPushButton:
    """A visible button of the page."""
    found = filler.named(name)
    assert isinstance(found, QPushButton)
    return found


def chosen(filler: Filler, name: str, code: str) -> None:
    """Choose with the mouse."""
    question = filler.at(name)
    assert isinstance(question.input, OneInput)
    place = [choice.value for choice in filler.session.choices(question.path)].index(code)
    filler.click(question.input.choice.findChildren(QAbstractButton)[place])


def test_pages_follow_the_groups_of_the_form() -> None:
    form = definition("needs_assessment")
    pages = sheets(form.compiled, form.body)
    places = [[form.compiled.specs[control.place].name for control in page.controls] for page in pages]
    assert places == [["head"], ["needs"], ["own_words"], ["plan"], ["screen"]]


def test_questions_without_groups_are_pages_of_some() -> None:
    form = made(HEAD + MANY)
    pages = sheets(form.compiled, form.body)
    assert sum(len(page.controls) for page in pages) == 300
    assert max(len(page.controls) for page in pages) <= 16


def test_only_the_visible_page_is_built(fill: Opener) -> None:
    filler = fill(made(HEAD + MANY))
    filler.at("q140")
    assert len(filler.page.questions()) <= 16
    assert filler.page.question("/data/q1") is None


def test_keys_turn_the_pages_and_go_from_question_to_question(fill: Opener) -> None:
    filler = fill(made(HEAD + MANY))
    filler.at("q1")
    filler.type("one")
    filler.key(Qt.Key.Key_Return)
    filler.type("two")
    assert filler.value("q1") == "one" and filler.value("q2") == "two"
    filler.key(Qt.Key.Key_PageDown, CONTROL)
    filler.type("seventeen")
    assert filler.value("q17") == "seventeen"
    filler.key(Qt.Key.Key_PageUp, CONTROL)
    assert filler.page.number == 0


def test_progress_counts_what_is_asked_now(fill: Opener) -> None:
    filler = fill(kinds())
    before = filler.page.count()
    chosen(filler, "child", "yes")
    after = filler.page.count()
    assert after == (before[0] + 1, before[1] + 2)


def test_a_page_without_questions_is_passed_over(fill: Opener) -> None:
    filler = fill(kinds())
    assert len(filler.page.pages) == 3
    filler.at("seen")
    assert not filler.page.turn(1)
    chosen(filler, "child", "yes")
    filler.at("seen")
    assert filler.page.turn(1) and filler.page.number == 2


def test_what_becomes_relevant_appears_without_building_the_rest_anew(fill: Opener) -> None:
    filler = fill(definition("needs_assessment"))
    level = filler.at("needs/safety/level")
    built = {question.path: question for question in filler.page.questions()}
    assert "/data/needs/safety/note" not in built
    filler.session.place = level.path
    chosen(filler, "needs/safety/level", "3")
    note = filler.page.question("/data/needs/safety/note")
    assert note is not None and note.isVisible()
    assert all(filler.page.question(path) is question for path, question in built.items())
    filler.at("needs/safety/note")
    filler.type("The lock is broken")
    chosen(filler, "needs/safety/level", "0")
    assert not note.isVisible()
    chosen(filler, "needs/safety/level", "3")
    assert note.isVisible() and note.input is not None and note.input.value() == "The lock is broken"


def test_a_broken_answer_is_named_after_it_was_left_and_not_before(fill: Opener) -> None:
    filler = fill(kinds())
    question = filler.at("age")
    filler.type("200")
    assert question.error() == ""
    filler.key(Qt.Key.Key_Tab)
    assert question.error() == "Nobody is that old."
    filler.at("age")
    filler.key(Qt.Key.Key_Backspace)
    assert question.error() == "" and filler.value("age") == "20"


def test_a_required_question_that_is_passed_does_not_nag(fill: Opener) -> None:
    filler = fill(kinds())
    question = filler.at("who")
    filler.key(Qt.Key.Key_Tab)
    assert question.error() == ""


def test_finishing_leads_to_the_first_problem(fill: Opener) -> None:
    filler = fill(kinds())
    chosen(filler, "child", "yes")
    filler.page.show_page(2)
    problems = filler.page.finish()
    assert [problem.path for problem in problems] == ["/data/who", "/data/kid[1]/name"]
    assert filler.page.number == 0
    question = filler.page.question("/data/who")
    assert question is not None and question.error() == "Please answer this question."
    filler.type("Ana")
    assert question.error() == ""
    filler.at("kid[1]/name")
    name = filler.page.question("/data/kid[1]/name")
    assert name is not None and name.error() == "Please answer this question."
    filler.type("Bo")
    assert filler.page.finish() == ()


def test_instances_are_added_removed_and_brought_back(fill: Opener) -> None:
    filler = fill(kinds())
    chosen(filler, "child", "yes")
    filler.at("kid[1]/name")
    filler.type("Ana")
    filler.click(button(filler, "form.data.kid.add"))
    filler.type("Bo")
    assert filler.value("kid[2]/name") == "Bo"
    filler.click(button(filler, "form.data.kid[1].remove"))
    assert filler.value("kid[1]/name") == "Bo"
    first = filler.page.question("/data/kid[1]/name")
    assert first is not None and first.input is not None and first.input.value() == "Bo"
    assert filler.focused().objectName() == "form.data.kid.undo"
    filler.key(Qt.Key.Key_Return)
    assert (filler.value("kid[1]/name"), filler.value("kid[2]/name")) == ("Ana", "Bo")
    shown = [filler.page.question(f"/data/kid[{number}]/name") for number in (1, 2)]
    assert [one.input.value() for one in shown if one is not None and one.input is not None] == ["Ana", "Bo"]
    assert not [one for one in filler.page.findChildren(QPushButton, "form.data.kid.undo") if one.isVisible()]


def test_what_was_removed_can_be_brought_back_after_turning_pages(fill: Opener) -> None:
    filler = fill(kinds())
    chosen(filler, "child", "yes")
    filler.at("kid[1]/name")
    filler.type("Ana")
    filler.click(button(filler, "form.data.kid[1].remove"))
    filler.page.turn(-1)
    filler.page.turn(1)
    QApplication.processEvents()
    filler.click(button(filler, "form.data.kid.undo"))
    assert filler.value("kid[1]/name") == "Ana"


def test_another_language_keeps_the_answers(fill: Opener) -> None:
    filler = fill(kinds())
    filler.at("who")
    filler.type("Ana")
    filler.at("age")
    filler.type("200")
    filler.key(Qt.Key.Key_Tab)
    filler.page.set_language(FR)
    question = filler.page.question("/data/who")
    assert question is not None and question.input is not None
    assert question.input.accessibleName().startswith("Qui êtes-vous?")
    assert question.input.value() == "Ana"
    age = filler.page.question("/data/age")
    assert age is not None and age.error() == "Personne n'est si âgé."
    assert filler.session.language == FR


def test_the_language_is_chosen_above_the_form_and_never_none(fill: Opener) -> None:
    filler = fill(kinds())
    language = filler.named("form.language")
    assert isinstance(language, ComboPicker)
    language.setFocus()
    filler.type("fran")
    filler.key(Qt.Key.Key_Return)
    assert filler.session.language == FR
    language.setFocus()
    line = language.lineEdit()
    assert line is not None
    line.selectAll()
    filler.key(Qt.Key.Key_Backspace)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert filler.session.language == FR and language.value() == FR


def test_the_form_follows_the_language_of_the_interface(fill: Opener) -> None:
    filler = fill(kinds())
    try:
        use_language("fr")
        QApplication.sendEvent(filler.window, QEvent(QEvent.Type.LanguageChange))
        assert filler.session.language == FR
        assert words.current().code == "fr"
    finally:
        use_language("en")


def test_one_comes_back_to_the_same_question(fill: Opener) -> None:
    filler = fill(made(HEAD + MANY))
    filler.at("q140")
    filler.type("half a sen")
    kept = filler.session.state()
    again = fill(made(HEAD + MANY), state=kept)
    assert again.session.place == "/data/q140"
    question = again.page.question("/data/q140")
    assert question is not None and question.input is not None and question.input.value() == "half a sen"


def test_a_screen_reader_says_where_a_question_stands(fill: Opener) -> None:
    filler = fill(kinds())
    chosen(filler, "child", "yes")
    name = filler.at("kid[1]/name").input
    assert name is not None and name.accessibleName() == "Child 1: Name, required"
    filler = fill(definition("needs_assessment"))
    level = filler.at("needs/housing/level").input
    assert level is not None and level.accessibleName() == "Housing: How much help is needed?"


def test_a_question_far_down_on_another_page_comes_into_sight(fill: Opener) -> None:
    filler = fill(definition("needs_assessment"))
    question = filler.at("needs/pets/level")
    QApplication.processEvents()
    port = filler.window.viewport()
    top = question.mapTo(port, QPoint(0, 0)).y()
    assert top >= 0 and top + question.height() <= port.height()


def test_the_list_of_questions_finds_and_goes_there(fill: Opener) -> None:
    filler = fill(kinds())
    filler.session.set("/data/age", "200")
    filler.at("who")
    filler.key(Qt.Key.Key_J, CONTROL)
    jump = filler.page.findChild(JumpList)
    assert isinstance(jump, JumpList) and jump.isVisible()
    states = dict(jump.states())
    assert states["Who are you?"] == "missing" and states["How old?"] == "not possible"
    QTest.keyClicks(jump.search, "photograph")
    assert jump.shown() == ["A photograph"]
    QTest.keyClick(jump.search, Qt.Key.Key_Return)
    QApplication.processEvents()
    question = filler.page.question("/data/photo")
    assert question is not None and question.isAncestorOf(filler.focused())


def test_building_a_form_takes_the_keyboard_from_no_window(fill: Opener) -> None:
    first = fill(definition("needs_assessment"))
    second = FormPage(first.session)
    assert not second.isVisible() and first.page.window().isActiveWindow()
    assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [first.page.window()]
    second.deleteLater()
