"""Places on the earth, typed: no map is asked for and no device tells where it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from app.errors import RuleBroken
from app.forms.coordinates import read_coordinate, read_place
from app.views import style
from app.views.common.field import Field
from app.views.common.text import LineEdit, NoteEdit, PlainLabel, QuietText
from app.views.forms.base import Input
from app.views.forms.numbers import is_number, read_number, write_number
from app.words import tr


class PointInput(Input):
    """Latitude and longitude in degrees, and how many metres they may be wrong.

    A place that was copied whole goes into both lines, in whichever usual notation; one coordinate may be typed in
    degrees and minutes too. What cannot be read stays as it was typed, and it is said why.
    """

    def __init__(self) -> None:
        super().__init__()
        self.latitude, self.longitude, self.accuracy = LineEdit(), LineEdit(), LineEdit()
        self._altitude = ""
        self._told = ""
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
        self.accuracy.changed.connect(self.changed)
        for line, axis in ((self.latitude, "latitude"), (self.longitude, "longitude")):
            line.changed.connect(self.changed)
            line.editingFinished.connect(partial(self._finished, line, axis))
        self._put_row(row)
        self._column.addWidget(
            QuietText(lambda: tr("A place can be pasted whole: 43.5234, -79.8711 or 43°31'24\"N 79°52'16\"W."))
        )
        self._trouble = PlainLabel()
        self._trouble.set_kind("danger")
        self._trouble.hide()
        self._column.addWidget(self._trouble)

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
        self._tell("")
        parts = [*value.split(" "), "", "", "", ""]
        self._altitude = parts[2]
        for line, part in zip((self.latitude, self.longitude, self.accuracy), (*parts[:2], parts[3]), strict=True):
            line.set_value(write_number(part))

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        for line in (self.latitude, self.longitude, self.accuracy):
            line.set_read_only(read_only)

    def complains(self) -> bool:
        """Whether it says itself what it cannot read."""
        return bool(self._told)

    def _finished(self, line: LineEdit, axis: str) -> None:
        text = line.text().strip()
        if line.isReadOnly():
            return
        self._tell("")
        if not text or self._take_whole(text):
            return
        try:
            found = read_coordinate(text, axis)
        except RuleBroken as problem:
            self._tell(problem.sentence)
            return
        if not is_number(read_number(text, whole=False)):
            line.set_value(write_number(found))
            self.changed.emit()

    def _take_whole(self, text: str) -> bool:
        """Put a place that was pasted whole into both lines; whether it was one."""
        try:
            latitude, longitude = read_place(text)
        except RuleBroken:
            return False
        self.latitude.set_value(write_number(latitude))
        self.longitude.set_value(write_number(longitude))
        self.changed.emit()
        return True

    def _tell(self, sentence: str) -> None:
        self._told = sentence
        self._trouble.set_text(sentence)
        self._trouble.setVisible(bool(sentence))


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
