"""Trying a form before it is published: the window that everybody fills it in, on a real vault that keeps nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest

from app.models.form_library import FormAnswer, FormVersion
from app.models.local.tables import Draft
from app.models.work import Actor
from app.views.authoring.check import CheckDialog
from app.views.authoring.page import FormsPage
from app.views.authoring.trying import KeptDialog, TryWindow
from app.views.forms.page import FormPage
from tests.conftest import Office
from tests.views.authoring.test_forms_page import GOOD, cells, choose, opened, texts, written


def tried(stage: Any, supervisor: Actor, file: Path) -> tuple[FormsPage, CheckDialog, TryWindow]:
    page = opened(stage, supervisor)
    dialog = page.check(file)
    stage.settle()
    stage.click(dialog.trial)
    (window,) = dialog.findChildren(TryWindow)
    stage.settle()
    return page, dialog, window


def type_into(window: TryWindow, path: str, text: str) -> None:
    assert window.page is not None and window.page.go_to(path)
    question = window.page.question(path)
    assert question is not None and question.input is not None
    line = question.input.focusProxy()
    assert line is not None
    QTest.keyClicks(line, text)


def kept(stage: Any, window: TryWindow, button: Any) -> KeptDialog:
    stage.click(button)
    return window.findChildren(KeptDialog)[-1]


def test_an_imported_workbook_is_tried_and_nothing_is_kept(
    stage: Any, office: Office, supervisor: Actor, tmp_path: Path
) -> None:
    _page, _dialog, window = tried(stage, supervisor, written(tmp_path, GOOD.replace("VERSION", "1")))
    assert "Nothing that you type is kept." in texts(window) and not window.later.isVisible()
    type_into(window, "/data/who", "Ana Ex")
    window.session.set("/data/stay", "yes")
    shown = kept(stage, window, window.kept)
    assert cells(shown.table)[:2] == [["who", "Ana Ex", "Who came"], ["stay", "yes", "Did they stay?"]]
    assert "finished now" not in texts(shown)
    shown.reject()
    window.keep_typing()
    window.reject()
    stage.settle()
    assert office.found(Draft) == [] and office.found(FormAnswer) == [] and office.found(FormVersion) == []


def test_it_is_finished_when_every_answer_fits_and_begun_again(
    stage: Any, office: Office, supervisor: Actor, tmp_path: Path
) -> None:
    asks = GOOD.replace("VERSION", "1").replace("| relevant |", "| relevant | required |", 1)
    asks = asks.replace("Qui est venu | |", "Qui est venu | | yes |")
    _page, _dialog, window = tried(stage, supervisor, written(tmp_path, asks))
    stage.click(window.accept_button)
    assert window.isVisible() and window.findChildren(KeptDialog) == []
    assert "One question is not answered as it should be." in texts(window)
    type_into(window, "/data/who", "Ana")
    shown = kept(stage, window, window.accept_button)
    assert "Every answer fits" in texts(shown) and window.isVisible()
    shown.accept()
    stage.click(window.again)
    assert window.session.node("/data/who").value == ""
    assert len([page for page in window.findChildren(FormPage) if page.isVisible()]) == 1
    assert office.found(Draft) == []


def test_a_shipped_form_is_tried_from_its_card(stage: Any, office: Office, supervisor: Actor) -> None:
    page = opened(stage, supervisor)
    choose(stage, page, "community_issue")
    stage.click(stage.find(page, "authoring.try"))
    stage.settle()
    (window,) = page.findChildren(TryWindow)
    assert window.page is not None and window.session.definition.id == "community_issue"
    assert office.found(FormAnswer) == []
