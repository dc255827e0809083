"""An amount of money, typed as people write it; its value is in cents."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views.common.text import LineEdit, PlainLabel
from app.views.common.wording import locale
from app.words import tr

_AMOUNT = re.compile(r"^\$?\s*(\d{1,6})(?:[.,](\d{1,2}))?\s*\$?$")


class MoneyField(QWidget):
    """Cents, or None. 12, 12.50, 12,50 $ are understood."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit, self._complaint = LineEdit(lambda: locale().toString(0.0, "f", 2)), PlainLabel()
        self._complaint.set_kind("danger")
        self._complaint.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._edit)
        column.addWidget(self._complaint)
        self.setFocusProxy(self._edit)
        self._edit.changed.connect(self._on_typed)

    def value(self) -> int | None:
        """The amount in cents; None while it is empty or cannot be read."""
        return read_cents(self._edit.text())

    def set_value(self, value: int | None) -> None:
        """Show an amount."""
        point = locale().decimalPoint()
        self._edit.set_value(None if value is None else f"{value // 100}{point}{value % 100:02d}")
        self._complaint.hide()

    def is_valid(self) -> bool:
        """False while something stands there that is no amount."""
        return not self._edit.text().strip() or self.value() is not None

    def setAccessibleName(self, name: str) -> None:
        """Speak the label at the line itself."""
        super().setAccessibleName(name)
        self._edit.setAccessibleName(name)

    def _on_typed(self) -> None:
        self._complaint.set_text("" if self.is_valid() else lambda: tr("Write the amount like 12.50."))
        self._complaint.setVisible(not self.is_valid())
        self.changed.emit()


def read_cents(text: str) -> int | None:
    """The cents that a text says, or None."""
    found = _AMOUNT.match(text.strip().replace("\u00a0", " "))
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None


def write_cents(cents: int | None) -> str:
    """An amount as it is written in the interface's language; nothing for None."""
    return "" if cents is None else locale().toCurrencyString(cents / 100, "$")
