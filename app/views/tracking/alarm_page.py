"""The room of one alarm: large clocks, one key for each step, the card beside them, how it ended (domain.md 8.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.models.rules.access import ALARM_TAKERS, CARD_OPENERS
from app.models.vocab import AlarmOutcome, Passphrase, Priority, Role, TrackingReason, label
from app.queries import dispatch_card, tracking
from app.queries.dispatch_card import AlarmRow, DispatchCardRow
from app.services import dispatch_cards, tracking_alarms
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.choices import SegmentedChoice
from app.views.common.entries import LinesEdit
from app.views.common.facts import Facts
from app.views.common.flow import FlowLayout
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.page import Page
from app.views.common.text import Heading, LineEdit, NoteEdit, QuietText
from app.views.common.wording import Wording
from app.views.programme import Context
from app.views.tracking.card_view import DispatchCardView
from app.views.tracking.inputs import pairs
from app.views.tracking.locations import LocationsPart
from app.words import tr

_STEPS = ("ack_at", "dispatched_at", "arrived_at", "cleared_at")
_REVIEWERS = frozenset({Role.VSU, Role.VQC, Role.IPV})
_REPORTERS = _REVIEWERS | {Role.SUP}


class BigClock(QFrame):
    """A step of the alarm with its time, large: how long it took, or how long it has been running."""

    def __init__(self, title: Wording) -> None:
        super().__init__()
        self._title = title
        self._time = Heading("", 1)
        self._at = QuietText("")
        column = QVBoxLayout(self)
        column.setContentsMargins(style.space(4), style.space(3), style.space(4), style.space(3))
        column.setSpacing(0)
        column.addWidget(QuietText(title))
        column.addWidget(self._time)
        column.addWidget(self._at)

    def show_time(self, text: str, at: str, kind: str) -> None:
        """Show minutes and seconds and the moment; `kind`: running, done, or waiting."""
        self._time.set_text(text)
        self._at.set_text(at)
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setAccessibleName(" ".join(part for part in (text, at) if part))

    def text(self) -> str:
        """The time as shown."""
        return self._time.text()


class AlarmPage(Page):
    """One alarm; `open(event_id=...)` names it."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Alarm"))
        self._context = context
        self._event_id = ""
        self._row: AlarmRow | None = None
        self._takes = context.person.role in ALARM_TAKERS
        self._clocks = {
            "ack_at": BigClock(lambda: tr("Acknowledged")),
            "dispatched_at": BigClock(lambda: tr("Dispatched")),
            "arrived_at": BigClock(lambda: tr("Arrived")),
            "cleared_at": BigClock(lambda: tr("Cleared")),
        }
        self._facts, self._card = Card(lambda: tr("What is known")), Card(lambda: tr("Dispatch card"))
        self._review = Card(lambda: tr("What followed"))
        self._locations = LocationsPart(context)
        self._steps: dict[str, Button] = {}
        self._lay_out()
        self._ticker = QTimer(self)
        self._ticker.setInterval(1000)
        self._ticker.timeout.connect(self._tick)
        Live(self, context.broadcast, ("alarm_event", "alarm_review", "location_track"), self.refresh)

    def open(self, event_id: str = "", **_more: Any) -> None:
        """Show an alarm."""
        if event_id != self._event_id:
            self._card.clear()
            self._event_id, self._row = event_id, None
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        if self._event_id:
            event_id = self._event_id
            self._context.tasks.read(self, lambda session: dispatch_card.alarm(session, event_id), self._show)

    def showEvent(self, event: QShowEvent) -> None:
        """The clocks run while they are seen."""
        super().showEvent(event)
        self._ticker.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """They rest while they are not."""
        super().hideEvent(event)
        self._ticker.stop()

    def _lay_out(self) -> None:
        clocks = QHBoxLayout()
        clocks.setSpacing(style.space(3))
        for clock in self._clocks.values():
            clocks.addWidget(clock, 1)
        self.add_layout(clocks)
        self.add_layout(self._step_buttons())
        grid = QGridLayout()
        grid.setSpacing(style.space(4))
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        left = QVBoxLayout()
        left.setSpacing(style.space(4))
        for card in (self._facts, self._review, self._locations):
            left.addWidget(card)
        left.addStretch(1)
        grid.addLayout(left, 0, 0)
        grid.addWidget(self._card, 0, 1, Qt.AlignmentFlag.AlignTop)
        self.add_layout(grid)
        back = QuietButton(lambda: tr("Back"), "chevron-left")
        back.setObjectName("tracking.alarm.back")
        back.clicked.connect(lambda: self._context.go("back"))
        self.add_action(back)
        paper = SecondaryButton(lambda: tr("Print the report"), "print")
        paper.setObjectName("tracking.alarm.print")
        paper.clicked.connect(self._print)
        paper.setVisible(self._context.person.role in _REPORTERS)
        self.add_action(paper)
        self._show_card = SecondaryButton(lambda: tr("Show the card (Ctrl+K)"), "unlock")
        self._show_card.setObjectName("tracking.alarm.card")
        self._show_card.clicked.connect(self.show_card)
        self._show_card.setVisible(self._context.person.role in CARD_OPENERS)
        QShortcut(QKeySequence("Ctrl+K"), self, self.show_card)
        self.add_action(self._show_card)

    def _step_buttons(self) -> FlowLayout:
        row = FlowLayout()
        words: tuple[Wording, ...] = (
            lambda: tr("Acknowledge (Ctrl+1)"),
            lambda: tr("Dispatched now (Ctrl+2)"),
            lambda: tr("Arrived now (Ctrl+3)"),
            lambda: tr("Cleared now (Ctrl+4)"),
        )
        for number, (step, text) in enumerate(zip(_STEPS, words, strict=True), start=1):
            button = PrimaryButton(text)
            button.setObjectName(f"tracking.alarm.{step}")
            button.clicked.connect(self._stepping(step))
            QShortcut(QKeySequence(f"Ctrl+{number}"), self, self._stepping(step))
            self._steps[step] = button
            row.addWidget(button)
        self._note = SecondaryButton(lambda: tr("Note more (Ctrl+5)"), "edit")
        self._note.setObjectName("tracking.alarm.note")
        self._note.clicked.connect(self._on_note)
        QShortcut(QKeySequence("Ctrl+5"), self, self._on_note)
        self._end = SecondaryButton(lambda: tr("How it ended (Ctrl+6)"), "check")
        self._end.setObjectName("tracking.alarm.end")
        self._end.clicked.connect(self._on_end)
        QShortcut(QKeySequence("Ctrl+6"), self, self._on_end)
        for more in (self._note, self._end):
            more.setVisible(self._takes)
            row.addWidget(more)
        return row

    def _stepping(self, step: str) -> Callable[[], None]:
        return lambda: self.step(step)

    def step(self, step: str) -> None:
        """Take the moment of a step now; a step that has its time keeps it."""
        row = self._row
        if row is None or not self._takes or getattr(row, step) is not None:
            return
        taken: dict[str, Any] = {step: self._context.clock()}
        command = tracking_alarms.UpdateAlarm(event_id=row.id, **taken)
        self._context.tasks.write(self, tracking_alarms.update_alarm, command)

    def show_card(self) -> None:
        """Record that the card is opened for this alarm, then show it here."""
        row = self._row
        if row is None:
            return
        loan_id, person, now = row.loan_id, self._context.person, self._context.clock()

        def opened(view_id: str) -> None:
            question = lambda s: dispatch_card.card(s, view_id, member_id=person.member_id, now=now)  # noqa: E731
            self._context.tasks.read(self, question, self._card_shown)

        def found(card_id: str) -> None:
            command = dispatch_cards.OpenDispatchCard(
                card_id=card_id, why=TrackingReason.ALARM, occurrence_no=row.occurrence_no
            )
            self._context.tasks.write(self, dispatch_cards.open_dispatch_card, command, opened)

        self._context.tasks.read(self, lambda session: _card_id(session, loan_id), found)

    def _card_shown(self, row: DispatchCardRow) -> None:
        if self._row is not None and row.loan_id == self._row.loan_id:
            self._card.clear()
            self._card.add(DispatchCardView(row))

    def _show(self, row: AlarmRow) -> None:
        if row.id != self._event_id:
            return
        first = self._row is None
        self._row = row
        zone = self._context.zone
        self.set_title(lambda: tr("Alarm of device {number}", number=row.asset_no), lambda: _head(row, zone))
        for step, button in self._steps.items():
            button.setVisible(self._takes)
            button.setEnabled(getattr(row, step) is None)
        self._end.set_text(
            (lambda: tr("How it ended (Ctrl+6)"))
            if row.outcome is None
            else (lambda: tr("Change how it ended (Ctrl+6)"))
        )
        self._show_facts(row)
        self._show_review(row)
        self._locations.show_alarm(row)
        self._tick()
        if first and row.outcome is None and self._context.person.role is Role.DSP:
            self.show_card()
        elif not self._card.findChildren(DispatchCardView):
            self._card.clear()
            self._card.add(QuietText(lambda: tr("The card is opened with a reason: this alarm.")))

    def _tick(self) -> None:
        row = self._row
        if row is None or row.received_at is None:
            return
        for step, clock in self._clocks.items():
            at: datetime | None = getattr(row, step)
            running = at is None and row.outcome is None
            until = at or (self._context.clock() if running else None)
            seconds = max(int((until - row.received_at).total_seconds()), 0) if until else None
            clock.show_time(
                "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02d}",
                _clock_of(at, self._context.zone),
                "running" if running else "done" if at else "waiting",
            )

    def _show_facts(self, row: AlarmRow) -> None:
        self._facts.clear()
        self._facts.add(
            Facts(
                [
                    (lambda: tr("Outcome"), lambda: label(row.outcome) or tr("Going on")),
                    (lambda: tr("Priority"), lambda: label(row.priority)),
                    (lambda: tr("Units"), ", ".join(row.units)),
                    (lambda: tr("What was heard"), row.voice),
                    (lambda: tr("Word that was given"), lambda: label(row.passphrase)),
                    (lambda: tr("Occurrence number"), row.occurrence_no),
                    (lambda: tr("Note"), row.note),
                ]
            )
        )

    def _show_review(self, row: AlarmRow) -> None:
        self._review.clear()
        reviews = self._context.person.role in _REVIEWERS and bool(row.case_id)
        self._review.setVisible(reviews or row.review is not None)
        if row.review is not None:
            told = row.review
            self._review.add(
                Facts(
                    [
                        (lambda: tr("Breach reference"), told["breach_ref"]),
                        (lambda: tr("Arrests"), told["arrests"]),
                        (lambda: tr("Charges"), told["charges"]),
                        (lambda: tr("Injuries"), told["injuries"]),
                        (lambda: tr("Children"), told["children"]),
                        (lambda: tr("Note"), told["note"]),
                    ]
                )
            )
        if reviews:
            change = SecondaryButton(lambda: tr("Record what followed"), "edit")
            change.setObjectName("tracking.alarm.review")
            change.clicked.connect(lambda: ReviewAlarmDialog(self._context, self, row).open())
            self._review.add(change)

    def _print(self) -> None:
        if self._row is not None:
            self._context.preview(self, "F-807", record_id=self._row.id)

    def _on_note(self) -> None:
        if self._row is not None and self._takes:
            NoteDialog(self._context, self, self._row).open()

    def _on_end(self) -> None:
        if self._row is not None and self._takes:
            EndDialog(self._context, self, self._row).open()


