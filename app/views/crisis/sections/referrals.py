"""Referrals: where to, where they stand, what became of them."""

from __future__ import annotations

from typing import Any

from app.models.vocab import ReferralStatus
from app.queries.crisis import file, needs, people
from app.queries.crisis.rows import ReferralRow
from app.services.referrals import SendReferral, send_referral
from app.views.common.badge import Badge
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.crisis.asking import day_words
from app.views.crisis.dialogs.referral import ReferralDialog
from app.views.crisis.dialogs.referral_outcome import ReferralOutcomeDialog
from app.views.crisis.parts import Line, Ruled, act
from app.views.crisis.sections.base import CaseSection
from app.views.crisis.signs import BADGE_OF_REFERRAL
from app.words import tr


class ReferralsSection(CaseSection):
    """One line a referral."""

    KINDS = ("referral", "consent", "service")

    def question(self, session: Any) -> Any:
        """The referrals, newest first."""
        return needs.referrals(session, self.desk.case_id, today=self.desk.today)

    def draw(self, answer: Any) -> None:
        """One card."""
        desk = self.desk
        rows: tuple[ReferralRow, ...] = answer
        may = desk.may("referral") and not desk.is_closed
        card = Card(lambda: tr("Referrals"))
        add = act(lambda: tr("Refer to a service"), "referral", "referrals.add", lambda: self.edit())
        if not rows:
            card.add(
                EmptyState(
                    "referral",
                    lambda: tr("No referrals yet"),
                    lambda: tr("Find a service in the directory that fits the need and speaks the language."),
                    add if may else None,
                )
            )
        else:
            if may:
                card.add_action(add)
            card.add(Ruled([self._line(row, may) for row in rows]))
        self.body.addWidget(card)

    def edit(self, row: ReferralRow | None = None) -> None:
        """Open the form, with people and consents at hand."""
        desk = self.desk

        def question(session: Any) -> Any:
            found = people.case_people(session, desk.case_id, now=desk.context.clock())
            return found, file.consents(session, desk.case_id, today=desk.today)

        desk.read(self, question, lambda known: desk.show(ReferralDialog(desk, known[0], known[1], row)))

    def _line(self, row: ReferralRow, may: bool) -> Line:
        badges = [Badge(row.status.label, "", BADGE_OF_REFERRAL.get(row.status, "neutral"))] if row.status else []
        if row.check_overdue:
            badges.insert(0, Badge(lambda: tr("Ask what became of it"), "danger", "danger"))
        if self.desk.hides:
            return Line(lambda: tr("Referral"), badges=badges)
        parts = (
            row.organization,
            row.domain.label() if row.domain else "",
            tr("sent {day}", day=day_words(row.sent_on)) if row.sent_on else "",
            tr("outcome due {day}", day=day_words(row.check_due)) if row.check_due else "",
        )
        barriers = ", ".join(barrier.label() for barrier in row.barriers)
        text = "\n".join(part for part in (row.outcome_note, barriers) if part)
        quiet = " · ".join(part for part in parts if part)
        return Line(row.service or tr("Service not chosen yet"), quiet, badges, self._actions(row, may), text)

    def _actions(self, row: ReferralRow, may: bool) -> list[Any]:
        desk = self.desk
        draft = row.status in (None, ReferralStatus.DRAFT)
        actions = []
        if may and draft:
            actions.append(act(lambda: tr("Change"), "edit", "referrals.edit", lambda: self.edit(row), quiet=True))
            actions.append(
                act(
                    lambda: tr("Send"),
                    "arrow-right",
                    "referrals.send",
                    lambda: desk.write(self, send_referral, SendReferral(referral_id=row.id)),
                    quiet=True,
                )
            )
        elif may:
            actions.append(
                act(
                    lambda: tr("Outcome"),
                    "check-circle",
                    "referrals.outcome",
                    lambda: desk.show(ReferralOutcomeDialog(desk, row)),
                    quiet=True,
                )
            )
        letter = act(
            lambda: tr("Letter"),
            "print",
            "referrals.letter",
            lambda: desk.context.preview(desk.window, "F-305", record_id=row.id),
            quiet=True,
        )
        return [*actions, letter]
