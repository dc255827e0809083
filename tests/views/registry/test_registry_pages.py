"""The registry on a real vault: finding by keyboard alone, the card, and what the registry's own page does."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app import words
from app.models.registry import CardView, EmergencyCard, Registration
from app.models.vocab import CardReason, RegistryStatus, Role
from app.models.work import Actor
from app.services import registry
from app.services.registry_cards import OpenCard, open_card
from app.views.common.text import PlainLabel
from app.views.common.why_dialog import WhyDialog
from app.views.common.wording import use_language
from app.views.main_window import MainWindow
from app.views.messages import Messages
from app.views.programme import PageSpec, Programme, discover
from app.views.registry.card import CardAlarm, CardBlock, CardPage
from app.views.registry.dialogs import EndDialog, VerifyDialog
from app.views.registry.find import FindPage
from app.views.registry.form import RegistrationDialog
from app.views.registry.list_page import RegistryPage
from app.views.registry.views_page import ViewsPage
from tests import factories
from tests.conftest import Office


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


@pytest.fixture
def theo(office: Office, coordinator: Actor) -> str:
    """Theo's registration, active; its id."""
    made = office.do(coordinator, registry.register, factories.registration())
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(PlainLabel) if label.isVisible() and label.text()]


def press(key: Qt.Key) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, key)


def write(text: str) -> None:
    for letter in text:
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClicks(target, letter)


def finder(stage: Any, actor: Actor) -> FindPage:
    page = FindPage(stage.context(actor, "Const. Marchetti"))
    stage.show(page)
    page.open()
    stage.settle()
    return page


def card_page(stage: Any, office: Office, officer: Actor, theo: str) -> CardPage:
    (card,) = office.found(EmergencyCard, EmergencyCard.registration_id == theo)
    view_id = office.do(officer, open_card, OpenCard(card_id=card.id, why=CardReason.MISSING))
    page = CardPage(stage.context(officer, "Const. Marchetti"))
    stage.show(page, 1134, 700)
    page.open(view_id=view_id)
    stage.settle()
    return page


def test_from_the_name_to_the_card_by_keyboard_alone(stage: Any, office: Office, officer: Actor, theo: str) -> None:
    page = finder(stage, officer)
    write("maplewood 14")
    stage.settle()
    table = stage.find(page, "registry.results")
    model = table.model
    cells = [str(model.index(0, column).data()) for column in range(model.columnCount())]
    assert (model.rowCount(), cells) == (1, ["T. R.", "0 to 11", "Address", "Valid"])
    assert not any("Theo" in text or "Rennick" in text for text in texts(page)), "the list gives no name away"
    press(Qt.Key.Key_Return)
    stage.settle()
    press(Qt.Key.Key_Return)
    stage.settle()
    assert stage.went == [] and office.found(CardView) == []
    assert any("Say why" in text for text in texts(page))
    press(Qt.Key.Key_Escape)
    stage.settle()
    press(Qt.Key.Key_Return)
    stage.settle()
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_Return)
    stage.settle()
    (view,) = office.found(CardView)
    assert stage.went == [("registry.card", {"view_id": view.id})]
    assert view.why is CardReason.MISSING
    assert stage.find(page, "registry.search").value() is None, "the next person at the screen sees no search"


def test_words_are_a_reason_too(stage: Any, office: Office, officer: Actor, theo: str) -> None:
    page = finder(stage, officer)
    write("theo")
    stage.settle()
    press(Qt.Key.Key_Return)
    stage.settle()
    write("call 25-0311")
    assert stage.find(page, "registry.reason.text").value() == "call 25-0311"
    press(Qt.Key.Key_Return)
    stage.settle()
    assert [view.reason for view in office.found(CardView)] == ["call 25-0311"]


def test_arrows_move_while_one_types(stage: Any, office: Office, coordinator: Actor, officer: Actor, theo: str) -> None:
    other = office.do(coordinator, registry.register, factories.registration(legal_first="Theodora"))
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=other))
    page = finder(stage, officer)
    write("theo")
    stage.settle()
    table = stage.find(page, "registry.results")
    first = table.selected_id()
    press(Qt.Key.Key_Down)
    assert table.selected_id() not in ("", first)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    assert table.selected_id() == first
    press(Qt.Key.Key_Escape)
    stage.settle()
    assert table.model.rowCount() == 0


def test_nobody_found_says_what_to_try(stage: Any, office: Office, officer: Actor, theo: str) -> None:
    page = finder(stage, officer)
    assert "Whom are you looking for?" in texts(page)
    write("zzz")
    stage.settle()
    assert "Nobody found" in texts(page)


