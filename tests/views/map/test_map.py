"""The map in a window: keys, mouse, words, a map file below, and a place that is chosen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.models.work import Actor
from app.queries import device
from app.services.map_file import MAP_FILE, ChooseMapFile, choose_map_file
from app.views.map.contents import (
    BearingLine,
    BearingState,
    FixMark,
    LastSeen,
    NextPosition,
    PlaceKind,
    PlaceMark,
    SearchMap,
    Spot,
)
from app.views.map.file import MapFileDialog
from app.views.map.panel import MapPanel
from app.views.map.place import PlaceDialog
from app.views.map.projection import world
from app.views.map.tiles import decoded
from tests.conftest import Office
from tests.maps.made_mbtiles import made, picture

HOME = PlaceMark(Spot(43.4515, -79.6985), "Home", PlaceKind.HOME)
POND = PlaceMark(Spot(43.4550, -79.6985), "Heron Pond", PlaceKind.FOUND_BEFORE)
BEARINGS = (
    BearingLine(Spot(43.45, -79.70), 45),
    BearingLine(Spot(43.45, -79.69), 315),
    BearingLine(Spot(43.457, -79.70), 100, state=BearingState.REFLECTED),
)


def panel(stage: Any, officer: Actor) -> MapPanel:
    made_panel = MapPanel(stage.context(officer, "Const. Marchetti"))
    stage.show(made_panel, 900, 640)
    return made_panel


def words(shown: MapPanel) -> str:
    text: str = shown.canvas.accessibleDescription()
    return text


def test_what_is_on_the_map_is_said_in_words(stage: Any, office: Office, officer: Actor) -> None:
    shown = panel(stage, officer)
    assert words(shown) == "Nothing is marked on the map yet."
    seen = LastSeen(Spot(43.452, -79.6985), office.clock.at - timedelta(minutes=10), 1.5)
    shown.show_search(
        SearchMap(
            bearings=BEARINGS,
            fix=FixMark(Spot(43.4536, -79.6950), 120, 60, 30, 15, "The bearings cross at a small angle."),
            next_position=NextPosition(Spot(43.456, -79.699), 130),
            last_seen=seen,
            places=(HOME, POND),
        )
    )
    stage.settle()
    said = words(shown)
    assert "Fix at 43.45360, -79.69500; 95 of 100 times within 120 m by 60 m." in said
    assert "The bearings cross at a small angle." in said
    assert "Take the next bearing at 43.45600, -79.69900, looking south-east." in said
    assert "2 bearings are used. 1 is reflected or set aside." in said
    assert "may be 900 m away by now" in said, "ten minutes at a metre and a half a second"
    assert "Heron Pond: 330 m north of where last seen." in said
    office.clock.move(minutes=10)
    shown.show_search(shown.canvas.contents)
    assert "may be 1.8 km away by now" in words(shown), "the ring grows"


def test_the_ring_ends_somewhere_and_never_shrinks_below_nothing(office: Office) -> None:
    seen = LastSeen(HOME.at, office.clock.at, 1.0, farthest_m=500)
    assert seen.ring_m(office.clock.at - timedelta(hours=1)) == 0
    assert seen.ring_m(office.clock.at + timedelta(hours=1)) == 500


def test_keys_move_turn_and_zoom(stage: Any, officer: Actor) -> None:
    shown = panel(stage, officer)
    shown.show_search(SearchMap(places=(HOME, POND)))
    canvas = shown.canvas
    canvas.setFocus()
    start = canvas.view
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view.zoom > start.zoom
    QTest.keyClick(canvas, Qt.Key.Key_Period)
    assert canvas.view.up_deg == 15
    QTest.keyClick(canvas, Qt.Key.Key_N)
    assert canvas.view.up_deg == 0
    before = canvas.view.at(HOME.at).x()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.at(HOME.at).x() < before, "what lies to the right comes in"
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.view == start


def test_dragging_and_the_wheels_of_the_mouse(stage: Any, officer: Actor) -> None:
    shown = panel(stage, officer)
    shown.show_search(SearchMap(places=(HOME, POND)))
    canvas = shown.canvas
    before = canvas.view.at(HOME.at)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(canvas, QPoint(260, 170))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(260, 170))
    after = canvas.view.at(HOME.at)
    assert [after.x() - before.x(), after.y() - before.y()] == pytest.approx([60, -30])
    QTest.mousePress(canvas, Qt.MouseButton.RightButton, pos=QPoint(200, 200))
    QTest.mouseMove(canvas, QPoint(240, 200))
    QTest.mouseRelease(canvas, Qt.MouseButton.RightButton, pos=QPoint(240, 200))
    assert canvas.view.up_deg == 340


def colour_at(shown: MapPanel, spot: Spot) -> tuple[int, int, int]:
    at = shown.canvas.view.at(spot)
    found = shown.canvas.grab().toImage().pixelColor(round(at.x()), round(at.y()))
    return found.red(), found.green(), found.blue()


def test_a_used_bearing_a_reflected_one_and_an_ellipse_are_drawn(stage: Any, officer: Actor) -> None:
    shown = panel(stage, officer)
    empty = colour_at(shown, HOME.at)
    shown.show_search(SearchMap(bearings=BEARINGS, fix=FixMark(Spot(43.4536, -79.695), 200, 100, 0)))
    on_ray = Spot(43.4518, -79.69752)
    assert colour_at(shown, on_ray) != empty
    assert colour_at(shown, Spot(43.4545, -79.6952)) != empty, "inside the ellipse"
    assert colour_at(shown, Spot(43.4536, -79.6920)) == empty, "outside"


def test_the_agencys_map_lies_below(stage: Any, office: Office, officer: Actor, tmp_path: Path) -> None:
    x, y = world(HOME.at)
    tiles = [(14, int(x * 2**14) + dx, 2**14 - 1 - int(y * 2**14) + dy, picture("#40a060"))
             for dx in (-1, 0, 1) for dy in (-1, 0, 1)]  # fmt: skip
    path = made(tmp_path / "map.mbtiles", tiles)
    office.do(officer, choose_map_file, ChooseMapFile(path=str(path)))
    shown = panel(stage, officer)
    shown.look_at(HOME.at.lat, HOME.at.lon, 14)
    stage.qtbot.waitUntil(lambda: colour_at(shown, Spot(43.4519, -79.6979)) == (0x40, 0xA0, 0x60), timeout=10_000)
    shown.canvas.turn(40)
    assert colour_at(shown, Spot(43.4519, -79.6979)) == (0x40, 0xA0, 0x60), "the map turns along"
    shown.close()


def test_a_map_file_is_chosen_refused_and_given_up(stage: Any, office: Office, officer: Actor, tmp_path: Path) -> None:
    good = made(tmp_path / "map.mbtiles", [(0, 0, 0, picture())])
    bad = tmp_path / "bad.mbtiles"
    bad.write_text("no map")
    dialog = MapFileDialog(stage.context(officer, "C. Example"), None, "")
    stage.show(dialog)
    dialog.take(str(bad))
    assert "is not a map" in dialog._complaint.text()
    dialog.take(str(good))
    assert dialog._complaint.text() == ""
    stage.click(dialog.accept_button)
    with office.vault.read() as session:
        assert device.state(session, MAP_FILE) == str(good)
    again = MapFileDialog(stage.context(officer, "C. Example"), None, str(good))
    stage.show(again)
    stage.click(stage.find(again, "map.file.none"))
    stage.click(again.accept_button)
    with office.vault.read() as session:
        assert not device.state(session, MAP_FILE)


def test_a_map_file_that_went_away_is_said(stage: Any, office: Office, officer: Actor, tmp_path: Path) -> None:
    office.do(officer, choose_map_file, ChooseMapFile(path=str(tmp_path / "gone.mbtiles")))
    shown = panel(stage, officer)
    shown.show_search(SearchMap(places=(HOME,)))
    assert "not there any more" in shown._below.text()


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(50), b"<svg/>", picture(side=2048), picture(kind="BMP")])
def test_only_small_pictures_of_two_kinds_are_decoded(qapp: Any, data: bytes) -> None:
    assert decoded(data) is None


def test_a_place_is_chosen_by_a_click_or_by_keys(stage: Any, officer: Actor) -> None:
    taken: list[tuple[float, float]] = []
    dialog = PlaceDialog(
        stage.context(officer, "C. Example"), None, lambda lat, lon: taken.append((lat, lon)), around=HOME.at
    )
    stage.show(dialog, 800, 620)
    stage.click(dialog.accept_button)
    assert taken == [] and "first" in dialog._complaint.text()
    canvas = dialog.panel.canvas
    point = QPoint(200, 150)
    expected = canvas.view.spot_at(point.toPointF())
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
    stage.click(dialog.accept_button)
    assert list(taken[0]) == pytest.approx([expected.lat, expected.lon])
    again = PlaceDialog(stage.context(officer, "C."), None, lambda lat, lon: taken.append((lat, lon)), at=HOME.at)
    stage.show(again, 800, 620)
    again.panel.canvas.setFocus()
    QTest.keyClick(again.panel.canvas, Qt.Key.Key_Up)
    QTest.keyClick(again.panel.canvas, Qt.Key.Key_Return)
    stage.click(again.accept_button)
    assert taken[1][0] > HOME.at.lat and taken[1][1] == pytest.approx(HOME.at.lon)
