"""Whole windows on a temporary profile: the real doors, the real vault, the real house."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import bootstrap
from app.desktop import Desktop
from app.profile import Profile
from app.vault import keys
from app.vault.keys import KdfSetting
from app.views import style
from app.views.common.wording import use_language
from app.views.messages import Tone

LONGEST = 30.0
PHRASE = "seven quiet herons above the pond"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)


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
        self.warned: list[str] = []
        self.desktop.messages.said.connect(self._hear)

    @property
    def house(self) -> Any:
        """Everything behind the open window."""
        assert self.desktop.house is not None, "no vault is open"
        return self.desktop.house

    def enter_new_vault(self) -> None:
        """Make a vault as the first window does, and go in."""
        opened = bootstrap.RealDoors(self.profile).create("Robin Example", "Example Service", PHRASE)
        opened.keys.keep_recovery(opened.recovery_key)
        self.desktop.enter(opened)
        self.settle()

    def do(self, verb: Callable[[Any, Any], Any], command: Any) -> Any:
        """One act of the person, saved as the windows save."""
        result, _changes = self.house.store.write(lambda work: verb(work, command))
        return result

    def go(self, route: str, **subject: Any) -> QWidget:
        """Show a page, as a press in the navigation does, and wait until it has its answers."""
        self.house.window.go(route, **subject)
        self.settle()
        assert self.house.window.route == route, f"{route} was not shown"
        page: QWidget = self.house.window.page(route)
        return page

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
            # What was let go of goes now, as it does in a running application.
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            house = self.desktop.house
            return not self.desktop.jobs.is_busy and (house is None or not house.tasks.is_busy)

        self.until(quiet, "nothing under way")

    def _hear(self, sentence: str, tone: Tone) -> None:
        self.said.append(sentence)
        if tone is Tone.DANGER:
            self.warned.append(sentence)

    def find(self, kind: type[QWidget], name: str = "") -> QWidget:
        """The visible widget of a kind (and object name)."""
        window = self.desktop.house.window if self.desktop.house else self.desktop.entrance
        assert window is not None
        found = [
            widget
            for widget in (window.findChildren(kind, name) if name else window.findChildren(kind))
            if widget.isVisible()
        ]
        assert found, f"no visible {kind.__name__} {name}"
        return found[0]


@pytest.fixture
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key derivation that costs nothing."""
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    monkeypatch.setattr(keys, "calibrated", lambda: CHEAP)


@pytest.fixture(scope="session")
def made_region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, made once. Never open it: copy it (`region`)."""
    folder = tmp_path_factory.mktemp("region") / "demonstration"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "FLOOR", CHEAP)
        bootstrap.make_demonstration(folder).close()
    return folder


@pytest.fixture
def region(made_region: Path, tmp_path: Path) -> Path:
    """The demonstration as the only vault of the profile that `visit` starts on."""
    place = tmp_path / "home" / "vaults" / "demonstration"
    shutil.copytree(made_region, place)
    return place


@pytest.fixture
def visit(
    qtbot: QtBot, tmp_path: Path, cheap_keys: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Visit]]:
    """Starts the application on one profile; a second call starts it again."""
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
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    use_language("en")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, "light", 1.0)
