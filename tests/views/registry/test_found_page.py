"""Describing a found person in a window: from what is seen to the card, and what is left behind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.errors import RuleBroken
from app.models.registry import CardView
from app.models.vocab import CardReason, Gender, Role, SpeaksBy
from app.models.work import Actor
from app.services import registry
from app.views.common.choices import ChipChoice
from app.views.common.text import PlainLabel
from app.views.registry.card import CardPage
from app.views.registry.card_map import CardMapDialog
from app.views.registry.found import FoundPage
from app.views.registry.told import age_of, height_of
from tests import factories
from tests.conftest import Office


@pytest.fixture
def people(office: Office) -> None:
    coordinator = office.member(Role.REG, "R. Registrar")
    ada: dict[str, Any] = {
        "legal_first": "Ada", "legal_last": "Quill", "dob": date(1941, 3, 1), "gender": Gender.WOMAN,
        "hair": "White", "height_cm": 160, "communication": ["speaks"], "places": [], "wander_history": [],
        "addresses": [{"kind": "home", "text": "1 Elm Row", "lat": 43.47, "lon": -79.80}],
    }  # fmt: skip
    for other in ({}, ada):
        made = office.do(coordinator, registry.register, factories.registration(**other))
        office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))


def texts(page: FoundPage) -> str:
    return " | ".join(label.text() for label in page.findChildren(PlainLabel) if label.isVisible())


def opened(stage: Any, officer: Actor) -> FoundPage:
    page = FoundPage(stage.context(officer, "Const. Marchetti"))
    stage.show(page, 1180, 740)
    page.open()
    stage.settle()
    return page


def describe(stage: Any, page: FoundPage) -> None:
    stage.find(page, "registry.found.gender").set_value(Gender.MAN)
    for name, text in (("age", "8-10"), ("height_cm", "4'5"), ("hair", "brown"), ("position", "43.5149, -79.8817")):
        stage.find(page, f"registry.found.{name}").set_value(text)
    (chips,) = page.findChildren(ChipChoice, "registry.found.communication")
    chips.set_value((SpeaksBy.NON_VERBAL,))


def test_from_what_is_seen_to_the_card(stage: Any, office: Office, officer: Actor, people: None) -> None:
    page = opened(stage, officer)
    describe(stage, page)
    stage.find(page, "registry.found.occurrence").set_value("26-0042")
    QTest.keyClick(stage.find(page, "registry.found.hair"), Qt.Key.Key_Return)
    stage.settle()
    table = stage.find(page, "registry.found.results")
    cells = [str(table.model.index(0, column).data()) for column in range(table.model.columnCount())]
    assert cells[:3] == ["T. R.", "0 to 11", "Fits well"] and "20 m from Heron Pond" in cells[3]
    assert table.model.rowCount() == 2, "nobody is excluded"
    said = texts(page)
    assert "1 person may be meant." in said and "Height within 1 cm" in said and "Nothing." in said
    assert not any(private in said for private in ("Theo", "Rennick", "Teddy", "555"))
    assert office.found(CardView) == [], "the list is no card"
    QTest.keyClick(table.view, Qt.Key.Key_Down)
    stage.settle()
    assert "Gender differs" in texts(page)
    QTest.keyClick(table.view, Qt.Key.Key_Up)
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    stage.settle()
    stage.click(stage.find(page, "registry.reason.open"))
    (view,) = office.found(CardView)
    assert (view.why, view.occurrence_no) == (CardReason.FOUND, "26-0042"), "said once, kept for the card"
    assert stage.went == [("registry.card", {"view_id": view.id})]
    card = CardPage(stage.context(officer, "Const. Marchetti"))
    stage.show(card, 1134, 700)
    card.open(view_id=view.id)
    stage.settle()
    stage.click(stage.find(card, "registry.card.map"))
    (dialog,) = card.findChildren(CardMapDialog)
    stage.settle()
    assert "Heron Pond, found 3 Jul 2025: 310 m north of home." in dialog.panel.canvas.accessibleDescription()
    dialog.reject()


def test_too_little_and_unreadable_answers_are_said_at_their_field(stage: Any, officer: Actor, people: None) -> None:
    page = opened(stage, officer)
    stage.find(page, "registry.found.gender").set_value(Gender.MAN)
    stage.click(stage.find(page, "registry.found.search"))
    assert "Tell at least two things about the person." in texts(page)
    stage.find(page, "registry.found.age").set_value("about sixty")
    stage.click(stage.find(page, "registry.found.search"))
    assert "An age is a number of years" in texts(page)


def test_nothing_is_left_for_the_next_person(stage: Any, officer: Actor, people: None) -> None:
    page = opened(stage, officer)
    describe(stage, page)
    stage.click(stage.find(page, "registry.found.search"))
    stage.settle()
    assert page._gathering is not None
    stage.click(stage.find(page, "registry.found.new"))
    assert stage.find(page, "registry.found.hair").value() is None and "Whom have you found?" in texts(page)
    page.hide()
    assert page._gathering is None, "the cards are let go with the page"


def test_a_card_that_is_added_meanwhile_is_compared(stage: Any, office: Office, officer: Actor, people: None) -> None:
    page = opened(stage, officer)
    describe(stage, page)
    coordinator = office.member(Role.REG, "Another Registrar")
    made = office.do(coordinator, registry.register, factories.registration(legal_first="Theodora"))
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    page._forget()
    stage.settle()
    stage.click(stage.find(page, "registry.found.search"))
    stage.settle()
    assert stage.find(page, "registry.found.results").model.rowCount() == 3


@pytest.mark.parametrize(
    ("typed", "cm"),
    [
        ("175", 175),
        ("175 cm", 175),
        ("1.75", 175),
        ("1,8 m", 180),
        ("5'9", 175),
        ("5’ 9”", 175),
        ("6 ft", 183),
        (None, None),
    ],
)
def test_heights_as_they_are_typed(typed: str | None, cm: int | None) -> None:
    assert height_of(typed) == cm


@pytest.mark.parametrize(("typed", "age"), [("75", (75, 75)), ("70-80", (70, 80)), ("70 à 80", (70, 80)), (None, None)])
def test_ages_as_they_are_typed(typed: str | None, age: tuple[int, int] | None) -> None:
    assert age_of(typed) == age


@pytest.mark.parametrize("typed", ["tall", "17 5", "9'9'9"])
def test_what_is_no_height_is_refused(typed: str) -> None:
    with pytest.raises(RuleBroken):
        height_of(typed)
