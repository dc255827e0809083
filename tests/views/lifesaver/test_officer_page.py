"""An officer's page of searches that go on, and the hand-over of a search to another service."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.models.lifesaver_search import SearchCard, SearchHandOver
from app.models.registry import CardView
from app.models.search_vocab import HandOverAuthority, HandOverPart, HandOverWay, SearchOutcome
from app.models.vocab import Role
from app.services import lifesaver_search
from app.views.common.text import PlainLabel
from app.views.lifesaver.officer_page import OfficerPage
from app.views.lifesaver.search_room import SearchRoom
from tests.conftest import Office
from tests.lifesaver import Programme, programme


@pytest.fixture
def pls(office: Office) -> Programme:
    made = programme(office)
    made.enrolled("T-044", 216_150)
    return made


def start(pls: Programme) -> str:
    (card,) = pls.office.found(SearchCard)
    begin = lifesaver_search.ActivateSearch(card_id=card.id, occurrence_no="26-0120")
    return pls.office.do(pls.dsp, lifesaver_search.activate_search, begin)


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(PlainLabel) if label.isVisible())


def test_an_officer_opens_the_card_with_a_reason_and_it_goes_when_the_search_ends(stage: Any, pls: Programme) -> None:
    officer = pls.office.member(Role.OFF, "O. Officer")
    page = OfficerPage(stage.context(officer))
    stage.show(page)
    assert "Nobody is being searched for" in texts(page) and not stage.find(page, "officer.open").isEnabled()
    search_id = start(pls)
    page.refresh()
    stage.settle()
    table = stage.find(page, "officer.table")
    assert table.model.rowCount() == 1 and "Teddy" not in texts(page), "initials until it is opened"
    table.select_id(table.model.row(0).id)
    stage.click(stage.find(page, "officer.open"))
    dialog = stage.find(page, "officer.why")
    stage.click(stage.find(dialog, "officer.why.save"))
    assert pls.office.found(CardView, CardView.viewer_id == officer.member_id) == [], "without a reason it stays shut"
    stage.find(dialog, "officer.why.reason").set_value("Searching the park")
    stage.click(stage.find(dialog, "officer.why.save"))
    said = texts(page)
    assert "Teddy Rennick" in said and "T-044" in said and "Under porches" in said and "MHz" not in said
    assert not [one for one in page.findChildren(QWidget) if one.objectName().startswith("search.frequency")]

    said_then: list[str] = []
    stage.messages.said.connect(lambda sentence, _tone: said_then.append(sentence))
    close = lifesaver_search.CloseSearch(search_id=search_id, outcome=SearchOutcome.FALSE)
    pls.office.do(pls.dsp, lifesaver_search.close_search, close)
    page.refresh()
    stage.settle()
    assert "Teddy Rennick" not in texts(page) and table.model.rowCount() == 0
    assert any("no longer shown" in one for one in said_then)


def test_a_search_is_handed_over_from_its_room(stage: Any, pls: Programme) -> None:
    search_id = start(pls)
    page = SearchRoom(stage.context(pls.ess))
    page.open(search_id)
    stage.show(page)
    page.show_tab("facts")
    stage.click(stage.find(page, "search.give_button"))
    dialog = stage.find(page, "search.give")
    stage.find(dialog, "search.give.given_to").set_value("Example County Police")
    stage.find(dialog, "search.give.way").set_value(HandOverWay.SPOKEN)
    stage.click(stage.find(dialog, "search.give.save"))
    (made,) = pls.office.found(SearchHandOver)
    assert (made.given_to, made.way, made.authority) == (
        "Example County Police", HandOverWay.SPOKEN, HandOverAuthority.SAFETY,
    )  # fmt: skip
    assert made.parts == [HandOverPart.FREQUENCY.value, HandOverPart.CARD.value]
    assert stage.previews == [("F-710", {"record_id": search_id})]
    stage.settle()
    assert "Example County Police" in texts(page) and "By telephone or radio" in texts(page)
