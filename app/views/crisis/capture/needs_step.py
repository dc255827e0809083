"""Step 5: the 14 areas of life, in one touch each; the full assessment can follow later."""

from __future__ import annotations

from typing import Any

from app.models.vocab import Channel
from app.views.crisis.capture.state import Capture
from app.views.crisis.capture.step import CaptureStep, Verb
from app.views.crisis.needs_form import NeedsForm
from app.views.crisis.needs_saving import SaveNeeds, needs_of, save_needs
from app.words import tr


class NeedsStep(CaptureStep):
    """Levels only; notes where they help."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(
            capture,
            "needs",
            lambda: tr("What do they need?"),
            lambda: tr("Short: one touch each. It becomes the needs assessment, which can be finished later."),
        )
        self.form = NeedsForm()
        self.form.changed.connect(self.changed)
        self.body.addWidget(self.form)

    def typed(self) -> dict[str, Any]:
        """The answers by domain."""
        return {"needs": self.form.value()}

    def fill(self, values: Any) -> None:
        """Show answers."""
        if "needs" in values:
            self.form.set_value(values["needs"])

    def shown(self) -> dict[str, Any]:
        """What is stored of the open assessment."""
        stored = self.capture.stored
        return {"needs": needs_of(stored.assessment if stored else None)}

    def request(self) -> tuple[Verb, Any] | None:
        """Save what changed."""
        now, before = self.form.value(), self._stored.get("needs", {})
        if now == before or self.capture.case_id is None:
            return None
        stored = self.capture.stored
        assessment = stored.assessment if stored else None
        command = SaveNeeds(
            case_id=self.capture.case_id,
            assessment_id=assessment.id if assessment else None,
            head={} if assessment else {"method": Channel.ON_SCENE},
            needs=now,
            before=before,
        )
        return save_needs, command
