"""Requests: raised with what is known, the clock in words, the rules of dispatch as buttons that say why not."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.models.crisis import CheckIn, Deployment, RequestPerson, ServiceRequest
from app.models.local.tables import Draft
from app.models.vocab import RequestStatus, ResponseWanted, Role, SceneSafe
from app.models.work import Actor
from app.services.crisis import requests as verbs
from app.views.common.choices import Segment
from app.views.common.text import PlainLabel
from app.views.requests.detail import DetailPage
from app.views.requests.dialogs import HeedDialog, ReasonDialog
from app.views.requests.list_page import RequestsPage
from app.views.requests.raise_page import RaisePage
from tests import factories
from tests.conftest import Office

HOSTILE = "<img src='/etc/passwd'><b>x</b> {0} %s =1+1 \u202eabc 😀"


def choose(stage: Any, page: QWidget, name: str, label: str) -> None:
    """Press the option with this label."""
    option = next(one for one in stage.find(page, name).findChildren(Segment) if one.text() == label)
    stage.click(option)


def shown(page: QWidget) -> str:
    """Everything that is written on the page."""
    return "\n".join(label.text() for label in page.findChildren(PlainLabel) if label.isVisible())


@pytest.fixture
def raised(office: Office, worker: Actor) -> str:
    """The request of example 3a."""
    return office.do(worker, verbs.raise_request, factories.request())


def test_an_empty_form_can_be_sent_and_what_is_missing_is_said(stage: Any, office: Office, worker: Actor) -> None:
    page = RaisePage(stage.context(worker))
    page.open()
    stage.show(page)
    stage.click(stage.find(page, "request.send"))
    saved = office.found(ServiceRequest)
    assert len(saved) == 1 and saved[0].status is RequestStatus.RECEIVED
    assert stage.went[-1] == ("requests.detail", {"request_id": saved[0].id})
    detail = DetailPage(stage.context(worker))
    detail.open(request_id=saved[0].id)
    stage.show(detail)
    assert "Still missing" in shown(detail)


def test_what_is_typed_is_stored_as_typed_and_shown_as_text(stage: Any, office: Office, worker: Actor) -> None:
    page = RaisePage(stage.context(worker))
    page.open()
    stage.show(page)
    choose(stage, page, "request.response_wanted", "On scene now")
    choose(stage, page, "request.scene_safe", "Secured, police staying")
    page.form.controls["location"].set_value(HOSTILE)
    page.form.persons.fill([{"name": HOSTILE, "age": 34}, {"label": "Unknown child 1"}])
    page.form.controls["note"].set_value("x" * 100_000)
    stage.click(stage.find(page, "request.send"))
    request = office.found(ServiceRequest)[0]
    assert request.location == HOSTILE
    assert request.note == "x" * 100_000
    assert request.response_wanted is ResponseWanted.ON_SCENE
    assert request.scene_safe is SceneSafe.POLICE_STAYING
    assert {person.name or person.label for person in office.found(RequestPerson)} == {HOSTILE, "Unknown child 1"}
    detail = DetailPage(stage.context(worker))
    detail.open(request_id=request.id)
    stage.show(detail)
    labels = [label for label in detail.findChildren(PlainLabel) if HOSTILE in label.text()]
    assert len(labels) >= 2
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_typing_comes_back_after_the_page_is_left(stage: Any, office: Office, worker: Actor) -> None:
    context = stage.context(worker)
    page = RaisePage(context)
    page.open()
    stage.show(page)
    stage.find(page, "request.location").setFocus()
    QTest.keyClicks(page.form.controls["location"], "14 Fictional Crescent")
    page.keep_typing()
    stage.settle()
    assert [draft.form for draft in office.found(Draft)] == ["request:new"]
    again = RaisePage(context)
    again.open()
    stage.show(again)
    assert again.form.controls["location"].value() == "14 Fictional Crescent"
    stage.click(stage.find(again, "request.send"))
    assert office.found(Draft) == []


def test_a_correction_changes_the_request_and_keeps_the_rest(
    stage: Any, office: Office, worker: Actor, raised: str
) -> None:
    page = RaisePage(stage.context(worker))
    page.open(request_id=raised)
    stage.show(page)
    assert page.form.controls["location"].value() == "12 Invented Crescent"
    page.form.controls["location"].set_value("2 Other Street")
    stage.click(stage.find(page, "request.send"))
    request = office.get(ServiceRequest, raised)
    assert request.location == "2 Other Street"
    assert request.requester_name == "Const. Marchetti"
    assert len(office.found(RequestPerson, RequestPerson.removed_at.is_(None))) == 1


def test_3a_the_clock_and_two_responders_on_screen(stage: Any, office: Office, worker: Actor, raised: str) -> None:
    second = office.member(Role.VOL, "V. Second")
    page = DetailPage(stage.context(worker))
    page.open(request_id=raised)
    stage.show(page)
    assert "min left" in shown(page)
    assert not stage.find(page, "request.dispatch").isEnabled()
    stage.click(stage.find(page, "request.called_back"))
    assert "Called back" in shown(page)
    for member in (worker, second):
        office.do(worker, verbs.call_responder, verbs.CallResponder(request_id=raised, member_id=member.member_id))
    page.refresh()
    stage.settle()
    stage.click(stage.find(page, "request.responder.accepts"))
    assert not stage.find(page, "request.dispatch").isEnabled(), "one is not enough"
    stage.click(stage.find(page, "request.responder.accepts"))
    stage.click(stage.find(page, "request.dispatch"))
    for step in ("request.en_route_at", "request.on_scene_at"):
        stage.click(stage.find(page, step))
    stage.click(stage.find(page, "request.check_in"))
    assert office.found(Deployment)[0].on_scene_at is not None
    assert len(office.found(CheckIn)) == 1
    assert office.get(ServiceRequest, raised).status is RequestStatus.ATTENDED


def test_3b_police_leaving_says_why_and_a_supervisor_may_override(
    stage: Any, office: Office, worker: Actor, supervisor: Actor
) -> None:
    request_id = office.do(worker, verbs.raise_request, factories.request(scene_safe=SceneSafe.POLICE_LEAVING))
    page = DetailPage(stage.context(worker))
    page.open(request_id=request_id)
    stage.show(page)
    assert not stage.find(page, "request.dispatch").isEnabled()
    assert "polic" in shown(page).lower()
    above = DetailPage(stage.context(supervisor))
    above.open(request_id=request_id)
    stage.show(above)
    stage.click(next(b for b in above.findChildren(QWidget, "request.override_scene") if b.isVisible()))
    dialog = above.findChildren(ReasonDialog)[-1]
    stage.click(dialog.accept_button)
    assert dialog.isVisible(), "a reason is needed"
    dialog.reason.set_value("A second unit is on its way.")
    stage.click(dialog.accept_button)
    assert office.get(ServiceRequest, request_id).scene_override_reason == "A second unit is on its way."


def test_a_phone_response_shows_what_to_heed_first(stage: Any, office: Office, worker: Actor, raised: str) -> None:
    page = DetailPage(stage.context(worker))
    page.open(request_id=raised)
    stage.show(page)
    stage.click(stage.find(page, "request.by_phone"))
    dialog = page.findChildren(HeedDialog)[-1]
    assert "Do not leave a message" in "\n".join(label.text() for label in dialog.findChildren(PlainLabel))
    dialog.accept()
    assert office.get(ServiceRequest, raised).status is RequestStatus.PHONE_RESPONSE


def test_the_list_shows_the_clock_in_words_and_opens_with_enter(
    stage: Any, office: Office, worker: Actor, raised: str, clock: Any
) -> None:
    clock.move(minutes=40)
    page = RequestsPage(stage.context(worker))
    stage.show(page)
    cells = [page.table.model.index(0, column).data() for column in range(6)]
    assert "10 min over" in cells[1]
    page.table.view.selectRow(0)
    QTest.keyClick(page.table.view, Qt.Key.Key_Return)
    assert stage.went[-1] == ("requests.detail", {"request_id": raised})


def test_a_volunteer_raises_nothing_and_dispatches_nothing(
    stage: Any, office: Office, volunteer: Actor, raised: str
) -> None:
    listed = RequestsPage(stage.context(volunteer))
    stage.show(listed)
    assert not [w for w in listed.findChildren(QWidget, "requests.new") if w.isVisible()]
    page = DetailPage(stage.context(volunteer))
    page.open(request_id=raised)
    stage.show(page)
    for name in ("request.dispatch", "request.called_back", "request.correct"):
        assert not [w for w in page.findChildren(QWidget, name) if w.isVisible()]
