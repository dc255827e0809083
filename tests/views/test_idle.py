"""Whether someone is there: keys and the pointer count, in the main window and in a dialog; drawing does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.views.common.dialog import Dialog
from app.views.idle import IdleWatch


class Signs:
    """Counts the signs of a person, and the locks."""

    def __init__(self) -> None:
        self.touched = self.locked = 0
        self.due = False

    def touch(self) -> None:
        self.touched += 1

    def lock(self) -> None:
        self.locked += 1


@pytest.fixture
def signs() -> Signs:
    return Signs()


@pytest.fixture
def window(qtbot: QtBot, signs: Signs) -> Iterator[QWidget]:
    """A window with a field, watched."""
    shown = QWidget()
    QVBoxLayout(shown).addWidget(QLineEdit())
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitActive(shown)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    watch = IdleWatch(app, signs.touch, lambda: signs.due, signs.lock)
    yield shown
    watch.stop()


def test_a_key_counts_and_drawing_does_not(window: QWidget, signs: Signs) -> None:
    window.repaint()
    QApplication.processEvents()
    assert signs.touched == 0
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert signs.touched > 0


def test_the_pointer_counts_in_a_dialog_that_opened_later(window: QWidget, signs: Signs, qtbot: QtBot) -> None:
    dialog = Dialog("Title", "Accept", window)
    dialog.open()
    qtbot.waitActive(dialog)
    before = signs.touched

    def clicked() -> bool:
        QTest.mouseClick(dialog.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
        return signs.touched > before

    qtbot.waitUntil(clicked, timeout=5000)
    dialog.close()


def test_it_locks_when_it_is_due(window: QWidget, signs: Signs, qtbot: QtBot) -> None:
    signs.due = True
    qtbot.waitUntil(lambda: signs.locked > 0, timeout=5000)
