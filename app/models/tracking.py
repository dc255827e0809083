"""The Mobile Tracking System: personal alarms on loan to people at risk of further violence (domain.md 8).

What has other readers is another record: the loan's facts, its passphrases and places (S4, the case's workers alone),
the times of an alarm (dispatchers too), where a device was (a scope for each track, so that it can be destroyed by
itself), and the card that dispatchers and officers open with a reason. Who is accused stays in the case's own panel.
Lists are JSON of plain values. Positions are WGS-84 degrees.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record, safety
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    CheckKind,
    CheckResult,
    DeviceStatus,
    DeviceType,
    LoanAdvice,
    LoanEnd,
    Passphrase,
    Priority,
    Relation,
    RiskJudged,
    Role,
    ScopeKind,
    TrackingReason,
    TrackingSource,
    TrackingStatus,
    Tri,
)

_BOTH = safety("newest_keep_both")
_UNION = safety("union")


class TrackingApplication(Record):
    """An application for a personal alarm in a case, from the referral to the closing.

    `eligibility` maps each `TrackingCriterion` code to {answer, note}; `waivers` the criteria that a supervisor let go,
    each to the reason; `coverage` the places home, work and school to yes, no or unknown. `liaison_id`: the partner
    violence liaison who reads this application.
    """

    __tablename__ = "tracking_application"
    scope_kind = ScopeKind.TRACKING

    number: Mapped[str | None]
    case_id: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[str | None]
    status: Mapped[TrackingStatus | None] = mapped_column(Code(TrackingStatus), index=True)
    source: Mapped[TrackingSource | None] = mapped_column(Code(TrackingSource))
    referred_on: Mapped[date | None]
    referred_by: Mapped[str | None]
    reason: Mapped[str | None]
    relationship: Mapped[Relation | None] = mapped_column(Code(Relation))
    risk_results: Mapped[str | None]
    risk: Mapped[RiskJudged | None] = mapped_column(Code(RiskJudged), info=safety("highest_risk"))
    orders_note: Mapped[str | None]
    coverage: Mapped[dict[str, str] | None] = mapped_column(Json, info=safety("no_in_any"))
    children: Mapped[int | None] = mapped_column(Integer)
    interim_plan: Mapped[str | None]
    eligibility: Mapped[dict[str, dict[str, str]] | None] = mapped_column(Json)
    waivers: Mapped[dict[str, str] | None] = mapped_column(Json)
    waived_by: Mapped[str | None]
    conflict_plan: Mapped[str | None]
    priority: Mapped[Priority | None] = mapped_column(Code(Priority))
    liaison_id: Mapped[str | None]
    assessed_on: Mapped[date | None]
    assessed_by: Mapped[str | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None]
    decision_note: Mapped[str | None]
    alternative: Mapped[str | None]
    closed_on: Mapped[date | None]


class TrackingDevice(Record):
    """One device of the service's stock. Money in cents (CAD).

    `loan_id` and `holder_no` (the number of the application, never a name) say who has it; two computers that issued it
    apart leave two values there. It leaves the shelf again only after a wipe with a witness.
    """

    __tablename__ = "tracking_device"
    scope_kind = ScopeKind.TRACKING_STOCK

    asset_no: Mapped[str | None] = mapped_column(index=True)
    device_type: Mapped[DeviceType | None] = mapped_column(Code(DeviceType))
    imei: Mapped[str | None]
    sim: Mapped[str | None]
    phone: Mapped[str | None]
    vendor: Mapped[str | None]
    monitoring_id: Mapped[str | None]
    condition: Mapped[str | None]
    firmware: Mapped[str | None]
    purchased_on: Mapped[date | None]
    purchase_cents: Mapped[int | None] = mapped_column(Integer)
    monthly_cents: Mapped[int | None] = mapped_column(Integer)
    battery_health: Mapped[str | None]
    last_charged_on: Mapped[date | None]
    status: Mapped[DeviceStatus | None] = mapped_column(Code(DeviceStatus), index=True)
    status_note: Mapped[str | None]
    reserved_for: Mapped[str | None]
    loan_id: Mapped[str | None] = mapped_column(index=True, info=_BOTH)
    holder_no: Mapped[str | None]
    due_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    wiped_at: Mapped[datetime | None]
    wiped_by: Mapped[str | None]
    wipe_witness: Mapped[str | None]
    disable_asked_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class TrackingLoan(Record):
    """The loan of one device to the client of a case: dates, handing over, how it ended.

    `device_call_ok` and `device_text_ok`: whether the number of the device itself may be called or sent a text; what
    nobody asked about is not allowed. `monthly_cents` is what the device cost a month when it was issued.
    """

    __tablename__ = "tracking_loan"
    scope_kind = ScopeKind.TRACKING

    application_id: Mapped[str | None] = mapped_column(index=True)
    case_id: Mapped[str | None] = mapped_column(index=True)
    device_id: Mapped[str | None] = mapped_column(index=True)
    asset_no: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    instructed_by: Mapped[str | None]
    issue_witness: Mapped[str | None]
    language: Mapped[str | None]
    practice_result: Mapped[CheckResult | None] = mapped_column(Code(CheckResult))
    agreement_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    plan_id: Mapped[str | None]
    review_due: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    planned_end: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    extended_to: Mapped[date | None]
    extended_by: Mapped[str | None]
    device_call_ok: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    device_text_ok: Mapped[Tri | None] = mapped_column(Code(Tri), info=safety("no_over_yes"))
    children: Mapped[int | None] = mapped_column(Integer)
    monthly_cents: Mapped[int | None] = mapped_column(Integer)
    compromised_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    returned_to: Mapped[str | None]
    return_witness: Mapped[str | None]
    return_condition: Mapped[str | None]
    end_reason: Mapped[LoanEnd | None] = mapped_column(Code(LoanEnd))
    end_note: Mapped[str | None]


class TrackingSafety(Record):
    """What only the workers of the case read of a loan. Same id as its `TrackingLoan`.

    `places`: {kind, text, lat, lon} of home, work, school; `alert`: {name, relation, phone, note} of persons to alert.
    """

    __tablename__ = "tracking_safety"
    scope_kind = ScopeKind.TRACKING_SAFETY

    case_id: Mapped[str | None] = mapped_column(index=True)
    charge_plan: Mapped[str | None]
    carrying_place: Mapped[str | None]
    decoy: Mapped[str | None]
    description: Mapped[str | None] = mapped_column(info=_BOTH)
    places: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    word_duress: Mapped[str | None] = mapped_column(info=_BOTH)
    word_clear: Mapped[str | None] = mapped_column(info=_BOTH)
    word_cancel: Mapped[str | None] = mapped_column(info=_BOTH)
    alert: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    hazards: Mapped[str | None] = mapped_column(info=_BOTH)


class TrackingCheck(Record):
    """One check during a loan: a weekly test, a monthly review, a call after an alarm.

    The id of a weekly test follows from loan and due day, so that two computers that record it, or note it as missed,
    write one record.
    """

    __tablename__ = "tracking_check"
    scope_kind = ScopeKind.TRACKING

    case_id: Mapped[str | None] = mapped_column(index=True)
    loan_id: Mapped[str | None] = mapped_column(index=True)
    event_id: Mapped[str | None]
    kind: Mapped[CheckKind | None] = mapped_column(Code(CheckKind))
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    result: Mapped[CheckResult | None] = mapped_column(Code(CheckResult))
    firmware: Mapped[str | None]
    battery: Mapped[int | None] = mapped_column(Integer)
    signal: Mapped[str | None]
    plan_updated: Mapped[bool | None]
    note: Mapped[str | None]


class TrackingReview(Record):
    """A review of a loan: the risk as it is judged now, the plan's date, and what the worker advises (F-808)."""

    __tablename__ = "tracking_review"
    scope_kind = ScopeKind.TRACKING
    append_only = True

    case_id: Mapped[str | None] = mapped_column(index=True)
    loan_id: Mapped[str | None] = mapped_column(index=True)
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[str | None]
    risk_now: Mapped[RiskJudged | None] = mapped_column(Code(RiskJudged))
    plan_on: Mapped[date | None]
    advice: Mapped[LoanAdvice | None] = mapped_column(Code(LoanAdvice))
    new_end: Mapped[date | None]
    reason: Mapped[str | None]


