"""What screens show of personal alarms: applications and loans of a case, devices, the dispatcher's list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.base import fields_of
from app.models.local.tables import Sibling
from app.models.rules import tracking as rules
from app.models.rules.reduced import initials
from app.models.safety import SafetyPlan
from app.models.tracking import (
    AlarmEvent,
    DispatchCard,
    TrackingApplication,
    TrackingCheck,
    TrackingDevice,
    TrackingLoan,
    TrackingReview,
    TrackingSafety,
)
from app.models.vocab import (
    CheckKind,
    CheckResult,
    DeviceStatus,
    DeviceType,
    LoanAdvice,
    RiskJudged,
    TrackingCriterion,
    TrackingStatus,
)
from app.queries import members
from app.queries.settings import local_day, setting
from app.words import mark

GONE = mark("This record is not on this device. It may have been removed, or you may not have access to it.")


@dataclass(frozen=True, slots=True)
class ApplicationEntry:
    """One application: its fields by name, and what keeps it from approval."""

    id: str
    number: str
    status: TrackingStatus | None
    values: dict[str, Any]
    unanswered: tuple[TrackingCriterion, ...]
    unmet: tuple[TrackingCriterion, ...]
    decided_by: str
    liaison: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check or review of a loan, as the log lists it (F-806)."""

    kind: CheckKind | None
    due_on: date | None
    done_at: datetime | None
    by: str
    result: CheckResult | None
    battery: int | None
    signal: str
    firmware: str
    plan_updated: bool | None
    note: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review of a loan (F-808)."""

    id: str
    at: datetime | None
    by: str
    risk_now: RiskJudged | None
    plan_on: date | None
    advice: LoanAdvice | None
    new_end: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class LoanEntry:
    """One loan: its fields by name, its checks newest first. `secrets` is None where the S4 scope is not readable.

    `ends_on` is the planned or extended end; `missed`: tests missed in a row.
    """

    id: str
    values: dict[str, Any]
    secrets: dict[str, Any] | None
    device: str
    device_status: DeviceStatus | None
    running: bool
    ends_on: date | None
    review_overdue: bool
    next_test: date | None
    clash: bool
    """Whether another computer lent the same device, and both loans go on."""
    unnoted: int
    """Tests whose day is over and that nobody recorded, nor noted as missed."""
    missed: int
    issued_by: str
    issue_witness: str
    returned_to: str
    return_witness: str
    checks: tuple[CheckRow, ...]
    reviews: tuple[ReviewRow, ...]


@dataclass(frozen=True, slots=True)
class CaseTracking:
    """Everything that the page of one case shows. `plan_on`: when the current safety plan was written."""

    case_id: str
    application: ApplicationEntry | None
    earlier: tuple[ApplicationEntry, ...]
    loan: LoanEntry | None
    past: tuple[LoanEntry, ...]
    plan_on: date | None
    plan_current: bool


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device of the stock. `holder`: the number of the application, never a name. `disputed`: two have it."""

    id: str
    asset_no: str
    device_type: DeviceType | None
    status: DeviceStatus | None
    holder: str
    due_on: date | None
    overdue: bool
    battery_health: str
    last_charged_on: date | None
    disable_waits: bool
    disputed: bool
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoanListRow:
    """One running or past loan in the list of loans: number and initials, nothing more."""

    loan_id: str
    case_id: str
    number: str
    asset_no: str
    status: TrackingStatus | None
    starts_on: date | None
    review_due: date | None
    ends_on: date | None
    missed: int
    running: bool


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """A device on loan as the dispatcher's list shows it before a card is opened with a reason."""

    card_id: str
    loan_id: str
    asset_no: str
    device_type: DeviceType | None
    monitoring_id: str
    initials: str
    open_alarm_id: str
    compromised: bool


