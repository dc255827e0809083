"""Answers that are typed: one line, several lines, and where a file is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.views.common.text import LineEdit, NoteEdit, QuietText
from app.views.forms.base import Input
from app.words import tr


class TextInput(Input):
    """One line."""

    def __init__(self) -> None:
        super().__init__()
        self.line = LineEdit()
        self.line.setMaximumWidth(680)
        self._put(self.line)
        self.line.changed.connect(self.changed)

    def value(self) -> str:
        """What was typed, without blanks around."""
        return self.line.value() or ""

    def show_value(self, value: str) -> None:
        """Show a text."""
        self.line.set_value(value)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.line.set_read_only(read_only)


class DigitsInput(TextInput):
    """One line for a text that is written with digits, such as a telephone number."""

    def __init__(self) -> None:
        super().__init__()
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self.line.setMaximumWidth(360)


class NoteInput(Input):
    """Several lines. `lines` is how many are in sight at least."""

    def __init__(self, lines: int = 3) -> None:
        super().__init__()
        self.note = NoteEdit(least_lines=lines)
        self._put(self.note)
        self.note.changed.connect(self.changed)

    def value(self) -> str:
        """What was typed."""
        return self.note.value() or ""

    def show_value(self, value: str) -> None:
        """Show a text."""
        self.note.set_value(value)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.note.set_read_only(read_only)


class KeptElsewhereInput(TextInput):
    """A picture, a recording or a file: it cannot be kept with the form yet, but where it is can."""

    def __init__(self) -> None:
        super().__init__()
        said = lambda: tr("A file cannot be kept with a form yet. Write down what it is and where it is kept.")  # noqa: E731
        self._column.insertWidget(0, QuietText(said))
