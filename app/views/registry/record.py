"""One registration beside the list: where it stands, what is missing, what can be done next, who opened its card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from app.models.rules import registry as rules
from app.models.vocab import RegistryStatus, Role, label
from app.queries.registry import CardViewRow, RegistrationEntry
from app.views import style
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.facts import Facts
from app.views.common.flow import FlowLayout
from app.views.common.photo import Photo
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.wording import Wording
from app.words import tr


@dataclass(frozen=True)
class Act:
    """One thing that can be done: its name, its words, who does it, in which statuses."""

    name: str
    words: Wording
    icon: str
    roles: frozenset[Role]
    statuses: frozenset[RegistryStatus]
    primary: bool = False


_REG, _SUP = frozenset({Role.REG}), frozenset({Role.SUP})
_OPEN = rules.WAITING | {RegistryStatus.PROVISIONAL}
ACTS = (
    Act("activate", lambda: tr("Activate"), "check", _REG, _OPEN, primary=True),
    Act("verify", lambda: tr("Check authority"), "shield-check", _REG, _OPEN),
    Act("provisional", lambda: tr("Show provisionally"), "warning", _SUP, rules.WAITING),
    Act("renew", lambda: tr("Renew"), "history", _REG, frozenset({RegistryStatus.ACTIVE})),
    Act("edit", lambda: tr("Change"), "edit", _REG | _SUP, _OPEN | rules.SHOWN | {RegistryStatus.SUSPENDED}),
    Act("photo", lambda: tr("Photograph"), "person", _REG | _SUP, _OPEN | rules.SHOWN | {RegistryStatus.SUSPENDED}),
    Act("suspend", lambda: tr("Suspend"), "eye-off", _REG | _SUP, rules.SHOWN),
    Act("resume", lambda: tr("Show again"), "eye", _SUP, frozenset({RegistryStatus.SUSPENDED})),
    Act("unphoto", lambda: tr("Remove the photograph"), "trash", _REG | _SUP, frozenset(RegistryStatus) - rules.ENDED),
    Act("end", lambda: tr("End"), "cross", _REG, frozenset(RegistryStatus) - rules.ENDED),
)


class RecordCard(Card):
    """Shows one registration; `chosen` carries the name of an act."""

    chosen = Signal(str)

    def __init__(self, entry: RegistrationEntry, views: tuple[CardViewRow, ...], role: Role, zone: str) -> None:
        number = str(entry.values.get("number") or "")
        super().__init__(entry.name or number, subtitle=number)
        self.setObjectName("registry.record")
        self.photo: Photo | None = None
        badges = FlowLayout()
        badges.addWidget(Badge(lambda: label(entry.status), "info", "info"))
        if entry.stage is not None:
            badges.addWidget(Badge(entry.stage.label))
        self.add_layout(badges)
        self._show_photo(entry)
        self._say_what_hinders(entry)
        self._acts(entry, role)
        self.add(Facts(_facts(entry)))
        self._who_opened(views, zone)

    def _show_photo(self, entry: RegistrationEntry) -> None:
        """The small photograph, and when it was taken; `photo` is given its bytes by the page."""
        found = entry.photo
        if found is None:
            return
        self.photo = Photo(lambda: tr("Photograph"), 96, 128)
        self.photo.setObjectName("registry.record.photo")
        row = QHBoxLayout()
        row.setSpacing(style.space(3))
        row.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(
            QuietText(lambda: tr("Taken on {day}", day=when.day(found.taken_on) or "–")), 1, Qt.AlignmentFlag.AlignTop
        )
        self.add_layout(row)
        if found.old:
            self.add(
                Banner(
                    "warning",
                    lambda: tr(
                        "The photograph is more than {months} months old. Ask for a new one.", months=found.months
                    ),
                )
            )

    def _say_what_hinders(self, entry: RegistrationEntry) -> None:
        if entry.status not in _OPEN:
            return
        refusal = rules.activation_refusal(entry.values)
        if refusal is not None:
            self.add(Banner("warning", lambda: tr(refusal[1])))
        if entry.missing:
            self.add(Banner("info", lambda: tr(rules.INCOMPLETE, fields=", ".join(tr(text) for text in entry.missing))))

    def _acts(self, entry: RegistrationEntry, role: Role) -> None:
        flow = FlowLayout()
        for act in ACTS:
            if act.name == "unphoto" and entry.photo is None:
                continue
            if role in act.roles and entry.status in act.statuses:
                kind: type[Button] = PrimaryButton if act.primary else SecondaryButton
                button = (QuietButton if act.name in ("end", "unphoto") else kind)(act.words, act.icon)
                button.setObjectName(f"registry.{act.name}")
                button.clicked.connect(self._choose(act.name))
                flow.addWidget(button)
        self.add_layout(flow)

    def _choose(self, name: str) -> Callable[[], None]:
        return lambda: self.chosen.emit(name)

    def _who_opened(self, views: tuple[CardViewRow, ...], zone: str) -> None:
        self.add(Heading(lambda: tr("Who opened the card in the last weeks"), 3))
        if not views:
            self.add(QuietText(lambda: tr("Nobody.")))
        for view in views:
            self.add(PlainLabel(_said(view, zone)))


def _facts(entry: RegistrationEntry) -> list[tuple[Wording, Wording]]:
    values = entry.values
    evidence = str(values.get("authority_evidence") or "")
    verified = " · ".join(part for part in (when.day(values.get("verified_on")), entry.verified_by) if part)
    return [
        (lambda: tr("Submitter"), str(values.get("submitter_name") or "")),
        (
            lambda: tr("Authority"),
            lambda: " · ".join(part for part in (label(values.get("authority")), evidence) if part),
        ),
        (lambda: tr("Submitted on"), lambda: when.day(values.get("submitted_on"))),
        (lambda: tr("Verified"), verified),
        (lambda: tr("In force from"), lambda: when.day(values.get("effective_on"))),
        (lambda: tr("Expires on"), lambda: when.day(values.get("expires_on"))),
        (lambda: tr("Reminders"), lambda: ", ".join(when.day(one) for one in entry.reminders)),
        (lambda: tr("Officers see it until"), lambda: when.day(entry.last_shown)),
        (lambda: tr("Reason"), str(values.get("status_reason") or values.get("provisional_reason") or "")),
    ]


def _said(view: CardViewRow, zone: str) -> Wording:
    def words() -> str:
        why = view.why.label() if view.why is not None else ""
        parts = (when.moment(view.at, zone), view.who, label(view.role), why, view.reason, view.occurrence_no)
        return " · ".join(part for part in parts if part)

    return words
