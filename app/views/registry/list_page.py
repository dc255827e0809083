"""The registry's own page: registrations by where they stand, one beside the list, and the weekly access list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea

from app.models.rules import registry as rules
from app.models.vocab import RegistryStage, label
from app.queries import registry, registry_office
from app.queries.registry import (
    CardViewRow,
    LetterTo,
    RegistrationEntry,
    RegistrationRow,
    RegistryFilter,
    RegistryView,
)
from app.queries.registry_office import DuplicateRow
from app.services import registry as verbs
from app.services import registry_photos as photo_verbs
from app.services import registry_terms as terms
from app.services.printing import MOST_LETTERS
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.beside import put_beside
from app.views.common.buttons import PrimaryButton, SecondaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.form_dialog import Verb
from app.views.common.page import Page
from app.views.common.photo import show_photo
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import LineEdit, QuietText
from app.views.common.why_dialog import WhyDialog
from app.views.common.wording import Wording
from app.views.messages import Tone
from app.views.programme import Context
from app.views.registry.dialogs import EndDialog, VerifyDialog
from app.views.registry.dispute_dialogs import DecideDialog, DisputeDialog
from app.views.registry.form import RegistrationDialog
from app.views.registry.letters import LettersDialog
from app.views.registry.photo import PhotoDialog
from app.views.registry.record import Beside, RecordCard
from app.views.registry.terms_dialogs import CapacityDialog, OwnConsentDialog, ReminderDialog, RenewDialog
from app.words import tr, trn

_ACCESS_DAYS = 28


@dataclass(frozen=True)
class _One:
    entry: RegistrationEntry
    views: tuple[CardViewRow, ...]
    beside: Beside


class RegistryPage(Page):
    """Filters above, registrations at the left, the chosen one at the right."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Registry"), lambda: tr("Registrations, from the first paper to the last day."), scrolls=False
        )
        self._context = context
        self._asked = RegistryFilter()
        self._chosen = ""
        self._entry: RegistrationEntry | None = None
        self._view = SegmentedChoice([(one, one.label) for one in RegistryView], optional=False)
        self._view.setObjectName("registry.view")
        self._view.set_value(RegistryView.WAITING)
        self._view.changed.connect(self.refresh)
        self._text = LineEdit(lambda: tr("Name or number"), icon_name="search")
        self._text.setObjectName("registry.text")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(200)
        self._pause.timeout.connect(self.refresh)
        self._text.changed.connect(self._pause.start)
        self._count = QuietText("")
        self._table = self._make_table()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        self._show_nothing()
        QShortcut(QKeySequence.StandardKey.Find, self, self._text.setFocus)
        Live(self, context.broadcast, ("registration", "card_view", "attachment"), self.refresh)
        self.refresh()

    def open(self, registration_id: str = "") -> None:
        """Show one registration, wherever it stands in the list."""
        if registration_id:
            self._view.set_value(RegistryView.ALL)
            self._chosen = registration_id
        self.refresh()

    def refresh(self) -> None:
        """Ask again with the filters as they stand."""
        view = self._view.value()
        asked = RegistryFilter(view if isinstance(view, RegistryView) else RegistryView.ALL, self._text.value() or "")
        self._asked, today = asked, self._today()
        self._letters.setVisible(asked.view is RegistryView.RENEWAL)

        def question(session: Any) -> tuple[RegistryFilter, int]:
            return asked, registry.registration_count(session, asked, today=today)

        self._context.tasks.read(self, question, lambda found: self._counted(*found))
        if self._chosen:
            self._open(self._chosen)

    def _today(self) -> date:
        return self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

    def _make_table(self) -> RowTable:
        table = RowTable(
            [
                Column(lambda: tr("Number"), 150),
                Column(lambda: tr("Person"), 90),
                Column(lambda: tr("Age"), 120),
                Column(lambda: tr("Status")),
                Column(lambda: tr("By"), 130),
            ],
            name=lambda: tr("Registrations"),
            empty=EmptyState(
                "shield-check",
                lambda: tr("No registration here"),
                lambda: tr("Enter one, or look in another part of the list."),
            ),
        )
        table.setObjectName("registry.table")
        table.selected.connect(self._open)
        table.opened.connect(self._open)
        return table

    def _lay_out(self) -> None:
        add = PrimaryButton(lambda: tr("New registration"), "plus")
        add.setObjectName("registry.add")
        add.clicked.connect(lambda: self._edit(None))
        seen = SecondaryButton(lambda: tr("Who opened cards"), "eye")
        seen.setObjectName("registry.views")
        seen.clicked.connect(lambda: self._context.go("registry.views"))
        lists = SecondaryButton(lambda: tr("Lists"), "document")
        lists.setObjectName("registry.lists")
        lists.clicked.connect(lambda: self._context.go("registry.lists"))
        figures = SecondaryButton(lambda: tr("Figures"), "list")
        figures.setObjectName("registry.figures")
        figures.clicked.connect(lambda: self._context.go("registry.figures"))
        for button in (figures, lists):
            self.add_action(button)
        self.add_action(seen)
        self.add_action(add)
        top = QHBoxLayout()
        top.setSpacing(style.space(3))
        top.addWidget(self._view, 1)
        self._text.setMaximumWidth(style.grown(280))
        top.addWidget(self._text, 0, Qt.AlignmentFlag.AlignTop)
        self.add_layout(top)
        self._letters = SecondaryButton(lambda: tr("Renewal letters…"), "print")
        self._letters.setObjectName("registry.letters.open")
        self._letters.clicked.connect(self._ask_for_letters)
        above = QHBoxLayout()
        above.addWidget(self._count, 1)
        above.addWidget(self._letters)
        self.add_layout(above)
        row = QHBoxLayout()
        row.setSpacing(style.space(4))
        row.addWidget(self._table, 6)
        row.addWidget(self._area, 5)
        self.body.addLayout(row, 1)

    def _counted(self, asked: RegistryFilter, count: int) -> None:
        if asked != self._asked:
            return
        self._count.set_text(lambda: trn("{count} registration", "{count} registrations", count))
        self._letters.setEnabled(count > 0)
        self._table.set_source_later(count, self._fetch)

    def _fetch(self, offset: int, limit: int) -> None:
        asked, today = self._asked, self._today()

        def question(session: Any) -> tuple[RegistrationRow, ...]:
            return registry.registrations(session, asked, today=today, limit=limit, offset=offset)

        def deliver(rows: tuple[RegistrationRow, ...]) -> None:
            if asked == self._asked:
                self._table.deliver(offset, [_row(row, today) for row in rows])

        self._context.tasks.read(self, question, deliver)

    def _open(self, registration_id: str) -> None:
        if not registration_id:
            return
        self._chosen = registration_id
        today, now = self._today(), self._context.clock()

        def question(session: Any) -> _One:
            views = registry.card_views(session, now=now, days=_ACCESS_DAYS, registration_id=registration_id, limit=20)
            entry = registry.registration(session, registration_id, today=today)
            alike: tuple[DuplicateRow, ...] = ()
            if entry.status in rules.WAITING:
                alike = registry_office.possible_duplicates(session, entry.values, today=today, without=(entry.id,))
            beside = Beside(
                registry_office.history(session, registration_id),
                registry_office.disputes(session, registration_id),
                alike,
            )
            return _One(entry, views, beside)

        self._context.tasks.read(self, question, self._show)

    def _show(self, one: _One) -> None:
        if one.entry.id != self._chosen:
            return
        self._entry = one.entry
        card = RecordCard(one.entry, one.views, self._context.person.role, self._context.zone, one.beside)
        card.chosen.connect(self._do)
        card.letter.connect(self._print)
        card.decided.connect(lambda row: DecideDialog(self._context, self, row, self.refresh).open())
        put_beside(self._area, card)
        if card.photo is not None and one.entry.photo is not None:
            show_photo(self._context, card.photo, one.entry.photo.preview, card.photo.set_bytes)

    def _show_nothing(self) -> None:
        put_beside(
            self._area,
            EmptyState(
                "shield-check",
                lambda: tr("Choose a registration"),
                lambda: tr("What it still needs, its dates and who opened its card are shown here."),
            ),
        )

    def _edit(self, registration_id: str | None, *, renews: bool = False) -> None:
        RegistrationDialog.ask_for(self._context, self, registration_id, self._saved, renews=renews)

    def _print(self, form_id: str) -> None:
        """Print the registration that is shown, in the language of the submitter's letters."""
        if self._entry is not None:
            language = self._entry.values.get("letter_language")
            chosen = language if language in ("en", "fr") else None
            self._context.preview(self, form_id, record_id=self._entry.id, language=chosen)

    def _ask_for_letters(self) -> None:
        """Offer the queue as it is listed, one more than can be offered so that the dialog knows of more."""
        asked, today = self._asked, self._today()

        def question(session: Any) -> tuple[tuple[RegistrationRow, ...], dict[str, LetterTo]]:
            rows = registry.registrations(session, asked, today=today, limit=MOST_LETTERS + 1)
            return rows, registry.letters_to(session, [row.id for row in rows])

        self._context.tasks.read(
            self, question, lambda found: LettersDialog(self._context, self, *found, today=today).open()
        )

    def _saved(self, registration_id: str) -> None:
        self._chosen = registration_id
        self.refresh()

    def _do(self, name: str) -> None:
        """One act of the record card."""
        entry = self._entry
        if entry is None:
            return
        acts: dict[str, Callable[[RegistrationEntry], None]] = {
            "activate": self._activate,
            "verify": lambda one: VerifyDialog(self._context, self, one.id, one.values, self.refresh).open(),
            "provisional": self._provisional,
            "submit": self._submit,
            "renew": lambda one: RenewDialog(self._context, self, one, self.refresh).open(),
            "renew_changed": lambda one: self._edit(one.id, renews=True),
            "remind": lambda one: ReminderDialog(self._context, self, one, self.refresh).open(),
            "consent": lambda one: OwnConsentDialog(self._context, self, one, self.refresh).open(),
            "capacity": lambda one: CapacityDialog(self._context, self, one, self.refresh).open(),
            "dispute": lambda one: DisputeDialog(self._context, self, one, self.refresh).open(),
            "archive": self._archive,
            "edit": lambda one: self._edit(one.id),
            "photo": lambda one: PhotoDialog(self._context, self, one.id, self.refresh).open(),
            "unphoto": self._remove_photo,
            "suspend": self._suspend,
            "resume": self._resume,
            "end": lambda one: EndDialog(self._context, self, one.id, self.refresh).open(),
        }
        acts[name](entry)

    def _activate(self, entry: RegistrationEntry) -> None:
        command = verbs.ActivateRegistration(registration_id=entry.id)
        self._context.tasks.write(
            self,
            verbs.activate_registration,
            command,
            lambda _: self._context.messages.say(tr("Active: officers find the card from now on."), Tone.SUCCESS),
        )

    def _submit(self, entry: RegistrationEntry) -> None:
        command = verbs.SubmitRegistration(registration_id=entry.id)
        self._context.tasks.write(
            self,
            verbs.submit_registration,
            command,
            lambda _: self._context.messages.say(tr("Handed in: it waits for verification."), Tone.SUCCESS),
        )

    def _ask_why(
        self,
        entry: RegistrationEntry,
        name: str,
        title: Wording,
        accept: Wording,
        verb: Verb,
        command: Callable[[str], Any],
        text: Wording = "",
    ) -> None:
        dialog = WhyDialog(self._context, self, name, title, accept, verb, command, subject=entry.id, text=text)
        dialog.done_with.connect(lambda _: self.refresh())
        dialog.open()

    def _archive(self, entry: RegistrationEntry) -> None:
        self._ask_why(
            entry,
            "registry.archive",
            lambda: tr("Archive the registration"),
            lambda: tr("Archive it"),
            terms.archive_registration,
            lambda reason: terms.ArchiveRegistration(registration_id=entry.id, reason=reason),
        )

    def _provisional(self, entry: RegistrationEntry) -> None:
        self._ask_why(
            entry,
            "registry.provisional",
            lambda: tr("Show the card provisionally"),
            lambda: tr("Show it"),
            verbs.activate_provisionally,
            lambda reason: verbs.ActivateProvisionally(registration_id=entry.id, reason=reason),
            text=lambda: tr("Officers see the card before authority is proven. The reason is recorded."),
        )

    def _remove_photo(self, entry: RegistrationEntry) -> None:
        self._ask_why(
            entry,
            "registry.unphoto",
            lambda: tr("Remove the photograph"),
            lambda: tr("Remove it"),
            photo_verbs.remove_photo,
            lambda reason: photo_verbs.RemovePhoto(registration_id=entry.id, reason=reason),
            text=lambda: tr("The photograph leaves the registration and the card, and its file is destroyed."),
        )

    def _suspend(self, entry: RegistrationEntry) -> None:
        self._ask_why(
            entry,
            "registry.suspend",
            lambda: tr("Suspend the registration"),
            lambda: tr("Suspend it"),
            verbs.suspend_registration,
            lambda reason: verbs.SuspendRegistration(registration_id=entry.id, reason=reason),
            text=lambda: tr("Nobody finds the card until a supervisor decides."),
        )

    def _resume(self, entry: RegistrationEntry) -> None:
        self._ask_why(
            entry,
            "registry.resume",
            lambda: tr("Show the card again"),
            lambda: tr("Show it"),
            verbs.resume_registration,
            lambda reason: verbs.ResumeRegistration(registration_id=entry.id, reason=reason),
        )


def _row(row: RegistrationRow, today: date) -> Row:
    late = row.late or row.disputed or row.stage in (RegistryStage.GRACE, RegistryStage.EXPIRED)
    status = label(row.stage) if row.stage not in (None, RegistryStage.CURRENT) else label(row.status)
    if row.remind_on is not None and row.remind_on <= today:
        status = " · ".join((status, tr("reminder due")))
    if row.disputed:
        status = " · ".join((status, tr("in dispute")))
    shown = Cell(status, "warning", "warning") if late else Cell(status)
    by = Cell(when.day(row.activate_by or row.expires_on), "danger" if row.late else "plain")
    return Row(row.id, (Cell(row.number or "–", "strong"), row.initials, row.age_band.label(), shown, by))
