"""Something given or paid for (domain.md 3.3)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import AssistanceKind, PaidFrom
from app.services.crisis import RecordAssistance, record_assistance
from app.views.common.choices import SegmentedChoice
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.money import MoneyField
from app.words import tr


class AssistanceDialog(FormDialog):
    """What it was, what it cost and who pays. Above the limit a supervisor is asked."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "assistance",
            lambda: tr("Record practical help"),
            lambda: tr("Save"),
            subject=desk.case_id,
            said=lambda: tr("The help is recorded."),
        )
        self._case_id = desk.case_id
        self.ask("kind", lambda: tr("What"), ComboPicker(options(AssistanceKind)), required=True)
        self.ask("given_on", lambda: tr("When"), DateField(clock=desk.context.clock), required=True)
        self.ask("description", lambda: tr("In a few words"), LineEdit(), wide=True)
        self.ask("quantity", lambda: tr("How many"), NumberField(0, 999))
        self.ask("cost_cents", lambda: tr("Cost"), MoneyField())
        self.ask("voucher_no", lambda: tr("Voucher number"), LineEdit())
        self.ask("stock_item", lambda: tr("Stock item"), LineEdit())
        self.ask("paid_from", lambda: tr("Paid from"), SegmentedChoice(options(PaidFrom)), wide=True)
        self.begin({"given_on": desk.today, "quantity": 1})

    def check(self) -> bool:
        """It says what was given."""
        if "kind" not in self.answers():
            return self.refuse("kind", lambda: tr("Choose what was given."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save it."""
        return record_assistance, RecordAssistance(case_id=self._case_id, **self.answers())
