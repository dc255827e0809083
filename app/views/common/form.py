"""Fields in one column where it is narrow and in two where there is room."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.views import style


class FormLayout(QWidget):
    """A stack of fields. `add(field, wide=True)` gives a field the whole width also where there are two columns."""

    TWO_COLUMNS_FROM = 680

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: list[tuple[QWidget, bool]] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.space(5))
        self._grid.setVerticalSpacing(style.space(5))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def add(self, field: QWidget, *, wide: bool = False) -> None:
        """Put a field at the end."""
        self._fields.append((field, wide))
        field.setParent(self)
        self._columns = 0
        self._arrange()

    def columns(self) -> int:
        """How many columns are shown now."""
        return self._columns

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose one column or two."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        columns = 2 if self.width() >= self.TWO_COLUMNS_FROM else 1
        if columns == self._columns:
            return
        self._columns = columns
        while self._grid.takeAt(0) is not None:
            pass
        row = column = 0
        for field, wide in self._fields:
            if wide and column:
                row, column = row + 1, 0
            span = columns if wide else 1
            self._grid.addWidget(field, row, column, 1, span, Qt.AlignmentFlag.AlignTop)
            column += span
            if column >= columns:
                row, column = row + 1, 0
        for index in range(2):
            self._grid.setColumnStretch(index, 1 if index < columns else 0)