def test_the_card_says_what_matters_first(stage: Any, office: Office, officer: Actor, theo: str) -> None:
    page = card_page(stage, office, officer, theo)
    assert stage.find(page, "registry.card.name").text() == "Teddy · 9 years"
    alarms = [alarm.accessibleName() for alarm in page.findChildren(CardAlarm)]
    assert alarms == ["LIFE-THREATENING: Cannot swim and walks into water."]
    blocks = {block.accessibleName().split(":")[0]: block for block in page.findChildren(CardBlock)}
    assert "Heron Pond" in blocks["Near by"].accessibleName()
    assert "Mill Pond" in blocks["Near by"].accessibleName()
    assert "Depot Yard" in blocks["Other places"].accessibleName()
    assert blocks["Do not"].accessibleName() == "Do not: Do not touch him first."
    assert "555-555-0142" in " ".join(texts(page))
    area = stage.find(page, "registry.card.area")
    assert isinstance(area, QScrollArea)
    for name in ("Communicate", "Do", "Do not", "Calm with", "Triggers", "Attracted to", "Near by"):
        bottom = blocks[name].mapTo(area.viewport(), blocks[name].rect().bottomLeft()).y()
        assert bottom <= area.viewport().height(), f"{name} is seen without scrolling"


def test_a_card_not_to_be_shared_says_so(
    stage: Any, office: Office, coordinator: Actor, officer: Actor, theo: str
) -> None:
    kept = {"registry": "yes", "share_police": "no"}
    change = registry.UpdateRegistration(registration_id=theo, consents=kept)
    office.do(coordinator, registry.update_registration, change)
    page = card_page(stage, office, officer, theo)
    said = " ".join(texts(page))
    assert "Not to be shared outside the service without consent or emergency." in said
    use_language("fr")
    stage.settle()
    assert "Ne pas communiquer hors du service sans consentement ni urgence." in " ".join(texts(page))
    assert words.current().code == "fr"


def test_without_a_recorded_view_there_is_no_card(stage: Any, office: Office, officer: Actor, theo: str) -> None:
    (card,) = office.found(EmergencyCard)
    page = CardPage(stage.context(officer))
    stage.show(page)
    page.open(view_id=card.id)
    stage.settle()
    assert "No card is open" in texts(page)
    assert not any("Teddy" in text for text in texts(page))
    page.print_card()
    assert stage.previews == []


def test_printing_and_going_on(stage: Any, office: Office, officer: Actor, theo: str) -> None:
    page = card_page(stage, office, officer, theo)
    stage.click(stage.find(page, "registry.card.print"))
    stage.click(stage.find(page, "registry.card.phone"))
    card_id = page.card_id
    assert stage.previews == [("F-602", {"record_id": card_id}), ("F-602P", {"record_id": card_id})]
    stage.click(stage.find(page, "registry.card.find"))
    assert stage.went[-1][0] == "registry.find"


def listed(stage: Any, actor: Actor) -> RegistryPage:
    page = RegistryPage(stage.context(actor, "R. Registrar"))
    stage.show(page)
    return page


def test_the_registry_enters_checks_and_activates(stage: Any, office: Office, coordinator: Actor) -> None:
    page = listed(stage, coordinator)
    stage.click(stage.find(page, "registry.add"))
    dialog = page.findChild(RegistrationDialog)
    assert dialog is not None
    dialog.fill(_form_values())
    stage.click(dialog.accept_button)
    (made,) = office.found(Registration)
    assert made.status is RegistryStatus.DRAFT and made.number
    assert made.places == [] and made.risks == [], "none known is an answer"
    assert made.addresses == [{"kind": "home", "text": "14 Maplewood Lane", "lat": 43.512, "lon": -79.882}]
    assert made.marks == ["Scar", "Tattoo"] and made.consents == {"registry": "yes", "share_police": "no"}
    table = stage.find(page, "registry.table")
    assert table.model.rowCount() == 1
    stage.click(stage.find(page, "registry.verify"))
    verify = page.findChild(VerifyDialog)
    assert verify is not None
    verify.fill({"authority": "parent", "evidence": "Birth certificate", "id_checked": True})
    stage.click(verify.accept_button)
    assert office.found(Registration)[0].status is RegistryStatus.VERIFYING
    stage.click(stage.find(page, "registry.activate"))
    assert office.found(Registration)[0].status is RegistryStatus.ACTIVE
    assert len(office.found(EmergencyCard)) == 1