def of_case(session: Session, case_id: str, *, today: date) -> CaseTracking:
    """Applications and loans of a case."""
    applications = session.scalars(
        select(TrackingApplication)
        .where(TrackingApplication.case_id == case_id, TrackingApplication.removed_at.is_(None))
        .order_by(TrackingApplication.created_at.desc().nulls_first(), TrackingApplication.id.desc())
    ).all()
    names = members.names(session)
    # The one that goes on stands first, whatever clock the others were written by.
    going_on = sorted(applications, key=lambda one: one.status is TrackingStatus.CLOSED)
    entries = tuple(_application(one, names) for one in going_on)
    loans = session.scalars(
        select(TrackingLoan)
        .where(TrackingLoan.case_id == case_id, TrackingLoan.removed_at.is_(None))
        .order_by(TrackingLoan.issued_at.desc(), TrackingLoan.id.desc())
    ).all()
    shown = tuple(_loan(session, one, names, today) for one in loans)
    plan_on = _plan_on(session, case_id)
    oldest = int(setting(session, "mts.plan_max_age_days", today))
    current = next((one for one in shown if one.running), None)
    return CaseTracking(
        case_id=case_id,
        application=entries[0] if entries else None,
        earlier=entries[1:],
        loan=current,
        past=tuple(one for one in shown if one is not current),
        plan_on=plan_on,
        plan_current=rules.is_plan_current(plan_on, today, oldest),
    )


def loan(session: Session, loan_id: str, *, today: date) -> LoanEntry:
    """One loan. Raises NotFound when this device does not hold it."""
    found = session.get(TrackingLoan, loan_id)
    if found is None or found.removed_at is not None:
        raise NotFound(GONE)
    return _loan(session, found, members.names(session), today)


def devices(session: Session, *, status: DeviceStatus | None = None, today: date) -> tuple[DeviceRow, ...]:
    """The stock by number; those of one status when it is given."""
    asked = select(TrackingDevice).where(TrackingDevice.removed_at.is_(None)).order_by(TrackingDevice.asset_no)
    if status is not None:
        asked = asked.where(TrackingDevice.status == status)
    return tuple(_device(one, today) for one in session.scalars(asked))


def issuable(session: Session, application_id: str, *, today: date) -> tuple[DeviceRow, ...]:
    """The devices that may be lent for an application: on the shelf, or kept for it."""
    return tuple(
        row
        for row in devices(session, today=today)
        if row.status in rules.ISSUABLE and row.values.get("reserved_for") in (None, application_id)
    )


def loans(session: Session, *, today: date, running: bool | None = None) -> tuple[LoanListRow, ...]:
    """Every loan that this device holds, those that end first at the top."""
    asked = (
        select(TrackingLoan, TrackingApplication)
        .outerjoin(TrackingApplication, TrackingApplication.id == TrackingLoan.application_id)
        .where(TrackingLoan.removed_at.is_(None))
        .order_by(func.coalesce(TrackingLoan.extended_to, TrackingLoan.planned_end), TrackingLoan.id)
    )
    if running is not None:
        back: ColumnElement[bool] = TrackingLoan.returned_at.is_(None)
        asked = asked.where(back if running else ~back)
    missed = _missed(session)
    return tuple(
        LoanListRow(
            loan_id=one.id,
            case_id=one.case_id or "",
            number=(application.number or "") if application else "",
            asset_no=one.asset_no or "",
            status=application.status if application else None,
            starts_on=one.starts_on,
            review_due=one.review_due,
            ends_on=one.extended_to or one.planned_end,
            missed=missed.get(one.id, 0),
            running=one.returned_at is None,
        )
        for one, application in session.execute(asked)
    )


def waiting(session: Session) -> tuple[ApplicationEntry, ...]:
    """Applications that wait: for a decision, for a device; the most urgent and the oldest first."""
    names = members.names(session)
    asked = (
        select(TrackingApplication)
        .where(
            TrackingApplication.status.in_([*rules.WAITING, TrackingStatus.APPROVED]),
            TrackingApplication.removed_at.is_(None),
        )
        .order_by(TrackingApplication.referred_on, TrackingApplication.id)
    )
    order = {"immediate": 0, "high": 1, "routine": 2}
    found = [_application(one, names) for one in session.scalars(asked)]
    return tuple(sorted(found, key=lambda one: order.get(str(one.values.get("priority") or ""), 3)))


