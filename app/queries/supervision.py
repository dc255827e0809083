"""What a supervisor looks at: caseload, what is late, needs, call-backs, reviews, missing data (domain.md 3.7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models.changes import parse_dot
from app.models.crisis import (
    Case,
    ContactLog,
    LegalOrder,
    NeedAnswer,
    NeedsAssessment,
    RightsItem,
    ServiceRequest,
)
from app.models.local.tables import Member
from app.models.people import Person, SafeContact
from app.models.rules.closing import STILL_OPEN
from app.models.rules.deadlines import business_days
from app.models.rules.deadlines import local_day as day_in
from app.models.rules.dispatch import CallBackClock, call_back_clock
from app.models.rules.registers import live_dots, read_clock
from app.models.safety import SafetyPlan
from app.models.vocab import (
    AgeBand,
    CaseStatus,
    Listed,
    NeedDomain,
    NeedLevel,
    ResponseWanted,
    ReviewOutcome,
    Right,
    Role,
    SupportLevel,
    Tri,
)
from app.models.work_items import CaseReview, Consent, Task
from app.queries import clients, members
from app.queries.crisis.call_outs import OPEN_STATUSES
from app.queries.settings import local_day, setting, zone
from app.queries.tasks import TaskRow, due_order, task_rows
from app.queries.today import comments_of
from app.words import mark, tr


class Gap(Listed):
    """What a record lacks (domain.md 22.5, data quality)."""

    SAFE_CONTACT = "safe_contact", mark("No safe way to make contact")
    LANGUAGE = "language", mark("Language not known")
    CONSENT = "consent", mark("No consent in force")
    CONSENT_EXPIRED = "consent_expired", mark("Consent has expired")
    NEEDS = "needs", mark("No needs assessment within the time set")
    PLAN = "plan", mark("Safety plan review is overdue")
    ORDER_DATE = "order_date", mark("Court order without an end date")
    WORKER = "worker", mark("No worker assigned")
    RIGHTS = "rights", mark("Rights not told at first contact")


@dataclass(frozen=True, slots=True)
class Figure:
    """A counted thing with the ids behind it, so that each figure opens its list."""

    label: str
    count: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """The caseload of one member; `days_since_contact` is the longest among their open cases."""

    member_id: str | None
    name: str
    roles: tuple[Role, ...]
    open: Figure
    overdue: Figure
    unreviewed: Figure
    enhanced: Figure
    high_risk: Figure
    days_since_contact: int | None


@dataclass(frozen=True, slots=True)
class NeedsLevelRow:
    """How many open cases stand at each level of a domain, at the first assessment and at the latest."""

    domain: NeedDomain
    start: Mapping[NeedLevel, int]
    latest: Mapping[NeedLevel, int]
    urgent_now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallBackFigure:
    """How many on-scene requests were called back in time. `percent` None: there were none (never zero of nothing)."""

    total: int
    met: int
    percent: int | None
    late: tuple[str, ...]
    running: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AwaitingReviewRow:
    """A case that waits for a supervisor. `since`: of the oldest thing that waits."""

    case_id: str
    number: str | None
    initials: str
    age_band: AgeBand
    worker_id: str | None
    worker: str
    status: CaseStatus | None
    reason: str
    since: date | None
    days_waiting: int | None


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A member of the team."""

    member_id: str
    name: str
    badge: str | None
    roles: tuple[Role, ...]
    active: bool
    open_cases: int


@dataclass(frozen=True, slots=True)
class MissingDataRow:
    """An open case that lacks something."""

    case_id: str
    number: str | None
    initials: str
    age_band: AgeBand
    worker_id: str | None
    worker: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers at the top of the page."""

    open_cases: Figure
    opened_this_month: Figure
    enhanced: Figure
    overdue_tasks: Figure
    awaiting_review: Figure
    returned: Figure
    without_worker: Figure
    open_requests: Figure
    call_backs: CallBackFigure


@dataclass(frozen=True, slots=True)
class MonthRow:
    """Cases opened and closed in one month (its first day), for the chart."""

    month: date
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review of a case, newest first. `comments`: (section, text) pairs."""

    id: str
    reviewer: str
    reviewed_at: datetime | None
    outcome: Listed | None
    summary: str
    comments: tuple[tuple[str, str], ...]
    answered_at: datetime | None
    answered_by: str
    answer: str | None


