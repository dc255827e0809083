"""Numbers: typed with point or comma, or chosen on a scale."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from app.views import style
from app.views.common.text import LineEdit, QuietText
from app.views.common.wording import locale
from app.views.forms.base import Input
from app.words import tr

_BLANKS = str.maketrans("", "", " \u00a0\u202f")


def read_number(text: str, *, whole: bool) -> str:
    """A number as the form stores it; a text that is none stays as it was typed."""
    plain = text.translate(_BLANKS)
    if not whole and plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return text.strip()
    return plain if found.is_finite() and "e" not in plain.lower() and "_" not in plain else text.strip()


def write_number(value: str) -> str:
    """A stored number with the decimal mark of the interface's language."""
    mark = locale().decimalPoint()
    return value.replace(".", mark) if mark != "." and is_number(value) else value


def is_number(value: str) -> bool:
    """Whether a stored text is a number."""
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


class NumberInput(Input):
    """A number, whole or not."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__()
        self._whole = whole
        self.line = LineEdit()
        self.line.setMaximumWidth(240)
        hint = Qt.InputMethodHint.ImhDigitsOnly if whole else Qt.InputMethodHint.ImhFormattedNumbersOnly
        self.line.setInputMethodHints(hint)
        self._put(self.line)
        self.line.changed.connect(self.changed)

    def value(self) -> str:
        """The number with a point; what is none as it was typed."""
        return read_number(self.line.text(), whole=self._whole)

    def show_value(self, value: str) -> None:
        """Show a number."""
        self.line.set_value(write_number(value))

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.line.set_read_only(read_only)


class Scale(QSlider):
    """A slider that leaves the wheel to the page: scrolling must not change an answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(style.height("touch"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()


class RangeInput(Input):
    """A number of a scale, by slider or typed. `start`, `end` and `step` are the form's; nothing is chosen at first."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        super().__init__()
        self._start = _decimal(parameters.get("start"), Decimal(1))
        self._end = _decimal(parameters.get("end"), Decimal(10))
        self._step = abs(_decimal(parameters.get("step"), Decimal(1))) or Decimal(1)
        self.scale = Scale()
        self.scale.setRange(0, int(abs(self._end - self._start) / self._step))
        self.scale.setTickPosition(QSlider.TickPosition.NoTicks)
        self.line = LineEdit()
        self.line.setFixedWidth(110)
        row = QHBoxLayout()
        row.setSpacing(style.space(3))
        for part, stretch in (
            (QuietText(lambda: write_number(str(self._start))), 0),
            (self.scale, 1),
            (QuietText(lambda: write_number(str(self._end))), 0),
            (self.line, 0),
        ):
            row.addWidget(part, stretch)
        self._put_row(row)
        self._name(self.scale, tr("slider"))
        self._name(self.line)
        self._told = False
        self.scale.valueChanged.connect(self._on_slid)
        # Touching the slider where it stands already is an answer too.
        self.scale.sliderPressed.connect(lambda: self._on_slid(self.scale.value()))
        self.line.changed.connect(self._on_typed)

    def value(self) -> str:
        """The number; what is none as it was typed."""
        return read_number(self.line.text(), whole=False)

    def show_value(self, value: str) -> None:
        """Show a number."""
        self.line.set_value(write_number(value))
        self._slide()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        self.scale.setEnabled(not read_only)
        self.line.set_read_only(read_only)

    def changeEvent(self, event: QEvent) -> None:
        """Write the number as the language does."""
        before = self.value() if event.type() == QEvent.Type.LanguageChange else ""
        super().changeEvent(event)
        if before:
            self.line.set_value(write_number(before))

    def _on_slid(self, place: int) -> None:
        if self._told:
            return
        way = 1 if self._end >= self._start else -1
        found = self._start + way * place * self._step
        self.line.set_value(write_number(format(found.normalize(), "f")))
        self.changed.emit()

    def _on_typed(self) -> None:
        self._slide()
        self.changed.emit()

    def _slide(self) -> None:
        self._told = True
        number = self.value()
        offset = abs(Decimal(number) - self._start) / self._step if is_number(number) else Decimal(0)
        self.scale.setValue(int(min(offset, Decimal(self.scale.maximum()))))
        self._told = False


def _decimal(text: str | None, otherwise: Decimal) -> Decimal:
    return Decimal(text) if text and is_number(text) else otherwise
