"""The list of cases: initials only, filters, and opening with the keyboard."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from app.models.vocab import Role
from app.models.work import Actor
from app.services import crisis
from app.services.crisis import OpenCase
from app.services.people import PersonAnswers
from app.views.crisis.case_list import CasesPage


def _cells(page: CasesPage, row: int = 0) -> list[str]:
    model = page.table.model
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def test_a_row_shows_initials_and_opens_with_enter(stage: Any, worker: Actor, case_id: str) -> None:
    page = CasesPage(stage.context(worker, "W. Worker"))
    stage.show(page)
    page.open()
    stage.settle()
    cells = _cells(page)
    stage.settle()
    cells = _cells(page)
    assert cells[0].startswith("VSU-") and cells[1].startswith("D")
    assert not any("Dana" in cell for cell in cells)
    page.table.view.selectRow(0)
    stage.qtbot.keyClick(page.table.view, Qt.Key.Key_Return)
    assert stage.went[-1] == ("crisis.case", {"case_id": case_id})


def test_the_search_narrows_the_list(stage: Any, office: Any, worker: Actor, case_id: str) -> None:
    office.do(worker, crisis.open_case, OpenCase(person=PersonAnswers(preferred_name="Noor <b>Example</b>")))
    page = CasesPage(stage.context(worker, "W. Worker"))
    stage.show(page)
    page.open()
    stage.settle()
    assert page.table.model.rowCount() == 2
    page.search.setFocus()
    stage.qtbot.keyClicks(page.search, "Noor")
    stage.qtbot.keyClick(page.search, Qt.Key.Key_Return)
    stage.settle()
    assert page.table.model.rowCount() == 1


def test_mine_and_everyone(stage: Any, office: Any, worker: Actor, case_id: str) -> None:
    other = office.member(Role.VSU, "O. Other")
    page = CasesPage(stage.context(other, "O. Other"))
    stage.show(page)
    page.open()
    stage.settle()
    assert page.table.model.rowCount() == 0
    page.worker.set_value("everyone")
    page.refresh()
    stage.settle()
    assert page.table.model.rowCount() == 1


def test_a_worker_opens_a_case_from_here(stage: Any, worker: Actor) -> None:
    page = CasesPage(stage.context(worker, "W. Worker"))
    stage.show(page)
    stage.click(stage.find(page, "cases.open"))
    assert stage.went[-1] == ("crisis.capture", {})
