"""Court orders: what they forbid, and when they end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.queries.crisis import file
from app.queries.crisis.rows import OrderRow, Standing
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.text import PlainLabel
from app.views.crisis.asking import day_words
from app.views.crisis.dialogs.order import OrderDialog
from app.views.crisis.parts import Facts, Line, Wrap, act
from app.views.crisis.sections.base import CaseSection
from app.views.crisis.signs import BADGE_OF_STANDING
from app.words import tr, trn


class OrdersSection(CaseSection):
    """One card an order; an end that nobody knows is asked for in red."""

    KINDS = ("legal_order",)

    def question(self, session: Any) -> Any:
        """The orders of the case."""
        return file.orders(session, self.desk.case_id, today=self.desk.today)

    def draw(self, answer: Any) -> None:
        """The cards."""
        desk = self.desk
        rows: tuple[OrderRow, ...] = answer
        may = desk.may("legal_order") and not desk.is_closed
        add = act(lambda: tr("Add an order"), "plus", "orders.add", lambda: desk.show(OrderDialog(desk)))
        if not rows:
            card = Card(lambda: tr("Court orders"))
            card.add(
                EmptyState(
                    "shield",
                    lambda: tr("No court order is recorded"),
                    lambda: tr("Bail conditions, peace bonds and other orders: Haven warns before they end."),
                    add if may else None,
                )
            )
            self.body.addWidget(card)
            return
        if may:
            self.body.addWidget(Wrap([add]))
        for row in rows:
            self.body.addWidget(self._card(row, may))

    def _card(self, row: OrderRow, may: bool) -> Card:
        desk = self.desk
        icon, kind = BADGE_OF_STANDING.get(row.standing, ("", "neutral"))
        card = Card()
        actions = []
        if may:
            actions.append(
                act(lambda: tr("Change"), "edit", "orders.edit", lambda: desk.show(OrderDialog(desk, row)), quiet=True)
            )
        title = row.kind.label() if row.kind else tr("Order")
        where = " · ".join(part for part in (row.court, row.file_no) if part)
        card.add(Line(title, "" if desk.hides else where, [Badge(row.standing.label, icon, kind)], actions))
        if row.standing is Standing.CONFIRM:
            card.add(Banner("danger", lambda: tr("The end of this order is not known: confirm it with the court.")))
        elif row.standing is Standing.ENDING and row.days_left is not None:
            days = row.days_left
            card.add(Banner("warning", lambda: trn("Ends in {count} day.", "Ends in {count} days.", days)))
        if desk.hides:
            return card
        card.add(
            Facts(
                [
                    (lambda: tr("Protected"), row.protected or ""),
                    (lambda: tr("Restrained"), row.restrained or ""),
                    (lambda: tr("From"), day_words(row.starts_on)),
                    (lambda: tr("Until"), day_words(row.expires_on) or tr("Not known")),
                    (lambda: tr("Verified on"), day_words(row.verified_on)),
                    (lambda: tr("Copy on file"), tr("Yes") if row.copy_on_file else tr("No")),
                ],
                3,
            )
        )
        for condition in row.conditions:
            card.add(PlainLabel(condition_words(condition)))
        return card


def condition_words(condition: Mapping[str, Any]) -> str:
    """One condition as a line of text."""
    metres = condition.get("metres")
    parts = [
        condition.get("verb"),
        condition.get("place"),
        tr("{count} metres", count=metres) if metres else None,
        tr("except: {what}", what=condition["exceptions"]) if condition.get("exceptions") else None,
    ]
    return "• " + ", ".join(str(part) for part in parts if part)
