"""Practical help: what was given and paid for."""

from __future__ import annotations

from typing import Any

from app.queries.crisis import file
from app.queries.crisis.rows import AssistanceRow
from app.services.crisis import ApproveAssistance, approve_assistance
from app.views.common.badge import Badge
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.crisis.asking import day_words
from app.views.crisis.dialogs.assistance import AssistanceDialog
from app.views.crisis.dialogs.money import write_cents
from app.views.crisis.parts import Line, Ruled, act
from app.views.crisis.sections.base import CaseSection
from app.words import tr


class AssistanceSection(CaseSection):
    """One line a thing; above the limit it waits for the supervisor."""

    KINDS = ("practical_assistance",)

    def question(self, session: Any) -> Any:
        """What was given."""
        return file.assistance(session, self.desk.case_id)

    def draw(self, answer: Any) -> None:
        """One card."""
        desk = self.desk
        rows: tuple[AssistanceRow, ...] = answer
        may = desk.may("practical_assistance") and not desk.is_closed
        total = sum(row.cost_cents or 0 for row in rows)
        card = Card(
            lambda: tr("Practical help"),
            subtitle=(lambda: tr("{amount} in all", amount=write_cents(total))) if total else "",
        )
        add = act(lambda: tr("Record help"), "plus", "assistance.add", lambda: desk.show(AssistanceDialog(desk)))
        if not rows:
            card.add(
                EmptyState(
                    "handshake",
                    lambda: tr("No practical help yet"),
                    lambda: tr("Transport, food, locks, clothes: record what was given and what it cost."),
                    add if may else None,
                )
            )
        else:
            if may:
                card.add_action(add)
            card.add(Ruled([self._line(row) for row in rows]))
        self.body.addWidget(card)

    def _line(self, row: AssistanceRow) -> Line:
        desk = self.desk
        badges, actions = [], []
        if row.needs_approval:
            badges.append(Badge(lambda: tr("Waits for approval"), "clock", "warning"))
            if desk.supervises:
                command = ApproveAssistance(assistance_id=row.id)
                actions.append(
                    act(
                        lambda: tr("Approve"),
                        "check",
                        "assistance.approve",
                        lambda: desk.write(self, approve_assistance, command),
                        quiet=True,
                    )
                )
        parts = (
            day_words(row.given_on),
            tr("{count} pieces", count=row.quantity) if row.quantity and row.quantity > 1 else "",
            write_cents(row.cost_cents),
            row.paid_from.label() if row.paid_from else "",
            row.voucher_no or "",
            tr("approved by {name}", name=row.approved_by) if row.approved_by else "",
        )
        title = row.kind.label() if row.kind else tr("Practical help")
        return Line(title, " · ".join(part for part in parts if part), badges, actions, row.description or "")
