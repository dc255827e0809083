"""A search through its windows: started from the list, bearings logged by keyboard, located, closed, debriefed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.models.lifesaver_search import BearingLog, SearchActivation, SearchCard
from app.models.local.tables import AuditEntry
from app.models.search_vocab import (
    BearingNorth,
    FoundBy,
    FoundCondition,
    FoundPlace,
    SearchOutcome,
    SearchStatus,
    TransmitterFound,
)
from app.models.vocab import AuditAction, ScopeKind, Tri
from app.services import lifesaver_kit, lifesaver_search
from app.views.common.text import PlainLabel
from app.views.lifesaver.ask import AskDialog
from app.views.lifesaver.search_room import SearchRoom
from app.views.lifesaver.searches_page import SearchesPage
from app.views.map.contents import PlaceKind
from tests.conftest import Office
from tests.lifesaver import Programme, programme


@pytest.fixture
def pls(office: Office) -> Programme:
    made = programme(office)
    made.enrolled("T-044", 216_150)
    certify = lifesaver_kit.CertifyOperator(member_id=made.ess.member_id, certified_on=date(2026, 1, 2))
    office.do(made.reg, lifesaver_kit.certify_operator, certify)
    return made


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(PlainLabel) if label.isVisible())


def dialog(page: QWidget, name: str) -> AskDialog:
    return next(one for one in page.findChildren(AskDialog) if one.isVisible() and one.objectName() == name)


def save(stage: Any, page: QWidget, name: str, **values: Any) -> None:
    """Fill a dialog and save it."""
    stage.settle()
    asked = dialog(page, name)
    asked.fill(values)
    stage.click(stage.find(asked, f"{name}.save"))


def press(stage: Any, page: QWidget, key: Qt.Key) -> None:
    """Press a key with Ctrl while the page is in front."""
    page.activateWindow()
    stage.qtbot.waitUntil(page.isActiveWindow, timeout=20_000)
    stage.settle()
    QTest.keyClick(page, key, Qt.KeyboardModifier.ControlModifier)
    stage.settle()


def room(stage: Any, pls: Programme, **values: Any) -> SearchRoom:
    """The room of a search that the specialist began."""
    (card,) = pls.office.found(SearchCard)
    begin = lifesaver_search.ActivateSearch(card_id=card.id, occurrence_no="26-0120", wearing=Tri.YES, **values)
    search_id = pls.office.do(pls.ess, lifesaver_search.activate_search, begin)
    page = SearchRoom(stage.context(pls.ess))
    page.open(search_id)
    stage.show(page)
    return page


def test_a_search_is_started_from_the_list(stage: Any, pls: Programme) -> None:
    page = SearchesPage(stage.context(pls.ess))
    stage.show(page)
    stage.click(stage.find(page, "searches.start"))
    (card,) = pls.office.found(SearchCard)
    stage.settle()
    asked = dialog(page, "search.start")
    stage.click(stage.find(asked, "search.start.save"))
    assert "This has to be answered." in texts(asked), "an occurrence number is asked for"
    save(stage, page, "search.start", card_id=card.id, occurrence_no="26-0120", seen_place="The pond")
    (made,) = pls.office.found(SearchActivation)
    assert (made.card_id, made.occurrence_no, made.seen_place) == (card.id, "26-0120", "The pond")
    assert made.status is SearchStatus.ALERTED and made.call_at is not None
    assert stage.went == [("lifesaver.search", {"search_id": made.id})]


def asks_for_a_name(window: QWidget) -> bool:
    return any(one.isVisible() for one in window.findChildren(QWidget, "search.start.person"))


def test_who_is_missing_is_found_by_typing(stage: Any, pls: Programme) -> None:
    (worn,) = pls.office.found(SearchCard)
    with pls.office.vault.write(pls.reg) as work:
        for place in range(30):
            client = work.new_id()
            scope = work.open_scope(ScopeKind.LIFESAVER_CARD, client)
            one = SearchCard(id=work.new_id(), scope_id=scope, client_id=client, legal_last=f"Alder{place:02d}")
            one.municipality, one.number = "Élan Falls", f"PL-{place:04d}"
            work.session.add(one)
        work.commit()
    page = SearchesPage(stage.context(pls.ess))
    stage.show(page)
    stage.click(stage.find(page, "searches.start"))
    stage.settle()
    picker = stage.find(page, "search.start.card_id")
    assert picker.count() == 21, "a page, and the line that fetches the next"
    picker.setFocus()
    QTest.keyClicks(picker.lineEdit(), "elan 0017")
    stage.qtbot.waitUntil(lambda: not picker.is_waiting, timeout=10_000)
    assert picker.count() == 1 and "PL-0017" in picker.itemText(0)
    assert "Alder" not in picker.itemText(0), "initials, until the card is opened"
    picker.lineEdit().selectAll()
    QTest.keyClicks(picker.lineEdit(), str(worn.legal_last).lower())
    stage.qtbot.waitUntil(lambda: not picker.is_waiting, timeout=10_000)
    picker.completer().popup().hide()
    stage.find(page, "search.start.occurrence_no").setFocus()
    stage.settle()
    assert picker.value() == worn.id
    assert not asks_for_a_name(page), "it is known"
    save(stage, page, "search.start", occurrence_no="26-0121")
    (made,) = pls.office.found(SearchActivation)
    assert made.card_id == worn.id


def test_the_search_that_was_being_typed_comes_back_with_whom_it_is_for(stage: Any, pls: Programme) -> None:
    (worn,) = pls.office.found(SearchCard)
    with pls.office.vault.write(pls.reg) as work:
        for place in range(30):
            client = work.new_id()
            scope = work.open_scope(ScopeKind.LIFESAVER_CARD, client)
            work.session.add(SearchCard(id=work.new_id(), scope_id=scope, client_id=client, legal_last=f"A{place:02d}"))
        work.commit()
    page = SearchesPage(stage.context(pls.ess))
    stage.show(page)
    stage.click(stage.find(page, "searches.start"))
    stage.settle()
    asked, picker = dialog(page, "search.start"), stage.find(page, "search.start.card_id")
    picker.set_value(worn.id)
    stage.settle()
    assert picker.value() == worn.id and not asks_for_a_name(page)
    asked.reject()
    stage.settle()
    stage.click(stage.find(page, "searches.start"))
    stage.settle()
    again = dialog(page, "search.start")
    assert again.typed()["card_id"] == worn.id
    assert not asks_for_a_name(again)


def test_bearings_are_logged_by_keyboard_and_come_to_a_position(stage: Any, pls: Programme) -> None:
    page = room(stage, pls)
    for lon, degrees in ((-79.70, "45"), (-79.69, "315")):
        press(stage, page, Qt.Key.Key_B)
        save(
            stage,
            page,
            "search.bearing",
            bearing=degrees,
            north=BearingNorth.TRUE,
            lat="43,45",
            lon=str(lon),
            operator_id=pls.ess.member_id,
        )
    assert len(pls.office.found(BearingLog)) == 2
    assert stage.find(page, "search.position").text().startswith("43.4536")
    assert "Position" in texts(page) and "95 of 100" in texts(page)
    page.show_tab("map")
    stage.settle()
    shown = page.map.panel.canvas.contents
    assert len(shown.bearings) == 2 and shown.fix is not None
    assert round(shown.fix.at.lat, 4) == 43.4536
    assert [one.kind for one in shown.places] == [PlaceKind.HOME, *[PlaceKind.PLACE] * 3]


def test_a_bearing_that_cannot_be_read_is_refused_at_its_field(stage: Any, pls: Programme) -> None:
    page = room(stage, pls)
    page.log_bearing()
    save(stage, page, "search.bearing", bearing="45", lat="there", lon="-79.7", operator_id=pls.ess.member_id)
    assert "A latitude is a number of degrees between -90 and 90." in texts(dialog(page, "search.bearing"))
    assert pls.office.found(BearingLog) == []


def test_steps_are_noted_by_number_and_the_clocks_run(stage: Any, pls: Programme) -> None:
    page = room(stage, pls, seen_at=pls.office.clock() - timedelta(minutes=45))
    pls.office.clock.move(minutes=16)
    press(stage, page, Qt.Key.Key_2)
    (made,) = pls.office.found(SearchActivation)
    assert made.on_scene_at == pls.office.clock() and made.status is SearchStatus.SEARCHING
    faces = [face.text() for face in page._clocks]
    assert faces == ["1:01", "0:16", "0:16", "–"]
    stage.click(stage.find(page, "search.step.on_scene_at"))
    assert pls.office.found(SearchActivation)[0].on_scene_at is None, "a second press takes it back"


def test_the_frequency_is_shown_on_asking_and_audited(stage: Any, pls: Programme) -> None:
    page = room(stage, pls)
    page.show_tab("person")
    button = stage.find(page, "search.frequency.T-044")
    assert "216" not in button.text()
    stage.click(button)
    assert button.text() == "216.150 MHz"
    assert [one.reason for one in pls.office.found(AuditEntry, AuditEntry.action == AuditAction.REVEAL)] == ["26-0120"]


def test_the_banner_says_why_nothing_may_be_heard(stage: Any, pls: Programme) -> None:
    page = room(stage, pls)
    assert "The signal may fail." not in texts(page)
    pls.office.do(
        pls.ess, lifesaver_search.update_search, lifesaver_search.UpdateSearch(search_id=page.search_id, wearing=Tri.NO)
    )
    page.refresh()
    stage.settle()
    assert "The signal may fail. The transmitter was taken off." in texts(page)


def test_located_closed_and_debriefed(stage: Any, pls: Programme) -> None:
    page = room(stage, pls)
    stage.click(stage.find(page, "search.step.located_at"))
    stage.click(stage.find(page, "search.close_button"))
    save(
        stage,
        page,
        "search.close",
        outcome=SearchOutcome.SAFE,
        found_place=FoundPlace.WATER,
        found_by=FoundBy.SIGNAL,
        found_condition=FoundCondition.WELL,
        transmitter_found=TransmitterFound.WORKING,
    )
    (made,) = pls.office.found(SearchActivation)
    assert made.status is SearchStatus.CLOSED and made.outcome is SearchOutcome.SAFE
    stage.click(stage.find(page, "search.debrief_button"))
    save(stage, page, "search.debrief", steps=("team", "caregiver", "profile", "equipment"), lessons="Ponds first")
    assert pls.office.found(SearchActivation)[0].debriefed_on is not None


def test_the_registry_reads_along_and_changes_nothing(stage: Any, pls: Programme) -> None:
    page = room(stage, pls)
    reads = SearchRoom(stage.context(pls.reg))
    reads.open(page.search_id)
    stage.show(reads)
    assert not [one for one in reads.findChildren(QWidget, "search.log") if one.isVisible()]
    assert not [one for one in reads.findChildren(QWidget, "search.close_button") if one.isVisible()]
    press(stage, reads, Qt.Key.Key_2)
    assert pls.office.found(SearchActivation)[0].on_scene_at is None


def test_commander_and_team_are_added_later(stage: Any, pls: Programme) -> None:
    page = room(stage, pls)
    press(stage, page, Qt.Key.Key_E)
    save(
        stage,
        page,
        "search.more",
        commander_id=pls.sup.member_id,
        team=[{"part": "k9", "name": "Dog team 2"}],
        notified=("supervisor",),
        mood="Upset",
    )
    (made,) = pls.office.found(SearchActivation)
    assert (made.commander_id, made.mood, made.notified) == (pls.sup.member_id, "Upset", ["supervisor"])
    assert made.team == [{"part": "k9", "name": "Dog team 2"}]
    assert "Commander: S. Supervisor" in texts(page)
