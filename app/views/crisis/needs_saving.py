"""Saving an assessment in one unit of work: its head, the answers that changed, and perhaps its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.models.vocab import NeedDomain, NeedLevel, SupportLevel, VulnerabilityFactor
from app.queries.crisis.rows import AssessmentRow
from app.services.crisis import (
    AddPlanStep,
    AnswerNeed,
    CompleteAssessment,
    OverrideScreen,
    StartAssessment,
    UpdateAssessment,
    add_plan_step,
    answer_need,
    complete_assessment,
    override_screen,
    start_assessment,
    update_assessment,
)


@dataclass(frozen=True, kw_only=True)
class SaveNeeds:
    """What stands in the form; `assessment_id` None begins an assessment. `before` is what was saved of it."""

    case_id: str
    assessment_id: str | None
    head: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    factors: frozenset[VulnerabilityFactor] = frozenset()
    steps: tuple[Mapping[str, Any], ...] = ()
    """Steps of the service plan that were agreed on, each as `AddPlanStep` takes it."""
    decided: tuple[SupportLevel, str] | None = None
    """The support that was decided on otherwise than the screen, and why; None where nothing new was decided."""
    complete: bool = False


@dataclass(frozen=True)
class SavedNeeds:
    """The assessment, and the result of the screen when it was completed."""

    assessment_id: str
    level: SupportLevel | None


def save_needs(work: Any, command: SaveNeeds) -> SavedNeeds:
    """Begin or change the assessment and answer the domains that changed."""
    if command.assessment_id is None:
        assessment_id = start_assessment(work, StartAssessment(case_id=command.case_id, **command.head))
    else:
        assessment_id = command.assessment_id
        if command.head:
            update_assessment(work, UpdateAssessment(assessment_id=assessment_id, **command.head))
    for domain in NeedDomain:
        now, before = command.needs.get(domain.value, {}), command.before.get(domain.value, {})
        changed = {
            name: _level(now.get(name)) if name == "level" else now.get(name)
            for name in ("level", "note", "goal")
            if now.get(name) != before.get(name)
        }
        if changed:
            answer_need(work, AnswerNeed(assessment_id=assessment_id, domain=domain, **changed))
    for step in command.steps:
        add_plan_step(work, AddPlanStep(case_id=command.case_id, **step))
    if command.decided is not None:
        chosen, reason = command.decided
        override_screen(work, OverrideScreen(assessment_id=assessment_id, level=chosen, reason=reason))
    level = None
    if command.complete:
        level = complete_assessment(work, CompleteAssessment(assessment_id=assessment_id, factors=command.factors))
    return SavedNeeds(assessment_id, level)


def needs_of(row: AssessmentRow | None) -> dict[str, dict[str, Any]]:
    """The answers of a saved assessment as the form shows them."""
    found: dict[str, dict[str, Any]] = {}
    for answer in row.answers if row else ():
        values = {"level": answer.level, "note": answer.note, "goal": answer.goal}
        found[str(answer.domain.value)] = {name: value for name, value in values.items() if value is not None}
    return found


def _level(value: Any) -> NeedLevel | None:
    return None if value is None else NeedLevel.of(str(value))
