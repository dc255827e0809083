"""The head of a case: role in the event, priority, risk, and who may be listening (domain.md 2.5)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import Priority, RoleInEvent
from app.services.crisis import UpdateCase, update_case
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.words import tr

_NAMES = ("role_in_event", "priority", "municipality", "high_risk", "conflict_flag")


class CaseDetailsDialog(FormDialog):
    """What the whole case is filed under."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "details",
            lambda: tr("Details of the case"),
            lambda: tr("Save"),
            subject=desk.case_id,
            said=lambda: tr("The case is saved."),
        )
        self._case_id = desk.case_id
        self.ask("priority", lambda: tr("Priority"), SegmentedChoice(options(Priority)), wide=True)
        self.ask("role_in_event", lambda: tr("Role in the event"), ComboPicker(options(RoleInEvent)))
        self.ask("municipality", lambda: tr("Municipality"), LineEdit())
        risk = TickBox(lambda: tr("High risk: safe contacts are confirmed every 30 days"))
        self.ask("high_risk", lambda: tr("Risk"), risk, wide=True)
        both = TickBox(lambda: tr("Someone on the other side is also helped by this service"))
        self.ask("conflict_flag", lambda: tr("Conflict"), both, wide=True)
        header = desk.header
        self.begin({name: getattr(header, name) for name in _NAMES} if header else {})

    def request(self) -> tuple[Verb, Any]:
        """Save the details."""
        return update_case, UpdateCase(case_id=self._case_id, **self.changes())
