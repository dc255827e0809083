"""The page of forms outside cases on a real vault: begun, gone on with, finished, printed and put away."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.models.form_library import FormAnswer
from app.models.vocab import FormAbout, FormAnswerState, Role
from app.models.work import Actor
from app.services import forms
from app.views.answers.page import AnswersPage, Shown
from app.views.answers.programme import PROGRAMME
from app.views.forms.answering import AnswerWindow
from app.views.forms.putting_away import PutAwayDialog
from tests.conftest import Office
from tests.forms.published_forms import visit
from tests.views.authoring.test_forms_page import cells, texts

_SHOWN = 20_000


@pytest.fixture
def published(office: Office, supervisor: Actor) -> None:
    """A form about a person without a case."""
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=visit(), about=FormAbout.ALONE))


def opened(stage: Any, actor: Actor, name: str = "W. Worker") -> AnswersPage:
    page = AnswersPage(stage.context(actor, name))
    stage.show(page)
    return page


def offered(stage: Any, page: AnswersPage) -> dict[str, QAction]:
    stage.click(stage.find(page, "answers.fill"))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return {action.objectName(): action for action in menu.actions()}


def close_menu() -> None:
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.hide()


def window(stage: Any, page: AnswersPage) -> AnswerWindow:
    stage.qtbot.waitUntil(lambda: any(one.page for one in page.findChildren(AnswerWindow)), timeout=_SHOWN)
    stage.settle()
    return next(one for one in page.findChildren(AnswerWindow) if one.page is not None)


def begun(stage: Any, page: AnswersPage) -> AnswerWindow:
    actions = offered(stage, page)
    actions["answers.start.visit"].trigger()
    close_menu()
    return window(stage, page)


def answer(dialog: AnswerWindow, path: str, text: str) -> None:
    assert dialog.page is not None and dialog.page.go_to(path)
    question = dialog.page.question(path)
    assert question is not None and question.input is not None
    line = question.input.focusProxy()
    assert line is not None
    QTest.keyClicks(line, text)


def test_a_form_is_begun_gone_on_with_finished_and_printed(
    stage: Any, office: Office, worker: Actor, published: None
) -> None:
    page = opened(stage, worker)
    assert "No form filled in yet" in texts(page)
    dialog = begun(stage, page)
    answer(dialog, "/data/who", "Ana Example")
    stage.click(dialog.later)
    assert [row[:2] for row in cells(page.table)] == [["Visit", "Draft"]]

    (kept,) = office.found(FormAnswer)
    page.table.selected.emit(kept.id)
    stage.click(stage.find(page, "answers.go_on"))
    again = window(stage, page)
    assert again.session.node("/data/who").value == "Ana Example"
    stage.click(again.accept_button)
    assert office.get(FormAnswer, kept.id).status is FormAnswerState.FINISHED
    assert [row[1] for row in cells(page.table)] == ["Finished"]
    stage.click(stage.find(page, "answers.print"))
    assert stage.previews == [("FORM:visit", {"record_id": kept.id, "title": "Visit"})]

    stage.click(stage.find(page, "answers.correct"))
    stage.click(window(stage, page).later)
    assert sorted(row[1] for row in cells(page.table)) == ["Draft", "Finished"]
    page.table.selected.emit(kept.id)
    assert [one for one in page.findChildren(QWidget, "answers.correct") if one.isVisible()] == []


def test_a_draft_is_put_away_and_taken_up_again(stage: Any, office: Office, worker: Actor, published: None) -> None:
    answer_id = office.do(worker, forms.start_answer, forms.StartAnswer(form_id="visit"))
    page = opened(stage, worker)
    page.table.selected.emit(answer_id)
    stage.click(stage.find(page, "answers.put_away"))
    (dialog,) = page.findChildren(PutAwayDialog)
    stage.click(dialog.accept_button)
    assert "Say why: the reason is recorded." in texts(dialog)
    stage.find(dialog, "forms.put_away.reason").set_value("Begun by mistake")
    stage.click(dialog.accept_button)
    assert cells(page.table) == [] and "Choose a form" in texts(page)

    page._view.set_value(Shown.PUT_AWAY)
    page._view.changed.emit()
    assert [row[:2] for row in cells(page.table)] == [["Visit", "Put away"]]
    page.table.selected.emit(answer_id)
    assert "Put away: Begun by mistake" in texts(page)
    stage.click(stage.find(page, "answers.restore"))
    assert "Nothing was put away" in texts(page)
    page._view.set_value(Shown.DRAFTS)
    page._view.changed.emit()
    assert [row[:2] for row in cells(page.table)] == [["Visit", "Draft"]]


def test_each_role_is_offered_its_own_forms(stage: Any, office: Office, worker: Actor, published: None) -> None:
    for actor, there, missing in (
        (worker, {"visit", "community_issue", "pls_eligibility"}, {"village_booking", "award_nomination"}),
        (office.member(Role.YTH, "Y. Youth"), {"village_booking", "award_nomination"}, {"pls_eligibility"}),
    ):
        page = opened(stage, actor)
        names = {name.rpartition(".")[2] for name in offered(stage, page)}
        close_menu()
        assert there <= names and not missing & names and "needs_assessment" not in names


def test_what_someone_else_began_is_only_read(stage: Any, office: Office, supervisor: Actor, worker: Actor) -> None:
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=visit(), about=FormAbout.ALONE))
    answer_id = office.do(worker, forms.start_answer, forms.StartAnswer(form_id="visit"))
    page = opened(stage, supervisor, "S. Supervisor")
    page.table.selected.emit(answer_id)
    names = {one.objectName() for one in page.findChildren(QWidget) if one.objectName().startswith("answers.")}
    assert "answers.print" in names and not names & {"answers.go_on", "answers.put_away", "answers.correct"}


def test_the_page_is_for_those_who_answer() -> None:
    assert not PROGRAMME.pages[0].roles & {Role.ADM, Role.AUD}
