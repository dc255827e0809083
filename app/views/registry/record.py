"""One registration beside the list: where it stands, what is missing, what can be done next, who opened its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from app.models.rules import registry as rules
from app.models.vocab import RegistryAct, RegistryStage, RegistryStatus, Role, label
from app.queries.registry import CardViewRow, RegistrationEntry
from app.queries.registry_office import DisputeRow, DuplicateRow, HistoryRow
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
from app.views.registry.dispute_dialogs import label_of
from app.views.registry.terms_dialogs import heed
from app.words import mark, tr


@dataclass(frozen=True)
class Act:
    """One thing that can be done: its name, its words, who does it, in which statuses."""

    name: str
    words: Wording
    icon: str
    roles: frozenset[Role]
    statuses: frozenset[RegistryStatus]
    primary: bool = False
    when: Callable[[RegistrationEntry], bool] = lambda _entry: True


def _expired(entry: RegistrationEntry) -> bool:
    return entry.stage is RegistryStage.EXPIRED


def _is_due(rule: str) -> Callable[[RegistrationEntry], bool]:
    return lambda entry: rule in entry.due


def _not_expired(entry: RegistrationEntry) -> bool:
    return not _expired(entry)


_REG, _SUP = frozenset({Role.REG}), frozenset({Role.SUP})
_OPEN = rules.WAITING | {RegistryStatus.PROVISIONAL}
_ACTIVE = frozenset({RegistryStatus.ACTIVE})
_OVER = frozenset({RegistryStatus.WITHDRAWN, RegistryStatus.MOVED_OUT, RegistryStatus.DECEASED})
ACTS = (
    Act("activate", lambda: tr("Activate"), "check", _REG, _OPEN, primary=True),
    Act("verify", lambda: tr("Check authority"), "shield-check", _REG, _OPEN),
    Act("provisional", lambda: tr("Show provisionally"), "warning", _SUP, rules.WAITING),
    Act("submit", lambda: tr("Hand in"), "check", _REG, frozenset({RegistryStatus.DRAFT})),
    Act("renew", lambda: tr("Renew without changes"), "history", _REG, _ACTIVE),
    Act("renew_changed", lambda: tr("Renew with changes"), "edit", _REG, _ACTIVE),
    Act("remind", lambda: tr("Reminder"), "call-back", _REG, _ACTIVE, when=_not_expired),
    Act("edit", lambda: tr("Change"), "edit", _REG | _SUP, _OPEN | rules.SHOWN | {RegistryStatus.SUSPENDED}),
    Act("photo", lambda: tr("Photograph"), "person", _REG | _SUP, _OPEN | rules.SHOWN | {RegistryStatus.SUSPENDED}),
    Act("consent", lambda: tr("Own consent"), "handshake", _REG, rules.SHOWN, when=_is_due(rules.RECONSENT)),
    Act("capacity", lambda: tr("Who decides"), "handshake", _REG, rules.SHOWN, when=_is_due(rules.CAPACITY)),
    Act("dispute", lambda: tr("Guardians disagree"), "warning", _REG | _SUP, _OPEN | rules.SHOWN),
    Act("suspend", lambda: tr("Suspend"), "eye-off", _REG | _SUP, rules.SHOWN),
    Act("resume", lambda: tr("Show again"), "eye", _SUP, frozenset({RegistryStatus.SUSPENDED})),
    Act("archive", lambda: tr("Archive"), "document", _REG, rules.SHOWN, when=_expired),
    Act("archive", lambda: tr("Archive"), "document", _REG, _OVER),
    Act("unphoto", lambda: tr("Remove the photograph"), "trash", _REG | _SUP, frozenset(RegistryStatus) - rules.ENDED),
    Act("end", lambda: tr("End"), "cross", _REG, frozenset(RegistryStatus) - rules.ENDED),
)
LETTERS = (
    ("F-601", mark("Registration")),
    ("F-603", mark("Confirmation")),
    ("F-604", mark("Renewal notice")),
    ("F-605", mark("Renewal without changes")),
    ("F-606", mark("Taking out")),
)
"""What can be printed of a registration."""


@dataclass(frozen=True)
class Beside:
    """What is known of a registration beside its own fields."""

    history: tuple[HistoryRow, ...] = ()
    disputes: tuple[DisputeRow, ...] = ()
    duplicates: tuple[DuplicateRow, ...] = ()


class RecordCard(Card):
    """Shows one registration; `chosen` carries the name of an act."""

    chosen = Signal(str)
    letter = Signal(str)
    """A form id: this registration is to be printed on it."""
    decided = Signal(object)
    """A `DisputeRow` that a supervisor wants to decide."""

    def __init__(
        self,
        entry: RegistrationEntry,
        views: tuple[CardViewRow, ...],
        role: Role,
        zone: str,
        beside: Beside | None = None,
    ) -> None:
        beside = beside or Beside()
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
        self._disputes(beside.disputes, role)
        self._duplicates(beside.duplicates)
        self._acts(entry, role)
        self._letters(entry)
        self.add(Facts(_facts(entry)))
        self._history(beside.history)
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

    def _disputes(self, rows: tuple[DisputeRow, ...], role: Role) -> None:
        for row in rows:
            if row.decided_on is not None:
                continue
            button = SecondaryButton(lambda: tr("Decide"), "check")
            button.setObjectName("registry.decide.open")
            button.clicked.connect(self._decide(row))
            field = row.field
            said = Banner(
                "warning",
                lambda field=field: tr("Guardians disagree about: {field}", field=label_of(field)),  # type: ignore[misc]
                button if role is Role.SUP else None,
            )
            self.add(said)

    def _decide(self, row: DisputeRow) -> Callable[[], None]:
        return lambda: self.decided.emit(row)

    def _duplicates(self, rows: tuple[DuplicateRow, ...]) -> None:
        if rows:
            numbers = ", ".join(row.number or row.initials for row in rows)
            self.add(Banner("warning", lambda: tr("Perhaps the same person: {numbers}", numbers=numbers)))

    def _letters(self, entry: RegistrationEntry) -> None:
        flow = FlowLayout()
        for form_id, text in LETTERS:
            if form_id in ("F-603", "F-604", "F-605") and entry.status not in _ACTIVE:
                continue
            button = QuietButton(_later(text), "print")
            button.setObjectName(f"registry.print.{form_id}")
            button.clicked.connect(self._print(form_id))
            flow.addWidget(button)
        self.add_layout(flow)
        for kind, said in heed(entry):
            if kind == "danger" or entry.values.get("submitter_note"):
                self.add(Banner("danger" if kind == "danger" else "warning", said))

    def _print(self, form_id: str) -> Callable[[], None]:
        return lambda: self.letter.emit(form_id)

    def _history(self, rows: tuple[HistoryRow, ...]) -> None:
        if not rows:
            return
        self.add(Heading(lambda: tr("History"), 3))
        for row in rows[:_MOST_HISTORY]:
            self.add(PlainLabel(_happened(row)))

    def _say_what_hinders(self, entry: RegistrationEntry) -> None:
        if entry.status in rules.SHOWN:
            for text, values in entry.advice:
                self.add(QuietText(_later(text, values)))
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
            if role in act.roles and entry.status in act.statuses and act.when(entry):
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
        (lambda: tr("Kept until"), lambda: when.day(entry.kept_until)),
        (lambda: tr("Facility"), str(values.get("facility") or "")),
        (lambda: tr("Reason"), str(values.get("status_reason") or values.get("provisional_reason") or "")),
    ]


_MOST_HISTORY = 12


def _happened(row: HistoryRow) -> Wording:
    def words() -> str:
        term = tr("until {day}", day=when.day(row.after)) if row.after and row.act in _TERMS else ""
        note = label_of(row.note) if row.act in _DISPUTES else row.note
        return " · ".join(part for part in (when.day(row.on), label(row.act), term, note, row.who) if part)

    return words


_TERMS = frozenset({RegistryAct.ACTIVATED, RegistryAct.RENEWED, RegistryAct.RENEWED_CHANGED, RegistryAct.PROVISIONAL})
_DISPUTES = frozenset({RegistryAct.DISPUTE_OPENED, RegistryAct.DISPUTE_DECIDED})


def _later(text: str, values: Mapping[str, Any] | None = None) -> Wording:
    return lambda: tr(text, **(values or {}))


def _said(view: CardViewRow, zone: str) -> Wording:
    def words() -> str:
        why = view.why.label() if view.why is not None else ""
        parts = (when.moment(view.at, zone), view.who, label(view.role), why, view.reason, view.occurrence_no)
        return " · ".join(part for part in parts if part)

    return words
