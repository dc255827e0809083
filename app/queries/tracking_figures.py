"""What a supervisor counts of personal alarms in a period (domain.md 8.8), and what was published for analysts.

Counting units stand in each name: devices, applications, loans, tests, alarms, cents. Nothing here reads locations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Record
from app.models.published import PublishedTable
from app.models.rules import tracking as rules
from app.models.rules import tracking_counts as counting
from app.models.rules.tracking_counts import Span, Spread, spread
from app.models.tracking import (
    AlarmEvent,
    AlarmReview,
    TrackingApplication,
    TrackingCheck,
    TrackingDevice,
    TrackingLoan,
)
from app.models.vocab import AlarmOutcome, CheckKind, DeviceStatus, LoanEnd, TrackingStatus
from app.queries.settings import local_day

R = TypeVar("R", bound=Record)

_NOT_IN_USE = frozenset({DeviceStatus.RETIRED, DeviceStatus.LOST})


@dataclass(frozen=True, slots=True)
class TrackingFigures:
    """The figures of a period; percents are whole numbers, None where there is nothing to count.

    `waits`: days from the referral until the loan. `lengths`: days of the loans that ended.
    Times of alarms are seconds, tests left out. `cents_a_loan_month`: running costs of the loans and what was bought in
    the period, for each month of loan.
    """

    start: date
    end: date
    devices: Mapping[DeviceStatus, int]
    utilization: int | None
    applications: int
    approvals: int
    declined: int
    waiting: int
    waits: Spread
    loans_active: int
    loans_begun: int
    lengths: Spread
    extensions: int
    tests_done: int | None
    alarms: Mapping[AlarmOutcome, int]
    alarms_open: int
    genuine: int | None
    to_dispatch: Spread
    on_the_way: Spread
    to_arrive: Spread
    breaches: int
    charges: int
    ends: Mapping[LoanEnd, int]
    with_children: int
    loan_days: int
    cents_a_loan_month: int | None


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One line of a published table; None: too small to show."""

    label: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """One published table, as an analyst sees it."""

    id: str
    name: str
    starts_on: date | None
    ends_on: date | None
    columns: tuple[str, ...]
    rows: tuple[PublishedRow, ...]
    smallest: str
    published_at: datetime | None


def figures(session: Session, *, start: date, end: date) -> TrackingFigures:
    """The figures of the days from `start` to `end`, both included."""
    devices = _all(session, TrackingDevice)
    applications, loans = _all(session, TrackingApplication), _all(session, TrackingLoan)
    begun = [one for one in loans if _within(one.starts_on, start, end)]
    running = [one for one in loans if one.starts_on and one.starts_on <= end and _last(session, one, end) >= start]
    ended = [one for one in loans if one.returned_at and _within(_back(session, one), start, end)]
    spans = [Span(one.starts_on, _back(session, one)) for one in loans if one.starts_on]
    days = counting.loan_days(spans, start, end)
    usable = [one for one in devices if one.status not in _NOT_IN_USE]
    alarms = [one for one in _all(session, AlarmEvent) if _within(_received(session, one), start, end)]
    real = [one for one in alarms if one.outcome is not AlarmOutcome.TEST]
    times = [rules.alarm_times(one.received_at, one.ack_at, one.dispatched_at, one.arrived_at) for one in real]
    reviews = {one.id: one for one in _all(session, AlarmReview)}
    followed = [reviews[one.id] for one in real if one.id in reviews]
    return TrackingFigures(
        start=start,
        end=end,
        devices=Counter(one.status for one in devices if one.status is not None),
        utilization=counting.utilization(days, len(usable), start, end),
        applications=sum(_within(one.referred_on, start, end) for one in applications),
        approvals=sum(_approved(one) and _within(one.decided_on, start, end) for one in applications),
        declined=sum(
            one.status is TrackingStatus.DECLINED and _within(one.decided_on, start, end) for one in applications
        ),
        waiting=sum(one.status is TrackingStatus.WAITLISTED for one in applications),
        waits=spread(_waited(begun, applications)),
        loans_active=sum(one.starts_on is not None and one.returned_at is None for one in loans),
        loans_begun=len(begun),
        lengths=spread(
            (_back(session, one) or end).toordinal() - one.starts_on.toordinal() + 1 for one in ended if one.starts_on
        ),
        extensions=sum(one.extended_to is not None for one in running),
        tests_done=counting.tests_done(
            one.result
            for one in _all(session, TrackingCheck)
            if one.kind is CheckKind.WEEKLY_TEST and _within(one.due_on, start, end)
        ),
        alarms=Counter(one.outcome for one in alarms if one.outcome is not None),
        alarms_open=sum(one.outcome is None for one in alarms),
        genuine=counting.genuine_share(one.outcome for one in alarms),
        to_dispatch=spread(one.to_dispatch for one in times),
        on_the_way=spread(one.on_the_way for one in times),
        to_arrive=spread(one.to_arrive for one in times),
        breaches=sum(bool((one.breach_ref or "").strip()) for one in followed),
        charges=sum(bool((one.charges or "").strip()) for one in followed),
        ends=Counter(one.end_reason for one in ended if one.end_reason is not None),
        with_children=sum((one.children or 0) > 0 for one in running),
        loan_days=days,
        cents_a_loan_month=counting.cents_a_month(_cents(session, loans, devices, start, end), days),
    )


