"""A page with a form in a window that scrolls, and a person with keyboard and mouse before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app import words
from app.forms.definition import FormDefinition
from app.forms.session import FormSession
from app.views import style
from app.views.forms.page import FormPage
from app.views.forms.question import Question
from tests.forms.driving import begin

NOON = datetime.fromisoformat("2026-03-15T12:00:00.000-04:00")


@dataclass
class Filler:
    """Somebody who fills a form."""

    page: FormPage
    window: QScrollArea

    @property
    def session(self) -> FormSession:
        """The answers."""
        return self.page.session

    def at(self, name: str) -> Question:
        """The question of this name, with the keyboard in it."""
        assert self.page.go_to(f"/data/{name}"), f"{name} is not asked now"
        QApplication.processEvents()
        found = self.page.question(f"/data/{name}")
        assert found is not None
        return found

    def value(self, name: str) -> str:
        """What the form stores."""
        return self.session.node(f"/data/{name}").value

    def focused(self) -> QWidget:
        """Where the keyboard is."""
        found = QApplication.focusWidget()
        assert found is not None, "the keyboard is nowhere"
        return found

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        QTest.keyClicks(self.focused(), text)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        QTest.keyClick(self.focused(), key, modifier)
        QApplication.processEvents()

    def click(self, widget: QWidget) -> None:
        """Press with the left button."""
        assert widget.isVisible(), widget.objectName()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def named(self, name: str) -> QWidget:
        """The visible widget of this object name."""
        found = [widget for widget in self.page.findChildren(QWidget, name) if widget.isVisible()]
        assert found, f"there is no visible {name}"
        return found[0]


class Opener:
    """Opens forms in windows."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self._opened: list[Filler] = []

    def __call__(self, definition: FormDefinition, *, language: str = "", state: bytes | None = None) -> Filler:
        """Show a form, new or as it was kept."""
        session = begin(definition, now=NOON, language=language)
        if state is not None:
            session = FormSession(definition, now=lambda: NOON, seed=1, new_uuid=lambda: "x", state=state)
        page = FormPage(session)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        area.resize(980, 720)
        self._qtbot.addWidget(area)
        area.show()
        area.activateWindow()
        self._qtbot.waitUntil(area.isActiveWindow, timeout=20_000)
        QApplication.processEvents()
        self._opened.append(Filler(page, area))
        return self._opened[-1]


@pytest.fixture
def fill(qapp: QApplication, qtbot: QtBot) -> Iterator[Opener]:
    """Opens forms, in English and light."""
    style.apply(qapp, "light", 1.0)
    yield Opener(qtbot)
    words.use("en")
