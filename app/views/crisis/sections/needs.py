"""Needs as assessed, then and now, and the service plan that follows from them."""

from __future__ import annotations

from typing import Any

from app.models.vocab import NeedLevel, SupportLevel
from app.queries.crisis import needs
from app.queries.crisis.rows import AssessmentRow, NeedAnswerRow, PlanStepRow
from app.views.common.badge import Badge
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.text import QuietText
from app.views.crisis.asking import day_words, moment_words
from app.views.crisis.dialogs.assessment import AssessmentDialog
from app.views.crisis.dialogs.plan_step import PlanStepDialog
from app.views.crisis.dialogs.screen_result import override_dialog
from app.views.crisis.parts import Facts, Line, Ruled, act
from app.views.crisis.sections.base import CaseSection
from app.views.crisis.signs import BADGE_OF_LEVEL, BADGE_OF_STEP
from app.words import tr

_WORTH_SHOWING = (NeedLevel.URGENT, NeedLevel.SOME_HELP, NeedLevel.INFORMATION)


class NeedsSection(CaseSection):
    """The newest assessment, the service plan, and what was assessed before."""

    KINDS = ("needs_assessment", "need_answer", "plan_step", "case_file")

    def question(self, session: Any) -> Any:
        """Assessments, how needs changed, and steps."""
        case_id = self.desk.case_id
        return (
            needs.assessments(session, case_id),
            needs.needs_start_and_now(session, case_id),
            needs.plan_steps(session, case_id, today=self.desk.today),
        )

    def draw(self, answer: Any) -> None:
        """The cards."""
        assessments, changes, steps = answer
        self.body.addWidget(self._assessment_card(assessments, changes))
        self.body.addWidget(self._plan_card(steps))

    def _may(self) -> bool:
        return self.desk.may("need_answer") and not self.desk.is_closed

    def _assessment_card(self, rows: tuple[AssessmentRow, ...], changes: Any) -> Card:
        desk, newest = self.desk, rows[0] if rows else None
        card = Card(lambda: tr("Needs"), subtitle=self._when(newest) if newest else "")
        unfinished = newest if newest and newest.completed_at is None else None
        if newest is None:
            begin = act(lambda: tr("Begin the assessment"), "list", "needs.begin", lambda: self._assess(None, True))
            card.add(
                EmptyState(
                    "list",
                    lambda: tr("Needs not assessed yet"),
                    lambda: tr("Ask about the 14 areas of life within five business days of the first contact."),
                    begin if self._may() else None,
                )
            )
            return card
        if self._may():
            words = (lambda: tr("Go on with it")) if unfinished else (lambda: tr("Assess again"))
            card.add_action(act(words, "list", "needs.assess", lambda: self._assess(unfinished, False)))
        card.add_action(
            act(
                lambda: tr("Print"),
                "print",
                "needs.print",
                lambda: desk.context.preview(desk.window, "F-304", record_id=newest.id),
                quiet=True,
            )
        )
        if desk.hides:
            card.add(QuietText(lambda: tr("Hidden while someone may be listening.")))
            return card
        start = {change.domain: change.start for change in changes}
        shown = [row for row in newest.answers if row.level in _WORTH_SHOWING]
        shown.sort(key=lambda row: str(row.level), reverse=True)
        card.add(Ruled([self._need(row, start.get(row.domain), len(rows) > 1) for row in shown]))
        others = [row for row in newest.answers if row.level is not None and row.level not in _WORTH_SHOWING]
        if others:
            names = ", ".join(f"{row.domain.label()} ({row.level.label()})" for row in others if row.level)
            card.add(QuietText(names))
        goals = [(lambda: tr("The client’s own goal"), newest.client_goal or "")]
        card.add(Facts([*goals, (lambda: tr("Strengths and supports"), newest.strengths or "")]))
        self._add_screen(card, newest)
        return card

    def _add_screen(self, card: Card, row: AssessmentRow) -> None:
        level = row.screen_override or row.screen_result
        if level is None:
            return
        enhanced = level is SupportLevel.ENHANCED
        badges = [Badge(level.label, "flag" if enhanced else "check", "warning" if enhanced else "success")]
        factors = ", ".join(factor.label() for factor in row.factors)
        decided = (
            tr("Decided by {name}: {reason}", name=row.override_by, reason=row.override_reason or "")
            if row.screen_override
            else ""
        )
        other = SupportLevel.STANDARD if enhanced else SupportLevel.ENHANCED
        actions = []
        if self.desk.may("needs_assessment") and not self.desk.is_closed:
            decide = act(
                lambda: tr("Decide otherwise"),
                "edit",
                "needs.override",
                lambda: self.desk.show(override_dialog(self.desk, row.id, other)),
                quiet=True,
            )
            actions.append(decide)
        card.add(Line(lambda: tr("Vulnerability screen"), factors, badges, actions, decided))

    def _need(self, row: NeedAnswerRow, start: NeedLevel | None, repeated: bool) -> Line:
        icon, kind = BADGE_OF_LEVEL.get(row.level, ("", "neutral"))
        badges = [Badge(row.level.label, icon, kind)] if row.level else []
        quiet = tr("At the start: {level}", level=start.label()) if repeated and start and start != row.level else ""
        actions = []
        if self._may():
            actions.append(
                act(
                    lambda: tr("Add a step"),
                    "plus",
                    f"needs.step.{row.domain}",
                    lambda: self.desk.show(PlanStepDialog(self.desk, None, row.domain)),
                    quiet=True,
                )
            )
        text = "\n".join(part for part in (row.note, tr("Goal: {goal}", goal=row.goal) if row.goal else "") if part)
        return Line(row.domain.label, quiet, badges, actions, text)

    def _plan_card(self, steps: tuple[PlanStepRow, ...]) -> Card:
        desk = self.desk
        card = Card(lambda: tr("Service plan"))
        if self._may():
            card.add_action(
                act(lambda: tr("Add a step"), "plus", "needs.add_step", lambda: desk.show(PlanStepDialog(desk)))
            )
        if desk.hides:
            card.add(QuietText(lambda: tr("Hidden while someone may be listening.")))
        elif steps:
            card.add(Ruled([self._step(step) for step in steps]))
        else:
            card.add(QuietText(lambda: tr("No steps agreed yet. Agree with the client on the first one.")))
        return card

    def _step(self, step: PlanStepRow) -> Line:
        icon, kind = BADGE_OF_STEP.get(step.status, ("", "neutral"))
        badges = [Badge(step.status.label, icon, kind)] if step.status else []
        if step.overdue:
            badges.insert(0, Badge(lambda: tr("Overdue"), "danger", "danger"))
        parts = (step.domain.label() if step.domain else "", step.who or "", day_words(step.due_on))
        actions = []
        if self._may():
            edit = act(
                lambda: tr("Change"),
                "edit",
                "needs.edit_step",
                lambda: self.desk.show(PlanStepDialog(self.desk, step)),
                quiet=True,
            )
            actions.append(edit)
        return Line(
            step.step or step.need or "", " · ".join(part for part in parts if part), badges, actions, step.goal or ""
        )

    def _when(self, row: AssessmentRow) -> str:
        moment = moment_words(self.desk.context, row.completed_at or row.assessed_at)
        state = "" if row.completed_at else tr("Not completed yet")
        return " · ".join(part for part in (state, moment, row.assessor) if part)

    def _assess(self, row: AssessmentRow | None, first: bool) -> None:
        self.desk.show(AssessmentDialog(self.desk, row, first=first))
