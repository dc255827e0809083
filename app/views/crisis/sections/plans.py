"""The versions of the safety plan; the content opens in its own window."""

from __future__ import annotations

from typing import Any

from app.queries import safety
from app.queries.safety import PlanVersionRow
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.crisis.asking import day_words, moment_words
from app.views.crisis.dialogs.plan_trigger import PlanTriggerDialog
from app.views.crisis.parts import Line, Ruled, act
from app.views.crisis.sections.base import CaseSection
from app.words import tr


class PlansSection(CaseSection):
    """Which versions there are, when the next review is due, and what asks for one at once."""

    KINDS = ("safety_plan", "safety_plan_content", "task")

    def question(self, session: Any) -> Any:
        """The versions, newest first."""
        return safety.plan_versions(session, self.desk.case_id, today=self.desk.today)

    def draw(self, answer: Any) -> None:
        """One card."""
        rows: tuple[PlanVersionRow, ...] = answer
        desk = self.desk
        go = desk.context.go
        card = Card(lambda: tr("Safety plan"))
        may = desk.may("safety_plan_content") and not desk.is_closed
        if any(row.current and row.review_overdue for row in rows):
            card.add(Banner("warning", lambda: tr("The review of this plan is overdue.")))
        write = act(
            (lambda: tr("Open the plan")) if rows else (lambda: tr("Write the plan")),
            "plan",
            "plans.open",
            lambda: go("safety.plan", case_id=desk.case_id),
        )
        if not rows:
            card.add(
                EmptyState(
                    "plan",
                    lambda: tr("No safety plan yet"),
                    lambda: tr("Write it with the person, step by step, and print it only where it is safe."),
                    write if may else None,
                )
            )
            self.body.addWidget(card)
            return
        if may:
            card.add_action(
                act(
                    lambda: tr("Something happened"),
                    "flag",
                    "plans.trigger",
                    lambda: desk.show(PlanTriggerDialog(desk)),
                    quiet=True,
                )
            )
            card.add_action(write)
        card.add(Ruled([self._version(row) for row in rows]))
        self.body.addWidget(card)

    def _version(self, row: PlanVersionRow) -> Line:
        desk = self.desk
        badges = [Badge(lambda: tr("Current"), "check", "accent")] if row.current else []
        if row.saved_at is None:
            badges = [Badge(lambda: tr("Being written"), "edit", "info")]
        written = moment_words(desk.context, row.written_at)
        review = tr("review {day}", day=day_words(row.next_review)) if row.next_review else ""
        copy = row.copy_choice.label() if row.copy_choice else ""
        actions = []
        if row.readable:
            actions.append(
                act(
                    lambda: tr("Show"),
                    "",
                    "plans.version",
                    lambda: desk.context.go("safety.plan", case_id=desk.case_id, plan_id=row.id),
                    quiet=True,
                )
            )
        title = tr("Version {number}", number=row.version)
        quiet = " · ".join(part for part in (written, row.worker, copy, review) if part)
        return Line(title, quiet, badges, actions)
