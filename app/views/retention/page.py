"""What is past its time: the list, holds, and the destructions that two people decide (domain.md 20.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.rules.retention import MOST_AT_ONCE
from app.models.vocab import RetentionClass, Role
from app.queries import retention as questions
from app.queries.retention import DueRow, HoldRow, RunRow
from app.services import retention as verbs
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton, SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import Heading, QuietText
from app.views.common.why_dialog import WhyDialog
from app.views.messages import Tone
from app.views.programme import Context
from app.views.retention.run_card import RunCard, who_of
from app.words import tr, trn

_KINDS = ("destruction_run", "legal_hold", "registration", "emergency_card", "location_track", "tracking_view")


@dataclass(frozen=True)
class _Answer:
    due: tuple[DueRow, ...]
    holds: tuple[HoldRow, ...]
    runs: tuple[RunRow, ...]


class RetentionPage(Page):
    """The list above, holds below it, then the destructions, undecided first."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Past their time"),
            lambda: tr("One person proposes what is destroyed, a second one approves it on their own computer."),
        )
        self._context = context
        self._due: tuple[DueRow, ...] = ()
        self.propose = PrimaryButton(lambda: tr("Propose to destroy these"), "trash")
        self.propose.setObjectName("retention.propose")
        self.propose.clicked.connect(self._propose)
        self.hold = SecondaryButton(lambda: tr("Put on hold"))
        self.hold.setObjectName("retention.hold")
        self.hold.clicked.connect(self._place)
        self.lift = SecondaryButton(lambda: tr("Lift the hold"))
        self.lift.setObjectName("retention.lift")
        self.lift.clicked.connect(self._lift)
        for button in (self.hold, self.lift, self.propose):
            self.add_action(button)
        self.count = QuietText("")
        self.count.setObjectName("retention.count")
        self.add(self.count)
        self.table = self._list()
        self.add(self.table)
        self._runs = QWidget()
        self._cards = QVBoxLayout(self._runs)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(style.space(4))
        self._heading = Heading(lambda: tr("Destructions"), 3)
        self.add(self._heading)
        self.add(self._runs)
        self._offer()
        Live(self, context.broadcast, _KINDS, self.refresh)
        self.refresh()

    def open(self, **_subject: str) -> None:
        """Show what stands there now."""
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        today, zone, me = self._today(), self._context.zone, self._context.person.member_id

        def question(session: Any) -> _Answer:
            due = questions.due(session, today=today, zone=zone)
            return _Answer(due, questions.holds(session), questions.runs(session, me))

        self._context.tasks.read(self, question, self._show)

    def _today(self) -> date:
        return self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

    def _list(self) -> RowTable:
        table = RowTable(
            [
                Column(lambda: tr("Kind"), 240),
                Column(lambda: tr("Number"), 170),
                Column(lambda: tr("Person"), 110),
                Column(lambda: tr("Kept until"), 170),
                Column(lambda: tr("Standing")),
            ],
            name=lambda: tr("Past their time"),
            empty=EmptyState(
                "check-circle",
                lambda: tr("Nothing is past its time"),
                lambda: tr("Registrations, cards and positions stand here once they need not be kept any longer."),
            ),
        )
        table.setObjectName("retention.due")
        table.setMinimumHeight(style.grown(220))
        table.selected.connect(lambda _: self._offer())
        return table

    def _show(self, answer: _Answer) -> None:
        context, self._due = self._context, answer.due
        chosen = self.table.selected_id()
        self.table.set_rows([_row(row) for row in answer.due])
        self.table.select_id(chosen)
        ready = len(self._ready())
        self.count.set_text(lambda: trn("{count} record can be proposed", "{count} records can be proposed", ready))
        self.count.setVisible(ready > 0)
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for run in answer.runs:
            card = RunCard(run, self._context.zone)
            card.approve.connect(self._approve)
            card.decline.connect(self._decline)
            card.certify.connect(lambda run_id: context.preview(self, "F-2003", record_id=run_id))
            self._cards.addWidget(card)
        self._heading.setVisible(bool(answer.runs))
        self._offer()

    def _ready(self) -> list[DueRow]:
        """What may be proposed: nothing on hold, nothing that is in a run; as many as one run takes."""
        return [row for row in self._due if not row.hold_id and not row.run_id][:MOST_AT_ONCE]

    def _selected(self) -> DueRow | None:
        chosen = self.table.selected_id()
        return next((row for row in self._due if row.subject_id == chosen), None)

    def _offer(self) -> None:
        """Only what can be done with what is chosen."""
        row, may_hold = self._selected(), self._context.person.role is Role.SUP
        is_one = row is not None and row.kept_as is not RetentionClass.CARDS
        self.propose.setEnabled(bool(self._ready()))
        self.hold.setVisible(may_hold)
        self.hold.setEnabled(row is not None and is_one and not row.hold_id and not row.run_id)
        self.lift.setVisible(may_hold and row is not None and bool(row.hold_id))

    def _propose(self) -> None:
        ready = self._ready()
        chosen = tuple((row.kept_as, row.subject_id) for row in ready)
        dialog = WhyDialog(
            self._context,
            self,
            "retention.propose",
            lambda: tr("Propose a destruction"),
            lambda: tr("Propose it"),
            verbs.propose_destruction,
            lambda reason: verbs.ProposeDestruction(chosen=chosen, reason=reason),
            subject="",
            text=lambda: trn(
                "{count} record is past its time. Nothing is destroyed before a second person has approved the list. "
                "Put on hold first what somebody has asked to see.",
                "{count} records are past their time. Nothing is destroyed before a second person has approved the "
                "list. Put on hold first what somebody has asked to see.",
                len(ready),
            ),
        )
        dialog.done_with.connect(lambda _: self._said(tr("Proposed: a second person has to approve it.")))
        dialog.open()

    def _place(self) -> None:
        row = self._selected()
        if row is None:
            return
        dialog = WhyDialog(
            self._context,
            self,
            "retention.hold_why",
            lambda: tr("Put on hold"),
            lambda: tr("Put it on hold"),
            verbs.place_hold,
            lambda reason: verbs.PlaceHold(subject_id=row.subject_id, reason=reason),
            subject=row.subject_id,
            text=lambda: tr("The record is kept until a supervisor lifts the hold."),
        )
        dialog.done_with.connect(lambda _: self.refresh())
        dialog.open()

    def _lift(self) -> None:
        row = self._selected()
        if row is None or not row.hold_id:
            return
        dialog = WhyDialog(
            self._context,
            self,
            "retention.lift_why",
            lambda: tr("Lift the hold"),
            lambda: tr("Lift it"),
            verbs.lift_hold,
            lambda reason: verbs.LiftHold(hold_id=row.hold_id, reason=reason),
            subject=row.hold_id,
        )
        dialog.done_with.connect(lambda _: self.refresh())
        dialog.open()

    def _approve(self, run_id: str) -> None:
        """The passphrase again: what this signs cannot be taken back."""
        self._context.confirm(
            self,
            lambda: tr("You approve the destruction of these records."),
            lambda: self._context.tasks.write(
                self,
                verbs.approve_destruction,
                verbs.ApproveDestruction(run_id=run_id),
                lambda _: self._approved(),
            ),
        )

    def _approved(self) -> None:
        self._said(tr("Approved: each computer destroys them with its next contact."))
        self._context.sync.now()

    def _decline(self, run_id: str) -> None:
        dialog = WhyDialog(
            self._context,
            self,
            "retention.decline_why",
            lambda: tr("Decline the destruction"),
            lambda: tr("Decline it"),
            verbs.decline_destruction,
            lambda reason: verbs.DeclineDestruction(run_id=run_id, reason=reason),
            subject=run_id,
        )
        dialog.done_with.connect(lambda _: self.refresh())
        dialog.open()

    def _said(self, sentence: str) -> None:
        self._context.messages.say(sentence, Tone.SUCCESS)
        self.refresh()


def _row(row: DueRow) -> Row:
    standing = Cell("", "plain")
    if row.hold_id:
        standing = Cell(tr("On hold: {reason}", reason=row.hold), "info", "lock")
    elif row.run_id:
        standing = Cell(tr("Proposed"), "quiet", "clock")
    who = who_of(row.kept_as, row.who)
    return Row(
        row.subject_id, (row.kept_as.label(), Cell(row.number or "–", "strong"), who, when.day(row.until), standing)
    )