class NoteDialog(FormDialog):
    """Units, the word that was heard, the occurrence number."""

    def __init__(self, context: Context, parent: QWidget, row: AlarmRow) -> None:
        super().__init__(
            context, parent, "tracking.alarm.more", lambda: tr("Note more"), lambda: tr("Save"), subject=row.id
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = row.id
        hint = lambda: tr("One on each line.")  # noqa: E731  (a wording)
        self.ask("units", lambda: tr("Units"), LinesEdit(), hint=hint)
        self.ask("occurrence_no", lambda: tr("Occurrence number"), LineEdit())
        self.ask("passphrase", lambda: tr("Word that was given"), SegmentedChoice(pairs(Passphrase)), wide=True)
        self.ask("priority", lambda: tr("Priority"), SegmentedChoice(pairs(Priority)), wide=True)
        self.ask("voice", lambda: tr("What was heard"), LineEdit(), wide=True)
        self.ask("note", lambda: tr("Note"), NoteEdit(least_lines=2), wide=True)
        self.begin(
            {
                "units": list(row.units),
                "occurrence_no": row.occurrence_no or None,
                "passphrase": row.passphrase,
                "priority": row.priority,
                "voice": row.voice or None,
                "note": row.note or None,
            }
        )

    def request(self) -> tuple[Verb, Any]:
        """Hand over what was changed."""
        return tracking_alarms.update_alarm, tracking_alarms.UpdateAlarm(event_id=self._id, **self.changes())


class EndDialog(FormDialog):
    """How the alarm ended."""

    def __init__(self, context: Context, parent: QWidget, row: AlarmRow) -> None:
        super().__init__(
            context,
            parent,
            "tracking.alarm.close",
            lambda: tr("How did the alarm end?"),
            lambda: tr("Record it"),
            subject=row.id,
            text=lambda: tr("An alarm that was pressed by accident never counts against the client."),
            said=lambda: tr("The alarm is over. What follows stands in the tasks of the case."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = row.id
        outcome = SegmentedChoice(pairs(AlarmOutcome), column=True)
        self.ask("outcome", lambda: tr("Outcome"), outcome, required=True, wide=True)
        self.begin({"outcome": row.outcome})

    def check(self) -> bool:
        """There is an outcome."""
        if super().check() and self.typed()["outcome"] is None:
            return self.refuse("outcome", lambda: tr("Choose how the alarm ended; “Not known” is an answer."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """End it."""
        outcome = AlarmOutcome.of(str(self.typed()["outcome"]))
        return tracking_alarms.close_alarm, tracking_alarms.CloseAlarm(event_id=self._id, outcome=outcome)


class ReviewAlarmDialog(FormDialog):
    """What followed from an alarm."""

    def __init__(self, context: Context, parent: QWidget, row: AlarmRow) -> None:
        super().__init__(
            context,
            parent,
            "tracking.alarm.followed",
            lambda: tr("What followed from the alarm"),
            lambda: tr("Save"),
            subject=row.id,
            said=lambda: tr("What followed is recorded."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = row.id
        hint = lambda: tr("A breach asks for a look at the orders.")  # noqa: E731  (a wording)
        self.ask("breach_ref", lambda: tr("Breach reference"), LineEdit(), hint=hint)
        self.ask("arrests", lambda: tr("Arrests"), LineEdit())
        self.ask("charges", lambda: tr("Charges"), LineEdit())
        self.ask("injuries", lambda: tr("Injuries"), LineEdit())
        self.ask("children", lambda: tr("Children"), LineEdit())
        self.ask("note", lambda: tr("Note"), NoteEdit(least_lines=2), wide=True)
        self.begin({name: value or None for name, value in (row.review or {}).items()})

    def request(self) -> tuple[Verb, Any]:
        """Record it."""
        return tracking_alarms.review_alarm, tracking_alarms.ReviewAlarm(event_id=self._id, **self.changes())


def _clock_of(at: datetime | None, zone: str) -> str:
    return when.time_of(at, zone)


def _head(row: AlarmRow, zone: str) -> str:
    received = tr("Received {time}", time=when.moment(row.received_at, zone))
    return " · ".join(part for part in (label(row.source), received) if part)


def _card_id(session: Any, loan_id: str) -> str:
    rows = [row for row in tracking.dispatch_list(session) if row.loan_id == loan_id]
    return rows[0].card_id if rows else ""
