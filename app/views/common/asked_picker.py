"""Choosing one of very many by typing a part of it: only what fits is asked for, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCompleter, QWidget

from app.views.common.picker import ComboPicker
from app.views.common.wording import Wording
from app.words import tr

Offered = Sequence[tuple[Hashable, str]]
Deliver = Callable[[Offered, bool], None]
"""A page of what fits, and whether there is more."""
Ask = Callable[[str, int, Deliver], None]
"""Ask for what a text fits, from a place on."""
Name = Callable[[Hashable, Callable[[str], None]], None]
"""Ask what a value is called that is not on the page shown, such as one of an earlier sitting."""

_PAUSE_MS = 150
_MORE = object()


class AskedPicker(ComboPicker):
    """A `ComboPicker` whose options are asked for while one types; its last line fetches the next page."""

    def __init__(self, ask: Ask, name: Name, placeholder: Wording = "", parent: QWidget | None = None) -> None:
        super().__init__((), placeholder, parent)
        self._ask, self._name_of = ask, name
        self._found: list[tuple[Hashable, str]] = []
        self._chosen_words = ""
        self._text, self._round = "", 0
        self._left_while_asking = False
        self._waiting = self._typing = False
        completer = self.completer()
        assert completer is not None, "a picker completes"
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(lambda: self._begin(self._line().text()))
        self._line().textEdited.connect(self._on_typed)

    @property
    def is_waiting(self) -> bool:
        """Whether an answer to what was typed is still to come."""
        return self._waiting or self._pause.isActive()

    def set_value(self, value: Hashable | None) -> None:
        """Choose; what is not on the page shown is asked for by name."""
        super().set_value(value)
        if value is None or self._value is not None:
            self._chosen_words = self.currentText() if self._value is not None else ""
            return
        self._name_of(value, lambda words: self._keep(value, words))

    def showEvent(self, event: QShowEvent) -> None:
        """Have the first page ready."""
        super().showEvent(event)
        if not self._round:
            self._begin("")

    def _keep(self, value: Hashable, words: str) -> None:
        if words and self._value is None and not self._line().text():
            self._found.insert(0, (value, words))
            self._offer(more=False)
            super().set_value(value)
            self._chosen_words = words
            # The form went on without it meanwhile, and may have asked for more than it needs to.
            self.changed.emit()

    def _on_typed(self, _text: str) -> None:
        self._left_while_asking, self._typing = False, True
        self._pause.start()

    def _begin(self, text: str) -> None:
        self._text, self._found = text.strip(), []
        self._fetch()

    def _fetch(self) -> None:
        self._round += 1
        self._waiting = True
        asked = self._round
        self._ask(self._text, len(self._found), lambda page, more: self._deliver(asked, page, more))

    def _deliver(self, asked: int, page: Offered, more: bool) -> None:
        if asked != self._round:
            return
        self._waiting = False
        first_new = len(self._found)
        self._found += page
        typed = self._line().text()
        self._offer(more)
        if self._left_while_asking:
            self._left_while_asking = False
            self._on_left()
            return
        if not self._typing:
            super().set_value(self._value)
            return
        self._line().setText(typed)
        completer = self.completer()
        if completer is not None and self._found:
            completer.complete()
            popup = completer.popup()
            assert popup is not None, "it has just been shown"
            popup.scrollTo(completer.completionModel().index(first_new, 0))

    def _offer(self, more: bool) -> None:
        chosen = [(self._value, self._chosen_words)] if self._value is not None else []
        known = {value for value, _ in self._found}
        self._options = [*(one for one in chosen if one[0] not in known), *self._found]
        if more:
            self._options.append((_MORE, lambda: tr("Show more…")))
        self._fill()

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._options) and self._options[row][0] is _MORE:
            self._typing = True
            self._line().setText(self._text)
            self._fetch()
            return
        self._typing = False
        super()._choose(row)

    def _on_left(self) -> None:
        if self.is_waiting and self._line().text().strip():
            self._left_while_asking = True
            if self._pause.isActive():
                self._pause.stop()
                self._begin(self._line().text())
            return
        typed, self._typing = self._line().text().strip(), False
        if self._value is not None and typed == self._chosen_words:
            return
        if typed and typed == self._text and len(self._found) == 1:
            self._choose(next(row for row, one in enumerate(self._options) if one == self._found[0]))
            return
        super()._on_left()
