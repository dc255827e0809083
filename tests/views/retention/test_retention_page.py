"""The page on which two people decide what is destroyed; what the owner of unsent work reads."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.errors import NotFound, RuleBroken
from app.models.local.tables import PurgedScope
from app.models.registry import EmergencyCard, Registration
from app.models.retention import DestructionRun, LegalHold
from app.models.vocab import Audience, RegistryStatus, RetentionClass, Role
from app.models.work import Actor
from app.queries.retention import certificate
from app.services import printing, registry, retention
from app.views.common.banner import Banner
from app.views.common.text import PlainLabel
from app.views.common.why_dialog import WhyDialog
from app.views.outbox.page import OutboxPage
from app.views.retention.page import RetentionPage
from app.views.retention.run_card import RunCard
from tests import factories
from tests.conftest import Office, TestClock

ELSEWHERE = "ab" * 16


@pytest.fixture
def registrar(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


@pytest.fixture
def over(office: Office, registrar: Actor, clock: TestClock) -> str:
    """A registration whose time is over."""
    made: str = office.do(registrar, registry.register, factories.registration())
    office.do(registrar, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    command = registry.EndRegistration(registration_id=made, status=RegistryStatus.WITHDRAWN, reason="asked for it")
    office.do(registrar, registry.end_registration, command)
    clock.move(days=3 * 366)
    return made


@pytest.fixture
def proposed(office: Office, registrar: Actor, over: str) -> str:
    """What the registry proposed at another computer."""
    chosen = ((RetentionClass.REGISTRATION, over), (RetentionClass.CARDS, office.found(EmergencyCard)[0].scope_id))
    command = retention.ProposeDestruction(chosen=chosen, reason="The time to be kept is over.")
    actor = Actor(registrar.member_id, registrar.role, ELSEWHERE)
    run: str = office.do(actor, retention.propose_destruction, command)
    return run


def cells(table: Any, row: int = 0) -> list[str]:
    model = table.model
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(PlainLabel) if label.isVisible() and label.text())


def only(page: QWidget, kind: type[Any]) -> Any:
    (found,) = [one for one in page.findChildren(kind) if one.isVisible()]
    return found


def test_the_registry_proposes_everything_that_is_due(stage: Any, office: Office, registrar: Actor, over: str) -> None:
    page = RetentionPage(stage.context(registrar, "R. Registrar"))
    stage.show(page)
    table = stage.find(page, "retention.due")
    registered = office.get(Registration, over)
    assert cells(table)[:3] == ["Registration", registered.number, "T. R."]
    assert cells(table, 1)[0] == "Emergency cards of a year" and cells(table, 1)[2] == "1 card"
    assert not page.hold.isVisible(), "a hold is a supervisor's"
    stage.click(stage.find(page, "retention.propose"))
    dialog = only(page, WhyDialog)
    stage.click(dialog.accept_button)
    assert office.found(DestructionRun) == [], "not without a reason"
    dialog.fill({"reason": "The time to be kept is over."})
    stage.click(dialog.accept_button)
    (run,) = office.found(DestructionRun)
    assert len(run.items or ()) == 2
    card = only(page, RunCard)
    assert "A second person has to approve" in said(card)
    assert [one for one in card.findChildren(QWidget, "retention.approve") if one.isVisible()] == []
    assert cells(table)[4] == "Proposed" and not page.propose.isEnabled()


def test_a_supervisor_looks_and_approves(stage: Any, office: Office, supervisor: Actor, proposed: str) -> None:
    page = RetentionPage(stage.context(supervisor, "S. Supervisor"))
    stage.show(page)
    card = only(page, RunCard)
    assert "nobody can bring them back" in said(card) + only(card, Banner).text()
    assert {cells(card.table, row)[0] for row in range(2)} == {"Registration", "Emergency cards of a year"}
    stage.click(stage.find(page, "retention.approve"))
    run = office.get(DestructionRun, proposed)
    assert run.approved_by == supervisor.member_id and run.second_device == office.vault.device_id
    assert "Two people have approved this" in only(only(page, RunCard), Banner).text()


def test_a_supervisor_declines_with_a_reason(stage: Any, office: Office, supervisor: Actor, proposed: str) -> None:
    page = RetentionPage(stage.context(supervisor, "S. Supervisor"))
    stage.show(page)
    stage.click(stage.find(page, "retention.decline"))
    dialog = only(page, WhyDialog)
    dialog.fill({"reason": "A request for access came in."})
    stage.click(dialog.accept_button)
    assert office.get(DestructionRun, proposed).declined_by == supervisor.member_id
    assert "A request for access came in." in only(only(page, RunCard), Banner).text()


def test_a_hold_is_placed_and_lifted(stage: Any, office: Office, supervisor: Actor, over: str) -> None:
    page = RetentionPage(stage.context(supervisor, "S. Supervisor"))
    stage.show(page)
    table = stage.find(page, "retention.due")
    table.view.selectRow(0)
    stage.settle()
    stage.click(stage.find(page, "retention.hold"))
    dialog = only(page, WhyDialog)
    dialog.fill({"reason": "Asked for by counsel"})
    stage.click(dialog.accept_button)
    assert office.found(LegalHold, LegalHold.subject_id == over)
    assert cells(table)[4] == "On hold: Asked for by counsel"
    table.view.selectRow(0)
    stage.settle()
    stage.click(stage.find(page, "retention.lift"))
    dialog = only(page, WhyDialog)
    dialog.fill({"reason": "Answered"})
    stage.click(dialog.accept_button)
    assert office.found(LegalHold)[0].lifted_at is not None
    assert cells(table)[4] == ""


def test_what_is_destroyed_leaves_its_certificate(stage: Any, office: Office, supervisor: Actor, proposed: str) -> None:
    scopes = office.get(DestructionRun, proposed).scopes
    with office.vault.write(supervisor) as work:
        with work.merging():
            work.destroy(scopes, proposed)
        work.commit()
    page = RetentionPage(stage.context(supervisor, "S. Supervisor"))
    stage.show(page)
    assert office.found(Registration) == []
    card = only(page, RunCard)
    assert "The keys were destroyed" in said(card)
    assert len(cells(card.table)[1]) == 32, "a hash stands for the record"
    assert "Nothing is past its time" in said(page)
    stage.click(stage.find(page, "retention.certificate"))
    assert stage.previews == [("F-2003", {"record_id": proposed})]
    asked = printing.AuthorisePrint(form_id="F-2003", audience=Audience.INTERNAL, record_id=proposed)
    office.do(supervisor, printing.authorise_print, asked)
    with office.vault.read() as session:
        rows = certificate(session, proposed)
    assert {len(line.certificate) for line in rows.lines} == {32} and rows.approved_by == ""


def test_there_is_no_certificate_before(office: Office, supervisor: Actor, proposed: str) -> None:
    asked = printing.AuthorisePrint(form_id="F-2003", audience=Audience.INTERNAL, record_id=proposed)
    with pytest.raises(RuleBroken):
        office.do(supervisor, printing.authorise_print, asked)
    with office.vault.read() as session, pytest.raises(NotFound):
        certificate(session, proposed)


def test_nothing_is_due(stage: Any, registrar: Actor) -> None:
    page = RetentionPage(stage.context(registrar, "R. Registrar"))
    stage.show(page)
    assert "Nothing is past its time" in said(page) and not page.propose.isEnabled()


def test_the_owner_of_unsent_work_reads_that_it_is_gone(stage: Any, office: Office) -> None:
    page = OutboxPage(stage.context(Role.VSU))
    stage.show(page)
    assert not page.lost.isVisible()
    with office.vault.settling() as session:
        session.add(PurgedScope(scope_id="cd" * 16, order_id="ef" * 16, purged_at=office.clock(), unsent=2, told=False))
    page.refresh()
    stage.settle()
    assert page.lost.isVisible() and "2 changes that were never sent are gone" in page.lost.text()
    stage.click(stage.find(page, "outbox.lost_read"))
    assert not page.lost.isVisible()
    assert all(one.told for one in office.found(PurgedScope))
