"""Project Lifesaver: clients, their care, transmitters and who holds them, receivers, operators (domain.md 7).

A client is a registration of the Vulnerable Person Registry plus what the programme needs. Who reads what differs, so
the frequency of a transmitter is a record apart from the transmitter, and a visit a scope of its own that a technician
reads by name (domain.md 20.1). Lists are JSON of plain values; an empty list is an answer ("none known"), None is not.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record, safety
from app.models.lifesaver_vocab import (
    DischargeReason,
    FeeKind,
    Hand,
    IssueEnd,
    KitCondition,
    LifesaverStatus,
    OperatorLevel,
    ReceiverKind,
    Strap,
    SubsidyDecision,
    SuspendReason,
    TransmitterStatus,
    VisitKind,
    VisitOutcome,
    WearSite,
)
from app.models.vocab import ScopeKind

_BOTH = safety("newest_keep_both")
_UNION = safety("union")


class LifesaverClient(Record):
    """Someone who wears a transmitter, or is being considered; each in a scope of its own.

    `eligibility`: {Criterion code: "yes" | "no" | "unknown"}. `caregivers`, in the order of calling: {name, position,
    relation, phone, other_phone, safe_to_use, voicemail, caller_id, say_you_are, language, lives_with, duties,
    agreed_on}. `hazards`: {name, lat, lon, metres}; positions are WGS-84 degrees as decimal text, distances metres.
    `battery_days` overrides the service's interval for this client.
    """

    __tablename__ = "lifesaver_client"
    scope_kind = ScopeKind.LIFESAVER

    registration_id: Mapped[str | None] = mapped_column(index=True)
    number: Mapped[str | None]
    status: Mapped[LifesaverStatus | None] = mapped_column(Code(LifesaverStatus), index=True)
    status_reason: Mapped[str | None]
    coordinator_id: Mapped[str | None]
    asked_on: Mapped[date | None]
    asked_by: Mapped[str | None]
    eligibility: Mapped[dict[str, str] | None] = mapped_column(Json)
    eligibility_note: Mapped[str | None]
    screened_on: Mapped[date | None]
    override_reason: Mapped[str | None]
    diagnosis: Mapped[str | None] = mapped_column(info=_BOTH)
    physician: Mapped[str | None]
    letter_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    letter_states_risk: Mapped[bool | None]
    wear_site: Mapped[WearSite | None] = mapped_column(Code(WearSite), info=_BOTH)
    dominant_hand: Mapped[Hand | None] = mapped_column(Code(Hand))
    strap: Mapped[Strap | None] = mapped_column(Code(Strap))
    skin_issues: Mapped[str | None] = mapped_column(info=_BOTH)
    sensory_tolerance: Mapped[str | None]
    preparation: Mapped[str | None]
    home_lat: Mapped[str | None] = mapped_column(info=_BOTH)
    home_lon: Mapped[str | None] = mapped_column(info=_BOTH)
    exits: Mapped[str | None]
    gates: Mapped[str | None]
    terrain: Mapped[str | None]
    hazards: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    wander_motive: Mapped[str | None]
    wander_direction: Mapped[str | None]
    wander_speed: Mapped[str | None]
    hides: Mapped[str | None] = mapped_column(info=_BOTH)
    caregivers: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, info=_UNION)
    battery_days: Mapped[int | None] = mapped_column(Integer)
    agreement_on: Mapped[date | None]
    renew_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    enrolled_on: Mapped[date | None]
    suspended_on: Mapped[date | None]
    suspend_reason: Mapped[SuspendReason | None] = mapped_column(Code(SuspendReason))
    discharged_on: Mapped[date | None]
    discharge_reason: Mapped[DischargeReason | None] = mapped_column(Code(DischargeReason))


class Transmitter(Record):
    """One transmitter of the inventory. `status` is where it lies when nobody holds it; see `EquipmentIssue`."""

    __tablename__ = "transmitter"
    scope_kind = ScopeKind.LIFESAVER_STORE

    serial: Mapped[str | None] = mapped_column(index=True)
    model: Mapped[str | None]
    pulse_ms: Mapped[int | None] = mapped_column(Integer)
    battery_type: Mapped[str | None]
    purchased_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    strap: Mapped[Strap | None] = mapped_column(Code(Strap))
    condition: Mapped[str | None]
    status: Mapped[TransmitterStatus | None] = mapped_column(Code(TransmitterStatus), info=_BOTH, index=True)
    status_reason: Mapped[str | None]
    location: Mapped[str | None]
    quarantine_until: Mapped[date | None] = mapped_column(info=safety("latest_day"))


class TransmitterFrequency(Record):
    """The frequency of a transmitter in kHz: S4, and apart, because fewer people may read it (domain.md 7.6.7)."""

    __tablename__ = "transmitter_frequency"
    scope_kind = ScopeKind.LIFESAVER_FREQUENCY

    transmitter_id: Mapped[str | None] = mapped_column(index=True)
    frequency_khz: Mapped[int | None] = mapped_column(Integer, info=_BOTH)


class EquipmentIssue(Record):
    """A transmitter handed to a client: a record of its own, so that two hand-overs of one are both kept."""

    __tablename__ = "equipment_issue"
    scope_kind = ScopeKind.LIFESAVER_STORE

    transmitter_id: Mapped[str | None] = mapped_column(index=True)
    client_id: Mapped[str | None] = mapped_column(index=True)
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[str | None]
    accessories: Mapped[str | None]
    condition_out: Mapped[str | None]
    ended_on: Mapped[date | None]
    end: Mapped[IssueEnd | None] = mapped_column(Code(IssueEnd))
    condition_in: Mapped[str | None]
    ended_by: Mapped[str | None]
    note: Mapped[str | None]


class BatteryEvent(Record):
    """A new battery put in (domain.md 7.4). `steps`: `BatteryStep` codes that were done; voltages in millivolts."""

    __tablename__ = "battery_event"
    scope_kind = ScopeKind.LIFESAVER_VISIT

    client_id: Mapped[str | None] = mapped_column(index=True)
    transmitter_id: Mapped[str | None] = mapped_column(index=True)
    visit_id: Mapped[str | None]
    installed_on: Mapped[date | None] = mapped_column(index=True)
    interval_days: Mapped[int | None] = mapped_column(Integer)
    voltage_mv: Mapped[int | None] = mapped_column(Integer)
    swapped_by: Mapped[str | None]
    steps: Mapped[list[str] | None] = mapped_column(Json)
    signal_test_m: Mapped[int | None] = mapped_column(Integer)
    skin: Mapped[str | None]
    remarks: Mapped[str | None]


class DailyTest(Record):
    """One day of the caregiver's log; its id follows from client and day, so that two people write one line."""

    __tablename__ = "daily_test"
    scope_kind = ScopeKind.LIFESAVER

    client_id: Mapped[str | None] = mapped_column(index=True)
    tested_on: Mapped[date | None] = mapped_column(index=True)
    tested_at: Mapped[str | None]
    light_ok: Mapped[bool | None]
    present: Mapped[bool | None]
    band_ok: Mapped[bool | None]
    skin_ok: Mapped[bool | None]
    initials: Mapped[str | None]
    remarks: Mapped[str | None]


