"""Something happened that asks for a review of the safety plan at once (domain.md 4.3)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import PlanTrigger
from app.services.safety import RequestPlanReview, request_plan_review
from app.views.common.choices import SegmentedChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.words import tr


class PlanTriggerDialog(FormDialog):
    """What happened; a review task is due today."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "trigger",
            lambda: tr("What happened?"),
            lambda: tr("Ask for a review today"),
            subject=desk.case_id,
            said=lambda: tr("A review of the safety plan is due today."),
            width=620,
        )
        self._case_id = desk.case_id
        self.ask("trigger", lambda: tr("What changed"), SegmentedChoice(options(PlanTrigger)), required=True, wide=True)
        self.begin()

    def check(self) -> bool:
        """A reason is chosen."""
        if "trigger" not in self.answers():
            return self.refuse("trigger", lambda: tr("Choose what happened."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Ask for the review."""
        return request_plan_review, RequestPlanReview(
            case_id=self._case_id, trigger=PlanTrigger.of(str(self.answers()["trigger"]))
        )
