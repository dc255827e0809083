"""The forms of a loan: handing over, changing, checking, reviewing, extending, taking back, reporting it lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import (
    CheckKind,
    CheckResult,
    DeviceStatus,
    LoanAdvice,
    LoanEnd,
    RiskJudged,
    Tri,
)
from app.queries.languages import NAMES
from app.queries.members import MemberRow
from app.queries.tracking import ApplicationEntry, DeviceRow, LoanEntry
from app.services import tracking_checks as checks
from app.services import tracking_loans as verbs
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.dates import DateField
from app.views.common.entries import LinesEdit
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.why_dialog import WhyDialog
from app.views.common.wording import Wording
from app.views.programme import Context
from app.views.tracking.inputs import alert_lines, alert_of, pairs, people, place_words, places_of
from app.words import tr

_WORDS = ("word_duress", "word_clear", "word_cancel")


class LoanForm(FormDialog):
    """What handing over and changing a loan ask alike: how it is carried, where, the words, whom to alert."""

    def ask_safety(self) -> None:
        """The part that only the workers of the case read."""
        self.part(lambda: tr("Agreed with the client"))
        for name, label in (
            ("carrying_place", lambda: tr("Where it is carried")),
            ("charge_plan", lambda: tr("When and where it is charged")),
            ("decoy", lambda: tr("What it is, if somebody asks")),
        ):
            self.ask(name, label, LineEdit())
        languages = [(code, _later(text)) for code, text in NAMES.items()]
        self.ask("language", lambda: tr("Language"), ComboPicker(languages))
        self.ask("word_duress", lambda: tr("Word for danger"), LineEdit())
        self.ask("word_clear", lambda: tr("Word that all is well"), LineEdit())
        self.ask("word_cancel", lambda: tr("Word that takes an alarm back"), LineEdit())
        self.part(lambda: tr("For who answers an alarm"))
        self.ask("description", lambda: tr("How the client looks"), NoteEdit(least_lines=2), wide=True)
        self.ask("place_home", lambda: tr("Home"), LineEdit())
        self.ask("place_work", lambda: tr("Work"), LineEdit())
        self.ask("place_school", lambda: tr("School"), LineEdit())
        self.ask("hazards", lambda: tr("Hazards"), LineEdit())
        hint = lambda: tr("One on each line: name, relation, telephone.")  # noqa: E731  (a wording)
        self.ask("alert", lambda: tr("Persons to alert"), LinesEdit(), hint=hint, wide=True)
        self.part(lambda: tr("The number of the device itself"))
        self.ask("device_call_ok", lambda: tr("May it be called?"), SegmentedChoice(pairs(Tri)))
        self.ask("device_text_ok", lambda: tr("May it be sent a text?"), SegmentedChoice(pairs(Tri)))


class IssueDialog(LoanForm):
    """Hands a device over."""

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        entry: ApplicationEntry,
        devices: Sequence[DeviceRow],
        members: Sequence[MemberRow],
    ) -> None:
        super().__init__(
            context,
            parent,
            "tracking.issue",
            lambda: tr("Hand a device over"),
            lambda: tr("It is handed over"),
            subject=entry.id,
            said=lambda: tr("The loan is recorded. Its clocks run from today."),
            width=860,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = entry.id
        options = [(row.id, _device_words(row)) for row in devices]
        self.ask("device_id", lambda: tr("Device"), ComboPicker(options), required=True)
        witness = ComboPicker(people(members, context.person.member_id))
        self.ask("witness", lambda: tr("Who saw it"), witness, required=True)
        practice = [(one, one.label) for one in CheckResult if one is not CheckResult.MISSED]
        self.ask("practice", lambda: tr("Practice alarm"), SegmentedChoice(practice), required=True, wide=True)
        signed = DateField(clock=context.clock)
        self.ask("agreement_on", lambda: tr("Agreement signed on"), signed, required=True)
        self.ask_safety()
        self.begin()

    def check(self) -> bool:
        """A device is chosen."""
        if super().check() and not self.typed()["device_id"]:
            return self.refuse("device_id", lambda: tr("Choose the device."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Lend it; the service refuses at the field what is missing."""
        return verbs.issue_loan, verbs.IssueLoan(application_id=self._id, **_kept(self.answers(), self.typed()))