def dispatch_list(session: Session) -> tuple[DispatchRow, ...]:
    """The devices on loan whose cards this device holds, by number; those with an open alarm first."""
    alarms = dict(
        session.execute(
            select(AlarmEvent.loan_id, AlarmEvent.id)
            .where(AlarmEvent.outcome.is_(None), AlarmEvent.removed_at.is_(None))
            .order_by(AlarmEvent.received_at)
        ).all()
    )
    asked = select(DispatchCard).where(DispatchCard.removed_at.is_(None)).order_by(DispatchCard.asset_no)
    rows = [
        DispatchRow(
            card_id=card.id,
            loan_id=card.loan_id or "",
            asset_no=card.asset_no or "",
            device_type=card.device_type,
            monitoring_id=card.monitoring_id or "",
            initials=initials(card.name) or "–",
            open_alarm_id=alarms.get(card.loan_id, "") or "",
            compromised=bool(card.compromised),
        )
        for card in session.scalars(asked)
    ]
    return tuple(sorted(rows, key=lambda row: (not row.open_alarm_id, row.asset_no)))


def _application(found: TrackingApplication, names: dict[str, str]) -> ApplicationEntry:
    verdict = rules.eligibility(found.eligibility or {}, found.waivers or (), conflict_plan=found.conflict_plan)
    return ApplicationEntry(
        id=found.id,
        number=found.number or "",
        status=found.status,
        values={name: getattr(found, name) for name in fields_of(TrackingApplication)},
        unanswered=verdict.unanswered,
        unmet=verdict.unmet,
        decided_by=names.get(found.decided_by or "", ""),
        liaison=names.get(found.liaison_id or "", ""),
    )


def _loan(session: Session, found: TrackingLoan, names: dict[str, str], today: date) -> LoanEntry:
    safety = session.get(TrackingSafety, found.id)
    device = session.get(TrackingDevice, found.device_id) if found.device_id else None
    ends_on = found.extended_to or found.planned_end
    interval = int(setting(session, "mts.test_days", found.starts_on or today))
    running = found.returned_at is None
    return LoanEntry(
        id=found.id,
        values={name: getattr(found, name) for name in fields_of(TrackingLoan)},
        secrets={name: getattr(safety, name) for name in fields_of(TrackingSafety)} if safety else None,
        device=found.asset_no or "",
        device_status=device.status if device else None,
        running=running,
        ends_on=ends_on,
        review_overdue=running and found.review_due is not None and found.review_due < today,
        next_test=_next_test(session, found, interval, today) if running else None,
        clash=running and _is_clash(session, found),
        unnoted=_unnoted(session, found, interval, today) if running else 0,
        missed=_missed(session, found.id).get(found.id, 0),
        issued_by=names.get(found.instructed_by or "", ""),
        issue_witness=names.get(found.issue_witness or "", ""),
        returned_to=names.get(found.returned_to or "", ""),
        return_witness=names.get(found.return_witness or "", ""),
        checks=_checks(session, found.id, names),
        reviews=_reviews(session, found.id, names),
    )


def _checks(session: Session, loan_id: str, names: dict[str, str]) -> tuple[CheckRow, ...]:
    asked = (
        select(TrackingCheck)
        .where(TrackingCheck.loan_id == loan_id, TrackingCheck.removed_at.is_(None))
        .order_by(func.coalesce(TrackingCheck.due_on, TrackingCheck.done_at).desc(), TrackingCheck.id.desc())
    )
    return tuple(
        CheckRow(
            kind=one.kind,
            due_on=one.due_on,
            done_at=one.done_at,
            by=names.get(one.done_by or "", ""),
            result=one.result,
            battery=one.battery,
            signal=one.signal or "",
            firmware=one.firmware or "",
            plan_updated=one.plan_updated,
            note=one.note or "",
        )
        for one in session.scalars(asked)
    )


