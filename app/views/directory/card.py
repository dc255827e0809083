"""A service's card: telephone numbers, hours, what to bring, languages, how to apply, when it was last verified."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.models.vocab import label
from app.queries.directory import ServiceRow
from app.queries.languages import name_of
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card
from app.views.common.facts import Facts
from app.views.common.text import Heading, PlainLabel, QuietText
from app.words import tr


class ServiceCard(Card):
    """Shows one service. `correct` and `verified` speak when their buttons are touched."""

    correct = Signal()
    verified = Signal()

    def __init__(self, row: ServiceRow, *, keeps: bool) -> None:
        super().__init__(
            row.name, subtitle=lambda: " · ".join(part for part in (row.organization, label(row.kind)) if part)
        )
        self.setObjectName("directory.card")
        self._add_checked(row, keeps)
        if row.description:
            self.add(PlainLabel(row.description))
        for phone in row.phones:
            number = Heading(phone.number, 2)
            number.set_selectable()
            self.add(number)
            if phone.description:
                self.add(QuietText(phone.description))
        self.add(
            Facts(
                [
                    (lambda: tr("Hours"), row.hours),
                    (lambda: tr("Languages"), lambda: ", ".join(tr(name_of(code)) for code in row.languages)),
                    (lambda: tr("Interpreters"), row.interpretation or ""),
                    (lambda: tr("What to bring"), row.required_documents),
                    (lambda: tr("Who may come"), row.eligibility),
                    (lambda: tr("How to apply"), row.application_process),
                    (lambda: tr("Cost"), row.fees),
                    (lambda: tr("Municipality"), row.municipality or ""),
                    (lambda: tr("Address"), lambda: _address(row)),
                    (lambda: tr("E-mail"), row.email or ""),
                    (lambda: tr("Website"), row.url or ""),
                ],
                columns=1,
            )
        )
        if row.need_domains:
            self.add(QuietText(lambda: tr("Helps with: {needs}", needs=_needs(row))))
        self._add_foot(keeps)

    def _stale(self, row: ServiceRow) -> Banner:
        if row.assured_date is None:
            return Banner("warning", lambda: tr("Verify before you refer: nobody has checked it yet."))
        return Banner("warning", lambda: tr("Verify before you refer: last checked on {day}.", day=_checked(row)))

    def _add_checked(self, row: ServiceRow, keeps: bool) -> None:
        """When it was last checked; a stale one says so and can be marked as checked."""
        if not row.stale:
            self._add_line(Badge(lambda: tr("Checked on {day}", day=_checked(row)), "check", "success"))
            return
        self.add(self._stale(row))
        if keeps:
            checked = SecondaryButton(lambda: tr("I have checked it today"), "check")
            checked.setObjectName("directory.verify")
            checked.clicked.connect(self.verified)
            self._add_line(checked)

    def _add_foot(self, keeps: bool) -> None:
        if keeps:
            button = SecondaryButton(lambda: tr("Correct this entry"), "edit")
            button.setObjectName("directory.correct")
            button.clicked.connect(self.correct)
            self._add_line(button)

    def _add_line(self, widget: QWidget) -> None:
        line = QHBoxLayout()
        line.addWidget(widget)
        line.addStretch(1)
        self.add_layout(line)


def _checked(row: ServiceRow) -> str:
    return when.day(row.assured_date)


def _address(row: ServiceRow) -> str:
    return tr("Kept confidential") if row.address_confidential else row.address or ""


def _needs(row: ServiceRow) -> str:
    return ", ".join(need.label() for need in row.need_domains)
