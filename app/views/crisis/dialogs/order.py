"""A court order and what it forbids (domain.md 2.9)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import OrderKind
from app.queries.crisis.rows import OrderRow
from app.services.crisis import AddOrder, UpdateOrder, add_order, update_order
from app.views.common.choices import TickBox
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.conditions import Conditions
from app.words import tr

_NAMES = (
    "kind", "court", "file_no", "protected", "restrained", "starts_on", "expires_on", "copy_on_file", "verified_on",
)  # fmt: skip


class OrderDialog(FormDialog):
    """An order; without an end date it stays marked as to be confirmed."""

    def __init__(self, desk: Desk, order: OrderRow | None = None) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "order",
            (lambda: tr("Change this order")) if order else (lambda: tr("Add a court order")),
            lambda: tr("Save the order"),
            subject=order.id if order else desk.case_id,
            said=lambda: tr("The order is saved. Its end is watched."),
        )
        self._case_id, self._order = desk.case_id, order
        clock = desk.context.clock
        self.ask("kind", lambda: tr("Kind of order"), ComboPicker(options(OrderKind)), required=True)
        self.ask("court", lambda: tr("Court"), LineEdit())
        self.ask("file_no", lambda: tr("File number"), LineEdit())
        self.ask("protected", lambda: tr("Who is protected"), LineEdit())
        self.ask("restrained", lambda: tr("Who is restrained"), LineEdit())
        self.ask("verified_on", lambda: tr("Verified on"), DateField(clock=clock))
        self.ask("starts_on", lambda: tr("From"), DateField(clock=clock), required=True)
        hint = lambda: tr("Leave it empty when it is not known: it will be asked for")  # noqa: E731  (a wording)
        self.ask("expires_on", lambda: tr("Until"), DateField(clock=clock), hint=hint)
        self.ask("conditions", lambda: tr("Conditions"), Conditions(), wide=True)
        self.ask("copy_on_file", lambda: tr("Copy"), TickBox(lambda: tr("A copy is on file")), wide=True)
        values: dict[str, Any] = {"starts_on": desk.today}
        if order:
            values = {name: getattr(order, name) for name in _NAMES}
            values["conditions"] = [dict(condition) for condition in order.conditions]
        self.begin(values)

    def check(self) -> bool:
        """An order has a kind."""
        if "kind" not in self.answers():
            return self.refuse("kind", lambda: tr("Choose the kind of order."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the order."""
        if self._order is not None:
            return update_order, UpdateOrder(order_id=self._order.id, **self.changes())
        return add_order, AddOrder(case_id=self._case_id, **self.answers())
