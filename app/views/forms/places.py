"""Places on the earth, typed: no map is asked for and no device tells where it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from app.views import style
from app.views.common.field import Field
from app.views.common.text import LineEdit, NoteEdit, QuietText
from app.views.forms.base import Input
from app.views.forms.numbers import read_number, write_number
from app.words import tr


class PointInput(Input):
    """Latitude and longitude in degrees, and how many metres they may be wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.latitude, self.longitude, self.accuracy = LineEdit(), LineEdit(), LineEdit()
        self._altitude = ""
        row = QHBoxLayout()
        row.setSpacing(style.space(3))
        lines: tuple[tuple[Callable[[], str], LineEdit], ...] = (
            (lambda: tr("Latitude"), self.latitude),
            (lambda: tr("Longitude"), self.longitude),
            (lambda: tr("Accuracy (metres)"), self.accuracy),
        )
        for wording, line in lines:
            row.addWidget(Field(wording, line))
            self._name(line, wording())
            line.changed.connect(self.changed)
        self._put_row(row)

    def value(self) -> str:
        """`latitude longitude altitude accuracy`; empty while neither stands there."""
        parts = [read_number(line.text(), whole=False) for line in (self.latitude, self.longitude, self.accuracy)]
        if not any(parts):
            return ""
        latitude, longitude, accuracy = parts
        more = f" {self._altitude or '0'} {accuracy}" if accuracy else f" {self._altitude}" if self._altitude else ""
        return f"{latitude} {longitude}{more}"

    def show_value(self, value: str) -> None:
        """Show a place."""
        parts = [*value.split(" "), "", "", "", ""]
        self._altitude = parts[2]
        for line, part in zip((self.latitude, self.longitude, self.accuracy), (*parts[:2], parts[3]), strict=True):
            line.set_value(write_number(part))

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        for line in (self.latitude, self.longitude, self.accuracy):
            line.set_read_only(read_only)


class LineInput(Input):
    """A line or an area: one place a row, latitude and longitude."""

    def __init__(self) -> None:
        super().__init__()
        self.note = NoteEdit(least_lines=3)
        self._put(self.note)
        self._column.addWidget(
            QuietText(lambda: tr("One place in each row: latitude and longitude, like 43.5 -79.75."))
        )
        self.note.changed.connect(self.changed)

    def value(self) -> str:
        """Places with semicolons between them."""
        rows = (row.strip() for row in self.note.toPlainText().splitlines())
        return "; ".join(row for row in rows if row)

    def show_value(self, value: str) -> None:
        """Show a line."""
        self.note.set_value("\n".join(part.strip() for part in value.split(";")))

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.note.set_read_only(read_only)
