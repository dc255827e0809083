"""What a member handed in to the registry, and the cards that they opened: the numbers that still have to follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.models.rules.access import REGISTRY_SUBMITTERS
from app.models.vocab import CardOutcome, Tri, label
from app.queries import registry_office
from app.queries.registry_office import HandedIn, OpenedCard
from app.services import registry as verbs
from app.services.registry_cards import FollowUpCard, follow_up_card
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.choices import SegmentedChoice, TriChoice
from app.views.common.empty import EmptyState
from app.views.common.form_dialog import FormDialog
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import Heading, LineEdit
from app.views.messages import Tone
from app.views.programme import Context
from app.views.registry.form import RegistrationDialog
from app.words import tr


class FollowUpDialog(FormDialog):
    """The occurrence number of a card that was opened, and how it ended."""

    def __init__(self, context: Context, parent: QWidget, row: OpenedCard, done: Callable[[], None]) -> None:
        super().__init__(
            context,
            parent,
            "registry.follow",
            lambda: tr("What followed: {person}", person=row.initials),
            lambda: tr("Save"),
            subject=row.view_id,
            said=lambda: tr("Recorded. Thank you."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._view_id = row.view_id
        self.ask("occurrence_no", lambda: tr("Occurrence number"), LineEdit())
        self.ask("without", lambda: tr("Or: why there is none"), LineEdit())
        self.ask(
            "outcome",
            lambda: tr("How it ended"),
            SegmentedChoice([(one, one.label) for one in CardOutcome]),
            wide=True,
        )
        self.ask("helped", lambda: tr("Did the card help?"), TriChoice(), wide=True)
        self.begin({"occurrence_no": row.occurrence_no, "without": row.without})
        self.done_with.connect(lambda _: done())

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Record it."""
        typed = self.typed()
        command = FollowUpCard(
            view_id=self._view_id,
            occurrence_no=typed["occurrence_no"],
            without=typed["without"],
            outcome=CardOutcome.of(str(typed["outcome"])) if typed["outcome"] else None,
            helped=Tri.of(str(typed["helped"])) if typed["helped"] else None,
        )
        return follow_up_card, command