class AlarmEvent(Record):
    """One alarm: what raised it, its clocks, who went, how it ended. Dispatchers write it; it names nobody.

    `case_id` and `worker_id` are opaque: whoever may read the case finds the way there.
    """

    __tablename__ = "alarm_event"
    scope_kind = ScopeKind.TRACKING_ALARM

    loan_id: Mapped[str | None] = mapped_column(index=True)
    case_id: Mapped[str | None] = mapped_column(index=True)
    asset_no: Mapped[str | None]
    source: Mapped[AlarmSource | None] = mapped_column(Code(AlarmSource))
    raised_at: Mapped[datetime | None] = mapped_column(index=True)
    received_at: Mapped[datetime | None]
    ack_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    voice: Mapped[str | None]
    passphrase: Mapped[Passphrase | None] = mapped_column(Code(Passphrase), info=_BOTH)
    priority: Mapped[Priority | None] = mapped_column(Code(Priority))
    units: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    occurrence_no: Mapped[str | None]
    outcome: Mapped[AlarmOutcome | None] = mapped_column(Code(AlarmOutcome), info=_BOTH)
    note: Mapped[str | None]


class AlarmReview(Record):
    """What followed from an alarm, as the case's worker or the liaison knows it. Same id as its `AlarmEvent`."""

    __tablename__ = "alarm_review"
    scope_kind = ScopeKind.TRACKING

    case_id: Mapped[str | None] = mapped_column(index=True)
    loan_id: Mapped[str | None] = mapped_column(index=True)
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[str | None]
    arrests: Mapped[str | None]
    charges: Mapped[str | None]
    breach_ref: Mapped[str | None]
    injuries: Mapped[str | None]
    children: Mapped[str | None]
    note: Mapped[str | None]


