"""The needs on scene are a part of the needs assessment's form: one touch each, notes only where they are asked for."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit

from app.errors import EnvironmentProblem
from app.forms.convert import NOT_STARTED
from app.models.crisis import NeedAnswer, NeedsAssessment
from app.models.vocab import NeedDomain, NeedLevel
from app.models.work import Actor
from app.services import crisis
from app.views.common.buttons import QuietButton
from app.views.common.text import PlainLabel
from app.views.crisis.capture import needs_step
from app.views.crisis.capture.needs_step import NeedsStep
from app.views.crisis.capture.page import CapturePage
from app.views.crisis.needs_filling import FORM
from app.views.forms.blocks import GroupBlock
from app.views.forms.prepared import shipped
from tests import factories
from tests.conftest import Office

_SHOWN = 20_000


@pytest.fixture
def case_id(office: Office, worker: Actor) -> str:
    """A case that was begun."""
    return str(office.do(worker, crisis.open_case, factories.case()))


def opened(stage: Any, worker: Actor, case_id: str) -> tuple[CapturePage, NeedsStep]:
    page = CapturePage(stage.context(worker, "W. Worker"))
    stage.show(page, 1134, 704)
    page.open(case_id=case_id, step=4)
    stage.settle()
    step = page.steps[4]
    assert isinstance(step, NeedsStep)
    return page, step


def choose(stage: Any, step: NeedsStep, domain: str, words: str) -> GroupBlock:
    """Press a level; the box of the domain."""
    control = stage.find(step, f"need.{domain}")
    stage.click(next(one for one in control.findChildren(QAbstractButton) if one.text() == words))
    box = control.parentWidget()
    while not (isinstance(box, GroupBlock) and box.property("boxed")):
        box = box.parentWidget()
    assert isinstance(box, GroupBlock)
    return box


def boxes(step: NeedsStep) -> list[GroupBlock]:
    return [one for one in step.findChildren(GroupBlock) if one.property("boxed")]


def readable(box: GroupBlock) -> list[str]:
    return [label.text() for label in box.findChildren(PlainLabel) if label.isVisible() and label.text()]


def test_a_need_is_one_touch_and_a_note_one_more(stage: Any, office: Office, worker: Actor, case_id: str) -> None:
    page, step = opened(stage, worker, case_id)
    stage.qtbot.waitUntil(lambda: len(boxes(step)) == 14, timeout=_SHOWN)
    box = choose(stage, step, "housing", "Urgent")
    assert "How much help is needed?" not in readable(box) and "Housing" in readable(box)
    assert not [one for one in box.findChildren(QPlainTextEdit) if one.isVisible()]
    (more,) = [one for one in box.findChildren(QuietButton) if one.isVisible()]
    assert more.text() == "Add: Note (facts) · The client's own goal"
    stage.click(more)
    focused = page.focusWidget()
    assert isinstance(focused, QPlainTextEdit) and not more.isVisible()
    QTest.keyClicks(focused, "The lock is broken")
    calm = choose(stage, step, "pets", "No need")
    assert not [one for one in calm.findChildren(QuietButton) if one.isVisible()]
    stage.click(page.next)

    (assessment,) = office.found(NeedsAssessment)
    assert (assessment.form_id, assessment.form_version) == (FORM, shipped(FORM).definition.version)
    answers = {one.domain: (one.level, one.note) for one in office.found(NeedAnswer) if one.level is not None}
    assert answers == {
        NeedDomain.HOUSING: (NeedLevel.URGENT, "The lock is broken"),
        NeedDomain.PETS: (NeedLevel.NONE, None),
    }


def test_it_goes_on_where_it_was_left_and_keeps_what_is_not_asked_at_a_level(
    stage: Any, office: Office, worker: Actor, case_id: str
) -> None:
    page, step = opened(stage, worker, case_id)
    step.fill({"needs": {"housing": {"level": NeedLevel.URGENT, "note": "The lock is broken"}}})
    stage.click(page.next)
    again, later = opened(stage, worker, case_id)
    assert later.typed() == {"needs": {"housing": {"level": NeedLevel.URGENT, "note": "The lock is broken"}}}
    assert not later.changes()
    choose(stage, later, "housing", "No need")
    again.keep_typing()
    stage.settle()
    _third, resumed = opened(stage, worker, case_id)
    assert resumed.typed()["needs"]["housing"] == {"level": NeedLevel.NONE, "note": "The lock is broken"}


def test_a_form_that_cannot_be_prepared_is_said_and_tried_again(
    stage: Any, office: Office, worker: Actor, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trouble(_name: str) -> Any:
        raise EnvironmentProblem(NOT_STARTED)

    with monkeypatch.context() as broken:
        broken.setattr(needs_step, "shipped", trouble)
        page, step = opened(stage, worker, case_id)
    words = [label.text() for label in step.findChildren(PlainLabel) if label.isVisible()]
    assert NOT_STARTED in words and step.page is None
    stage.click(page.next)
    assert page.current() == 5 and office.found(NeedsAssessment) == []
    stage.click(page.back)
    stage.click(stage.find(step, "capture.needs.again"))
    stage.qtbot.waitUntil(lambda: step.page is not None, timeout=_SHOWN)
    choose(stage, step, "safety", "Some help")
    assert step.typed() == {"needs": {"safety": {"level": NeedLevel.SOME_HELP}}}