class ChangeLoanDialog(LoanForm):
    """Changes what is agreed about a running loan; the dispatch card follows."""

    def __init__(self, context: Context, parent: QWidget, loan: LoanEntry) -> None:
        super().__init__(
            context,
            parent,
            "tracking.loan",
            lambda: tr("Change what is agreed"),
            lambda: tr("Save"),
            subject=loan.id,
            said=lambda: tr("The loan and its dispatch card are saved."),
            width=860,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._loan = loan
        self.ask("children", lambda: tr("Children in the household"), NumberField(0, 20))
        self.ask_safety()
        secrets = loan.secrets or {}
        shown = {**loan.values, **secrets, **place_words(secrets.get("places"))}
        self.begin({**shown, "alert": alert_lines(secrets.get("alert"))})

    def request(self) -> tuple[Verb, Any]:
        """Hand over what was changed."""
        before = (self._loan.secrets or {}).get("places")
        changed = _kept(self.changes(), self.typed(), before)
        return verbs.update_loan, verbs.UpdateLoan(loan_id=self._loan.id, **changed)


class CheckDialog(FormDialog):
    """A weekly test, a monthly review of the device, or a call after an alarm."""

    def __init__(self, context: Context, parent: QWidget, loan: LoanEntry) -> None:
        super().__init__(
            context,
            parent,
            "tracking.check",
            lambda: tr("Record a check"),
            lambda: tr("Save the check"),
            subject=loan.id,
            said=lambda: tr("The check is recorded."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._loan = loan
        kinds = SegmentedChoice(pairs(CheckKind), optional=False)
        self.ask("kind", lambda: tr("Kind of check"), kinds, wide=True)
        self.ask("result", lambda: tr("Result"), SegmentedChoice(pairs(CheckResult)), required=True, wide=True)
        self.ask("battery", lambda: tr("Battery"), NumberField(0, 100, lambda: tr("percent")))
        self.ask("signal", lambda: tr("Signal"), LineEdit())
        self.ask("firmware", lambda: tr("Firmware"), LineEdit())
        self.ask("plan_updated", lambda: tr("Safety plan"), TickBox(lambda: tr("The plan was changed after it")))
        self.ask("note", lambda: tr("Note"), NoteEdit(least_lines=2), wide=True)
        self.begin({"kind": CheckKind.WEEKLY_TEST})

    def check(self) -> bool:
        """There is a result."""
        if super().check() and self.typed()["result"] is None:
            return self.refuse("result", lambda: tr("Say how it went."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Record it."""
        return checks.record_check, checks.RecordCheck(loan_id=self._loan.id, **self.answers())


class ReviewDialog(FormDialog):
    """The review of a loan."""

    def __init__(self, context: Context, parent: QWidget, loan: LoanEntry) -> None:
        super().__init__(
            context,
            parent,
            "tracking.review",
            lambda: tr("Review the loan"),
            lambda: tr("Save the review"),
            subject=loan.id,
            said=lambda: tr("The review is recorded."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = loan.id
        self.ask("risk_now", lambda: tr("Risk as judged now"), SegmentedChoice(pairs(RiskJudged)), wide=True)
        self.ask("advice", lambda: tr("What you advise"), SegmentedChoice(pairs(LoanAdvice)), wide=True)
        extends = lambda: self.typed()["advice"] is LoanAdvice.EXTEND  # noqa: E731  (asked again and again)
        self.ask("new_end", lambda: tr("New end"), DateField(clock=context.clock), when=extends)
        self.ask("reason", lambda: tr("Reason"), NoteEdit(least_lines=2), wide=True)
        self.begin()

    def request(self) -> tuple[Verb, Any]:
        """Record it; the service refuses at the field what is missing."""
        return verbs.review_loan, verbs.ReviewLoan(loan_id=self._id, **self.answers())


class ExtendDialog(FormDialog):
    """A supervisor extends a loan."""

    def __init__(self, context: Context, parent: QWidget, loan: LoanEntry) -> None:
        super().__init__(
            context,
            parent,
            "tracking.extend",
            lambda: tr("Extend the loan"),
            lambda: tr("Extend it"),
            subject=loan.id,
            said=lambda: tr("The loan is extended."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = loan.id
        self.ask("to", lambda: tr("New end"), DateField(clock=context.clock), required=True)
        self.ask("reason", lambda: tr("Reason"), NoteEdit(least_lines=2), wide=True)
        advised = next((one.new_end for one in loan.reviews if one.new_end), None)
        self.begin({"to": advised})

    def check(self) -> bool:
        """There is a day."""
        if super().check() and self.typed()["to"] is None:
            return self.refuse("to", lambda: tr("Choose the new end."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Extend."""
        typed = self.typed()
        return verbs.extend_loan, verbs.ExtendLoan(loan_id=self._id, to=typed["to"], reason=typed["reason"] or "")


class ReturnDialog(FormDialog):
    """The device is back."""

    def __init__(self, context: Context, parent: QWidget, loan: LoanEntry, members: Sequence[MemberRow]) -> None:
        super().__init__(
            context,
            parent,
            "tracking.return",
            lambda: tr("Take the device back"),
            lambda: tr("It is back"),
            subject=loan.id,
            text=lambda: tr(
                "When the client lives with the accused again, talk with the client alone first. "
                "The client decides; nothing is taken away."
            ),
            said=lambda: tr("The device is back. It waits to be wiped."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = loan.id
        self.ask("reason", lambda: tr("Why it ends"), ComboPicker(pairs(LoanEnd)), required=True)
        witness = ComboPicker(people(members, context.person.member_id))
        self.ask("witness", lambda: tr("Who saw it"), witness, required=True)
        self.ask("condition", lambda: tr("Condition"), LineEdit(), wide=True)
        self.ask("note", lambda: tr("Note"), NoteEdit(least_lines=2), wide=True)
        self.begin()

    def check(self) -> bool:
        """Why it ends has to be said."""
        if super().check() and self.typed()["reason"] is None:
            return self.refuse("reason", lambda: tr("Say why the loan ends."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Take it back; the service asks for the witness at the field."""
        return verbs.return_device, verbs.ReturnDevice(loan_id=self._id, **self.answers())


class CompromisedDialog(FormDialog):
    """The device is lost, or the accused may know of it."""

    def __init__(self, context: Context, parent: QWidget, loan: LoanEntry) -> None:
        super().__init__(
            context,
            parent,
            "tracking.compromised",
            lambda: tr("Lost or compromised"),
            lambda: tr("Act now"),
            subject=loan.id,
            text=lambda: tr(
                "Two tasks are made for today: have the device switched off from afar, and review the safety plan. "
                "The dispatch card warns from now on."
            ),
            danger=True,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = loan.id
        choices = [(one, one.label) for one in (DeviceStatus.LOST, DeviceStatus.COMPROMISED)]
        self.ask("status", lambda: tr("What happened"), SegmentedChoice(choices), required=True, wide=True)
        self.ask("note", lambda: tr("Note"), NoteEdit(least_lines=2), wide=True)
        self.begin()

    def check(self) -> bool:
        """What happened has to be said."""
        if super().check() and self.typed()["status"] is None:
            return self.refuse("status", lambda: tr("Say whether it is lost or compromised."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Act."""
        return verbs.device_compromised, verbs.DeviceCompromised(loan_id=self._id, **self.answers())


def withdraw(context: Context, parent: QWidget, loan: LoanEntry) -> WhyDialog:
    """The dialog that settles a device which two computers lent."""
    return WhyDialog(
        context,
        parent,
        "tracking.withdraw",
        lambda: tr("This client never got the device"),
        lambda: tr("Record it"),
        verbs.withdraw_loan,
        lambda note: verbs.WithdrawLoan(loan_id=loan.id, note=note),
        subject=loan.id,
        text=lambda: tr("The other loan holds. The application is approved again, so that another device can be lent."),
    )


def _device_words(row: DeviceRow) -> str:
    kind = row.device_type.label() if row.device_type else ""
    return " · ".join(part for part in (row.asset_no, kind) if part)


def _kept(named: dict[str, Any], typed: dict[str, Any], before: Any = None) -> dict[str, Any]:
    """What was answered, as a loan keeps it: places and persons as lists."""
    found = {name: value for name, value in named.items() if not name.startswith("place_") and name != "alert"}
    if any(name.startswith("place_") for name in named):
        found["places"] = places_of(typed, before)
    if "alert" in named:
        found["alert"] = alert_of(typed["alert"])
    return found


def _later(text: str) -> Wording:
    return lambda: tr(text)
