"""The personal alarm of a case in one card; everything else stands on its own page."""

from __future__ import annotations

from typing import Any

from app.models.vocab import label
from app.queries import tracking
from app.queries.tracking import CaseTracking
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.crisis.asking import day_words
from app.views.crisis.parts import Facts, Line, act
from app.views.crisis.sections.base import CaseSection
from app.words import tr, trn


class TrackingSection(CaseSection):
    """Whether the client has an alarm, and the dates that matter."""

    KINDS = ("tracking_application", "tracking_loan", "tracking_check", "tracking_review")

    def question(self, session: Any) -> Any:
        """Applications and loans of the case."""
        return tracking.of_case(session, self.desk.case_id, today=self.desk.today)

    def draw(self, answer: Any) -> None:
        """One card."""
        found: CaseTracking = answer
        desk = self.desk
        card = Card(lambda: tr("Personal alarm"))
        show = act(
            lambda: tr("Open the personal alarm"),
            "arrow-right",
            "alarm.open",
            lambda: desk.context.go("tracking.case", case_id=desk.case_id),
        )
        if found.application is None:
            card.add(
                EmptyState(
                    "shield",
                    lambda: tr("No personal alarm"),
                    lambda: tr("A device on loan for a short time, as one part of the safety plan."),
                    show if desk.may("tracking_application") else None,
                )
            )
            self.body.addWidget(card)
            return
        entry, loan = found.application, found.loan
        status = Badge(label(entry.status), "info", "info")
        card.add(Line(entry.number or tr("Number pending"), "", [status], [show]))
        if loan is not None and not desk.hides:
            if loan.missed:
                count = loan.missed
                card.add(
                    Banner(
                        "warning",
                        lambda: trn("{count} test was missed.", "{count} tests in a row were missed.", count),
                    )
                )
            card.add(
                Facts(
                    [
                        (lambda: tr("Device"), loan.device),
                        (lambda: tr("Next test"), day_words(loan.next_test)),
                        (lambda: tr("Review due"), day_words(loan.values.get("review_due"))),
                        (lambda: tr("Ends on"), day_words(loan.ends_on)),
                    ],
                    4,
                )
            )
        self.body.addWidget(card)
