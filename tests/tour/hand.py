"""A hand that moves the real pointer and presses real keys on the screen that the windows are on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.views.common.toast import Toast

Found = TypeVar("Found", bound=QWidget)
_LONGEST_WAIT = 25.0
_AT_REST = 0.06


def _is_toast(there: QWidget | None) -> bool:
    while there is not None and not isinstance(there, Toast):
        there = there.parentWidget()
    return there is not None


class TourFailed(AssertionError):
    """A step of the tour did not come about."""


class Hand:
    """Clicks, types, waits and takes numbered pictures. Names are the object names of widgets."""

    def __init__(self, pictures: Path, first_number: int) -> None:
        self._pictures = pictures
        self._number = first_number

    @property
    def next_number(self) -> int:
        """The number of the next picture."""
        return self._number

    def wait(self, condition: Callable[[], object], what: str, seconds: float = _LONGEST_WAIT) -> None:
        """Let the windows live until something is true."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.picture("failed")
                raise TourFailed(f"waited {seconds:.0f} s for: {what}")
            QApplication.processEvents()
            time.sleep(0.005)
        QApplication.processEvents()

    def linger(self, seconds: float) -> None:
        """Let the windows live for a while, as a person who looks does."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end, "time to pass")

    def find(self, name: str, kind: type[Found] = QWidget) -> Found:  # type: ignore[assignment]
        """The visible widget of this name, waiting until it is there."""
        found: list[Found] = []

        def look() -> bool:
            found[:] = [
                widget
                for window in reversed(QApplication.topLevelWidgets())
                if window.isVisible()
                for widget in [*window.findChildren(kind, name), *([window] if window.objectName() == name else [])]
                if isinstance(widget, kind) and widget.isVisible()
            ]
            return bool(found)

        self.wait(look, f"a visible {name}")
        return found[0]

    def click(self, name: str, *, at: QPoint | None = None) -> None:
        """Press the middle of a widget, or a point of it, with the pointer."""
        widget: QWidget = self.find(name)
        self.wait(widget.isEnabled, f"{name} can be pressed")
        self.press(widget, at)

    def press(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Press a widget with the pointer, after scrolling it into view."""
        self._show(widget)
        place = self._at_rest(widget, at)
        if _is_toast(QApplication.widgetAt(place)):
            self._press_at(place, widget)  # it gives way
        self._press_at(place, widget)

    def _press_at(self, place: QPoint, widget: QWidget) -> None:
        ratio = widget.devicePixelRatioF()
        self._x("mousemove", str(round(place.x() * ratio)), str(round(place.y() * ratio)))
        self._x("mousedown", "1", "mouseup", "1")
        self._settle()

    def type(self, name: str, text: str) -> None:
        """Click into a field and type."""
        self.click(name)
        self.write(text)

    def write(self, text: str) -> None:
        """Type where the cursor stands. Letters that the virtual keyboard lacks are sent by the toolkit."""
        if text.isascii():
            self._x("type", "--delay", "1", "--", text)
            self._settle()
        else:
            target = QApplication.focusWidget()
            if target is None:
                raise TourFailed("there is no cursor to type at")
            QTest.keyClicks(target, text)
        QApplication.processEvents()

    def key(self, *keys: str) -> None:
        """Press keys, such as `Return` or `ctrl+s`."""
        for one in keys:
            self._x("key", one)
            self._settle()

    def choose(self, name: str, label: str) -> None:
        """Press the option with this label inside a choice."""
        choice: QWidget = self.find(name)
        options = [
            child
            for child in choice.findChildren(QWidget)
            if child.isVisible() and getattr(child, "text", lambda: "")() == label
        ]
        if not options:
            raise TourFailed(f"{name} does not offer {label}")
        self.press(options[0])

    def pick(self, name: str, text: str) -> None:
        """Type into a list that narrows, and take the first match."""
        self.click(name)
        self.key("ctrl+a")
        self.write(text)
        self.key("Down", "Return")
        self.key("Tab")

    def picture(self, title: str, window: QWidget | None = None) -> Path:
        """A numbered picture of what the screen shows of the active window."""
        QApplication.processEvents()
        time.sleep(0.05)
        QApplication.processEvents()
        shown = window or QApplication.activeModalWidget() or QApplication.activeWindow()
        path = self._pictures / f"{self._number:02d}-{title}.png"
        self._number += 1
        screen = QApplication.primaryScreen()
        target: Any = screen.grabWindow(0)
        if shown is not None:
            frame = (shown if shown.isWindow() else shown.window()).frameGeometry()
            top = max(frame.y(), 0)
            target = target.copy(max(frame.x(), 0), top, frame.width(), frame.height())
        target.save(str(path))
        return path

    def _show(self, widget: QWidget) -> None:
        parent = widget.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(widget, 20, 60)
            parent = parent.parentWidget()

    def _at_rest(self, widget: QWidget, at: QPoint | None) -> QPoint:
        """Where a widget is on the screen once its page has stopped moving, as an eye finds it."""
        place, since = QPoint(), time.monotonic()
        while time.monotonic() - since < _AT_REST:
            QApplication.processEvents()
            now = widget.mapToGlobal(at or widget.rect().center())
            if now != place:
                place, since = now, time.monotonic()
            time.sleep(0.002)
        return place

    def _settle(self) -> None:
        end = time.monotonic() + 0.03
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.002)

    def _x(self, *arguments: str) -> None:
        process = subprocess.Popen(["xdotool", *arguments])
        while process.poll() is None:
            QApplication.processEvents()
            time.sleep(0.001)
        if process.returncode:
            raise TourFailed(f"xdotool {arguments[0]} failed")
