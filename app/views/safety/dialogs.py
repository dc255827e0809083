"""The small questions of the plan: an entry of the log, why a review is wanted, which page is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.documents.catalogue import CATALOGUE
from app.models.vocab import PlanTrigger, Precision
from app.services import safety as verbs
from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.dates import InstantField
from app.views.common.dialog import Dialog
from app.views.common.form_dialog import FormDialog
from app.views.common.moments import Moment
from app.views.common.text import LineEdit, NoteEdit, PlainLabel, QuietText
from app.views.common.wording import Wording
from app.views.safety.desk import PLAN_FORMS, PlanDesk
from app.words import tr


class LogEntryDialog(FormDialog):
    """One entry of the incident log."""

    def __init__(self, desk: PlanDesk, parent: QWidget) -> None:
        super().__init__(
            desk.context,
            parent,
            "plan.log",
            lambda: tr("Add an entry to the incident log"),
            lambda: tr("Save the entry"),
            subject=desk.case_id,
            said=lambda: tr("The entry is saved."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._case_id = desk.case_id
        zone = ZoneInfo(desk.context.zone)
        self.ask(
            "at", lambda: tr("When was it?"), InstantField(clock=desk.context.clock, zone=zone), wide=True
        ).set_value(Moment(desk.context.clock(), Precision.EXACT))
        self.ask("what_happened", lambda: tr("What happened"), NoteEdit(least_lines=4), required=True, wide=True)
        self.ask("place", lambda: tr("Place"), LineEdit())
        self.ask("technology", lambda: tr("Technology, app or device used"), LineEdit())
        self.ask("exact_words", lambda: tr("Exact words that were said or written"), NoteEdit(), wide=True)
        self.ask("witnesses", lambda: tr("Witnesses"), LineEdit())
        self.ask(
            "evidence",
            lambda: tr("Evidence kept"),
            LineEdit(lambda: tr("Screenshot, message, photo, and where it is")),
        )
        self.ask("reported_to", lambda: tr("Reported to"), LineEdit())
        self.ask("officer", lambda: tr("Officer and badge"), LineEdit())
        self.ask("report_no", lambda: tr("Report number"), LineEdit())
        self.ask("effect", lambda: tr("What it did to the client"), LineEdit())
        self.begin()

    def check(self) -> bool:
        """An entry says what happened, and when as far as it is known."""
        if not super().check():
            return False
        if not (self.typed()["what_happened"] or "").strip():
            return self.refuse("what_happened", lambda: tr("Write what happened, even in a few words."))
        return True

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Add the entry."""
        answers = self.answers()
        moment = answers.pop("at", None)
        at = moment.when if isinstance(moment, Moment) else None
        return verbs.add_incident_log_entry, verbs.AddIncidentLogEntry(case_id=self._case_id, at=at, **answers)


class TriggerDialog(FormDialog):
    """Something happened: a review of the plan is wanted today."""

    def __init__(self, desk: PlanDesk, parent: QWidget) -> None:
        super().__init__(
            desk.context,
            parent,
            "plan.trigger_dialog",
            lambda: tr("What happened?"),
            lambda: tr("Ask for a review today"),
            subject=desk.case_id,
            text=lambda: tr("The plan is looked at again at once. A task for today is made."),
            said=lambda: tr("A review of the plan is due today."),
            width=640,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._case_id = desk.case_id
        self.ask(
            "trigger",
            lambda: tr("What asks for the review"),
            SegmentedChoice([(one, one.label) for one in PlanTrigger]),
            required=True,
            wide=True,
        )
        self.begin()

    def check(self) -> bool:
        """One has to be chosen."""
        if self.typed()["trigger"] is None:
            return self.refuse("trigger", lambda: tr("Choose what happened."))
        return True

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Ask for the review."""
        trigger = PlanTrigger.of(str(self.typed()["trigger"]))
        return verbs.request_plan_review, verbs.RequestPlanReview(case_id=self._case_id, trigger=trigger)


_WHAT: dict[str, Callable[[], str]] = {
    "F-401": lambda: tr("Every section, large and calm, without the facts about the accused."),
    "F-402": lambda: tr("A short list without names, called “My list”."),
    "F-403": lambda: tr("For the worker's file: with the facts about the accused. Never for the client."),
    "F-405": lambda: tr("The checklist of documents and things alone."),
}


class PrintDialog(Dialog):
    """Which page of the plan; a page that may not be printed says why. `chosen` carries the form."""

    chosen = Signal(str)

    def __init__(self, desk: PlanDesk, parent: QWidget, *, typed_since: bool) -> None:
        super().__init__(lambda: tr("Print or export"), lambda: tr("Close"), parent, width=640)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.cancel_button.hide()
        self.accept_button.setObjectName("plan.print.close")
        shown = desk.shown
        if typed_since and shown is not None:
            number = shown.version
            self.add(
                Banner(
                    "info",
                    lambda: tr("This prints version {number}. What was typed since is not in it.", number=number),
                )
            )
        refusals = desk.refusals()
        for form_id in PLAN_FORMS:
            self.add(self._line(form_id, refusals[form_id]))

    def _line(self, form_id: str, refusal: str | None) -> QWidget:
        title = CATALOGUE[form_id].title
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, style.space(1), 0, style.space(1))
        row.setSpacing(style.space(4))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(PlainLabel(lambda: tr(title), strong=True))
        words.addWidget(QuietText(_WHAT[form_id] if refusal is None else _later(refusal)))
        button = SecondaryButton(lambda: tr("Show the page"), "print")
        button.setObjectName(f"plan.print.{form_id}")
        button.setAccessibleDescription(tr(title))
        button.setEnabled(refusal is None)
        button.clicked.connect(lambda: self._choose(form_id))
        row.addLayout(words, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    def _choose(self, form_id: str) -> None:
        self.accept()
        self.chosen.emit(form_id)


def _later(text: str) -> Wording:
    return lambda: tr(text)
