"""Step 3: is the person safe now? Fifteen things, one touch each."""

from __future__ import annotations

from typing import Any

from app.models.vocab import SafetyStatus, SafetyStep
from app.services.crisis import AnswerSafetyStep, answer_safety_step
from app.views.crisis.capture.state import Capture
from app.views.crisis.capture.step import CaptureStep, Verb
from app.views.crisis.safety_rows import SafetyRow
from app.words import tr


def save_steps(work: Any, commands: tuple[AnswerSafetyStep, ...]) -> None:
    """Answer several steps with their notes in one unit of work."""
    for command in commands:
        answer_safety_step(work, command)


class SafeNowStep(CaptureStep):
    """The rows of immediate safety."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(
            capture,
            "safe_now",
            lambda: tr("Safe now?"),
            lambda: tr("Touch what is true. Leave what was not looked at."),
        )
        self._rows: dict[str, SafetyRow] = {}
        for step in SafetyStep:
            row = SafetyRow(step)
            row.changed.connect(self.changed)
            self.body.addWidget(row)
            self._rows[step.value] = row

    def typed(self) -> dict[str, Any]:
        """Status and note of each step that is answered."""
        found = {code: row.value() for code, row in self._rows.items()}
        return {code: value for code, value in found.items() if value["status"] or value["note"]}

    def fill(self, values: Any) -> None:
        """Show answers."""
        for code, row in self._rows.items():
            if code in values:
                row.set_value(values[code])

    def shown(self) -> dict[str, Any]:
        """What is stored."""
        stored = self.capture.stored
        return {
            str(row.step.value): {"status": row.status, "note": row.note} for row in (stored.safety if stored else ())
        }

    def request(self) -> tuple[Verb, Any] | None:
        """Save what changed."""
        now, case_id = self.typed(), self.capture.case_id
        nothing = {"status": None, "note": None}
        changed = [code for code in self._rows if now.get(code, nothing) != self._stored.get(code, nothing)]
        if not changed or case_id is None:
            return None
        commands = tuple(
            AnswerSafetyStep(
                case_id=case_id,
                step=SafetyStep.of(code),
                status=_status(now.get(code, nothing)["status"]),
                note=now.get(code, nothing)["note"],
            )
            for code in changed
        )
        return save_steps, commands


def _status(value: Any) -> SafetyStatus | None:
    return None if value is None else SafetyStatus.of(str(value))