class LocationTrack(Record):
    """Where a device was, for one alarm or because the client asked: the only place that this is ever kept.

    Each track lies in a scope of its own. `points`: {lat, lon, at, accuracy_m}. After its time `points` is emptied and
    `point_count`, `first_at`, `last_at` stay for the statistics.
    """

    __tablename__ = "location_track"
    scope_kind = ScopeKind.TRACKING_LOCATION

    loan_id: Mapped[str | None] = mapped_column(index=True)
    case_id: Mapped[str | None] = mapped_column(index=True)
    event_id: Mapped[str | None] = mapped_column(index=True)
    why: Mapped[TrackingReason | None] = mapped_column(Code(TrackingReason))
    received_at: Mapped[datetime | None]
    points: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    point_count: Mapped[int | None] = mapped_column(Integer)
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]
    destroyed_by: Mapped[str | None]


class DispatchCard(Record):
    """What a dispatcher and the officers who go there may open, with a reason: one a loan (F-804).

    `orders`: {kind, court, file_no, conditions, expires_on}; `addresses`: {kind, text}. Removed when the device is
    back.
    """

    __tablename__ = "dispatch_card"
    scope_kind = ScopeKind.DISPATCH_CARD

    loan_id: Mapped[str | None] = mapped_column(index=True)
    case_id: Mapped[str | None]
    worker_id: Mapped[str | None]
    number: Mapped[str | None]
    asset_no: Mapped[str | None]
    device_type: Mapped[DeviceType | None] = mapped_column(Code(DeviceType))
    device_phone: Mapped[str | None]
    monitoring_id: Mapped[str | None]
    name: Mapped[str | None]
    language: Mapped[str | None]
    description: Mapped[str | None] = mapped_column(info=_BOTH)
    addresses: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    orders: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    accused_description: Mapped[str | None] = mapped_column(info=_BOTH)
    accused_vehicle: Mapped[str | None] = mapped_column(info=_BOTH)
    weapons: Mapped[list[str] | None] = mapped_column(Json, info=_UNION)
    children: Mapped[int | None] = mapped_column(Integer)
    word_duress: Mapped[str | None] = mapped_column(info=_BOTH)
    word_clear: Mapped[str | None] = mapped_column(info=_BOTH)
    word_cancel: Mapped[str | None] = mapped_column(info=_BOTH)
    hazards: Mapped[str | None] = mapped_column(info=_BOTH)
    alert: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    compromised: Mapped[bool | None] = mapped_column(info=safety("true_over_false"))


class TrackingView(Record):
    """That somebody opened a dispatch card or looked at where a device was, and why."""

    __tablename__ = "tracking_view"
    scope_kind = ScopeKind.TRACKING_ACCESS
    append_only = True

    subject_kind: Mapped[str | None]
    subject_id: Mapped[str | None] = mapped_column(index=True)
    loan_id: Mapped[str | None] = mapped_column(index=True)
    event_id: Mapped[str | None]
    viewed_at: Mapped[datetime | None] = mapped_column(index=True)
    viewer_id: Mapped[str | None]
    role: Mapped[Role | None] = mapped_column(Code(Role))
    why: Mapped[TrackingReason | None] = mapped_column(Code(TrackingReason))
    reason: Mapped[str | None]
    occurrence_no: Mapped[str | None]
