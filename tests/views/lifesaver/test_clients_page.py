"""A client through its windows: inquiry, profile, eligibility, transmitter, battery, enrolment, discharge."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.models.lifesaver import LifesaverClient
from app.models.lifesaver_vocab import Criterion, DischargeReason, IssueEnd, LifesaverStatus, WearSite
from app.models.registry import Registration
from app.models.vocab import Tri
from app.services import registry
from app.views.common.text import PlainLabel
from app.views.lifesaver.ask import AskDialog
from app.views.lifesaver.clients_page import ClientsPage
from tests import factories
from tests.conftest import Office
from tests.lifesaver import CAREGIVERS, Programme, programme


@pytest.fixture
def pls(office: Office) -> Programme:
    return programme(office)


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(PlainLabel) if label.isVisible())


def act(stage: Any, page: QWidget, name: str, **values: Any) -> None:
    """Press an act of the card and, when it asks, fill and save its dialog."""
    stage.click(stage.find(page, f"pls.act.{name}"))
    fill(stage, page, **values)


def fill(stage: Any, page: QWidget, **values: Any) -> None:
    stage.settle()
    for asked in page.findChildren(AskDialog):
        if asked.isVisible():
            asked.fill(values)
            stage.click(asked.accept_button)


def test_the_person_of_an_inquiry_is_found_by_typing(stage: Any, pls: Programme) -> None:
    for place in range(30):
        pls.office.do(pls.reg, registry.register, factories.registration(legal_last=f"Alder{place:02d}"))
    theo = pls.office.do(pls.reg, registry.register, factories.registration(legal_first="Odile", preferred_name=None))
    page = ClientsPage(stage.context(pls.reg))
    stage.show(page)
    stage.click(stage.find(page, "pls.add"))
    picker = stage.find(page, "pls.inquiry.registration_id")
    assert picker.count() == 21, "a page, and the line that fetches the next"
    picker.setFocus()
    QTest.keyClicks(picker.lineEdit(), "rennick odile")
    stage.qtbot.waitUntil(lambda: not picker.is_waiting, timeout=10_000)
    picker.completer().popup().hide()
    stage.find(page, "pls.inquiry.asked_by").setFocus()
    stage.settle()
    assert picker.value() == theo
    stage.click(stage.find(page, "pls.inquiry.save"))
    (made,) = pls.office.found(LifesaverClient)
    assert made.registration_id == theo


def test_from_the_inquiry_to_the_discharge(stage: Any, pls: Programme) -> None:
    pls.transmitter("T-044")
    pls.office.do(pls.reg, registry.register, factories.registration())
    (person,) = pls.office.found(Registration)
    page = ClientsPage(stage.context(pls.reg))
    stage.show(page)
    stage.click(stage.find(page, "pls.add"))
    fill(stage, page, registration_id=person.id, asked_by="Nora Rennick")
    (made,) = pls.office.found(LifesaverClient)
    assert made.status is LifesaverStatus.INQUIRY

    carers = [{**one, "accepts_all": True} for one in CAREGIVERS]
    act(
        stage, page, "profile", caregivers=carers, agreement_on=date(2026, 1, 19), wear_site=WearSite.LEFT_ANKLE,
        home_lat="43.512", home_lon="-79.882", hazards=[{"name": "Pond", "lat": 43.514, "lon": -79.882}],
    )  # fmt: skip
    known = pls.client(made.id)
    assert known.hazards == [{"name": "Pond", "lat": 43.514, "lon": -79.882, "metres": 222}]
    assert "accepts_all" not in (known.caregivers or [{}])[0]
    act(stage, page, "screen", **{one.value: Tri.YES for one in Criterion})
    assert pls.client(made.id).status is LifesaverStatus.ACCEPTED
    act(stage, page, "issue", transmitter_id=pls.serial("T-044").id)
    act(stage, page, "battery", volts="3,02", steps=("band", "skin"))
    act(stage, page, "enrol")
    assert pls.client(made.id).status is LifesaverStatus.ENROLLED
    assert "Enrolled" in texts(page) and "T-044" in texts(page)

    act(stage, page, "discharge", why=DischargeReason.MOVED)
    refused = next(one for one in page.findChildren(AskDialog) if one.isVisible())
    assert "still out" in texts(refused)
    refused.discard()
    act(stage, page, "end_issue", end=IssueEnd.RETURNED, battery_out=True)
    act(stage, page, "discharge", why=DischargeReason.MOVED)
    assert pls.client(made.id).status is LifesaverStatus.DISCHARGED


def test_a_supervisor_reads_and_does_not_write(stage: Any, pls: Programme) -> None:
    client = pls.enrolled()
    page = ClientsPage(stage.context(pls.sup))
    stage.show(page)
    page.open(client)
    stage.settle()
    assert "T-044" in texts(page)
    assert not [one for one in page.findChildren(QWidget, "pls.act.profile") if one.isVisible()]
    assert not [one for one in page.findChildren(QWidget, "pls.add") if one.isVisible()]
