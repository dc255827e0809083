"""Labels with their values, as a card shows what is known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording, say


class Facts(QWidget):
    """Labels with their values in `columns` columns; what is empty is left out."""

    def __init__(self, facts: Sequence[tuple[Wording, Wording]], columns: int = 2) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.space(5))
        grid.setVerticalSpacing(style.space(3))
        shown = [(label, value) for label, value in facts if say(value)]
        for number, (label, value) in enumerate(shown):
            cell = QVBoxLayout()
            cell.setSpacing(1)
            text = PlainLabel(value)
            text.set_selectable()
            cell.addWidget(QuietText(label))
            cell.addWidget(text)
            # A stretch and no alignment: an aligned cell is as high as its text on one line, and longer texts are cut.
            cell.addStretch(1)
            grid.addLayout(cell, number // columns, number % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self.setVisible(bool(shown))
