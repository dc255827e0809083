"""The equipment and the rounds through their windows: added, moved, taken back, checked, certified, visited."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.models.lifesaver import (
    BatteryEvent,
    EquipmentIssue,
    LifesaverVisit,
    Receiver,
    SearchOperator,
    Transmitter,
    TransmitterFrequency,
)
from app.models.lifesaver_search import BatteryNotice
from app.models.lifesaver_vocab import (
    IssueEnd,
    KitCondition,
    OperatorLevel,
    ReceiverKind,
    TransmitterStatus,
    VisitOutcome,
)
from app.models.vocab import Role
from app.services import lifesaver_care
from app.views.lifesaver.ask import AskDialog
from app.views.lifesaver.kit_page import KitPage
from app.views.lifesaver.rounds_page import RoundsPage
from tests.conftest import Office
from tests.lifesaver import Programme, day, programme


@pytest.fixture
def pls(office: Office) -> Programme:
    office.clock.at = day(2026, 3, 2)
    return programme(office)


def table(page: QWidget, name: str) -> Any:
    return page.findChild(QWidget, name)


def cells(page: QWidget, name: str) -> list[tuple[str, ...]]:
    found = table(page, name)
    rows = [found.model.row(place) for place in range(found.model.rowCount())]
    return [tuple(str(getattr(cell, "text", cell)) for cell in row.cells) for row in rows]


def choose(page: QWidget, name: str, place: int = 0) -> None:
    found = table(page, name)
    found.select_id(found.model.row(place).id)


def act(stage: Any, page: QWidget, button: str, **values: Any) -> None:
    """Press a button of the page, and fill and save the dialog that it opens."""
    stage.click(stage.find(page, button))
    (asked,) = [one for one in page.findChildren(AskDialog) if one.isVisible()]
    asked.fill(values)
    stage.click(asked.accept_button)
    assert not [one for one in page.findChildren(AskDialog) if one.isVisible()], "it was refused"


def test_a_transmitter_is_added_moved_and_taken_back(stage: Any, pls: Programme) -> None:
    page = KitPage(stage.context(pls.reg))
    stage.show(page)
    act(stage, page, "pls.kit.add_transmitter", serial="T-200", frequency_khz=216_300, location="Cabinet 2")
    (made,) = pls.office.found(Transmitter)
    (secret,) = pls.office.found(TransmitterFrequency)
    assert (made.serial, made.location, secret.frequency_khz) == ("T-200", "Cabinet 2", 216_300)
    assert [row[0] for row in cells(page, "pls.kit.transmitters")] == ["T-200"]
    assert "216" not in str(cells(page, "pls.kit.transmitters")), "the frequency is shown when it is asked for"
    choose(page, "pls.kit.transmitters")
    act(stage, page, "pls.kit.move", status=TransmitterStatus.REPAIR, reason="Cracked case")
    assert pls.serial("T-200").status is TransmitterStatus.REPAIR

    client = pls.enrolled("T-044")
    page.refresh()
    stage.settle()
    place = [row[0] for row in cells(page, "pls.kit.transmitters")].index("T-044")
    choose(page, "pls.kit.transmitters", place)
    act(stage, page, "pls.kit.take_back", end=IssueEnd.RETURNED, ended_on=date(2026, 3, 2), battery_out=True)
    (issue,) = pls.office.found(EquipmentIssue, EquipmentIssue.client_id == client)
    assert issue.end is IssueEnd.RETURNED


def test_receivers_are_checked_and_operators_certified(stage: Any, pls: Programme) -> None:
    page = KitPage(stage.context(pls.reg))
    stage.show(page)
    page.show_tab("receivers")
    act(stage, page, "pls.kit.add_receiver", serial="R-1", kind=ReceiverKind.HANDHELD, assigned_to=pls.ess.member_id)
    assert cells(page, "pls.kit.receivers")[0][-1] == "Never checked"
    choose(page, "pls.kit.receivers")
    act(stage, page, "pls.kit.check", condition=KitCondition.GOOD, checked_on=date(2026, 3, 2))
    (receiver,) = pls.office.found(Receiver)
    assert receiver.condition is KitCondition.GOOD
    assert cells(page, "pls.kit.receivers")[0][2] == "E. Specialist" and "Never" not in str(
        cells(page, "pls.kit.receivers")
    )
    page.show_tab("operators")
    act(
        stage, page, "pls.kit.certificate", member_id=pls.ess.member_id, level=OperatorLevel.OPERATOR,
        certified_on=date(2026, 2, 1),
    )  # fmt: skip
    (operator,) = pls.office.found(SearchOperator)
    assert (operator.member_id, operator.expires_on) == (pls.ess.member_id, date(2027, 2, 1))
    assert "E. Specialist" in [row[0] for row in cells(page, "pls.kit.operators")]


def test_a_specialist_sees_receivers_and_changes_no_transmitter(stage: Any, pls: Programme) -> None:
    page = KitPage(stage.context(pls.ess))
    stage.show(page)
    assert stage.find(page, "pls.kit.add_receiver").isVisible()
    hidden = ("pls.kit.add_transmitter", "pls.kit.transmitters", "pls.kit.certificate")
    assert not [name for name in hidden if page.findChild(QWidget, name) is not None]


def test_the_rounds_show_what_is_due_and_a_technician_their_own_visits(stage: Any, pls: Programme) -> None:
    client = pls.enrolled("T-044")
    technician = pls.office.member(Role.VOL, "T. Technician")
    plan = lifesaver_care.PlanVisit(client_id=client, assigned=(technician.member_id,), planned_on=date(2026, 4, 29))
    pls.office.do(pls.reg, lifesaver_care.plan_visit, plan)
    pls.office.do(pls.reg, lifesaver_care.plan_visit, lifesaver_care.PlanVisit(client_id=client))
    pls.office.clock.at = day(2026, 4, 29)
    office = RoundsPage(stage.context(pls.reg))
    stage.show(office)
    (due,) = cells(office, "pls.rounds.batteries")
    assert due[2:] == ("T. R.", pls.office.found(LifesaverVisit)[0].municipality, "T-044") and "1 May" in due[0]
    choose(office, "pls.rounds.batteries")
    stage.click(stage.find(office, "pls.rounds.client"))
    assert stage.went == [("lifesaver.clients", {"client_id": client})]
    assert len(cells(office, "pls.rounds.visits")) == 2

    page = RoundsPage(stage.context(technician))
    stage.show(page)
    page.show_tab("visits")
    assert page.findChild(QWidget, "pls.rounds.batteries") is None or not cells(page, "pls.rounds.batteries")
    assert len(cells(page, "pls.rounds.visits")) == 1
    choose(page, "pls.rounds.visits")
    act(stage, page, "pls.rounds.battery", volts="2,95", steps=("band",))
    assert {one.swapped_by for one in pls.office.found(BatteryEvent)} == {pls.reg.member_id, technician.member_id}
    assert len(pls.office.found(BatteryNotice)) == 1
    choose(page, "pls.rounds.visits")
    act(stage, page, "pls.rounds.done", outcome=VisitOutcome.DONE, note="All well")
    done = [one for one in pls.office.found(LifesaverVisit) if one.outcome is VisitOutcome.DONE]
    assert [one.note for one in done] == ["All well"] and cells(page, "pls.rounds.visits") == []


def test_a_visit_is_cancelled_with_a_reason(stage: Any, pls: Programme) -> None:
    client = pls.enrolled("T-044")
    pls.office.do(pls.reg, lifesaver_care.plan_visit, lifesaver_care.PlanVisit(client_id=client))
    page = RoundsPage(stage.context(pls.reg))
    stage.show(page)
    page.show_tab("visits")
    choose(page, "pls.rounds.visits")
    act(stage, page, "pls.rounds.cancel", reason="They are away")
    assert cells(page, "pls.rounds.visits") == []
