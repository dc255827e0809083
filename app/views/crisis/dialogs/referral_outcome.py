"""What became of a referral (domain.md 2.8)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import REFERRAL_OUTCOMES, Barrier, ReferralStatus
from app.queries.crisis.rows import ReferralRow
from app.services.referrals import RecordReferralOutcome, record_referral_outcome
from app.views.common.choices import ChipChoice, SegmentedChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import NoteEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.words import tr


class ReferralOutcomeDialog(FormDialog):
    """Did they get there, and what stood in the way."""

    def __init__(self, desk: Desk, referral: ReferralRow) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "outcome",
            lambda: tr("What became of the referral?"),
            lambda: tr("Save the outcome"),
            subject=referral.id,
            text=" · ".join(part for part in (referral.service, referral.organization) if part),
            said=lambda: tr("The outcome is recorded."),
        )
        self._id = referral.id
        possible = [status for status in ReferralStatus if status in REFERRAL_OUTCOMES]
        self.ask("status", lambda: tr("Outcome"), SegmentedChoice(options(possible)), required=True, wide=True)
        self.ask("barriers", lambda: tr("What stood in the way"), ChipChoice(options(Barrier)), wide=True)
        self.ask("note", lambda: tr("Note"), NoteEdit(least_lines=2), wide=True)
        self.begin({"barriers": referral.barriers, "note": referral.outcome_note})

    def check(self) -> bool:
        """An outcome is chosen."""
        if "status" not in self.answers():
            return self.refuse("status", lambda: tr("Choose what became of it."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the outcome."""
        answers = self.answers()
        barriers = tuple(str(code) for code in answers.pop("barriers", ()))
        return record_referral_outcome, RecordReferralOutcome(referral_id=self._id, barriers=barriers, **answers)
