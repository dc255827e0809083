"""Choosing one of a long list by typing a part of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QSizePolicy, QWidget

from app.views.common.icons import pixmap
from app.views.common.wording import Wording, say
from app.words import tr

_FOLDED = Qt.ItemDataRole.UserRole + 1


def folded(text: str) -> str:
    """`text` for comparing: no accents, no capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


class _Completer(QCompleter):
    """Finds what was typed anywhere in a text, whatever its accents."""

    def splitPath(self, path: str) -> list[str]:
        return [folded(path)]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class ComboPicker(QComboBox):
    """One of `options`; typing narrows the list. What matches nothing is taken back when the field is left."""

    changed = Signal()

    def __init__(
        self, options: Sequence[tuple[Hashable, Wording]] = (), placeholder: Wording = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._options: list[tuple[Hashable, Wording]] = []
        self._placeholder = placeholder
        self._value: Hashable | None = None
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rows = QStandardItemModel(self)
        self.setModel(self._rows)
        self._narrow()
        self.activated.connect(self._on_activated)
        self._line().editingFinished.connect(self._on_left)
        self.set_options(options)
        self._prompt()

    def set_options(self, options: Sequence[tuple[Hashable, Wording]]) -> None:
        """Offer other options; a choice that is still offered stays."""
        before = self._value
        self._options = list(options)
        self._fill()
        self.set_value(before)

    def value(self) -> Hashable | None:
        """What is chosen, or None."""
        return self._value

    def set_value(self, value: Hashable | None) -> None:
        """Choose; None or a value that is not offered chooses nothing."""
        row = next((row for row, (offered, _) in enumerate(self._options) if offered == value), -1)
        self._value = self._options[row][0] if row >= 0 and value is not None else None
        self.setCurrentIndex(row if self._value is not None else -1)
        if self._value is None:
            self.setEditText("")
        # A text longer than the field shows its beginning.
        self._line().setCursorPosition(0)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.setEnabled(not read_only)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll: a wheel must not change an answer."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the text, so that typing replaces it."""
        super().focusInEvent(event)
        self._line().selectAll()

    def setAccessibleName(self, name: str) -> None:
        """Speak the label at the line itself."""
        super().setAccessibleName(name)
        self._line().setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrow in the colours of this moment."""
        super().paintEvent(event)
        mark = pixmap(
            "chevron-down", "text-quiet" if self.isEnabled() else "text-disabled", 18, self.devicePixelRatioF()
        )
        x = 10 if self.isRightToLeft() else self.width() - 28
        QPainter(self).drawPixmap(QPoint(x, (self.height() - 18) // 2), mark)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            chosen = self._value
            self._fill()
            self.set_value(chosen)
            self._prompt()

    def _line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None, "an editable combo box has a line"
        return line

    def _prompt(self) -> None:
        self._line().setPlaceholderText(say(self._placeholder) or tr("Type to search"))

    def _fill(self) -> None:
        self._rows.clear()
        for _value, wording in self._options:
            item = QStandardItem(say(wording))
            item.setData(folded(say(wording)), _FOLDED)
            self._rows.appendRow(item)

    def _narrow(self) -> None:
        completer = _Completer(self._rows, self)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionRole(_FOLDED)
        completer.activated.connect(self._on_completed)
        self.setCompleter(completer)

    def _on_completed(self, text: str) -> None:
        self._choose(self.findText(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive))

    def _on_activated(self, row: int) -> None:
        self._choose(row)

    def _choose(self, row: int) -> None:
        before = self._value
        self.set_value(self._options[row][0] if 0 <= row < len(self._options) else None)
        if self._value != before:
            self.changed.emit()

    def _on_left(self) -> None:
        typed = folded(self.currentText().strip())
        if not typed:
            self._choose(-1)
            return
        same = [row for row in range(self.count()) if self.itemData(row, _FOLDED) == typed]
        found = same or [row for row in range(self.count()) if typed in str(self.itemData(row, _FOLDED))]
        if len(found) == 1 or same:
            self._choose(found[0])
        else:
            self.set_value(self._value)
