"""Another value for a field than those that were written: the input that fits it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from app.queries.conflicts import ConflictRow, Shape
from app.views.common.choices import ChipChoice, SegmentedChoice
from app.views.common.dates import DateField
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import NoteEdit
from app.words import tr

_MOST = 1_000_000


def control_for(row: ConflictRow) -> QWidget | None:
    """The input for another value; None when only one of the written values can be kept."""
    makers: dict[Shape, Callable[[], QWidget]] = {
        Shape.TEXT: lambda: NoteEdit(least_lines=1, most_lines=6),
        Shape.NUMBER: lambda: NumberField(0, _MOST),
        Shape.CHOICE: lambda: _choice(row),
        Shape.YES_NO: lambda: SegmentedChoice([(True, lambda: tr("Yes")), (False, lambda: tr("No"))]),
        Shape.DAY: DateField,
        Shape.SEVERAL: lambda: ChipChoice(row.options),
    }
    make = makers.get(row.shape)
    return make() if make is not None else None


def _choice(row: ConflictRow) -> QWidget:
    return SegmentedChoice(row.options) if len(row.options) <= 4 else ComboPicker(row.options)


def value_of(control: Any) -> Any:
    """What was given, as the decision takes it; None while nothing is."""
    value = control.value()
    if isinstance(value, tuple):
        return [str(each) for each in value] or None
    return value
