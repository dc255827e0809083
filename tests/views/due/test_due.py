"""The task list: done, cancelled only with a reason, handed over."""

from __future__ import annotations

from typing import Any

import pytest

from app.models.vocab import TaskStatus
from app.models.work import Actor
from app.models.work_items import Task
from app.services import task_list
from app.services.crisis import cases
from app.views.due.dialogs import CancelDialog, DoneDialog, HandOverDialog
from app.views.due.page import DuePage
from tests import factories
from tests.conftest import Office


@pytest.fixture
def task_id(office: Office, worker: Actor, clock: Any) -> str:
    """A task of today."""
    case_id = office.do(worker, cases.open_case, factories.case())
    command = task_list.AddTask(
        title="Bring the papers", case_id=case_id, due_on=clock().date(), owner_id=worker.member_id
    )
    return office.do(worker, task_list.add_task, command)


@pytest.fixture
def page(stage: Any, worker: Actor, task_id: str) -> DuePage:
    """The list with that task chosen."""
    shown = DuePage(stage.context(worker))
    stage.show(shown)
    for row in range(shown.table.model.rowCount()):
        if shown.table.model.index(row, 1).data() == "Bring the papers":
            shown.table.view.selectRow(row)
    assert shown.table.selected_id() == task_id
    return shown


def test_done_with_a_note(stage: Any, office: Office, page: DuePage, task_id: str) -> None:
    stage.click(stage.find(page, "tasks.done"))
    dialog = page.findChildren(DoneDialog)[-1]
    dialog.note.set_value("Brought them on Tuesday.")
    stage.click(dialog.accept_button)
    task = office.get(Task, task_id)
    assert task.status is TaskStatus.DONE
    assert task.close_reason == "Brought them on Tuesday."


def test_not_needed_asks_why(stage: Any, office: Office, page: DuePage, task_id: str) -> None:
    stage.click(page._cancel)
    dialog = page.findChildren(CancelDialog)[-1]
    stage.click(dialog.accept_button)
    assert dialog.isVisible() and office.get(Task, task_id).status is TaskStatus.OPEN
    dialog.reason.set_value("They came by themselves.")
    stage.click(dialog.accept_button)
    assert office.get(Task, task_id).status is TaskStatus.CANCELLED


def test_handing_over_needs_somebody(stage: Any, office: Office, page: DuePage, task_id: str) -> None:
    stage.click(page._hand)
    dialog = page.findChildren(HandOverDialog)[-1]
    stage.click(dialog.accept_button)
    assert dialog.isVisible()
    dialog.outside.set_value("Example Legal Clinic")
    stage.click(dialog.accept_button)
    assert office.get(Task, task_id).status is TaskStatus.HANDED_OVER