class LifesaverVisit(Record):
    """A visit, planned or made. It says where to go and which transmitter is there, never why (domain.md 7.7, F-713).

    `assigned`: the members who go; they read this scope by name. `done_by`: two of them (domain.md 7.4).
    """

    __tablename__ = "lifesaver_visit"
    scope_kind = ScopeKind.LIFESAVER_VISIT

    client_id: Mapped[str | None] = mapped_column(index=True)
    client_number: Mapped[str | None]
    kind: Mapped[VisitKind | None] = mapped_column(Code(VisitKind))
    planned_on: Mapped[date | None] = mapped_column(index=True)
    planned_at: Mapped[str | None]
    assigned: Mapped[list[str] | None] = mapped_column(Json)
    address: Mapped[str | None] = mapped_column(info=_BOTH)
    municipality: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(info=_BOTH)
    heed: Mapped[str | None] = mapped_column(info=_BOTH)
    transmitter_id: Mapped[str | None]
    serial: Mapped[str | None]
    battery_due_on: Mapped[date | None]
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    done_by: Mapped[list[str] | None] = mapped_column(Json)
    outcome: Mapped[VisitOutcome | None] = mapped_column(Code(VisitOutcome))
    next_on: Mapped[date | None]
    note: Mapped[str | None]


class LifesaverFee(Record):
    """A fee, what was asked as a subsidy, and what was paid; amounts in cents."""

    __tablename__ = "lifesaver_fee"
    scope_kind = ScopeKind.LIFESAVER

    client_id: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[FeeKind | None] = mapped_column(Code(FeeKind))
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    amount_cents: Mapped[int | None] = mapped_column(Integer)
    due_on: Mapped[date | None] = mapped_column(index=True)
    subsidy_cents: Mapped[int | None] = mapped_column(Integer)
    subsidy: Mapped[SubsidyDecision | None] = mapped_column(Code(SubsidyDecision))
    subsidy_proof: Mapped[str | None]
    subsidy_reason: Mapped[str | None]
    decided_by: Mapped[str | None]
    paid_cents: Mapped[int | None] = mapped_column(Integer)
    paid_on: Mapped[date | None]


class Receiver(Record):
    """A receiver with its antenna (domain.md 7.4)."""

    __tablename__ = "lifesaver_receiver"
    scope_kind = ScopeKind.LIFESAVER_FLEET

    serial: Mapped[str | None]
    model: Mapped[str | None]
    kind: Mapped[ReceiverKind | None] = mapped_column(Code(ReceiverKind))
    kit: Mapped[str | None]
    location: Mapped[str | None]
    assigned_to: Mapped[str | None]
    battery: Mapped[str | None]
    calibrated_on: Mapped[date | None]
    checked_on: Mapped[date | None]
    checked_by: Mapped[str | None]
    condition: Mapped[KitCondition | None] = mapped_column(Code(KitCondition), info=_BOTH)
    check_note: Mapped[str | None]
    retired_on: Mapped[date | None]


class SearchOperator(Record):
    """What a member is certified for; one record a member."""

    __tablename__ = "search_operator"
    scope_kind = ScopeKind.LIFESAVER_FLEET

    member_id: Mapped[str | None] = mapped_column(index=True)
    level: Mapped[OperatorLevel | None] = mapped_column(Code(OperatorLevel))
    certified_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(info=safety("earliest_day"))
    last_drill_on: Mapped[date | None]
    note: Mapped[str | None]