def _reviews(session: Session, loan_id: str, names: dict[str, str]) -> tuple[ReviewRow, ...]:
    asked = (
        select(TrackingReview)
        .where(TrackingReview.loan_id == loan_id, TrackingReview.removed_at.is_(None))
        .order_by(TrackingReview.reviewed_at.desc(), TrackingReview.id.desc())
    )
    return tuple(
        ReviewRow(
            id=one.id,
            at=one.reviewed_at,
            by=names.get(one.reviewer_id or "", ""),
            risk_now=one.risk_now,
            plan_on=one.plan_on,
            advice=one.advice,
            new_end=one.new_end,
            reason=one.reason or "",
        )
        for one in session.scalars(asked)
    )


def _missed(session: Session, loan_id: str | None = None) -> dict[str, int]:
    """Tests missed in a row by loan."""
    asked = (
        select(TrackingCheck.loan_id, TrackingCheck.result)
        .where(TrackingCheck.kind == CheckKind.WEEKLY_TEST, TrackingCheck.removed_at.is_(None))
        .order_by(TrackingCheck.loan_id, TrackingCheck.due_on)
    )
    if loan_id is not None:
        asked = asked.where(TrackingCheck.loan_id == loan_id)
    results: dict[str, list[CheckResult | None]] = {}
    for one, result in session.execute(asked):
        results.setdefault(str(one), []).append(result)
    return {one: rules.missed_in_a_row(found) for one, found in results.items()}


def _unnoted(session: Session, found: TrackingLoan, interval: int, today: date) -> int:
    if found.starts_on is None:
        return 0
    known = _recorded(session, found.id)
    gone = rules.days_of_tests(found.starts_on, interval, rules.review_due(today, -1))
    return sum(day not in known for day in gone)


def _is_clash(session: Session, found: TrackingLoan) -> bool:
    """Two open loans of one device; who does not read the other one sees it by the device, which two values claim."""
    asked = select(TrackingLoan.id).where(
        TrackingLoan.device_id == found.device_id,
        TrackingLoan.returned_at.is_(None),
        TrackingLoan.removed_at.is_(None),
        TrackingLoan.id != found.id,
    )
    claimed = select(Sibling.record_id).where(Sibling.record_id == found.device_id, Sibling.field == "loan_id")
    return session.scalar(asked.limit(1)) is not None or session.scalar(claimed.limit(1)) is not None


def _next_test(session: Session, found: TrackingLoan, interval: int, today: date) -> date | None:
    if found.starts_on is None:
        return None
    known, due = _recorded(session, found.id), rules.next_test(found.starts_on, interval, today)
    while due in known:
        due = rules.review_due(due, interval)
    return due


def _recorded(session: Session, loan_id: str) -> set[date | None]:
    """The days whose weekly test has a result."""
    asked = select(TrackingCheck.due_on).where(
        TrackingCheck.loan_id == loan_id,
        TrackingCheck.kind == CheckKind.WEEKLY_TEST,
        TrackingCheck.result.is_not(None),
        TrackingCheck.removed_at.is_(None),
    )
    return set(session.scalars(asked))


def _device(found: TrackingDevice, today: date) -> DeviceRow:
    return DeviceRow(
        id=found.id,
        asset_no=found.asset_no or "",
        device_type=found.device_type,
        status=found.status,
        holder=found.holder_no or "",
        due_on=found.due_on,
        overdue=found.due_on is not None and found.due_on < today and found.status is DeviceStatus.LOANED,
        battery_health=found.battery_health or "",
        last_charged_on=found.last_charged_on,
        disable_waits=found.disable_asked_at is not None and found.disabled_at is None,
        disputed=bool(found.flagged),
        values={name: getattr(found, name) for name in fields_of(TrackingDevice)},
    )


def _plan_on(session: Session, case_id: str) -> date | None:
    asked = (
        select(SafetyPlan.written_at)
        .where(SafetyPlan.case_id == case_id, SafetyPlan.removed_at.is_(None), SafetyPlan.superseded_by.is_(None))
        .order_by(SafetyPlan.version.desc())
        .limit(1)
    )
    written = session.scalar(asked)
    return None if written is None else local_day(session, written)