WAITING = "waiting"
"""The `review_state` of a case that waits for a supervisor."""


def _open_cases(session: Session, *, closed_and_waiting: bool = False) -> Sequence[Any]:
    """Narrow rows of every case that is not closed (or waits for review all the same): figures are made of them."""
    is_open = or_(Case.status.is_(None), Case.status != CaseStatus.CLOSED)
    wanted = or_(is_open, Case.review_state == WAITING) if closed_and_waiting else is_open
    asked = (
        select(
            Case.id,
            Case.number,
            Case.person_id,
            Case.status,
            Case.assigned_to,
            Case.opened_on,
            Case.support_level,
            Case.enhanced_since,
            Case.high_risk,
            Case.review_state,
            Case.first_contact_at,
            Case.clock,
        )
        .where(Case.removed_at.is_(None), wanted)
        .order_by(Case.opened_on, Case.id)
    )
    return session.execute(asked).all()


def _figure(name: str, ids: Iterable[str]) -> Figure:
    found = tuple(ids)
    return Figure(name, len(found), found)


def _overdue(session: Session, today: date) -> Any:
    """Open tasks that are overdue; a moment is overdue once its local day is over."""
    start = datetime.combine(today, datetime.min.time(), zone(session, today))
    return (
        Task.removed_at.is_(None),
        Task.status.in_(STILL_OPEN),
        or_(Task.due_on < today, Task.due_on.is_(None) & (Task.due_at < start)),
    )


def overview(session: Session, *, now: datetime) -> Overview:
    """The numbers at the top of the supervisor's page, each with the ids behind it."""
    today = local_day(session, now)
    cases = _open_cases(session)
    first = today.replace(day=1)
    waiting = [row.case_id for row in awaiting_review(session, today=today)]
    returned = session.scalars(
        select(CaseReview.case_id)
        .distinct()
        .join(Case, Case.id == CaseReview.case_id)
        .where(
            CaseReview.outcome == ReviewOutcome.RETURNED,
            CaseReview.answered_at.is_(None),
            CaseReview.removed_at.is_(None),
            Case.status != CaseStatus.CLOSED,
        )
    ).all()
    opened = session.scalars(
        select(Case.id).where(Case.opened_on >= first, Case.opened_on <= today, Case.removed_at.is_(None))
    ).all()
    requests = session.scalars(
        select(ServiceRequest.id).where(ServiceRequest.status.in_(OPEN_STATUSES), ServiceRequest.removed_at.is_(None))
    ).all()
    overdue = session.scalars(select(Task.id).where(*_overdue(session, today))).all()
    return Overview(
        open_cases=_figure(tr("Open cases"), (case.id for case in cases)),
        opened_this_month=_figure(tr("Opened this month"), opened),
        enhanced=_figure(tr("Enhanced support"), _enhanced(cases)),
        overdue_tasks=_figure(tr("Overdue tasks"), overdue),
        awaiting_review=_figure(tr("Waiting for review"), waiting),
        returned=_figure(tr("Returned for correction"), (case_id for case_id in returned if case_id)),
        without_worker=_figure(tr("Without a worker"), (case.id for case in cases if not case.assigned_to)),
        open_requests=_figure(tr("Open requests"), requests),
        call_backs=call_back_figure(session, now=now),
    )


def _enhanced(cases: Iterable[Any]) -> list[str]:
    return [case.id for case in cases if case.support_level is SupportLevel.ENHANCED]


