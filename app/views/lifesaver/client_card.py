"""One client beside the list: what must not be overlooked, what can be done next, care, equipment, fees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal

from app.models.lifesaver_vocab import LifesaverStatus
from app.models.rules import lifesaver as rules
from app.models.vocab import Role, label
from app.queries.card_words import spoken
from app.queries.lifesaver import ClientEntry, FeeRow, IssueRow
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.facts import Facts
from app.views.common.flow import FlowLayout
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.wording import Wording, locale
from app.words import tr

_REG, _SUP = frozenset({Role.REG}), frozenset({Role.SUP})
_WEARS, _ALL = rules.WEARING, frozenset(LifesaverStatus)
_NEW = rules.BEFORE | {LifesaverStatus.NOT_ELIGIBLE}
_READY = frozenset({LifesaverStatus.ACCEPTED}) | _WEARS


@dataclass(frozen=True)
class CardAct:
    """One thing that can be done: its name, its words, who does it, in which statuses."""

    name: str
    words: Wording
    icon: str
    roles: frozenset[Role]
    statuses: frozenset[LifesaverStatus]
    primary: bool = False
    quiet: bool = False


ACTS = (
    CardAct("enrol", lambda: tr("Enrol"), "check", _REG, frozenset({LifesaverStatus.ACCEPTED}), primary=True),
    CardAct("screen", lambda: tr("Eligibility"), "list", _REG | _SUP, _NEW),
    CardAct("profile", lambda: tr("Profile"), "edit", _REG, _ALL - {LifesaverStatus.DISCHARGED}),
    CardAct("issue", lambda: tr("Hand over a transmitter"), "handshake", _REG, _READY),
    CardAct("battery", lambda: tr("New battery"), "plus", _REG, _READY),
    CardAct("test", lambda: tr("Daily test"), "check", _REG, _WEARS),
    CardAct("visit", lambda: tr("Plan a visit"), "calendar", _REG, _READY),
    CardAct("removal", lambda: tr("Taken off"), "warning", _REG, _WEARS),
    CardAct("fee", lambda: tr("Ask for a fee"), "document", _REG, _READY),
    CardAct("renew", lambda: tr("Renew"), "history", _REG, _WEARS),
    CardAct("suspend", lambda: tr("Suspend"), "clock", _REG, frozenset({LifesaverStatus.ENROLLED})),
    CardAct("resume", lambda: tr("Wears it again"), "check", _REG, frozenset({LifesaverStatus.SUSPENDED})),
    CardAct("discharge", lambda: tr("Discharge"), "cross", _REG, _ALL - {LifesaverStatus.DISCHARGED}, quiet=True),
)


class ClientCard(Card):
    """Shows one client; `chosen` carries the name of an act and the record that it is about."""

    chosen = Signal(str, str)

    def __init__(self, entry: ClientEntry, role: Role) -> None:
        number = str(entry.values["number"] or "")
        super().__init__(entry.name or number, subtitle=number)
        self.setObjectName("pls.client")
        self._role = role
        badges = FlowLayout()
        badges.addWidget(Badge(lambda: label(entry.status), "info", "info"))
        if entry.missed_tests:
            badges.addWidget(Badge(lambda: tr("{days} tests missing", days=entry.missed_tests), "warning", "warning"))
        self.add_layout(badges)
        for warning in entry.warnings:
            self.add(Banner("warning", _later(warning)))
        self._acts(entry)
        self.add(Facts(_facts(entry)))
        self._equipment(entry)
        self._batteries(entry)
        self._visits(entry)
        self._fees(entry)

    def _acts(self, entry: ClientEntry) -> None:
        flow = FlowLayout()
        for act in ACTS:
            if self._role in act.roles and entry.status in act.statuses:
                kind: type[Button] = PrimaryButton if act.primary else QuietButton if act.quiet else SecondaryButton
                flow.addWidget(self._button(kind, act.words, act.icon, act.name, entry.id))
        self.add_layout(flow)

    def _button(self, kind: type[Button], words: Wording, icon: str, name: str, subject: str) -> Button:
        button = kind(words, icon)
        button.setObjectName(f"pls.act.{name}")
        button.clicked.connect(self._choose(name, subject))
        return button

    def _choose(self, name: str, subject: str) -> Callable[[], None]:
        return lambda: self.chosen.emit(name, subject)

    def _equipment(self, entry: ClientEntry) -> None:
        if not entry.issues:
            return
        self.add(Heading(lambda: tr("Transmitters"), 3))
        for issue in entry.issues:
            self.add(PlainLabel(_issue(issue)))
            if issue.end is None and self._role is Role.REG:
                row = FlowLayout()
                row.addWidget(
                    self._button(QuietButton, lambda: tr("Take the transmitter back"), "return", "end_issue", issue.id)
                )
                self.add_layout(row)

    def _batteries(self, entry: ClientEntry) -> None:
        if entry.batteries:
            self.add(Heading(lambda: tr("Batteries"), 3))
        for one in entry.batteries[:6]:
            parts = (
                when.day(one.installed_on),
                tr("every {days} days", days=one.interval_days) if one.interval_days else "",
                one.swapped_by,
                one.remarks,
            )
            self.add(PlainLabel(" · ".join(part for part in parts if part)))

    def _visits(self, entry: ClientEntry) -> None:
        if entry.visits:
            self.add(Heading(lambda: tr("Visits"), 3))
        for one in entry.visits[:6]:
            parts = (when.day(one.planned_on), label(one.kind), ", ".join(one.who), label(one.outcome), one.note)
            self.add(PlainLabel(" · ".join(part for part in parts if part)))

    def _fees(self, entry: ClientEntry) -> None:
        if entry.fees:
            self.add(Heading(lambda: tr("Fees"), 3))
        for fee in entry.fees:
            self.add(PlainLabel(_fee(fee)))
            row = FlowLayout()
            if fee.owed_cents and self._role is Role.REG:
                row.addWidget(self._button(QuietButton, lambda: tr("Payment"), "check", "pay", fee.id))
            if fee.owed_cents and self._role in _REG | _SUP:
                row.addWidget(self._button(QuietButton, lambda: tr("Subsidy"), "handshake", "subsidy", fee.id))
            if self._role is Role.REG:
                row.addWidget(self._button(QuietButton, lambda: tr("Fee notice"), "print", "fee_notice", fee.id))
            if row.count():
                self.add_layout(row)
        if not entry.fees and not entry.visits:
            self.add(QuietText(lambda: tr("No visit and no fee yet.")))


def _facts(entry: ClientEntry) -> list[tuple[Wording, Wording]]:
    values = entry.values
    home: Mapping[str, Any] = next(iter(entry.person.get("addresses") or ()), {})
    carers = "; ".join(
        " ".join(spoken(str(one[name])) for name in ("name", "phone") if one.get(name))
        for one in values["caregivers"] or ()
    )
    battery = when.day(entry.battery.due_on) if entry.battery is not None else ""
    return [
        (lambda: tr("Municipality"), str(home.get("municipality") or "")),
        (lambda: tr("Caregivers"), carers),
        (lambda: tr("Worn on"), label(values["wear_site"])),
        (lambda: tr("Battery due on"), battery),
        (lambda: tr("Agreement signed on"), when.day(values["agreement_on"])),
        (lambda: tr("To be renewed on"), when.day(values["renew_on"])),
        (lambda: tr("Enrolled on"), when.day(values["enrolled_on"])),
        (lambda: tr("Letter of"), when.day(values["letter_on"])),
        (lambda: tr("Discharged"), _ended(entry)),
        (lambda: tr("Reason"), str(values["status_reason"] or "")),
    ]


def _ended(entry: ClientEntry) -> str:
    values = entry.values
    parts = (when.day(values["discharged_on"]), label(values["discharge_reason"]))
    return " · ".join(part for part in parts if part)


def _issue(issue: IssueRow) -> str:
    parts = [issue.serial, when.day(issue.issued_on), label(issue.end), when.day(issue.ended_on)]
    if issue.twice:
        parts.append(tr("handed out twice"))
    return " · ".join(part for part in parts if part)


def _fee(fee: FeeRow) -> str:
    owed = tr("open: {amount}", amount=money(fee.owed_cents)) if fee.owed_cents else tr("settled")
    parts = (label(fee.kind), money(fee.amount_cents), when.day(fee.due_on), label(fee.subsidy), owed)
    return " · ".join(part for part in parts if part)


def money(cents: int) -> str:
    """An amount as people read it."""
    return locale().toCurrencyString(cents / 100, "$")


def _later(text: str) -> Wording:
    return lambda: tr(text)
