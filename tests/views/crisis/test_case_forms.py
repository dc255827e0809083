"""Published forms in a case: begun, put aside, gone on with, finished, corrected and printed."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app import form_pages, words
from app.models.vocab import FormAbout
from app.models.work import Actor
from app.queries import forms as questions
from app.queries import today
from app.queries.forms import AnswerRow
from app.services import forms
from app.views.forms.answering import AnswerWindow
from app.views.forms.putting_away import PutAwayDialog
from tests.forms.published_forms import visit
from tests.views.crisis.conftest import Opened

_SHOWN = 20_000


@pytest.fixture
def published(office: Any, supervisor: Actor) -> None:
    """A form about a client with two questions, of which the first must be answered."""
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=visit(), about=FormAbout.CASE))


def rows(opened: Opened) -> tuple[AnswerRow, ...]:
    with opened.stage.vault.read() as session:
        return questions.answers_of_case(session, opened.case_id)


def kept(opened: Opened, answer_id: str, path: str) -> object:
    """What the record itself holds, whatever waits beside it."""
    with opened.stage.vault.read() as session:
        entry = questions.answer(session, answer_id)
        assert today.drafts(session) == ()
    return form_pages.resumed(form_pages.definition_of(entry.form), entry.state).node(path).value


def choices(opened: Opened) -> dict[str, QAction]:
    """The forms that are offered."""
    opened.part("forms")
    opened.press("forms.fill")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return {action.text(): action for action in menu.actions()}


def window(opened: Opened) -> AnswerWindow:
    """The window of the form, once it is there."""
    opened.stage.settle()
    dialog = opened.dialog()
    assert isinstance(dialog, AnswerWindow)
    opened.stage.qtbot.waitUntil(lambda: dialog.page is not None, timeout=_SHOWN)
    dialog.activateWindow()
    opened.stage.qtbot.waitUntil(dialog.isActiveWindow, timeout=_SHOWN)
    opened.stage.settle()
    return dialog


def begin(opened: Opened) -> AnswerWindow:
    found = choices(opened)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    action = found["Visit"]
    action.trigger()
    menu.hide()
    return window(opened)


def write(opened: Opened, dialog: AnswerWindow, path: str, text: str) -> None:
    assert dialog.page is not None and dialog.page.go_to(path), path
    QApplication.processEvents()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, text)
    opened.stage.settle()


def test_a_form_is_begun_put_aside_gone_on_with_and_finished(opened: Opened, published: None) -> None:
    dialog = begin(opened)
    write(opened, dialog, "/data/what", "The lock is broken")
    opened.stage.click(dialog.accept_button)
    assert dialog.isVisible() and dialog.page is not None
    question = dialog.page.question("/data/who")
    assert question is not None and question.error() == "Please answer this question."
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    opened.stage.settle()
    (draft,) = rows(opened)
    assert draft.draft and "Draft" in opened.texts() and "W. Worker" in opened.texts()
    assert kept(opened, draft.id, "/data/what") == "The lock is broken"
    opened.press(f"forms.go_on.{draft.id}")
    dialog = window(opened)
    assert dialog.page is not None and dialog.page.session.node("/data/what").value == "The lock is broken"
    write(opened, dialog, "/data/who", "A neighbour")
    opened.stage.click(dialog.accept_button)
    assert opened.no_dialog()
    (row,) = rows(opened)
    assert not row.draft and (row.form_id, row.version) == ("visit", "1")
    assert "Finished" in opened.texts() and "Version 1" in opened.texts()
    opened.press(f"forms.print.{row.id}")
    assert opened.stage.previews == [("FORM:visit", {"record_id": row.id, "title": "Visit"})]


def test_a_finished_form_is_corrected_once(opened: Opened, published: None) -> None:
    dialog = begin(opened)
    write(opened, dialog, "/data/who", "A neighbour")
    opened.stage.click(dialog.accept_button)
    (row,) = rows(opened)
    opened.press(f"forms.correct.{row.id}")
    dialog = window(opened)
    write(opened, dialog, "/data/what", "More")
    opened.stage.click(dialog.later)
    assert not [one for one in opened.page.findChildren(QWidget, f"forms.correct.{row.id}") if one.isVisible()]
    (draft,) = [one for one in rows(opened) if one.draft]
    opened.press(f"forms.go_on.{draft.id}")
    opened.stage.click(window(opened).accept_button)
    assert {(one.id == row.id, one.replaced) for one in rows(opened)} == {(True, True), (False, False)}
    assert "Corrected since" in opened.texts()


def test_a_draft_begun_by_mistake_is_put_away_and_taken_up_again(opened: Opened, published: None) -> None:
    opened.stage.click(begin(opened).later)
    (draft,) = rows(opened)
    opened.press(f"forms.put_away.{draft.id}")
    dialog = opened.dialog()
    assert isinstance(dialog, PutAwayDialog)
    opened.stage.find(dialog, "forms.put_away.reason").set_value("The wrong form")
    opened.stage.click(dialog.accept_button)
    assert rows(opened) == () and "The wrong form" in opened.texts()
    opened.press(f"forms.restore.{draft.id}")
    assert [row.id for row in rows(opened)] == [draft.id] and "The wrong form" not in opened.texts()


def test_the_needs_assessment_and_forms_about_no_client_are_not_offered(opened: Opened, published: None) -> None:
    found = choices(opened)
    names = {action.objectName() for action in found.values()}
    assert {"forms.start.visit", "forms.start.immediate_safety"} <= names
    assert not names & {"forms.start.needs_assessment", "forms.start.pls_eligibility"}
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.hide()


def test_what_was_typed_when_the_window_vanished_is_there_again(opened: Opened, published: None) -> None:
    dialog = begin(opened)
    write(opened, dialog, "/data/who", "A neighbour")
    dialog.keep_typing()
    opened.stage.settle()
    dialog.setParent(None)
    dialog.deleteLater()
    name = dialog.draft_name
    opened.page.reopen(name)
    again = window(opened)
    assert again.page is not None and again.page.session.node("/data/who").value == "A neighbour"


def test_the_part_speaks_french(opened: Opened, published: None) -> None:
    words.use("fr")
    found = choices(opened)
    assert "Visite" in found
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.hide()