def caseload(session: Session, *, today: date) -> tuple[CaseloadRow, ...]:
    """The caseload of every member who has open cases, the largest first; unassigned cases come first of all."""
    cases = _open_cases(session)
    by_worker: dict[str | None, list[Any]] = defaultdict(list)
    for case in cases:
        by_worker[case.assigned_to or None].append(case)
    overdue: dict[str | None, list[str]] = defaultdict(list)
    for owner, task_id in session.execute(select(Task.owner_id, Task.id).where(*_overdue(session, today))):
        overdue[owner].append(task_id)
    waiting = {row.case_id for row in awaiting_review(session, today=today)}
    contact = _last_contact_days(session, today)
    staff = {member.id: member for member in members.members(session, active_only=False)}
    rows = []
    for worker, own in by_worker.items():
        member = staff.get(worker or "")
        days = [contact.get(case.id, (today - case.opened_on).days if case.opened_on else None) for case in own]
        rows.append(
            CaseloadRow(
                member_id=worker,
                name=member.name if member else (tr("Unknown worker") if worker else tr("Without a worker")),
                roles=member.roles if member else (),
                open=_figure(tr("Open cases"), (case.id for case in own)),
                overdue=_figure(tr("Overdue tasks"), overdue.get(worker, [])),
                unreviewed=_figure(tr("Waiting for review"), (case.id for case in own if case.id in waiting)),
                enhanced=_figure(tr("Enhanced support"), _enhanced(own)),
                high_risk=_figure(tr("High risk"), (case.id for case in own if case.high_risk)),
                days_since_contact=max((each for each in days if each is not None), default=None),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.member_id is not None, -row.open.count, row.name)))


def _last_contact_days(session: Session, today: date) -> dict[str, int]:
    """Days since the last contact or attempt of each case."""
    zone_name = zone(session, today).key
    asked = (
        select(ContactLog.case_id, func.max(ContactLog.at))
        .where(ContactLog.at.is_not(None), ContactLog.removed_at.is_(None))
        .group_by(ContactLog.case_id)
    )
    return {case_id: (today - day_in(at, zone_name)).days for case_id, at in session.execute(asked) if case_id and at}


def needs_levels(session: Session) -> tuple[NeedsLevelRow, ...]:
    """How the open cases stood in each domain at their first assessment, and how they stand now."""
    open_ids = {case.id for case in _open_cases(session)}
    asked = (
        select(NeedAnswer.case_id, NeedAnswer.domain, NeedAnswer.level)
        .join(NeedsAssessment, NeedsAssessment.id == NeedAnswer.assessment_id)
        .where(NeedAnswer.removed_at.is_(None), NeedsAssessment.removed_at.is_(None), NeedAnswer.level.is_not(None))
        .order_by(NeedsAssessment.assessed_at, NeedsAssessment.id)
    )
    first: dict[tuple[Any, Any], NeedLevel] = {}
    last: dict[tuple[Any, Any], NeedLevel] = {}
    for case_id, domain, level in session.execute(asked):
        if case_id in open_ids and level is not None:
            first.setdefault((domain, case_id), level)
            last[domain, case_id] = level
    rows = []
    for domain in NeedDomain:
        urgent = (case_id for (of, case_id), level in last.items() if of is domain and level is NeedLevel.URGENT)
        rows.append(NeedsLevelRow(domain, _levels(first, domain), _levels(last, domain), tuple(sorted(urgent))))
    return tuple(rows)


def _levels(found: Mapping[tuple[Any, Any], NeedLevel], domain: NeedDomain) -> dict[NeedLevel, int]:
    counts = dict.fromkeys(NeedLevel, 0)
    for (of, _), level in found.items():
        if of is domain and level in counts:
            counts[level] += 1
    return counts


def overdue_tasks(
    session: Session, *, today: date, owner: str | None = None, limit: int = 50, offset: int = 0
) -> tuple[TaskRow, ...]:
    """Overdue tasks of the team, or of one member, the oldest first."""
    asked = select(Task).where(*_overdue(session, today))
    if owner is not None:
        asked = asked.where(Task.owner_id == owner)
    found = session.scalars(asked.order_by(*due_order()).limit(limit).offset(offset)).all()
    return task_rows(session, found, today)


