"""One step of the service plan (domain.md 3.3)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import NeedDomain, StepStatus
from app.queries.crisis.rows import PlanStepRow
from app.services.crisis import AddPlanStep, UpdatePlanStep, add_plan_step, update_plan_step
from app.views.common.choices import SegmentedChoice
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, NoteEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.words import tr


class PlanStepDialog(FormDialog):
    """What is done about a need, by whom and by when."""

    def __init__(self, desk: Desk, step: PlanStepRow | None = None, domain: NeedDomain | None = None) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "plan_step",
            (lambda: tr("Change this step")) if step else (lambda: tr("Add a step to the service plan")),
            lambda: tr("Save the step"),
            subject=step.id if step else desk.case_id,
            said=lambda: tr("The step is saved."),
        )
        self._case_id, self._step = desk.case_id, step
        self.ask("domain", lambda: tr("Which need"), ComboPicker(options(NeedDomain)), required=True)
        self.ask("need", lambda: tr("The need in a few words"), LineEdit())
        self.ask("goal", lambda: tr("The client’s own goal"), NoteEdit(least_lines=2), wide=True)
        self.ask("step", lambda: tr("What will be done"), NoteEdit(least_lines=2), required=True, wide=True)
        self.ask("who", lambda: tr("Who does it"), LineEdit(lambda: tr("The client, the worker, a service")))
        self.ask("due_on", lambda: tr("By when"), DateField(clock=desk.context.clock))
        self.ask("status", lambda: tr("Where it stands"), SegmentedChoice(options(StepStatus)), wide=True)
        names = ("domain", "need", "goal", "step", "who", "due_on", "status")
        known = {name: getattr(step, name) for name in names} if step else {}
        self.begin(known or {"domain": domain, "status": StepStatus.PLANNED})

    def check(self) -> bool:
        """A step says what will be done."""
        if "step" not in self.answers():
            return self.refuse("step", lambda: tr("Write what will be done."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the step."""
        if self._step is not None:
            return update_plan_step, UpdatePlanStep(step_id=self._step.id, **self.changes())
        return add_plan_step, AddPlanStep(case_id=self._case_id, **self.answers())
