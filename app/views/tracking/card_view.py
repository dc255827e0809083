"""The dispatch card as it is read: what to look for, where, the agreed words, the orders (F-804)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.queries.dispatch_card import CardOrder, DispatchCardRow
from app.views import style
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.wording import Wording, say
from app.views.tracking.inputs import alert_lines
from app.words import tr


class DispatchBlock(QFrame):
    """One heading and what stands under it, readable at arm's length."""

    def __init__(self, title: Wording, text: str, kind: str = "") -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setAccessibleName(f"{say(title)}: {text}")
        column = QVBoxLayout(self)
        column.setContentsMargins(style.space(3), style.space(1), style.space(3), style.space(1))
        column.setSpacing(0)
        column.addWidget(QuietText(title))
        said = PlainLabel(text)
        said.set_selectable()
        column.addWidget(said)


class DispatchCardView(QWidget):
    """Shows one opened card."""

    def __init__(self, row: DispatchCardRow) -> None:
        super().__init__()
        self.setObjectName("tracking.card")
        self.setAccessibleName(tr("Dispatch card"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        column.addWidget(Heading(row.name or row.asset_no, 2))
        kind = row.device_type.label() if row.device_type else ""
        column.addWidget(QuietText(" · ".join(part for part in (row.asset_no, kind, row.number) if part)))
        if row.compromised:
            column.addWidget(
                Banner("danger", lambda: tr("The device is lost or compromised: it may be with another person."))
            )
        if row.disputed:
            column.addWidget(Banner("warning", lambda: tr("People gave different answers: all of them are shown.")))
        for block in _blocks(row):
            column.addWidget(block)
        column.addStretch(1)


def _blocks(row: DispatchCardRow) -> list[DispatchBlock]:
    facts: list[tuple[Wording, str, str]] = [
        (lambda: tr("Word for danger"), row.word_duress, "danger"),
        (lambda: tr("Word that all is well"), row.word_clear, "success"),
        (lambda: tr("Word that takes an alarm back"), row.word_cancel, ""),
        (lambda: tr("How the client looks"), row.description, ""),
        (lambda: tr("Addresses"), _lines(text for _, text in row.addresses), ""),
        (lambda: tr("Hazards"), row.hazards, "warning"),
        (lambda: tr("Look out for"), _lines(_watched(row)), "danger"),
        (lambda: tr("Orders"), _lines(order_words(one) for one in row.orders), "accent"),
        (lambda: tr("Children in the household"), str(row.children) if row.children else "", ""),
        (lambda: tr("Persons to alert"), _lines(alert_lines(row.alert)), ""),
        (lambda: tr("Device"), _lines(_device(row)), ""),
    ]
    return [DispatchBlock(title, text, kind) for title, text, kind in facts if text]


def _watched(row: DispatchCardRow) -> list[str]:
    weapons = tr("Weapons: {weapons}", weapons=", ".join(row.weapons)) if row.weapons else ""
    vehicle = tr("Vehicle: {vehicle}", vehicle=row.accused_vehicle) if row.accused_vehicle else ""
    return [row.accused_description, vehicle, weapons]


def _device(row: DispatchCardRow) -> list[str]:
    phone = tr("Number of the device: {number}", number=row.device_phone) if row.device_phone else ""
    centre = tr("At the monitoring centre: {number}", number=row.monitoring_id) if row.monitoring_id else ""
    return [phone, centre]


def order_words(order: CardOrder) -> str:
    """One order as a line: its kind, what it forbids, until when."""
    conditions = "; ".join(_condition(one) for one in order.conditions)
    until = tr("until {day}", day=when.day(order.expires_on)) if order.expires_on else tr("end not known")
    return " · ".join(part for part in (order.kind, conditions, until, order.file_no) if part)


def _condition(one: dict[str, Any]) -> str:
    metres = tr("{count} metres", count=one["metres"]) if one.get("metres") else ""
    parts = (one.get("verb"), one.get("place"), metres, one.get("exceptions"))
    return ", ".join(str(part) for part in parts if part)


def _lines(parts: Any) -> str:
    found: Sequence[str] = [part for part in parts if part]
    return "\n".join(found)