def call_back_figure(session: Session, *, now: datetime, since: datetime | None = None) -> CallBackFigure:
    """How many on-scene requests were called back within the limit, from `since` (default: the last 90 days)."""
    start = since or now - timedelta(days=90)
    asked = select(ServiceRequest.id, ServiceRequest.requested_at, ServiceRequest.called_back_at).where(
        ServiceRequest.response_wanted == ResponseWanted.ON_SCENE,
        ServiceRequest.requested_at >= start,
        ServiceRequest.removed_at.is_(None),
    )
    limits: dict[date, int] = {}
    met: list[str] = []
    late: list[str] = []
    running: list[str] = []
    for request_id, requested_at, called_back_at in session.execute(asked):
        if requested_at is None:
            continue
        day = requested_at.date()
        if day not in limits:
            limits[day] = int(setting(session, "vsu.requester_callback_min", day))
        clock = call_back_clock(ResponseWanted.ON_SCENE, requested_at, called_back_at, now, limits[day])
        _place(clock, met, late, running).append(request_id)
    total = len(met) + len(late)
    percent = round(100 * len(met) / total) if total else None
    return CallBackFigure(total, len(met), percent, tuple(late), tuple(running))


def _place(clock: CallBackClock | None, met: list[str], late: list[str], running: list[str]) -> list[str]:
    """Late: called back too late, or still waiting when the time is over."""
    if clock is not None and clock.met:
        return met
    return late if clock is None or clock.met is False or clock.is_over else running


def awaiting_review(session: Session, *, today: date) -> tuple[AwaitingReviewRow, ...]:
    """Cases that wait for a supervisor: a review was asked for (open or just closed), or enhanced support is due."""
    days = int(setting(session, "vsu.enhanced_review_days", today))
    reviewed = _last_approved(session)
    zone_name = zone(session, today).key
    names = members.names(session)
    waiting: list[tuple[Any, str, date | None]] = []
    for case in _open_cases(session, closed_and_waiting=True):
        approved = reviewed.get(case.id)
        approved_on = day_in(approved, zone_name) if approved else None
        if case.review_state == WAITING:
            waiting.append((case, tr("Review asked for"), _asked_on(case, zone_name) or approved_on or case.opened_on))
        elif case.support_level is SupportLevel.ENHANCED:
            since = max((day for day in (approved_on, case.enhanced_since or case.opened_on) if day), default=None)
            if since is not None and (today - since).days >= days:
                waiting.append((case, tr("Enhanced support review"), since + timedelta(days=days)))
    people = clients.who(session, (case.person_id for case, _, _ in waiting), today)
    rows = []
    for case, reason, since in waiting:
        who = people.get(case.person_id, clients.NOBODY)
        rows.append(
            AwaitingReviewRow(
                case_id=case.id,
                number=case.number,
                initials=who.initials,
                age_band=who.age_band,
                worker_id=case.assigned_to,
                worker=names.get(case.assigned_to or "", ""),
                status=case.status,
                reason=reason,
                since=since,
                days_waiting=(today - since).days if since else None,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.since or date.max, row.case_id)))


def _asked_on(case: Any, zone_name: str) -> date | None:
    """The day of the write that asked for the review: the clock of the record names it."""
    dots = live_dots(read_clock(case.clock), "review_state", has_value=True)
    try:
        moments = [datetime.fromtimestamp(parse_dot(dot)[0] / 1000, UTC) for dot in dots]
    except ValueError:
        return None
    return day_in(max(moments), zone_name) if moments else None


def _last_approved(session: Session) -> dict[str, datetime]:
    asked = (
        select(CaseReview.case_id, func.max(CaseReview.reviewed_at))
        .where(CaseReview.outcome == ReviewOutcome.APPROVED, CaseReview.removed_at.is_(None))
        .group_by(CaseReview.case_id)
    )
    return {case_id: at for case_id, at in session.execute(asked) if case_id and at}


