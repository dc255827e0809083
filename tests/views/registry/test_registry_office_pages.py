"""The registry's office on a real vault: handing in, lists, figures, renewals, disputes, numbers that follow a card."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.models.registry import CardFollowUp, EmergencyCard, Registration, RegistryBatch, RegistryDispute, RegistryEvent
from app.models.rules import registry_disputes
from app.models.vocab import (
    CardOutcome,
    CardReason,
    DisputeSide,
    Gender,
    RegistryAct,
    RegistryAuthority,
    RegistryStatus,
    Role,
    Tri,
)
from app.models.work import Actor
from app.services import forms, registry
from app.services.registry_cards import OpenCard, open_card
from app.views.common.banner import Banner
from app.views.common.text import PlainLabel
from app.views.due.page import DuePage
from app.views.registry.answered import AnsweredDialog
from app.views.registry.dispute_dialogs import DecideDialog, DisputeDialog
from app.views.registry.figures_page import FiguresPage
from app.views.registry.form import RegistrationDialog
from app.views.registry.list_page import RegistryPage
from app.views.registry.lists_page import ImportDialog, ListsPage
from app.views.registry.mine_page import FollowUpDialog, MinePage
from app.views.registry.terms_dialogs import ReminderDialog, RenewDialog
from tests import factories
from tests.conftest import Office
from tests.forms.test_shipped_forms import filled
from tests.forms.test_shipped_forms import registration as form_answers

LIST = (
    "legal_first,legal_last,dob,street,town\n"
    "Iris,Kestrel,1941-03-02,3 Alder Road,Milton\n"
    "Teo,Renick,2016-05-02,14 Maplewood Ln,Milton\n"
    ",,1950-01-01,,\n"
)


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


@pytest.fixture
def theo(office: Office, coordinator: Actor) -> str:
    made = office.do(coordinator, registry.register, factories.registration())
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(PlainLabel) if label.isVisible() and label.text())


def cells(table: Any, row: int = 0) -> list[str]:
    model = table.model
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def only(page: QWidget, kind: type[Any]) -> Any:
    (dialog,) = [one for one in page.findChildren(kind) if one.isVisible()]
    return dialog


def test_an_officer_hands_in_at_the_door(stage: Any, office: Office, officer: Actor) -> None:
    page = MinePage(stage.context(officer, "Const. Marchetti"))
    stage.show(page)
    stage.click(stage.find(page, "registry.mine.add"))
    dialog = only(page, RegistrationDialog)
    dialog.fill({"legal_first": "Iris", "legal_last": "Kestrel"})
    stage.click(dialog.accept_button)
    table = stage.find(page, "registry.mine.table")
    assert cells(table)[1] == "I. K." and cells(table)[4] == "Not yet"
    table.view.selectRow(0)
    stage.settle()
    stage.click(stage.find(page, "registry.mine.send"))
    (made,) = office.found(Registration)
    assert made.status is RegistryStatus.SUBMITTED
    assert cells(stage.find(page, "registry.mine.table"))[3] == "Submitted"
    assert not stage.find(page, "registry.mine.edit").isEnabled(), "what was handed in is not reopened"
    stage.click(stage.find(page, "registry.mine.blank"))
    assert stage.previews == [("F-601", {})]


def test_the_number_follows_the_card(stage: Any, office: Office, officer: Actor, theo: str) -> None:
    (card,) = office.found(EmergencyCard)
    view_id = office.do(officer, open_card, OpenCard(card_id=card.id, why=CardReason.MISSING))
    page = MinePage(stage.context(officer, "Const. Marchetti"))
    stage.show(page)
    table = stage.find(page, "registry.mine.cards")
    assert cells(table)[3].startswith("by ")
    table.view.selectRow(0)
    stage.settle()
    stage.click(stage.find(page, "registry.mine.follow"))
    dialog = only(page, FollowUpDialog)
    stage.click(dialog.accept_button)
    assert "Give the occurrence number" in said(dialog)
    dialog.fill({"occurrence_no": "26-0107", "outcome": CardOutcome.FOUND_WELL, "helped": "yes"})
    stage.click(dialog.accept_button)
    (told,) = office.found(CardFollowUp)
    assert (told.view_id, told.occurrence_no, told.outcome) == (view_id, "26-0107", CardOutcome.FOUND_WELL)
    assert cells(stage.find(page, "registry.mine.cards"))[3:] == ["26-0107", "Found, unharmed"]


def test_a_list_is_looked_through_and_taken_in(
    stage: Any, office: Office, coordinator: Actor, theo: str, tmp_path: Path
) -> None:
    file = tmp_path / "home.csv"
    file.write_text(LIST, encoding="utf-8")
    page = ListsPage(stage.context(coordinator, "R. Registrar"))
    stage.show(page)
    page.take(file)
    stage.qtbot.waitUntil(lambda: bool(page.findChildren(ImportDialog)), timeout=10_000)
    stage.settle()
    dialog = only(page, ImportDialog)
    table = stage.find(dialog, "registry.import.table")
    number = office.get(Registration, theo).number
    assert [cells(table, row)[2:] for row in range(3)] == [
        ["Becomes a draft", ""],
        ["Perhaps registered already", f"Like {number}"],
        ["Cannot be taken", "The row has no name."],
    ]
    dialog.fill({"facility": "Alder House"})
    stage.click(dialog.accept_button)
    (batch,) = office.found(RegistryBatch)
    assert (len(batch.taken or []), len(batch.refused or []), batch.facility) == (1, 2, "Alder House")
    listed = stage.find(page, "registry.lists.table")
    assert cells(listed)[1:] == ["Alder House", "home.csv", "1", "2"]
    listed.view.selectRow(0)
    stage.settle()
    stage.click(stage.find(page, "registry.lists.print"))
    assert stage.previews == [("F-608", {"record_id": batch.id})]


def test_a_file_that_is_no_list_says_why(stage: Any, coordinator: Actor, tmp_path: Path) -> None:
    file = tmp_path / "picture.csv"
    file.write_bytes(b"\xff\xd8\xff\xe0")
    page = ListsPage(stage.context(coordinator))
    stage.show(page)
    told: list[str] = []
    stage.messages.said.connect(lambda *what: told.append(str(what)))
    page.take(file)
    stage.qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert "Save it as CSV in UTF-8" in told[0]
    page.take(tmp_path / "gone.csv")
    stage.qtbot.waitUntil(lambda: len(told) == 2, timeout=10_000)
    assert "cannot be read" in told[1]


def test_the_registry_in_figures(stage: Any, office: Office, supervisor: Actor, theo: str) -> None:
    page = FiguresPage(stage.context(supervisor))
    stage.show(page)
    assert "Milton\n1" in said(page)
    stage.find(page, "registry.figures.share").set_value(True)
    page.refresh()
    stage.settle()
    assert "Milton\n–" in said(page)
    stage.find(page, "registry.figures.period").set_value("before")
    page.refresh()
    stage.settle()
    assert "2025" in stage.find(page, "registry.figures.span").text()


def shown(stage: Any, actor: Actor, registration_id: str) -> RegistryPage:
    page = RegistryPage(stage.context(actor, "R. Registrar"))
    stage.show(page, 1300, 1500)
    page.open(registration_id=registration_id)
    stage.settle()
    return page


def test_renewing_and_reminding(stage: Any, office: Office, coordinator: Actor, theo: str) -> None:
    before = office.get(Registration, theo).expires_on
    assert before is not None
    page = shown(stage, coordinator, theo)
    stage.click(stage.find(page, "registry.remind"))
    reminder = only(page, ReminderDialog)
    assert any("Nobody has asked" in banner.text() for banner in reminder.findChildren(Banner))
    reminder.fill({"way": "mail"})
    stage.click(reminder.accept_button)
    stage.click(stage.find(page, "registry.renew"))
    renewal = only(page, RenewDialog)
    renewal.fill({"attested_by": "Nora, by telephone", "contacts_checked": True})
    stage.click(renewal.accept_button)
    after = office.get(Registration, theo).expires_on
    assert after is not None and after - before >= timedelta(days=365)
    stage.click(stage.find(page, "registry.renew_changed"))
    dialog = only(page, RegistrationDialog)
    stage.find(dialog, "registry.form.hair").set_value("Shaved")
    stage.click(dialog.accept_button)
    acts = {event.act for event in office.found(RegistryEvent)}
    assert acts == {
        RegistryAct.ACTIVATED,
        RegistryAct.REMINDED,
        RegistryAct.RENEWED,
        RegistryAct.RENEWED_CHANGED,
    }
    assert "Renewed with changes" in said(page)
    stage.click(stage.find(page, "registry.print.F-604"))
    assert stage.previews == [("F-604", {"record_id": theo, "language": None})]


def test_guardians_disagree_and_a_supervisor_decides(
    stage: Any, office: Office, coordinator: Actor, supervisor: Actor, theo: str
) -> None:
    page = shown(stage, coordinator, theo)
    stage.click(stage.find(page, "registry.dispute"))
    dialog = only(page, DisputeDialog)
    dialog.fill({"field": "calming", "second_by": "Paul Rennick", "text": "A song."})
    stage.click(dialog.accept_button)
    (dispute,) = office.found(RegistryDispute)
    assert (dispute.field, dispute.second) == ("calming", {"value": "A song."})
    assert any("Guardians disagree about: What calms" in banner.text() for banner in page.findChildren(Banner))
    desk = shown(stage, supervisor, theo)
    stage.click(stage.find(desk, "registry.decide.open"))
    decision = only(desk, DecideDialog)
    assert "A song." in said(decision)
    decision.fill({"side": DisputeSide.SECOND, "reason": "Order seen"})
    stage.click(decision.accept_button)
    assert office.get(Registration, theo).calming == "A song."


OTHER: dict[str, Any] = {
    "contacts": [{"name": "Paul Rennick", "phone": "+15555550199"}],
    "addresses": [{"kind": "home", "text": "9 Elm Street", "lat": 43.5, "lon": -79.9}],
    "places": [{"name": "Old mill"}],
    "devices": [{"kind": "Watch", "number": "+15555550198"}],
    "wander_history": [{"on": "2024-01-02", "found": "Old mill"}],
    "routines": [{"day": "Monday", "place": "Old mill"}],
    "conditions": ["dementia"],
    "communication": ["writes"],
    "sensory": ["touch"],
    "risks": ["climbs"],
    "attractions": ["trains"],
    "aliases": ["Ted"],
    "medical_alerts": ["Peanuts"],
    "helpers": ["Old mill school"],
    "swims": Tri.YES,
    "gender": Gender.TWO_SPIRIT,
    "authority": RegistryAuthority.GUARDIAN,
}


@pytest.mark.parametrize("field", sorted(registry_disputes.DISPUTABLE))
def test_everything_that_guardians_can_disagree_about_is_recorded_and_decided_in_the_window(
    stage: Any, office: Office, coordinator: Actor, supervisor: Actor, theo: str, field: str
) -> None:
    page = shown(stage, coordinator, theo)
    stage.click(stage.find(page, "registry.dispute"))
    dialog = only(page, DisputeDialog)
    value, control = OTHER.get(field, "Another version"), field if field in OTHER else "text"
    dialog.fill({"field": field, "second_by": "Paul Rennick", control: value})
    assert stage.find(dialog, f"registry.dispute.{control}").isVisible()
    stage.click(dialog.accept_button)
    (dispute,) = office.found(RegistryDispute)
    assert dispute.field == field
    desk = shown(stage, supervisor, theo)
    stage.click(stage.find(desk, "registry.decide.open"))
    decision = only(desk, DecideDialog)
    first = value[0] if isinstance(value, list) else value
    told = next(iter(first.values())) if isinstance(first, dict) else getattr(first, "text", first)
    assert str(told).casefold() in said(decision).casefold(), "the other version is read in words"
    decision.fill({"side": DisputeSide.SECOND, "reason": "Order seen"})
    stage.click(decision.accept_button)
    stands = getattr(office.get(Registration, theo), field)
    if isinstance(first, dict):
        assert len(stands) == 1 and first.items() <= stands[0].items()
    else:
        assert stands == value


def test_a_task_of_the_registry_leads_to_its_registration(
    stage: Any, office: Office, coordinator: Actor, theo: str
) -> None:
    expires = office.get(Registration, theo).expires_on
    assert expires is not None
    office.clock.move(days=(expires - office.clock.at.date()).days - 60)
    page = DuePage(stage.context(coordinator, "R. Registrar"))
    stage.show(page)
    assert page.table.model.rowCount() == 1
    page.table.opened.emit(_first(page))
    assert stage.went == [("registry.list", {"registration_id": theo})]


def _first(page: DuePage) -> str:
    page.table.view.selectRow(0)
    return str(page.table.selected_id())


def test_an_answered_form_becomes_a_draft(stage: Any, office: Office, officer: Actor) -> None:
    page = MinePage(stage.context(officer, "Const. Marchetti"))
    stage.show(page)
    told: list[str] = []
    stage.messages.said.connect(lambda what, _tone: told.append(what))
    stage.click(stage.find(page, "registry.mine.answered"))
    stage.qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert told == ["You have not finished a registration form."]
    answer_id = office.do(officer, forms.start_answer, forms.StartAnswer(form_id="vpr_registration"))
    state = filled("vpr_registration", form_answers()).state()
    office.do(officer, forms.finish_answer, forms.FinishAnswer(answer_id=answer_id, state=state))
    stage.click(stage.find(page, "registry.mine.answered"))
    stage.qtbot.waitUntil(lambda: bool(page.findChildren(AnsweredDialog)), timeout=20_000)
    stage.settle()
    dialog = only(page, AnsweredDialog)
    stage.click(dialog.accept_button)
    (made,) = office.found(Registration)
    assert made.status is RegistryStatus.DRAFT and made.created_by == officer.member_id
    assert made.legal_first == form_answers()["person/legal_first"] and made.contacts
    assert cells(stage.find(page, "registry.mine.table"))[4] == "Not yet"
