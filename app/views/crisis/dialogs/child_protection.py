"""A report to a children's aid society that was made (domain.md 2.10). The prompt never blocks and sends nothing."""

from __future__ import annotations

from typing import Any

from app.models.vocab import ChildGrounds, Precision
from app.services.crisis import RecordChildProtectionReport, record_child_protection_report
from app.views.common.banner import Banner
from app.views.common.choices import TickBox
from app.views.common.dates import InstantField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.moments import Moment
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit, NoteEdit
from app.views.crisis.asking import options, zone_of
from app.views.crisis.desk import Desk
from app.words import tr


class ChildProtectionDialog(FormDialog):
    """Says whose duty it is, then takes down what was reported, to whom and when."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "child_protection",
            lambda: tr("Report to the children’s aid society"),
            lambda: tr("Save the report"),
            subject=desk.case_id,
            said=lambda: tr("The report is recorded."),
        )
        self._case_id = desk.case_id
        self.add(
            Banner(
                "warning",
                lambda: tr(
                    "Whoever has reasonable grounds must call the society themself, at once. Haven sends nothing: "
                    "record here what you reported. New grounds mean a new report."
                ),
            )
        )
        context = desk.context
        when = InstantField(clock=context.clock, zone=zone_of(context))
        self.ask("child", lambda: tr("Child"), LineEdit(), required=True)
        self.ask("age", lambda: tr("Age"), NumberField(0, 17, lambda: tr("years")), required=True)
        self.ask("grounds", lambda: tr("Grounds"), ComboPicker(options(ChildGrounds)), required=True)
        self.ask("society", lambda: tr("Society contacted"), LineEdit(), required=True)
        self.ask("reported_at", lambda: tr("When it was reported"), when, required=True, wide=True)
        self.ask("intake_worker", lambda: tr("Intake worker"), LineEdit())
        self.ask("reference", lambda: tr("Reference"), LineEdit())
        self.ask("advice", lambda: tr("Advice received"), NoteEdit(), wide=True)
        self.ask("supervisor_told", lambda: tr("Supervisor"), TickBox(lambda: tr("The supervisor was told")), wide=True)
        self.begin({"reported_at": Moment(context.clock().replace(second=0, microsecond=0), Precision.EXACT)})

    def check(self) -> bool:
        """A report says to whom and when."""
        answers = self.answers()
        if "society" not in answers:
            return self.refuse("society", lambda: tr("Write which society you called."))
        if "reported_at" not in answers:
            return self.refuse("reported_at", lambda: tr("Say when you reported it."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the report."""
        answers = self.answers()
        moment: Moment = answers.pop("reported_at")
        command = RecordChildProtectionReport(case_id=self._case_id, reported_at=moment.when, **answers)
        return record_child_protection_report, command
