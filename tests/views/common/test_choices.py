"""Choosing with keys and fingers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.models.vocab import Tri
from app.views import style
from app.views.common.choices import Chip, ChipChoice, Segment, SegmentedChoice, TickBox, TriChoice

OPTIONS = [("a", "First"), ("b", "Second"), ("c", "Third")]


def shown(qtbot: QtBot, widget: SegmentedChoice | ChipChoice | TickBox) -> list[bool]:
    """Show the widget; the list grows with each `changed`."""
    qtbot.addWidget(widget)
    widget.resize(500, 60)
    with qtbot.waitExposed(widget):
        widget.show()
    heard: list[bool] = []
    widget.changed.connect(lambda: heard.append(True))
    return heard


def test_nothing_is_chosen_at_first_and_arrows_choose(qtbot: QtBot) -> None:
    choice = SegmentedChoice(OPTIONS)
    heard = shown(qtbot, choice)
    first, _second, third = choice.findChildren(Segment)
    assert choice.value() is None
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(first, Qt.Key.Key_Space)
    assert choice.value() == "a"
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert choice.value() == "b"
    QTest.keyClick(choice.findChildren(Segment)[1], Qt.Key.Key_Right)
    QTest.keyClick(third, Qt.Key.Key_Right)
    assert choice.value() == "a"
    assert len(heard) == 4


def test_delete_takes_a_choice_back_only_where_it_is_optional(qtbot: QtBot) -> None:
    for optional, left in ((True, None), (False, "b")):
        choice = SegmentedChoice(OPTIONS, optional=optional)
        heard = shown(qtbot, choice)
        choice.set_value("b")
        QTest.keyClick(choice.findChildren(Segment)[1], Qt.Key.Key_Delete)
        assert choice.value() == left
        assert len(heard) == (1 if optional else 0)


def test_touching_what_is_chosen_takes_it_back(qtbot: QtBot) -> None:
    choice = SegmentedChoice(OPTIONS)
    heard = shown(qtbot, choice)
    button = choice.findChildren(Segment)[0]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert choice.value() == "a"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert choice.value() is None
    assert len(heard) == 2


def test_setting_is_silent_and_what_is_not_offered_chooses_nothing(qtbot: QtBot) -> None:
    choice = SegmentedChoice(OPTIONS)
    heard = shown(qtbot, choice)
    choice.set_value("c")
    assert choice.value() == "c"
    choice.set_value("nowhere")
    assert choice.value() is None
    assert heard == []


def test_not_known_is_an_answer_of_its_own(qtbot: QtBot) -> None:
    tri = TriChoice()
    shown(qtbot, tri)
    assert tri.value() is None
    buttons = tri.findChildren(Segment)
    assert [button.text() for button in buttons] == ["Yes", "No", "Not known"]
    QTest.mouseClick(buttons[2], Qt.MouseButton.LeftButton)
    assert tri.value() is Tri.UNKNOWN


def test_chips_move_with_arrows_and_toggle_with_space(qtbot: QtBot) -> None:
    choice = ChipChoice(OPTIONS)
    heard = shown(qtbot, choice)
    first, second, _third = choice.findChildren(Chip)
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(first, Qt.Key.Key_Right)
    QTest.keyClick(second, Qt.Key.Key_Space)
    QTest.keyClick(first, Qt.Key.Key_Space)
    assert choice.value() == ("a", "b")
    QTest.keyClick(second, Qt.Key.Key_Space)
    assert choice.value() == ("a",)
    assert len(heard) == 3


def test_chips_wrap_where_the_room_ends(qtbot: QtBot) -> None:
    choice = ChipChoice([(str(number), f"A longer option {number}") for number in range(8)])
    shown(qtbot, choice)
    wide, narrow = choice.heightForWidth(3000), choice.heightForWidth(300)
    assert wide == style.height("touch")
    assert narrow >= 4 * wide
    choice.resize(300, narrow)
    assert all(chip.geometry().right() <= 300 for chip in choice.findChildren(Chip))


def test_what_is_chosen_is_marked_by_more_than_colour(qtbot: QtBot) -> None:
    """Turned to grey, a chosen option still differs from one that is not, by its tick."""
    choice = SegmentedChoice([("a", "Same"), ("b", "Same")])
    shown(qtbot, choice)
    choice.set_value("a")
    chosen, other = (button.grab().toImage() for button in choice.findChildren(Segment))
    tick = [(x, y) for x in range(14, 27) for y in range(13, 31)]
    dark = [sum(image.pixelColor(x, y).lightness() < 120 for x, y in tick) for image in (chosen, other)]
    assert dark[0] >= 8
    assert dark[1] == 0


def test_a_tick_box_wraps_and_toggles(qtbot: QtBot) -> None:
    tick = TickBox("A statement that is long enough to need a second line in a narrow window, surely.")
    heard = shown(qtbot, tick)
    inner = tick.focusProxy()
    assert inner is not None
    assert inner.heightForWidth(240) > inner.heightForWidth(900)
    QTest.keyClick(inner, Qt.Key.Key_Space)
    assert tick.value() is True
    assert heard == [True]


def test_read_only_choices_cannot_be_changed(qtbot: QtBot) -> None:
    choice = SegmentedChoice(OPTIONS)
    shown(qtbot, choice)
    choice.set_value("a")
    choice.set_read_only(True)
    QTest.mouseClick(choice.findChildren(Segment)[1], Qt.MouseButton.LeftButton)
    assert choice.value() == "a"
