"""The map of a search: what is on it, and a bearing that is logged from a click."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.models.lifesaver_search import BearingLog, SearchCard
from app.models.search_vocab import BearingNorth, BearingQuality, Going
from app.models.vocab import Tri
from app.services import lifesaver_kit, lifesaver_search
from app.views.lifesaver.ask import AskDialog
from app.views.lifesaver.search_room import SearchRoom
from app.views.map.contents import BearingState, PlaceKind
from tests.conftest import Office
from tests.lifesaver import Programme, programme


@pytest.fixture
def pls(office: Office) -> Programme:
    made = programme(office)
    made.enrolled("T-044", 216_150)
    certify = lifesaver_kit.CertifyOperator(member_id=made.ess.member_id, certified_on=date(2026, 1, 2))
    office.do(made.reg, lifesaver_kit.certify_operator, certify)
    return made


def begun(stage: Any, pls: Programme, **values: Any) -> SearchRoom:
    (card,) = pls.office.found(SearchCard)
    begin = lifesaver_search.ActivateSearch(card_id=card.id, occurrence_no="26-0120", wearing=Tri.YES, **values)
    search_id = pls.office.do(pls.ess, lifesaver_search.activate_search, begin)
    page = SearchRoom(stage.context(pls.ess))
    page.open(search_id)
    stage.show(page, 1240, 860)
    return page


def take(pls: Programme, page: SearchRoom, lat: float, lon: float, degrees: float, **more: Any) -> None:
    command = lifesaver_search.LogBearing(
        search_id=page.search_id,
        lat=lat,
        lon=lon,
        bearing=degrees,
        north=BearingNorth.TRUE,
        operator_id=pls.ess.member_id,
        **more,
    )
    pls.office.do(pls.ess, lifesaver_search.log_bearing, command)


def test_bearings_position_ring_and_home_are_on_the_map(stage: Any, pls: Programme) -> None:
    seen = {"seen_at": pls.office.clock() - timedelta(minutes=10), "seen_lat": "43.4520", "seen_lon": "-79.6960"}
    page = begun(stage, pls, going=Going.BIKE, **seen)
    take(pls, page, 43.45, -79.70, 45)
    take(pls, page, 43.45, -79.69, 315)
    take(pls, page, 43.457, -79.70, 100, quality=BearingQuality.REFLECTED)
    pls.office.clock.move(minutes=10)
    page.refresh()
    stage.settle()
    shown = page.map.panel.canvas.contents
    states = {line.true_deg: line.state for line in shown.bearings}
    assert states == {45: BearingState.USED, 315: BearingState.USED, 100: BearingState.REFLECTED}
    assert shown.bearings[0].fresh == pytest.approx(0.5), "ten minutes old: five of them faded"
    assert shown.fix is not None and shown.fix.at.lat == pytest.approx(43.4536, abs=0.0003)
    assert shown.last_seen is not None
    assert shown.last_seen.ring_m(pls.office.clock()) == pytest.approx(4000), "20 minutes by bicycle, 200 m each"
    assert [place.kind for place in shown.places] == [PlaceKind.HOME, *[PlaceKind.PLACE] * 3]
    assert len(shown.track) == 3, "where this operator has been"
    assert "may be 4 km away by now" in page.map.panel.canvas.accessibleDescription()


def test_bearings_that_diverge_are_said_on_the_map_too(stage: Any, pls: Programme) -> None:
    page = begun(stage, pls)
    take(pls, page, 43.45, -79.70, 45)
    take(pls, page, 43.45, -79.69, 50)
    page.refresh()
    stage.settle()
    shown = page.map.panel.canvas.contents
    assert shown.fix is None and shown.warnings == ("bearings diverge - no fix",)


def test_a_click_says_where_a_bearing_is_taken(stage: Any, pls: Programme) -> None:
    page = begun(stage, pls)
    page.show_tab("map")
    stage.settle()
    canvas = page.map.panel.canvas
    stage.click(stage.find(page, "search.map.place"))
    point = QPoint(220, 140)
    expected = canvas.view.spot_at(point.toPointF())
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
    stage.settle()
    asked = next(one for one in page.findChildren(AskDialog) if one.isVisible())
    asked.fill({"bearing": "12", "north": BearingNorth.TRUE, "operator_id": pls.ess.member_id})
    stage.click(stage.find(asked, "search.bearing.save"))
    (made,) = pls.office.found(BearingLog)
    assert float(made.lat or 0) == pytest.approx(expected.lat, abs=1e-5)
    assert float(made.lon or 0) == pytest.approx(expected.lon, abs=1e-5)
    assert not stage.find(page, "search.map.place").isChecked(), "one click, one bearing"
    assert len(page.map.panel.canvas.contents.bearings) == 1


def test_a_search_on_the_map_of_who_only_reads_has_no_button(stage: Any, pls: Programme) -> None:
    page = begun(stage, pls)
    reader = SearchRoom(stage.context(pls.reg))
    reader.open(page.search_id)
    stage.show(reader, 1240, 860)
    reader.show_tab("map")
    stage.settle()
    assert not reader.map._place.isVisible() and reader.map.panel.isVisible()
