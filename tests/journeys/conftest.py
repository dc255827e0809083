"""Whole windows on a temporary profile: the real doors, the real vault, the real house."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import words
from app.desktop import Desktop
from app.profile import Profile
from app.vault import keys
from app.vault.keys import KdfSetting
from app.views import style

LONGEST = 30.0


class Visit:
    """One run of the application, as a person has it before them."""

    def __init__(self, qtbot: QtBot, home: Path) -> None:
        self.qtbot = qtbot
        self.profile = Profile(home)
        self.replaced: list[list[str]] = []
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        style.apply(app, "light", 1.0)
        self.desktop = Desktop(app, self.profile, ["haven"])
        self.said: list[str] = []
        self.desktop.messages.said.connect(lambda sentence, _tone: self.said.append(sentence))

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Let the windows live until something is true."""
        end = time.monotonic() + LONGEST
        while not condition():
            assert time.monotonic() < end, f"waited for: {what}"
            QApplication.processEvents()
            time.sleep(0.005)
        QApplication.processEvents()

    def settle(self) -> None:
        """Wait for everything in the background."""

        def quiet() -> bool:
            QApplication.processEvents()
            house = self.desktop.house
            return not self.desktop.jobs.is_busy and (house is None or not house.tasks.is_busy)

        self.until(quiet, "nothing under way")

    def find(self, kind: type[QWidget], name: str = "") -> QWidget:
        """The visible widget of a kind (and object name)."""
        window = self.desktop.house.window if self.desktop.house else self.desktop.entrance
        assert window is not None
        found = [widget for widget in window.findChildren(kind, name or None) if widget.isVisible()]
        assert found, f"no visible {kind.__name__} {name}"
        return found[0]


@pytest.fixture
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key derivation that costs nothing."""
    cheap = KdfSetting(memory_kib=64, passes=1, lanes=1)
    monkeypatch.setattr(keys, "FLOOR", cheap)
    monkeypatch.setattr(keys, "calibrated", lambda: cheap)


@pytest.fixture
def visit(
    qtbot: QtBot, tmp_path: Path, cheap_keys: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Visit]]:
    """Starts the application on one profile; a second call starts it again."""
    from app import bootstrap

    made: list[Visit] = []

    def start() -> Visit:
        new = Visit(qtbot, tmp_path / "home")
        # Only what cannot happen inside a test is kept from happening: this process being replaced by another.
        monkeypatch.setattr(bootstrap, "replace_process", new.replaced.append)
        made.append(new)
        new.desktop.start()
        return new

    yield start
    for one in made:
        one.desktop.close()
        for window in (one.desktop.entrance, *QApplication.topLevelWidgets()):
            if isinstance(window, QObject) and isinstance(window, QWidget):
                window.close()
                window.deleteLater()
    QApplication.processEvents()
    words.use("en")
