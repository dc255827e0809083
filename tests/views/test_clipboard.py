"""What is copied goes from the clipboard by itself, is marked for histories, and is never taken from someone else."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.clipboard import ClipboardWatch, clear_clipboard


@pytest.fixture
def watch(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClipboardWatch]:
    monkeypatch.setattr(ClipboardWatch, "CLEAR_MS", 30)
    made = ClipboardWatch(qapp, owns=lambda: True)
    yield made
    made.stop()
    qapp.clipboard().clear()


def test_it_is_cleared_after_a_while(qapp: QApplication, watch: ClipboardWatch, qtbot: QtBot) -> None:
    qapp.clipboard().setText("555-0123")
    assert qapp.clipboard().text() == "555-0123"
    qtbot.waitUntil(lambda: qapp.clipboard().text() == "", timeout=5000)


def test_what_another_application_put_there_stays(qapp: QApplication) -> None:
    watch = ClipboardWatch(qapp, owns=lambda: False)
    qapp.clipboard().setText("from elsewhere")
    watch._clear()
    assert qapp.clipboard().text() == "from elsewhere"
    assert not watch._timer.isActive()
    watch.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="each system has a hint of its own")
def test_a_history_is_asked_to_leave_it_out(qapp: QApplication, watch: ClipboardWatch) -> None:
    qapp.clipboard().setText("555-0123")
    kept = qapp.clipboard().mimeData()
    assert kept.data("x-kde-passwordManagerHint").data() == b"secret"


def test_a_lock_clears_it(qapp: QApplication) -> None:
    qapp.clipboard().setText("555-0123")
    clear_clipboard(qapp)
    assert qapp.clipboard().text() == ""