class MinePage(Page):
    """Above what was handed in, below the cards that were opened."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("My registrations and cards"),
            lambda: tr("Help people to register, and give the numbers of the cards that you opened."),
            scrolls=False,
        )
        self._context = context
        self._mine: dict[str, HandedIn] = {}
        self._cards: dict[str, OpenedCard] = {}
        self._table = RowTable(
            [
                Column(lambda: tr("Number"), 170),
                Column(lambda: tr("Person"), 110),
                Column(lambda: tr("Age"), 130),
                Column(lambda: tr("Status")),
                Column(lambda: tr("Handed in"), 150),
            ],
            name=lambda: tr("Registrations that I handed in"),
            empty=EmptyState(
                "shield-check",
                lambda: tr("Nothing handed in yet"),
                lambda: tr("Begin one here for somebody who has no internet, or at their door."),
            ),
        )
        self._table.setObjectName("registry.mine.table")
        self._table.selected.connect(lambda _: self._allow())
        self._table.opened.connect(lambda _: self._change())
        self._opened = RowTable(
            [
                Column(lambda: tr("When"), 190),
                Column(lambda: tr("Person"), 110),
                Column(lambda: tr("Why")),
                Column(lambda: tr("Occurrence number"), 190),
                Column(lambda: tr("How it ended"), 190),
            ],
            name=lambda: tr("Cards that I opened"),
            empty=EmptyState(
                "eye", lambda: tr("No card opened lately"), lambda: tr("The cards of the last 30 days stand here.")
            ),
        )
        self._opened.setObjectName("registry.mine.cards")
        self._opened.selected.connect(lambda _: self._allow())
        self._opened.opened.connect(lambda _: self._follow_up())
        self._lay_out()
        self._allow()
        kinds = ("registration", "card_view", "card_follow_up")
        Live(self, context.broadcast, kinds, self.refresh)
        self.refresh()

    def open(self) -> None:
        """Ask anew."""
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        member, now = self._context.person.member_id, self._context.clock()
        today = now.astimezone(ZoneInfo(self._context.zone)).date()

        def question(session: Any) -> tuple[tuple[HandedIn, ...], tuple[OpenedCard, ...]]:
            mine = registry_office.handed_in(session, member, today=today)
            return mine, registry_office.opened_cards(session, member, now=now)

        self._context.tasks.read(self, question, lambda found: self._show(*found))

    def _show(self, mine: tuple[HandedIn, ...], cards: tuple[OpenedCard, ...]) -> None:
        self._mine = {row.id: row for row in mine}
        self._cards = {row.view_id: row for row in cards}
        self._table.set_rows([_mine_row(row) for row in mine])
        self._opened.set_rows([_card_row(row, self._context.zone) for row in cards])
        self._allow()

    def _lay_out(self) -> None:
        add = PrimaryButton(lambda: tr("Register a person"), "plus")
        add.setObjectName("registry.mine.add")
        add.clicked.connect(lambda: RegistrationDialog.ask_for(self._context, self, None, lambda _: self.refresh()))
        blank = QuietButton(lambda: tr("Blank form"), "print")
        blank.setObjectName("registry.mine.blank")
        blank.clicked.connect(lambda: self._context.preview(self, "F-601"))
        submits = self._context.person.role in REGISTRY_SUBMITTERS
        for button in (blank, add):
            button.setVisible(submits)
            self.add_action(button)
        self._edit = SecondaryButton(lambda: tr("Change"), "edit")
        self._edit.setObjectName("registry.mine.edit")
        self._edit.clicked.connect(self._change)
        self._send = PrimaryButton(lambda: tr("Hand in"), "check")
        self._send.setObjectName("registry.mine.send")
        self._send.clicked.connect(self._hand_in)
        self._follow = SecondaryButton(lambda: tr("Give the number"), "edit")
        self._follow.setObjectName("registry.mine.follow")
        self._follow.clicked.connect(self._follow_up)
        head = QHBoxLayout()
        head.addWidget(Heading(lambda: tr("Registrations that I handed in"), 3), 1)
        head.addWidget(self._edit)
        head.addWidget(self._send)
        self.add_layout(head)
        self.add(self._table, 1)
        below = QHBoxLayout()
        below.setContentsMargins(0, style.space(3), 0, 0)
        below.addWidget(Heading(lambda: tr("Cards that I opened"), 3), 1)
        below.addWidget(self._follow)
        self.add_layout(below)
        self.add(self._opened, 1)

    def _allow(self) -> None:
        row = self._mine.get(self._table.selected_id())
        for button in (self._edit, self._send):
            button.setEnabled(row is not None and row.may_change)
        self._follow.setEnabled(self._opened.selected_id() in self._cards)

    def _change(self) -> None:
        row = self._mine.get(self._table.selected_id())
        if row is not None and row.may_change:
            RegistrationDialog.ask_for(self._context, self, row.id, lambda _: self.refresh())

    def _hand_in(self) -> None:
        row = self._mine.get(self._table.selected_id())
        if row is not None and row.may_change:
            self._context.tasks.write(
                self,
                verbs.submit_registration,
                verbs.SubmitRegistration(registration_id=row.id),
                lambda _: self._context.messages.say(
                    tr("Handed in. The registry checks and activates it."), Tone.SUCCESS
                ),
            )

    def _follow_up(self) -> None:
        row = self._cards.get(self._opened.selected_id())
        if row is not None:
            FollowUpDialog(self._context, self, row, self.refresh).open()


def _mine_row(row: HandedIn) -> Row:
    handed = when.day(row.submitted_on) if row.submitted_on else tr("Not yet")
    number = row.number or tr("Number pending")
    status = Cell(label(row.status), "warning" if row.may_change else "plain", "edit" if row.may_change else "")
    return Row(row.id, (Cell(number, "strong"), row.initials, row.age_band.label(), status, handed))


def _card_row(row: OpenedCard, zone: str) -> Row:
    why = " · ".join(part for part in (label(row.why), row.reason) if part)
    number = Cell(row.occurrence_no or row.without)
    if row.due_at is not None:
        said = tr("by {moment}", moment=when.moment(row.due_at, zone))
        number = Cell(said, "danger" if row.late else "warning", "warning")
    return Row(row.view_id, (when.moment(row.at, zone), row.initials, why, number, label(row.outcome)))
