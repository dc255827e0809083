"""A dialog whose body outgrows it grows or scrolls; nothing of it is ever cut off."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.views.common.dialog import Dialog


def everything_in_sight(dialog: Dialog) -> bool:
    """Whether the whole body fits into the dialog, and no line of it is squeezed."""
    area = dialog.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    content, room = area.widget(), area.viewport().size()
    assert content is not None
    needed = content.heightForWidth(content.width())
    return needed <= content.height() <= room.height() and content.width() <= room.width()


def test_a_dialog_grows_with_what_it_has_to_say(qtbot: QtBot) -> None:
    dialog = Dialog("Title", "Do it", text="Sure?")
    qtbot.addWidget(dialog)
    dialog.open()
    QApplication.processEvents()
    before = dialog.height()
    dialog.complain("The client did not agree to be reached on the device. " * 9)
    qtbot.waitUntil(lambda: dialog.height() > before)
    assert everything_in_sight(dialog)
    grown = dialog.height()
    dialog.complain(None)
    QApplication.processEvents()
    assert dialog.height() == grown, "it does not jump while one reads"
    dialog.fit()
    assert dialog.height() == before


def test_a_dialog_is_as_wide_as_its_widest_line(qtbot: QtBot) -> None:
    dialog = Dialog("Title", "Do it")
    wide = QWidget()
    wide.setMinimumSize(640, 40)
    dialog.add(wide)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: everything_in_sight(dialog))
    wide.setMinimumWidth(700)
    qtbot.waitUntil(lambda: dialog.width() > 700)
    assert everything_in_sight(dialog)


def test_a_dialog_higher_than_the_screen_scrolls_and_hides_nothing_at_the_side(qtbot: QtBot) -> None:
    dialog = Dialog("Title", "Do it", text="Sure?")
    qtbot.addWidget(dialog)
    dialog.open()
    high = QWidget()
    high.setMinimumSize(540, 3000)
    dialog.add(high)
    room = dialog.screen().availableGeometry()
    area = dialog.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 2000)
    assert dialog.height() <= room.height() and dialog.geometry().bottom() <= room.bottom()
    assert dialog.accept_button.visibleRegion().boundingRect().size() == dialog.accept_button.size()
    content = area.widget()
    assert content is not None and content.width() <= area.viewport().width()
