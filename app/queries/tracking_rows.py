"""The plain rows of the forms of personal alarms, F-801 to F-809 (`form_rows` says what rows are).

None of them has a place for where a device was: that never leaves its own scope (domain.md 8.6).
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from app.queries.form_rows import Label, Row, Typed


class ConditionLine(Row, frozen=True, kw_only=True):
    """One condition of the checklist with its answer; `waived` is the supervisor's reason for letting it go."""

    question: Label = ""
    answer: Label = ""
    note: str = ""
    waived: str = ""


class AlarmApplicationRows(Row, frozen=True, kw_only=True):
    """F-801: the application, the checklist, the decision. F-802 and F-803 need nothing of it but the device."""

    source: Label = ""
    referred_on: date | None = None
    priority: Label = ""
    reason: Typed = Typed()
    relationship: Label = ""
    risk: Label = ""
    risk_results: Typed = Typed()
    orders: Typed = Typed()
    children: str = ""
    coverage: list[tuple[Label, Label]] = msgspec.field(default_factory=list)
    conditions: list[ConditionLine] = msgspec.field(default_factory=list)
    conflict_plan: Typed = Typed()
    interim_plan: Typed = Typed()
    decision: Label = ""
    decided_by: str = ""
    decided_on: date | None = None
    decision_note: Typed = Typed()
    alternative: Typed = Typed()


class CheckLine(Row, frozen=True, kw_only=True):
    """One check of a loan."""

    on: date | None = None
    kind: Label = ""
    battery: str = ""
    signal: str = ""
    result: Label = ""
    plan_changed: bool | None = None
    by: str = ""
    note: str = ""


class ReviewLine(Row, frozen=True, kw_only=True):
    """One review of a loan."""

    on: date | None = None
    by: str = ""
    risk_now: Label = ""
    plan_on: date | None = None
    advice: Label = ""
    new_end: date | None = None
    reason: str = ""


class AlarmLoanRows(Row, frozen=True, kw_only=True):
    """F-805, F-806 and F-808: the device, the handing over, the dates, the checks and the reviews."""

    asset_no: str = ""
    device_type: Label = ""
    imei: str = ""
    condition: str = ""
    issued_at: datetime | None = None
    issued_by: str = ""
    issue_witness: str = ""
    practice: Label = ""
    starts_on: date | None = None
    review_due: date | None = None
    planned_end: date | None = None
    extended_to: date | None = None
    next_test: date | None = None
    returned_at: datetime | None = None
    returned_to: str = ""
    return_witness: str = ""
    return_condition: str = ""
    end_reason: Label = ""
    checks: list[CheckLine] = msgspec.field(default_factory=list)
    reviews: list[ReviewLine] = msgspec.field(default_factory=list)


class OrderLine(Row, frozen=True, kw_only=True):
    """An order as the dispatch card shows it: never whom it restrains."""

    kind: str = ""
    conditions: str = ""
    expires_on: date | None = None
    file_no: str = ""


class DispatchCardRows(Row, frozen=True, kw_only=True):
    """F-804: what who answers an alarm needs to know, and nothing of the case."""

    name: str = ""
    asset_no: str = ""
    device_type: Label = ""
    device_phone: str = ""
    monitoring_id: str = ""
    description: str = ""
    addresses: list[str] = msgspec.field(default_factory=list)
    orders: list[OrderLine] = msgspec.field(default_factory=list)
    accused_description: str = ""
    accused_vehicle: str = ""
    weapons: list[str] = msgspec.field(default_factory=list)
    children: str = ""
    word_duress: str = ""
    word_clear: str = ""
    word_cancel: str = ""
    hazards: str = ""
    alert: list[str] = msgspec.field(default_factory=list)
    compromised: bool = False
    disputed: bool = False


class AlarmReportRows(Row, frozen=True, kw_only=True):
    """F-807: the clocks of an alarm, who went, how it ended, what followed. `positions`: how many are kept, no more."""

    asset_no: str = ""
    source: Label = ""
    raised_at: datetime | None = None
    received_at: datetime | None = None
    ack_at: datetime | None = None
    dispatched_at: datetime | None = None
    arrived_at: datetime | None = None
    cleared_at: datetime | None = None
    to_dispatch: str = ""
    to_arrive: str = ""
    priority: Label = ""
    units: list[str] = msgspec.field(default_factory=list)
    voice: Typed = Typed()
    passphrase: Label = ""
    occurrence_no: str = ""
    outcome: Label = ""
    positions: int | None = None
    arrests: str = ""
    charges: str = ""
    breach_ref: str = ""
    injuries: str = ""
    children: str = ""
    note: Typed = Typed()


class DeviceLine(Row, frozen=True, kw_only=True):
    """One device of the stock. `holder`: the number of the application, never a name."""

    asset_no: str = ""
    device_type: Label = ""
    status: Label = ""
    holder: str = ""
    purchase_cents: int | None = None
    monthly_cents: int | None = None
    due_on: date | None = None


class InventoryRows(Row, frozen=True, kw_only=True):
    """F-809: every device of the service."""

    devices: list[DeviceLine] = msgspec.field(default_factory=list)
