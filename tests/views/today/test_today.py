"""Today: what is due, the running clocks, and a press that leads there."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.models.vocab import Role, TaskKind
from app.models.work import Actor
from app.services import task_list
from app.services.crisis import cases
from app.services.crisis import requests as verbs
from app.views.common.empty import EmptyState
from app.views.today.due_list import DueLine
from app.views.today.page import TodayPage
from tests import factories
from tests.conftest import Office


def _lines(page: QWidget, kind: type[QWidget]) -> list[Any]:
    return [line for line in page.findChildren(kind) if line.isVisible()]


def test_an_empty_day_says_what_comes_here(stage: Any, worker: Actor) -> None:
    page = TodayPage(stage.context(worker))
    stage.show(page)
    assert _lines(page, EmptyState)


def test_what_is_due_is_shown_and_opens_its_case(stage: Any, office: Office, worker: Actor, clock: Any) -> None:
    case_id = office.do(worker, cases.open_case, factories.case())
    office.do(
        worker,
        task_list.add_task,
        task_list.AddTask(
            title="Bring the papers",
            case_id=case_id,
            kind=TaskKind.OTHER,
            due_on=clock().date(),
            owner_id=worker.member_id,
        ),
    )
    clock.move(days=3)
    page = TodayPage(stage.context(worker))
    stage.show(page)
    lines = [line for line in _lines(page, DueLine) if "Bring the papers" in line.accessibleName()]
    assert len(lines) == 1
    lines[0].setFocus()
    QTest.keyClick(lines[0], Qt.Key.Key_Return)
    assert stage.went[-1] == ("crisis.case", {"case_id": case_id})


def test_a_new_request_appears_by_itself(stage: Any, office: Office, worker: Actor) -> None:
    context = stage.context(worker)
    page = TodayPage(context)
    stage.show(page)
    context.tasks.write(page, verbs.raise_request, factories.request())
    stage.settle()
    stage.settle()
    assert page._figures.clocks.text() == "1"


def test_a_volunteer_is_offered_no_request_of_their_own(stage: Any, volunteer: Actor) -> None:
    page = TodayPage(stage.context(volunteer))
    stage.show(page)
    assert not [w for w in page.findChildren(QWidget, "today.new_request") if w.isVisible()]
    assert volunteer.role is Role.VOL