def team(session: Session) -> tuple[TeamRow, ...]:
    """Everyone of the service by name, with their open cases."""
    asked = (
        select(Case.assigned_to, func.count())
        .where(Case.removed_at.is_(None), or_(Case.status.is_(None), Case.status != CaseStatus.CLOSED))
        .group_by(Case.assigned_to)
    )
    open_cases = dict(session.execute(asked).all())
    return tuple(
        TeamRow(
            member.id,
            member.name,
            member.badge,
            members.known_roles(member.roles),
            member.active,
            open_cases.get(member.id, 0),
        )
        for member in session.scalars(select(Member).order_by(Member.active.desc(), Member.name, Member.id))
    )


def missing_data(session: Session, *, today: date, limit: int = 50, offset: int = 0) -> tuple[MissingDataRow, ...]:
    """Open cases that lack something, those that lack most first."""
    found = [(case, gaps) for case, gaps in _gaps(session, today) if gaps]
    found.sort(key=lambda pair: (-len(pair[1]), pair[0].opened_on or date.min, pair[0].id))
    page = found[offset : offset + limit]
    people = clients.who(session, (case.person_id for case, _ in page), today)
    names = members.names(session)
    rows = []
    for case, gaps in page:
        who = people.get(case.person_id, clients.NOBODY)
        worker = names.get(case.assigned_to or "", "")
        rows.append(
            MissingDataRow(case.id, case.number, who.initials, who.age_band, case.assigned_to, worker, tuple(gaps))
        )
    return tuple(rows)


def gap_counts(session: Session, *, today: date) -> dict[Gap, Figure]:
    """How many open cases lack each thing, with their ids."""
    ids: dict[Gap, list[str]] = {gap: [] for gap in Gap}
    for case, gaps in _gaps(session, today):
        for gap in gaps:
            ids[gap].append(case.id)
    return {gap: _figure(gap.label(), found) for gap, found in ids.items()}


def _gaps(session: Session, today: date) -> list[tuple[Any, list[Gap]]]:
    cases = _open_cases(session)
    lacks: dict[Gap, Callable[[Any], bool]] = {
        Gap.SAFE_CONTACT: _no_safe_contact(session),
        Gap.LANGUAGE: _no_language(session),
        **_consent_gaps(session, today),
        Gap.NEEDS: _no_needs(session, today),
        Gap.PLAN: _plan_overdue(session, today),
        Gap.ORDER_DATE: _in_set(_case_ids(session, LegalOrder, LegalOrder.expires_on.is_(None))),
        Gap.WORKER: lambda case: not case.assigned_to,
        Gap.RIGHTS: _rights_untold(session),
    }
    return [(case, [gap for gap in Gap if lacks[gap](case)]) for case in cases]


def _in_set(ids: frozenset[str]) -> Callable[[Any], bool]:
    return lambda case: case.id in ids


def _case_ids(session: Session, record: Any, *conditions: Any) -> frozenset[str]:
    asked = select(record.case_id).distinct().where(record.removed_at.is_(None), *conditions)
    return frozenset(case_id for case_id in session.scalars(asked) if case_id)


def _no_safe_contact(session: Session) -> Callable[[Any], bool]:
    safe = frozenset(
        session.scalars(
            select(SafeContact.person_id)
            .distinct()
            .where(SafeContact.safe_to_use == Tri.YES, SafeContact.removed_at.is_(None))
        )
    )
    return lambda case: case.person_id not in safe


def _no_language(session: Session) -> Callable[[Any], bool]:
    known = frozenset(
        person_id
        for person_id, languages in session.execute(
            select(Person.id, Person.languages).where(Person.languages.is_not(None))
        )
        if any(each.get("code") for each in languages or ())
    )
    return lambda case: case.person_id not in known


