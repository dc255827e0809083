"""Going back to where somebody was: page, tabs, dialog, texts, cursor. Nothing is written meanwhile.

Every step waits until the windows have their answers; a step that no longer fits is left out. As soon as the person
does something, the rest is left to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from shiboken6 import isValid

from app.views import place as places
from app.views.common.draft_keeper import from_draft
from app.views.common.spots import widget_at
from app.views.place import Place
from app.views.tasks import Tasks

_TICK_MS = 15
_LONGEST_TICKS = 400
_PERSON = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel})


class Returning(QObject):
    """One way back. `go(route, subject)` shows a page and gives it; `done(arrived)` follows, once."""

    def __init__(
        self,
        owner: QObject,
        tasks: Tasks,
        go: Callable[[str, Mapping[str, Any]], QWidget | None],
        place: Place,
        done: Callable[[bool], None],
    ) -> None:
        super().__init__(owner)
        self._tasks, self._go, self._place, self._done = tasks, go, place, done
        self._page: QWidget | None = None
        self._next: Callable[[], None] = self._put_within
        self._number = self._ticks = self._quiet = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._over = False

    def start(self) -> None:
        """Set out."""
        subject = {str(name): from_draft(value) for name, value in (self._place.get("subject") or {}).items()}
        self._page = self._go(str(self._place.get("route")), subject)
        if self._page is None:
            self._end(False)
            return
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.installEventFilter(self)
        self._then(self._open_tabs)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A person who does something else meanwhile is not led away."""
        if event.type() in _PERSON and isinstance(watched, QWindow) and event.spontaneous():
            self._end(False)
        return False

    def _open_tabs(self) -> None:
        if self._page is not None:
            places.put_tabs(self._page, self._place)
        self._then(self._choose_rows)

    def _choose_rows(self) -> None:
        if self._page is not None:
            places.put_rows(self._page, self._place)
        self._number = 0
        self._then(self._open_dialog)

    def _open_dialog(self) -> None:
        """Press what opened the next dialog; a press that would write something does nothing now."""
        if self._number >= len(self._place.get("dialogs") or ()):
            self._then(self._put_within)
            return
        name, spot, entry = places.opener(self._place, self._number)
        root = places.front(self._page) if self._page is not None else None
        button = widget_at(root, spot) if root is not None else None
        self._tasks.only_reads = True
        if isinstance(button, QPushButton) and button.isEnabled():
            button.click()
            self._then(lambda: self._choose_entry(name, entry))
            return
        self._ask_page(name)
        self._then(lambda: self._look_at_dialog(name))

    def _choose_entry(self, name: str, entry: str) -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            action = next((one for one in menu.actions() if entry and one.objectName() == entry), None)
            menu.hide()
            if action is not None:
                action.trigger()
        self._then(lambda: self._look_at_dialog(name))

    def _ask_page(self, name: str) -> None:
        """A dialog that followed from another one is opened by its page, where the page knows how."""
        reopen = getattr(self._page, "reopen", None)
        if callable(reopen):
            reopen(name)

    def _look_at_dialog(self, name: str) -> None:
        self._tasks.only_reads = False
        dialogs = places.open_dialogs(self._page)
        if len(dialogs) > self._number and dialogs[self._number].draft_name == name:
            self._number += 1
            self._then(self._open_dialog)
            return
        for wrong in dialogs[self._number :]:
            wrong.reject()
        self._end(False)

    def _put_within(self) -> None:
        if self._page is not None:
            places.put_within(places.front(self._page), self._place.get("within") or {})
        self._end(True)

    def _then(self, step: Callable[[], None]) -> None:
        """Do the next step once nothing is asked or drawn any more."""
        self._next, self._ticks, self._quiet = step, 0, 0
        self._timer.start()

    def _tick(self) -> None:
        self._ticks += 1
        self._quiet = 0 if self._tasks.is_busy else self._quiet + 1
        if self._quiet < 2 and self._ticks < _LONGEST_TICKS:
            return
        self._timer.stop()
        if self._page is not None and not isValid(self._page):
            self._end(False)  # the windows were furnished anew meanwhile
            return
        self._next()

    def _end(self, arrived: bool) -> None:
        if self._over:
            return
        self._over = True
        self._timer.stop()
        self._tasks.only_reads = False
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.removeEventFilter(self)
        self._done(arrived)
        self.deleteLater()


def left_over(place: Place) -> list[str]:
    """Texts of a place that could not be put back into their form, to be shown to the person."""
    return [str(text) for _spot, text in (place.get("within") or {}).get("texts") or () if str(text).strip()]
