"""Fills the rows of F-801 to F-809 from the records. Positions are counted and never read."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.tracking import AlarmEvent, TrackingApplication, TrackingDevice, TrackingLoan
from app.models.vocab import Listed, TrackingCriterion, Tri
from app.queries import dispatch_card, members, tracking
from app.queries.form_rows import Typed
from app.queries.settings import local_day
from app.queries.tracking_rows import (
    AlarmApplicationRows,
    AlarmLoanRows,
    AlarmReportRows,
    CheckLine,
    ConditionLine,
    DeviceLine,
    DispatchCardRows,
    InventoryRows,
    OrderLine,
    ReviewLine,
)
from app.words import Words, mark

PLACES = {"home": mark("Home"), "work": mark("Work"), "school": mark("School")}
_TRI = {one.value: one.text for one in Tri}


def application(session: Session, application_id: str) -> AlarmApplicationRows:
    """F-801."""
    found = session.get(TrackingApplication, application_id)
    if found is None:
        raise NotFound(tracking.GONE)
    names = members.names(session)
    answers, waived = found.eligibility or {}, found.waivers or {}
    return AlarmApplicationRows(
        source=_text(found.source),
        referred_on=found.referred_on,
        priority=_text(found.priority),
        reason=Typed(found.reason or ""),
        relationship=_text(found.relationship),
        risk=_text(found.risk),
        risk_results=Typed(found.risk_results or ""),
        orders=Typed(found.orders_note or ""),
        children="" if found.children is None else str(found.children),
        coverage=[
            (PLACES[name], _TRI.get(str(value), "")) for name, value in (found.coverage or {}).items() if name in PLACES
        ],
        conditions=[
            ConditionLine(
                question=one.text,
                answer=_TRI.get(str((answers.get(one.value) or {}).get("answer") or ""), ""),
                note=str((answers.get(one.value) or {}).get("note") or ""),
                waived=str(waived.get(one.value) or ""),
            )
            for one in TrackingCriterion
        ],
        conflict_plan=Typed(found.conflict_plan or ""),
        interim_plan=Typed(found.interim_plan or ""),
        decision=_text(found.status) if found.decided_on else "",
        decided_by=names.get(found.decided_by or "", ""),
        decided_on=found.decided_on,
        decision_note=Typed(found.decision_note or ""),
        alternative=Typed(found.alternative or ""),
    )


def loan(session: Session, loan_id: str, *, today: Any) -> AlarmLoanRows:
    """F-805, F-806, F-808."""
    found = tracking.loan(session, loan_id, today=today)
    device = session.get(TrackingDevice, found.values.get("device_id"))
    values = found.values
    return AlarmLoanRows(
        asset_no=found.device,
        device_type=_text(device.device_type) if device else "",
        imei=(device.imei or "") if device else "",
        condition=(device.condition or "") if device else "",
        issued_at=values.get("issued_at"),
        issued_by=found.issued_by,
        issue_witness=found.issue_witness,
        practice=_text(values.get("practice_result")),
        starts_on=values.get("starts_on"),
        review_due=values.get("review_due"),
        planned_end=values.get("planned_end"),
        extended_to=values.get("extended_to"),
        next_test=found.next_test,
        returned_at=values.get("returned_at"),
        returned_to=found.returned_to,
        return_witness=found.return_witness,
        return_condition=str(values.get("return_condition") or ""),
        end_reason=_text(values.get("end_reason")),
        checks=[
            CheckLine(
                on=one.due_on or (local_day(session, one.done_at) if one.done_at else None),
                kind=_text(one.kind),
                battery="" if one.battery is None else f"{one.battery} %",
                signal=one.signal,
                result=_text(one.result),
                plan_changed=one.plan_updated,
                by=one.by,
                note=one.note,
            )
            for one in reversed(found.checks)
        ],
        reviews=[
            ReviewLine(
                on=local_day(session, one.at) if one.at else None,
                by=one.by,
                risk_now=_text(one.risk_now),
                plan_on=one.plan_on,
                advice=_text(one.advice),
                new_end=one.new_end,
                reason=one.reason,
            )
            for one in reversed(found.reviews)
        ],
    )


def card(session: Session, card_id: str, words: Words) -> DispatchCardRows:
    """F-804, in the language of the page."""
    row = dispatch_card.card_of(session, card_id)
    return DispatchCardRows(
        name=row.name,
        asset_no=row.asset_no,
        device_type=_text(row.device_type),
        device_phone=row.device_phone,
        monitoring_id=row.monitoring_id,
        description=row.description,
        addresses=[text for _, text in row.addresses],
        orders=[
            OrderLine(
                kind=one.kind,
                conditions="; ".join(_condition(condition, words) for condition in one.conditions),
                expires_on=one.expires_on,
                file_no=one.file_no,
            )
            for one in row.orders
        ],
        accused_description=row.accused_description,
        accused_vehicle=row.accused_vehicle,
        weapons=list(row.weapons),
        children="" if row.children is None else str(row.children),
        word_duress=row.word_duress,
        word_clear=row.word_clear,
        word_cancel=row.word_cancel,
        hazards=row.hazards,
        alert=[
            ", ".join(str(one.get(part) or "") for part in ("name", "relation", "phone") if one.get(part))
            for one in row.alert
        ],
        compromised=row.compromised,
        disputed=row.disputed,
    )


def alarm(session: Session, event_id: str) -> AlarmReportRows:
    """F-807."""
    row = dispatch_card.alarm(session, event_id)
    told = row.review or {}
    return AlarmReportRows(
        asset_no=row.asset_no,
        source=_text(row.source),
        raised_at=row.raised_at,
        received_at=row.received_at,
        ack_at=row.ack_at,
        dispatched_at=row.dispatched_at,
        arrived_at=row.arrived_at,
        cleared_at=row.cleared_at,
        to_dispatch=_clock(row.times.to_dispatch),
        to_arrive=_clock(row.times.to_arrive),
        priority=_text(row.priority),
        units=list(row.units),
        voice=Typed(row.voice),
        passphrase=_text(row.passphrase),
        occurrence_no=row.occurrence_no,
        outcome=_text(row.outcome),
        positions=row.point_count,
        arrests=told.get("arrests", ""),
        charges=told.get("charges", ""),
        breach_ref=told.get("breach_ref", ""),
        injuries=told.get("injuries", ""),
        children=told.get("children", ""),
        note=Typed(told.get("note", "") or row.note),
    )


def inventory(session: Session, *, today: Any) -> InventoryRows:
    """F-809."""
    return InventoryRows(
        devices=[
            DeviceLine(
                asset_no=row.asset_no,
                device_type=_text(row.device_type),
                status=_text(row.status),
                holder=row.holder,
                purchase_cents=row.values.get("purchase_cents"),
                monthly_cents=row.values.get("monthly_cents"),
                due_on=row.due_on,
            )
            for row in tracking.devices(session, today=today)
        ]
    )


def number(session: Session, record: Any) -> str | None:
    """The number that a page of one of these records carries; None for a record of another programme."""
    if isinstance(record, TrackingApplication):
        return record.number or ""
    if isinstance(record, TrackingLoan):
        found = session.get(TrackingApplication, record.application_id)
        return (found.number or "") if found else ""
    if isinstance(record, AlarmEvent):
        return record.occurrence_no or ""
    return "" if isinstance(record, TrackingDevice) else None


def _text(value: object) -> str:
    return value.text if isinstance(value, Listed) else ""


def _clock(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


def _condition(one: dict[str, Any], words: Words) -> str:
    metres = words.tr("{count} metres", count=one["metres"]) if one.get("metres") else ""
    parts = (one.get("verb"), one.get("place"), metres, one.get("exceptions"))
    return ", ".join(str(part) for part in parts if part)
