"""The personal alarm of one case: the application and its decision, the loan with its checks, what was before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QDialog

from app.models.rules import tracking as rules
from app.models.vocab import AlarmSource, Role, TrackingCriterion, TrackingStatus, Tri, label
from app.queries import dispatch_card, members, tracking
from app.queries.dispatch_card import AlarmRow, TrackRow
from app.queries.tracking import ApplicationEntry, CaseTracking, CheckRow, LoanEntry, ReviewRow
from app.services import tracking as verbs
from app.services import tracking_alarms, tracking_checks
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import Button, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.facts import Facts
from app.views.common.flow import FlowLayout
from app.views.common.page import Page
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.why_dialog import WhyDialog
from app.views.common.wording import Wording
from app.views.programme import Context
from app.views.tracking import device_dialogs, dialogs, loan_dialogs
from app.views.tracking.locations import ClientLocationsPart
from app.views.tracking.prints import PrintsButton
from app.views.tracking.secrets import secrets_card
from app.words import tr, trn

_KINDS = (
    "tracking_application", "tracking_loan", "tracking_safety", "tracking_check", "tracking_review",
    "tracking_device", "alarm_event", "alarm_review", "location_track", "safety_plan",
)  # fmt: skip
_WORKERS = frozenset({Role.VSU, Role.VQC})


class CasePage(Page):
    """Built once; `open` shows the alarm of a case in it."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Personal alarm"))
        self._context = context
        self._case_id = ""
        self._found: CaseTracking | None = None
        self._works = context.person.role in _WORKERS
        self._supervises = context.person.role is Role.SUP
        self._application = Card(lambda: tr("Application"))
        self._loan = Card(lambda: tr("Loan"))
        self._alarms = Card(lambda: tr("Alarms"))
        self._positions = ClientLocationsPart(context)
        self._past = Card(lambda: tr("Earlier"))
        back = QuietButton(lambda: tr("The case"), "chevron-left")
        back.setObjectName("tracking.case.back")
        back.clicked.connect(lambda: context.go("crisis.case", case_id=self._case_id))
        self._prints = PrintsButton(context, self)
        self.add_action(back)
        self.add_action(self._prints)
        for card in (self._application, self._loan, self._alarms, self._positions, self._past):
            self.add(card)
        Live(self, context.broadcast, _KINDS, self.refresh)

    def open(self, case_id: str = "", **_more: Any) -> None:
        """Show a case."""
        self._case_id = case_id
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        if not self._case_id:
            return
        case_id, today = self._case_id, self._today()

        def question(session: Any) -> tuple[CaseTracking, tuple[AlarmRow, ...], tuple[TrackRow, ...]]:
            found = tracking.of_case(session, case_id, today=today)
            alarms = dispatch_card.alarms(session, loan_id=found.loan.id) if found.loan else ()
            return found, alarms, dispatch_card.client_tracks(session, case_id)

        self._context.tasks.read(self, question, lambda answer: self._show(*answer))

    def _today(self) -> date:
        return self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

    def _show(self, found: CaseTracking, alarms: tuple[AlarmRow, ...], tracks: tuple[TrackRow, ...]) -> None:
        if found.case_id != self._case_id:
            return
        self._found = found
        self._prints.offer(found)
        if self._works and found.loan is not None and found.loan.unnoted:
            self.note_missed()
        number = found.application.number if found.application else ""
        self.set_title(lambda: tr("Personal alarm"), number)
        self._show_application(found)
        self._show_loan(found)
        self._show_alarms(found, alarms)
        self._positions.show_case(found.loan.id if found.loan else "", tracks)
        self._show_past(found)

    # --- The application ---

    def _show_application(self, found: CaseTracking) -> None:
        card, entry = self._application, found.application
        card.clear()
        over = entry is None or entry.status in (TrackingStatus.CLOSED, TrackingStatus.DECLINED)
        if entry is None:
            add = self._act(lambda: tr("Apply for an alarm"), "plus", "tracking.apply", self._apply, primary=True)
            card.add(
                EmptyState(
                    "shield",
                    lambda: tr("No application yet"),
                    lambda: tr("An alarm is lent for a short time, as one part of a safety plan."),
                    add if self._works else None,
                )
            )
            return
        badges = FlowLayout()
        badges.addWidget(Badge(lambda: label(entry.status), "info", "info"))
        if entry.values.get("priority"):
            badges.addWidget(Badge(lambda: label(entry.values["priority"])))
        card.add_layout(badges)
        self._say_what_hinders(card, entry)
        flow = FlowLayout()
        for button in self._application_acts(entry, over):
            flow.addWidget(button)
        card.add_layout(flow)
        card.add(Facts(_application_facts(entry)))
        self._show_checklist(card, entry)

    def _say_what_hinders(self, card: Card, entry: ApplicationEntry) -> None:
        if entry.status not in rules.WAITING:
            return
        if entry.unmet:
            card.add(Banner("warning", lambda: tr("This is not met: {criteria}.", criteria=_named(entry.unmet))))
        if entry.unanswered:
            said = lambda: tr("This is not answered yet: {criteria}.", criteria=_named(entry.unanswered))  # noqa: E731
            card.add(Banner("info", said))

    def _application_acts(self, entry: ApplicationEntry, over: bool) -> list[Button]:
        acts: list[Button] = []
        status = entry.status
        if self._works and over:
            acts.append(self._act(lambda: tr("Apply anew"), "plus", "tracking.apply", self._apply))
        if self._works and not over:
            acts.append(self._act(lambda: tr("Change"), "edit", "tracking.edit", lambda: self._edit(entry)))
        if self._works and status in rules.WAITING:
            acts.append(
                self._act(lambda: tr("Ready for a decision"), "check", "tracking.assess", lambda: self._assess(entry))
            )
        if self._works and status is TrackingStatus.APPROVED:
            acts.append(
                self._act(
                    lambda: tr("Hand a device over"), "handshake", "tracking.issue", lambda: self._issue(entry),
                    primary=True,
                )
            )  # fmt: skip
        if self._supervises and status in (TrackingStatus.ASSESSED, TrackingStatus.WAITLISTED):
            acts.append(
                self._act(
                    lambda: tr("Decide"), "check", "tracking.decide",
                    lambda: self._open(dialogs.DecideDialog(self._context, self, entry)), primary=True,
                )
            )  # fmt: skip
            if TrackingCriterion.COOPERATES in (*entry.unmet, *entry.unanswered):
                acts.append(
                    self._act(
                        lambda: tr("Let the cooperation go"), "flag", "tracking.waive",
                        lambda: self._open(dialogs.waive(self._context, self, entry.id)),
                    )
                )  # fmt: skip
        if not over and status not in rules.RUNNING:
            acts.append(
                self._act(lambda: tr("Close the application"), "cross", "tracking.close", lambda: self._close(entry))
            )
        return acts

    def _show_checklist(self, card: Card, entry: ApplicationEntry) -> None:
        answers = entry.values.get("eligibility") or {}
        waived = entry.values.get("waivers") or {}
        known = {one.value: one for one in Tri}
        card.add(Heading(lambda: tr("Conditions"), 3))
        facts: list[tuple[Wording, Wording]] = []
        for criterion in TrackingCriterion:
            told = answers.get(criterion.value) or {}
            answer = known.get(str(told.get("answer") or ""))
            note = str(told.get("note") or "")
            if criterion.value in waived:
                note = f"{note} · {waived[criterion.value]}".strip(" ·")
            facts.append((criterion.label, _answer_words(answer, note, criterion.value in waived)))
        card.add(Facts(facts))

    # --- The loan ---

    def _show_loan(self, found: CaseTracking) -> None:
        card, loan = self._loan, found.loan
        card.clear()
        card.setVisible(loan is not None or (found.application is not None and self._works))
        if loan is None:
            self._say_about_plan(card, found)
            return
        badges = FlowLayout()
        badges.addWidget(Badge(loan.device, "shield", "accent"))
        badges.addWidget(Badge(lambda: label(loan.device_status)))
        card.add_layout(badges)
        if loan.values.get("compromised_at"):
            card.add(Banner("danger", lambda: tr("The device is lost or compromised. It must not be relied on.")))
        if loan.missed:
            count = loan.missed
            card.add(
                Banner("warning", lambda: trn("{count} test was missed.", "{count} tests in a row were missed.", count))
            )
        if loan.clash:
            card.add(
                Banner(
                    "danger",
                    lambda: tr(
                        "Another computer lent the same device. Both loans stay until somebody finds out who has it."
                    ),
                )
            )
        if loan.review_overdue:
            card.add(Banner("warning", lambda: tr("The review of this loan is overdue.")))
        flow = FlowLayout()
        for button in self._loan_acts(loan):
            flow.addWidget(button)
        card.add_layout(flow)
        card.add(Facts(_loan_facts(loan, self._context.zone)))
        if loan.secrets is not None:
            card.add(secrets_card(self._context, loan))
        self._show_checks(card, loan)

    def _say_about_plan(self, card: Card, found: CaseTracking) -> None:
        if found.plan_on is None:
            card.add(Banner("info", lambda: tr(rules.NO_PLAN)))
        elif not found.plan_current:
            day = when.day(found.plan_on)
            card.add(Banner("warning", lambda: tr("The safety plan is from {day}: review it before a loan.", day=day)))
        card.add(QuietText(lambda: tr("No device is on loan.")))

    def _loan_acts(self, loan: LoanEntry) -> list[Button]:
        context, acts = self._context, list[Button]()
        if self._works:
            check: Callable[[], QDialog] = lambda: loan_dialogs.CheckDialog(context, self, loan)  # noqa: E731
            review: Callable[[], QDialog] = lambda: loan_dialogs.ReviewDialog(context, self, loan)  # noqa: E731
            change: Callable[[], QDialog] = lambda: loan_dialogs.ChangeLoanDialog(context, self, loan)  # noqa: E731
            lost: Callable[[], QDialog] = lambda: loan_dialogs.CompromisedDialog(context, self, loan)  # noqa: E731
            reach: Callable[[], QDialog] = lambda: device_dialogs.ContactDeviceDialog(context, self, loan)  # noqa: E731
            words: tuple[tuple[Wording, str, str, Callable[[], QDialog]], ...] = (
                (lambda: tr("Record a check"), "check", "tracking.check", check),
                (lambda: tr("Review"), "history", "tracking.review", review),
                (lambda: tr("Change what is agreed"), "edit", "tracking.loan.edit", change),
                (lambda: tr("Call or text the device"), "call", "tracking.contact.open", reach),
                (lambda: tr("Lost or compromised"), "danger", "tracking.compromised", lost),
            )
            for text, icon, name, todo in words:
                acts.append(self._act(text, icon, name, self._opening(todo), primary=todo is check))
            acts.append(
                self._act(lambda: tr("Take the device back"), "return", "tracking.return", lambda: self._return(loan))
            )
            acts.append(self._act(lambda: tr("Raise an alarm"), "flag", "tracking.raise", lambda: self._raise(loan)))
        if loan.clash and (self._works or self._supervises):
            withdraw = lambda: loan_dialogs.withdraw(context, self, loan)  # noqa: E731  (opened when pressed)
            acts.append(
                self._act(lambda: tr("It was never handed over"), "undo", "tracking.withdraw", self._opening(withdraw))
            )
        if self._supervises:
            extend = lambda: loan_dialogs.ExtendDialog(context, self, loan)  # noqa: E731  (opened when pressed)
            acts.append(
                self._act(lambda: tr("Extend"), "calendar", "tracking.extend", self._opening(extend), primary=True)
            )
        return acts

    def _show_checks(self, card: Card, loan: LoanEntry) -> None:
        card.add(Heading(lambda: tr("Checks"), 3))
        if not loan.checks and not loan.reviews:
            card.add(QuietText(lambda: tr("No check yet.")))
        zone = self._context.zone
        for check in loan.checks[:12]:
            card.add(PlainLabel(_check_words(check, zone)))
        for review in loan.reviews[:6]:
            card.add(PlainLabel(_review_words(review, zone)))

    # --- Alarms and what was before ---

    def _show_alarms(self, found: CaseTracking, alarms: tuple[AlarmRow, ...]) -> None:
        self._alarms.clear()
        self._alarms.setVisible(found.loan is not None)
        if not alarms:
            self._alarms.add(QuietText(lambda: tr("No alarm so far.")))
        for row in alarms:
            self._alarms.add(self._alarm_button(row))

    def _alarm_button(self, row: AlarmRow) -> Button:
        outcome = label(row.outcome) or tr("going on")
        words = " · ".join((when.moment(row.received_at, self._context.zone), label(row.source), outcome))
        button = QuietButton(words, "flag" if row.outcome is None else "")
        button.setObjectName("tracking.alarm.open")
        button.clicked.connect(lambda: self._context.go("tracking.alarm", event_id=row.id))
        return button

    def _show_past(self, found: CaseTracking) -> None:
        self._past.clear()
        self._past.setVisible(bool(found.past or found.earlier))
        for loan in found.past:
            ended = when.moment(loan.values.get("returned_at"), self._context.zone)
            parts = (loan.device, when.day(loan.values.get("starts_on")), ended, label(loan.values.get("end_reason")))
            self._past.add(PlainLabel(" · ".join(part for part in parts if part)))
        for entry in found.earlier:
            told = (entry.number, label(entry.status), when.day(entry.values.get("referred_on")))
            self._past.add(QuietText(" · ".join(part for part in told if part)))

    # --- What the buttons do ---

    def _act(
        self, words: Wording, icon: str, name: str, todo: Callable[[], object], *, primary: bool = False
    ) -> Button:
        button: Button = (PrimaryButton if primary else SecondaryButton)(words, icon)
        button.setObjectName(name)
        button.clicked.connect(lambda: todo())
        return button

    def _opening(self, make: Callable[[], QDialog]) -> Callable[[], None]:
        return lambda: self._open(make())

    def _open(self, dialog: QDialog) -> None:
        dialog.open()

    def _apply(self) -> None:
        self._ask_liaisons(None)

    def _edit(self, entry: ApplicationEntry) -> None:
        self._ask_liaisons(entry)

    def _ask_liaisons(self, entry: ApplicationEntry | None) -> None:
        self._context.tasks.read(
            self,
            lambda session: members.members(session, role=Role.IPV),
            lambda rows: self._open(dialogs.ApplicationDialog(self._context, self, self._case_id, entry, rows)),
        )

    def _assess(self, entry: ApplicationEntry) -> None:
        self._context.tasks.write(self, verbs.assess_application, verbs.AssessApplication(application_id=entry.id))

    def _close(self, entry: ApplicationEntry) -> None:
        self._open(
            WhyDialog(
                self._context,
                self,
                "tracking.close",
                lambda: tr("Close the application"),
                lambda: tr("Close it"),
                verbs.close_application,
                lambda reason: verbs.CloseApplication(application_id=entry.id, reason=reason),
                subject=entry.id,
            )
        )

    def _issue(self, entry: ApplicationEntry) -> None:
        today = self._today()
        self._context.tasks.read(
            self,
            lambda session: (tracking.issuable(session, entry.id, today=today), members.members(session)),
            lambda found: self._open(loan_dialogs.IssueDialog(self._context, self, entry, *found)),
        )

    def _return(self, loan: LoanEntry) -> None:
        self._context.tasks.read(
            self, members.members, lambda rows: self._open(loan_dialogs.ReturnDialog(self._context, self, loan, rows))
        )

    def _raise(self, loan: LoanEntry) -> None:
        command = tracking_alarms.RaiseAlarm(loan_id=loan.id, source=AlarmSource.SOS)
        self._context.tasks.write(
            self,
            tracking_alarms.raise_alarm,
            command,
            lambda event_id: self._context.go("tracking.alarm", event_id=event_id),
        )

    def note_missed(self) -> None:
        """Note the tests that nobody did, so that what follows from them is asked for today."""
        self._context.tasks.write(self, tracking_checks.note_missed_tests, tracking_checks.NoteMissedTests())