def published(session: Session, programme: str) -> tuple[Published, ...]:
    """The published tables of a programme, the newest period first."""
    asked = (
        select(PublishedTable)
        .where(PublishedTable.programme == programme, PublishedTable.removed_at.is_(None))
        .order_by(PublishedTable.starts_on.desc(), PublishedTable.id)
    )
    return tuple(
        Published(
            id=one.id,
            name=one.name or "",
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            columns=tuple(one.columns or ()),
            rows=tuple(_published_row(row) for row in one.rows or ()),
            smallest=one.smallest or "",
            published_at=one.published_at,
        )
        for one in session.scalars(asked)
    )


def _published_row(row: Mapping[str, Any]) -> PublishedRow:
    return PublishedRow(str(row.get("label") or ""), tuple(row.get("values") or ()))


def _all(session: Session, kind: type[R]) -> Sequence[R]:
    return session.scalars(select(kind).where(kind.removed_at.is_(None)).order_by(kind.id)).all()


def _within(day: date | None, start: date, end: date) -> bool:
    return day is not None and start <= day <= end


def _back(session: Session, loan: TrackingLoan) -> date | None:
    return None if loan.returned_at is None else local_day(session, loan.returned_at)


def _last(session: Session, loan: TrackingLoan, end: date) -> date:
    return _back(session, loan) or end


def _received(session: Session, event: AlarmEvent) -> date | None:
    return None if event.received_at is None else local_day(session, event.received_at)


def _approved(one: TrackingApplication) -> bool:
    """Whether the decision was an approval: everything that comes after one was approved first."""
    return one.status not in (
        None, TrackingStatus.REFERRED, TrackingStatus.ASSESSED, TrackingStatus.DECLINED, TrackingStatus.WAITLISTED,
    ) and (one.decided_on is not None)  # fmt: skip


def _waited(begun: Sequence[TrackingLoan], applications: Sequence[TrackingApplication]) -> list[int | None]:
    """Days from the referral to the loan."""
    referred = {one.id: one.referred_on for one in applications}
    found: list[int | None] = []
    for loan in begun:
        day = referred.get(loan.application_id or "")
        found.append((loan.starts_on - day).days if day and loan.starts_on else None)
    return found


def _cents(
    session: Session, loans: Sequence[TrackingLoan], devices: Sequence[TrackingDevice], start: date, end: date
) -> int:
    """What the loans of a period cost: the monthly cost by day, and the devices that were bought in it."""
    running = sum(
        (one.monthly_cents or 0) * counting.loan_days([Span(one.starts_on, _back(session, one))], start, end)
        for one in loans
        if one.starts_on
    )
    bought = sum(one.purchase_cents or 0 for one in devices if _within(one.purchased_on, start, end))
    return bought + counting.share_of_month(running)