def _consent_gaps(session: Session, today: date) -> dict[Gap, Callable[[Any], bool]]:
    ever = _case_ids(session, Consent)
    in_force = _case_ids(
        session,
        Consent,
        Consent.withdrawn_on.is_(None),
        or_(Consent.expires_on.is_(None), Consent.expires_on >= today),
    )
    return {
        Gap.CONSENT: lambda case: case.id not in ever,
        Gap.CONSENT_EXPIRED: lambda case: case.id in ever and case.id not in in_force,
    }


def _no_needs(session: Session, today: date) -> Callable[[Any], bool]:
    """No completed assessment although the business days since first contact are over (domain.md 3.3)."""
    done = _case_ids(session, NeedsAssessment, NeedsAssessment.completed_at.is_not(None))
    days = int(setting(session, "vsu.needs_days", today))
    zone_name = zone(session, today).key
    due: dict[date, date] = {}

    def lacks(case: Any) -> bool:
        if case.id in done:
            return False
        start = day_in(case.first_contact_at, zone_name) if case.first_contact_at else case.opened_on
        if start is None:
            return False
        if start not in due:
            due[start] = business_days(start, days)
        return due[start] < today

    return lacks


def _plan_overdue(session: Session, today: date) -> Callable[[Any], bool]:
    """The newest saved version's review day has passed."""
    latest: dict[str, date | None] = {}
    asked = (
        select(SafetyPlan.case_id, SafetyPlan.next_review)
        .where(SafetyPlan.saved_at.is_not(None), SafetyPlan.removed_at.is_(None))
        .order_by(SafetyPlan.version, SafetyPlan.id)
    )
    for case_id, next_review in session.execute(asked):
        if case_id:
            latest[case_id] = next_review
    overdue = frozenset(case_id for case_id, day in latest.items() if day is not None and day < today)
    return _in_set(overdue)


def _rights_untold(session: Session) -> Callable[[Any], bool]:
    """Fewer than the five rights of the first contact are answered although there was one."""
    first = list(Right)[:5]
    asked = (
        select(RightsItem.case_id, func.count(RightsItem.right.distinct()))
        .where(RightsItem.right.in_(first), RightsItem.answer.is_not(None), RightsItem.removed_at.is_(None))
        .group_by(RightsItem.case_id)
    )
    told = dict(session.execute(asked).all())
    return lambda case: case.first_contact_at is not None and told.get(case.id, 0) < len(first)


def months(session: Session, *, today: date, count: int = 12) -> tuple[MonthRow, ...]:
    """Cases opened and closed in each of the last months, the oldest first."""
    firsts = [today.replace(day=1)]
    while len(firsts) < count:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    opened = _by_month(session, Case.opened_on)
    closed = _by_month(session, Case.closed_on)
    return tuple(MonthRow(first, opened.get(first, 0), closed.get(first, 0)) for first in reversed(firsts))


def _by_month(session: Session, column: Any) -> dict[date, int]:
    counts: dict[date, int] = defaultdict(int)
    asked = select(column, func.count()).where(column.is_not(None), Case.removed_at.is_(None)).group_by(column)
    for day, number in session.execute(asked):
        counts[day.replace(day=1)] += number
    return counts


def reviews_of_case(session: Session, case_id: str) -> tuple[ReviewRow, ...]:
    """The reviews of a case, the newest first."""
    asked = (
        select(CaseReview)
        .where(CaseReview.case_id == case_id, CaseReview.removed_at.is_(None))
        .order_by(CaseReview.reviewed_at.desc(), CaseReview.id.desc())
    )
    names = members.names(session)
    return tuple(
        ReviewRow(
            id=review.id,
            reviewer=names.get(review.reviewer_id or "", ""),
            reviewed_at=review.reviewed_at,
            outcome=review.outcome,
            summary=review.summary or "",
            comments=comments_of(review),
            answered_at=review.answered_at,
            answered_by=names.get(review.answered_by or "", ""),
            answer=review.answer,
        )
        for review in session.scalars(asked)
    )
