"""The services that were delivered in a contact, by family."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.models.vocab import ServiceFamily, ServiceItem
from app.views.common.choices import ChipChoice
from app.views.common.section import Section
from app.views.crisis.asking import options
from app.words import trn


class ServicesChoice(QWidget):
    """Any number of services; each family can be unfolded and says how many are chosen in it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._families: dict[ServiceFamily, tuple[Section, ChipChoice]] = {}
        for family in ServiceFamily:
            chips = ChipChoice(options(item for item in ServiceItem if item.family is family))
            section = Section(family.label, opened=False)
            section.add(chips)
            chips.changed.connect(self._on_changed)
            column.addWidget(section)
            self._families[family] = (section, chips)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def value(self) -> tuple[str, ...]:
        """The codes of the services chosen."""
        return tuple(str(code) for _, chips in self._families.values() for code in chips.value())

    def set_value(self, value: Sequence[str] | None) -> None:
        """Choose exactly these; a family with a choice is unfolded."""
        for section, chips in self._families.values():
            chips.set_value(value)
            if chips.value():
                section.set_open(True)
        self._count()

    def _on_changed(self) -> None:
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        for section, chips in self._families.values():
            count = len(chips.value())
            section.set_summary(partial(_chosen, count) if count else "")


def _chosen(count: int) -> str:
    return trn("{count} chosen", "{count} chosen", count)
