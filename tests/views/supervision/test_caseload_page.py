"""The supervisor's page, pressed for real on a real vault."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.models.crisis import Case
from app.models.vocab import NeedDomain, NeedLevel
from app.models.work import Actor
from app.queries.supervision import Gap
from app.services import crisis
from app.services.review import AskForReview, ask_for_review
from app.views.common.table import Role as Part
from app.views.common.table import RowTable
from app.views.supervision.page import CaseloadPage
from tests import factories
from tests.conftest import Office, TestClock


def behind(page: CaseloadPage) -> RowTable:
    """The list behind the figure that was opened."""
    assert page._lists is not None, "a figure was opened"
    return page._lists._table()


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def cells(table: RowTable) -> list[list[str]]:
    """Every row as a person reads it."""
    model = table.model
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def ids(table: RowTable) -> list[str]:
    return [str(table.model.index(row, 0).data(Part.ROW_ID)) for row in range(table.model.rowCount())]


@pytest.fixture
def cases(office: Office, worker: Actor, officer: Actor, clock: TestClock) -> list[str]:
    """Three cases: one waits for review, one has an urgent need, all have tasks that are late by now."""
    made = [office.do(worker, crisis.open_case, factories.case()) for _ in range(3)]
    office.do(worker, ask_for_review, AskForReview(case_id=made[0]))
    assessment = office.do(worker, crisis.start_assessment, crisis.StartAssessment(case_id=made[1]))
    answer = crisis.AnswerNeed(assessment_id=assessment, domain=NeedDomain.HOUSING, level=NeedLevel.URGENT)
    office.do(worker, crisis.answer_need, answer)
    request = office.do(officer, crisis.raise_request, factories.request())
    clock.move(minutes=10)
    office.do(worker, crisis.call_back_requester, crisis.CallBackRequester(request_id=request))
    office.do(officer, crisis.raise_request, factories.request())
    clock.move(days=20)
    return made


def opened(stage: Any, supervisor: Actor) -> CaseloadPage:
    page = CaseloadPage(stage.context(supervisor))
    stage.show(page, 1142, 652)
    return page


def test_figures_stand_on_top_and_each_opens_its_list(
    stage: Any, office: Office, supervisor: Actor, cases: list[str]
) -> None:
    page = opened(stage, supervisor)
    shown = {name: stage.find(page, f"supervision.figure.{name}").text() for name in ("open", "call_backs", "review")}
    assert shown == {"open": "3", "call_backs": "50%", "review": "1"}
    stage.click(stage.find(page, "supervision.figure.open"))
    table = behind(page)
    assert table.isVisible() and sorted(ids(table)) == sorted(cases)
    numbers = {office.get(Case, case_id).number for case_id in cases}
    assert {row[0] for row in cells(table)} == numbers
    assert not any("Dana" in text for row in cells(table) for text in row)
    table.view.selectRow(0)
    stage.click(stage.find(page, "supervision.list.open"))
    assert stage.went == [("crisis.case", {"case_id": ids(table)[0]})]
    stage.click(stage.find(page, "supervision.list.back"))
    assert stage.find(page, "supervision.figure.open").isVisible()


def test_late_call_backs_open_the_requests_and_overdue_the_tasks(
    stage: Any, supervisor: Actor, cases: list[str]
) -> None:
    page = opened(stage, supervisor)
    stage.click(stage.find(page, "supervision.figure.call_backs"))
    (row,) = cells(behind(page))
    assert row[2] == "Not called back"
    behind(page).view.selectRow(0)
    stage.click(stage.find(page, "supervision.list.open"))
    assert stage.went[-1][0] == "requests.detail"
    stage.qtbot.keyClick(page, Qt.Key.Key_Escape)
    stage.settle()
    overdue = stage.find(page, "supervision.figure.overdue")
    count = int(overdue.text())
    stage.click(overdue)
    assert len(cells(behind(page))) == count > 0


def test_the_caseload_of_a_worker_opens_number_by_number(
    stage: Any, supervisor: Actor, worker: Actor, cases: list[str]
) -> None:
    page = opened(stage, supervisor)
    stage.click(stage.find(page, "supervision.tab.caseload"))
    table = stage.find(page, "supervision.caseload.table")
    (row,) = cells(table)
    assert row[0] == "W. Worker" and row[1] == "3" and row[3] == "1" and row[6] == "20 days"
    at = table.view.visualRect(table.model.index(0, 3)).center()
    stage.qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    stage.qtbot.mouseDClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    stage.settle()
    assert stage.find(page, "supervision.list.which").value() == "review"
    assert ids(behind(page)) == [cases[0]]
    behind(page).view.selectRow(0)
    stage.qtbot.keyClick(behind(page).view, Qt.Key.Key_Return)
    assert stage.went == [("supervision.review", {"case_id": cases[0]})]


def test_a_case_that_waits_is_opened_for_review(stage: Any, supervisor: Actor, cases: list[str]) -> None:
    page = opened(stage, supervisor)
    stage.click(stage.find(page, "supervision.tab.waiting"))
    table = stage.find(page, "supervision.waiting.table")
    assert ids(table) == [cases[0]] and cells(table)[0][3] == "Review asked for"
    assert cells(table)[0][5] == "20 days"
    table.view.selectRow(0)
    stage.click(stage.find(page, "supervision.waiting.review"))
    assert stage.went == [("supervision.review", {"case_id": cases[0]})]


def test_needs_at_the_start_and_now(stage: Any, supervisor: Actor, cases: list[str]) -> None:
    page = opened(stage, supervisor)
    stage.click(stage.find(page, "supervision.tab.needs"))
    table = stage.find(page, "supervision.needs.table")
    rows = {row[0]: row[1:] for row in cells(table)}
    assert rows["Housing"] == ["1", "1", "0", "0", "0"] and rows["Physical health"] == ["0"] * 5
    table.opened.emit("housing")
    stage.settle()
    assert ids(behind(page)) == [cases[1]]


def test_what_is_missing_is_listed_and_narrowed(stage: Any, supervisor: Actor, cases: list[str]) -> None:
    page = opened(stage, supervisor)
    stage.click(stage.find(page, "supervision.tab.data"))
    table = stage.find(page, "supervision.data.table")
    assert sorted(ids(table)) == sorted(cases)
    assert all(Gap.NEEDS.label() in row[3] for row in cells(table))
    assert "3 open cases lack something" in texts(page)
    gap = stage.find(page, "supervision.data.gap")
    gap._choose(0)
    stage.settle()
    assert all(str(gap.currentText()).split(" · ")[0] in row[3] for row in cells(table))


def test_an_empty_vault_shows_no_percentage_of_nothing(stage: Any, supervisor: Actor) -> None:
    page = opened(stage, supervisor)
    assert stage.find(page, "supervision.figure.call_backs").text() == "–"
    assert stage.find(page, "supervision.figure.open").text() == "0"
    stage.click(stage.find(page, "supervision.tab.waiting"))
    assert "Nothing waits for review" in texts(page)


def test_a_colleagues_case_appears_by_itself(
    stage: Any, office: Office, supervisor: Actor, worker: Actor, cases: list[str]
) -> None:
    page = opened(stage, supervisor)
    with office.vault.write(worker) as work:
        crisis.open_case(work, factories.case())
        changes = work.commit()
    stage.broadcast.announce(changes)
    stage.settle()
    assert stage.find(page, "supervision.figure.open").text() == "4"