def _named(criteria: Sequence[TrackingCriterion]) -> str:
    return ", ".join(tr(one.text) for one in criteria)


def _check_words(check: CheckRow, zone: str) -> str:
    on = check.due_on or (when.local_day(check.done_at, zone) if check.done_at else None)
    battery = tr("battery {percent} %", percent=check.battery) if check.battery is not None else ""
    parts = (when.day(on), label(check.kind), label(check.result), battery, check.by, check.note)
    return " · ".join(part for part in parts if part)


def _review_words(review: ReviewRow, zone: str) -> str:
    parts = (
        when.moment(review.at, zone), tr("Review"), label(review.risk_now), label(review.advice), review.by,
        review.reason,
    )  # fmt: skip
    return " · ".join(part for part in parts if part)


def _answer_words(answer: Tri | None, note: str, waived: bool) -> Wording:
    def words() -> str:
        said = label(answer) or tr("Not asked")
        let_go = tr("not asked for") if waived else ""
        return " · ".join(part for part in (said, let_go, note) if part)

    return words


def _application_facts(entry: ApplicationEntry) -> list[tuple[Wording, Wording]]:
    values = entry.values
    return [
        (lambda: tr("Who asks for it"), lambda: label(values.get("source"))),
        (lambda: tr("Referred on"), lambda: when.day(values.get("referred_on"))),
        (lambda: tr("Why an alarm is wanted"), str(values.get("reason") or "")),
        (lambda: tr("Risk as judged"), lambda: label(values.get("risk"))),
        (lambda: tr("Results of risk tools"), str(values.get("risk_results") or "")),
        (lambda: tr("What keeps the client safe meanwhile"), str(values.get("interim_plan") or "")),
        (lambda: tr("Decided by"), entry.decided_by),
        (lambda: tr("Decided on"), lambda: when.day(values.get("decided_on"))),
        (lambda: tr("Reason or note"), str(values.get("decision_note") or "")),
        (lambda: tr("What is offered instead"), str(values.get("alternative") or "")),
        (lambda: tr("Partner violence liaison"), entry.liaison),
    ]


def _loan_facts(loan: LoanEntry, zone: str) -> list[tuple[Wording, Wording]]:
    values = loan.values
    return [
        (lambda: tr("Handed to the client"), lambda: when.moment(values.get("issued_at"), zone)),
        (lambda: tr("Who did it"), loan.issued_by),
        (lambda: tr("Who saw it"), loan.issue_witness),
        (lambda: tr("Next test"), lambda: when.day(loan.next_test)),
        (lambda: tr("Review due"), lambda: when.day(values.get("review_due"))),
        (lambda: tr("Ends on"), lambda: when.day(loan.ends_on)),
        (lambda: tr("May the device be called?"), lambda: label(values.get("device_call_ok"))),
        (lambda: tr("May it be sent a text?"), lambda: label(values.get("device_text_ok"))),
    ]