def _form_values() -> dict[str, Any]:
    command = factories.registration()
    asked = (
        "source submitter_name relation authority residence_link legal_first legal_last dob gender hair eyes mobility"
        " conditions life_threatening communication triggers calming approach attractions height_cm contacts"
    )
    values = {name: getattr(command, name) for name in asked.split()}
    return values | {
        "addresses": [{"kind": "home", "text": "14 Maplewood Lane", "lat": 43.512, "lon": -79.882}],
        "marks": ["Scar", "Tattoo"],
        "risks": ["none known"],
        "places": [],
        "routines": [],
        "wander_history": [],
        "consent_registry": "yes",
        "consent_share_police": "no",
    }


def test_changing_hands_over_only_what_changed(stage: Any, office: Office, coordinator: Actor, theo: str) -> None:
    page = listed(stage, coordinator)
    RegistrationDialog.ask_for(stage.context(coordinator), page, theo, lambda _: None)
    stage.settle()
    dialog = page.findChild(RegistrationDialog)
    assert dialog is not None
    assert not dialog.is_changed(), "showing changes nothing"
    stage.find(dialog, "registry.form.hair").set_value("Shaved")
    _verb, command = dialog.request()
    assert command == registry.UpdateRegistration(registration_id=theo, hair="Shaved")
    stage.click(dialog.accept_button)
    assert office.get(Registration, theo).hair == "Shaved"


def test_a_position_that_cannot_be_read_is_not_saved(stage: Any, office: Office, coordinator: Actor) -> None:
    page = listed(stage, coordinator)
    stage.click(stage.find(page, "registry.add"))
    dialog = page.findChild(RegistrationDialog)
    assert dialog is not None
    dialog.fill({"legal_first": "Theo", "places": [{"name": "Pond"}]})
    stage.settle()
    stage.find(dialog, "registry.form.places.0.position").set_value("near the church")
    stage.click(dialog.accept_button)
    assert office.found(Registration) == [] and dialog.isVisible()


def test_the_list_suspends_and_ends_with_a_reason(
    stage: Any, office: Office, coordinator: Actor, supervisor: Actor, theo: str
) -> None:
    page = listed(stage, supervisor)
    stage.find(page, "registry.view").set_value("current")
    page.refresh()
    stage.settle()
    stage.find(page, "registry.table").view.selectRow(0)
    stage.settle()
    stage.click(stage.find(page, "registry.suspend"))
    dialog = page.findChild(WhyDialog)
    assert dialog is not None
    stage.click(dialog.accept_button)
    assert office.get(Registration, theo).status is RegistryStatus.ACTIVE, "refused without a reason"
    dialog.fill({"reason": "Two guardians disagree"})
    stage.click(dialog.accept_button)
    assert office.get(Registration, theo).status is RegistryStatus.SUSPENDED
    office.do(supervisor, registry.resume_registration, registry.ResumeRegistration(registration_id=theo, reason="r"))
    ending = EndDialog(stage.context(coordinator), page, theo, lambda: None)
    ending.open()
    ending.fill({"status": RegistryStatus.MOVED_OUT, "reason": "Moved to another region"})
    stage.click(ending.accept_button)
    assert office.get(Registration, theo).status is RegistryStatus.MOVED_OUT


def test_the_weekly_access_list(stage: Any, office: Office, coordinator: Actor, officer: Actor, theo: str) -> None:
    (card,) = office.found(EmergencyCard)
    office.do(officer, open_card, OpenCard(card_id=card.id, reason="call 25-0311", occurrence_no="25-0311"))
    page = ViewsPage(stage.context(coordinator))
    stage.show(page)
    model = stage.find(page, "registry.views.table").model
    row = [str(model.index(0, column).data()) for column in range(model.columnCount())]
    assert row[1:] == ["Const. Marchetti · Officer", "VPR-2026-000001 · T. R.", "call 25-0311", "25-0311", ""]


def test_who_is_offered_what() -> None:
    pages = {page.route: page for programme in discover() for page in programme.pages}
    assert {Role.OFF, Role.DSP, Role.VSU, Role.SUP, Role.REG} <= pages["registry.find"].roles
    assert not {Role.VOL, Role.DIV, Role.CSW, Role.ADM, Role.AUD} & pages["registry.find"].roles
    assert pages["registry.list"].roles == {Role.REG, Role.SUP}
    assert pages["registry.find"].shortcut == "F3"


def test_the_shortcut_leads_there_from_everywhere(stage: Any, office: Office, officer: Actor) -> None:
    def made(context: Any) -> QWidget:
        return QWidget()

    def page(route: str, shortcut: str = "") -> PageSpec:
        return PageSpec(route, lambda: route, "search", made, frozenset({Role.OFF}), 1, shortcut)

    window = MainWindow([Programme("one", (page("one"), page("two", "F3")))], Messages())
    stage.show(window, 1366, 768)
    window.furnish(stage.context(officer))
    window.go("one")
    QTest.keyClick(window, Qt.Key.Key_F3)
    assert window.route == "two"
