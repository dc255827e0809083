"""The figures of Project Lifesaver (domain.md 7.8, 22.1): each says what it counts; what is missing is "not recorded".

A drill is counted as a drill and nowhere else (domain.md 7.6.12). A period holds its first and its last day. Figures
of "today" (clients, transmitters, overdue batteries) are of the last day of the period when that has passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.lifesaver import (
    BatteryEvent,
    DailyTest,
    LifesaverClient,
    LifesaverFee,
    SearchOperator,
)
from app.models.lifesaver_search import SearchActivation
from app.models.lifesaver_vocab import LifesaverStatus, SubsidyDecision
from app.models.registry import Registration
from app.models.rules import search as search_rules
from app.models.search_vocab import FoundBy, SearchOutcome, SearchStatus
from app.models.vocab import Condition
from app.queries import lifesaver
from app.queries.masking import age_band
from app.queries.settings import setting, zone

NOT_RECORDED = ""
"""The key under which what is missing is counted: never zero, never dropped."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """How many minutes or metres: of how many searches, the middle one, the greatest."""

    count: int
    median: float | None
    most: int | None


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """Searches that were called in within the period, drills left out."""

    count: int
    false_alarms: int
    caregiver_delay: Spread
    call_to_scene: Spread
    call_to_signal: Spread
    call_to_found: Spread
    found_m: Spread
    found: int
    found_by_signal: int
    outcomes: Counts
    conditions: Counts
    weather: Counts

    @property
    def by_signal_percent(self) -> int | None:
        """Of those who were found, how many by the signal."""
        return round(100 * self.found_by_signal / self.found) if self.found else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything of 7.8. `batteries_*`: batteries replaced in the period, and how many by their due day."""

    clients_by_condition: Counts
    clients_by_age: Counts
    clients_by_municipality: Counts
    active: int
    waitlist: int
    enrolments: int
    discharges: Counts
    transmitters: Counts
    batteries_replaced: int
    batteries_on_time: int
    batteries_overdue: int
    test_days: int
    test_days_done: int
    searches: SearchFigures
    drills: int
    operators_certified: int
    operators_expiring: int
    fees_charged_cents: int
    fees_paid_cents: int
    subsidies_cents: int
    subsidies_granted: int

    @property
    def batteries_percent(self) -> int | None:
        """Batteries that were replaced by their due day, of all that were replaced."""
        return round(100 * self.batteries_on_time / self.batteries_replaced) if self.batteries_replaced else None

    @property
    def tests_percent(self) -> int | None:
        """Days with a test, of the days on which one was due."""
        return round(100 * self.test_days_done / self.test_days) if self.test_days else None


def figures(session: Session, *, start: date, end: date, today: date) -> Figures:
    """The figures of a period."""
    clients = session.scalars(select(LifesaverClient).where(LifesaverClient.removed_at.is_(None))).all()
    persons = {one.id: one for one in session.scalars(select(Registration))}
    active = [one for one in clients if one.status in (LifesaverStatus.ENROLLED, LifesaverStatus.SUSPENDED)]
    people = [persons.get(one.registration_id or "") for one in active]
    replaced, on_time = _batteries(session, start, end)
    due, done = _tests(session, clients, start, min(end, today - timedelta(days=1)))
    certified, expiring = _operators(session, today)
    fees = _fees(session, start, end)
    local = zone(session, today)
    calls = [one for one in _searches(session) if one.call_at and start <= _day(one.call_at, local) <= end]
    rows = lifesaver.clients(session, lifesaver.ClientsView.WEARING, "", today=today)
    return Figures(
        clients_by_condition=_conditions(people),
        clients_by_age=Counter(
            age_band(one.dob, one.dob_precision, today).value if one else NOT_RECORDED for one in people
        ),
        clients_by_municipality=Counter(_municipality(one) for one in people),
        active=len(active),
        waitlist=sum(one.status is LifesaverStatus.WAITLIST for one in clients),
        enrolments=sum(one.enrolled_on is not None and start <= one.enrolled_on <= end for one in clients),
        discharges=Counter(
            str(one.discharge_reason or NOT_RECORDED)
            for one in clients
            if one.discharged_on is not None and start <= one.discharged_on <= end
        ),
        transmitters={str(status): count for status, count in lifesaver.stock(session).items() if count},
        batteries_replaced=replaced,
        batteries_on_time=on_time,
        batteries_overdue=sum(row.battery is not None and row.battery.is_red for row in rows),
        test_days=due,
        test_days_done=done,
        searches=search_figures([one for one in calls if not one.drill]),
        drills=sum(bool(one.drill) for one in calls),
        operators_certified=certified,
        operators_expiring=expiring,
        fees_charged_cents=sum(one.amount_cents or 0 for one in fees),
        fees_paid_cents=sum(one.paid_cents or 0 for one in fees),
        subsidies_cents=sum(one.subsidy_cents or 0 for one in fees),
        subsidies_granted=sum(one.subsidy is SubsidyDecision.GRANTED for one in fees),
    )


def search_figures(found: Sequence[SearchActivation]) -> SearchFigures:
    """The figures of some searches."""
    times = [
        search_rules.times(one.call_at, one.seen_at, one.on_scene_at, one.first_signal_at, one.located_at)
        for one in found
    ]
    closed = [one for one in found if one.status is SearchStatus.CLOSED]
    located = [one for one in closed if one.outcome in search_rules.FOUND]
    return SearchFigures(
        count=len(found),
        false_alarms=sum(one.outcome is SearchOutcome.FALSE for one in closed),
        caregiver_delay=_spread(one.seen_to_call for one in times),
        call_to_scene=_spread(one.call_to_scene for one in times),
        call_to_signal=_spread(one.call_to_signal for one in times),
        call_to_found=_spread(one.call_to_found for one in times),
        found_m=_spread(one.found_m for one in located),
        found=len(located),
        found_by_signal=sum(one.found_by is FoundBy.SIGNAL for one in located),
        outcomes=Counter(str(one.outcome or NOT_RECORDED) for one in closed),
        conditions=Counter(str(one.found_condition or NOT_RECORDED) for one in located),
        weather=Counter(str(one.precipitation or NOT_RECORDED) for one in found),
    )


def _spread(values: Iterable[int | None]) -> Spread:
    known = [value for value in values if value is not None]
    return Spread(len(known), float(median(known)) if known else None, max(known, default=None))


def _day(at: datetime, local: ZoneInfo) -> date:
    return at.astimezone(local).date()


def _searches(session: Session) -> Sequence[SearchActivation]:
    return session.scalars(select(SearchActivation).where(SearchActivation.removed_at.is_(None))).all()


def _conditions(people: Sequence[Registration | None]) -> Counts:
    """One person may have several conditions: the counts are conditions, their sum is not persons."""
    known = {one.value for one in Condition}
    counted: Counter[str] = Counter()
    for person in people:
        codes = [code for code in (person.conditions if person is not None else None) or () if code in known]
        counted.update(codes or [NOT_RECORDED])
    return counted


def _municipality(person: Registration | None) -> str:
    home = next(iter((person.addresses if person is not None else None) or ()), {})
    return str(home.get("municipality") or NOT_RECORDED)


def _batteries(session: Session, start: date, end: date) -> tuple[int, int]:
    """Batteries that replaced an earlier one in the period, and how many of them by the earlier one's due day."""
    asked = select(BatteryEvent).where(BatteryEvent.removed_at.is_(None), BatteryEvent.installed_on.is_not(None))
    days = int(setting(session, "pls.battery_days", end))
    before: dict[str, BatteryEvent] = {}
    replaced = on_time = 0
    for one in session.scalars(asked.order_by(BatteryEvent.installed_on, BatteryEvent.id)):
        earlier = before.get(one.client_id or "")
        before[one.client_id or ""] = one
        if earlier is None or earlier.installed_on is None or one.installed_on is None:
            continue
        if not start <= one.installed_on <= end:
            continue
        due = earlier.installed_on + timedelta(days=earlier.interval_days or days)
        replaced += 1
        on_time += one.installed_on <= due
    return replaced, on_time


def _tests(session: Session, clients: Sequence[LifesaverClient], start: date, end: date) -> tuple[int, int]:
    """Client-days on which a test was due, and on how many there is one.

    Due on every day from the day after enrolment to the discharge; days of a suspension that still lasts do not count.
    """
    tested: dict[str, set[date]] = {}
    asked = select(DailyTest.client_id, DailyTest.tested_on).where(DailyTest.removed_at.is_(None))
    for client_id, day in session.execute(asked):
        if client_id and day:
            tested.setdefault(client_id, set()).add(day)
    due = done = 0
    for client in clients:
        if client.enrolled_on is None:
            continue
        first = max(start, client.enrolled_on + timedelta(days=1))
        ends = [day - timedelta(days=1) for day in (client.discharged_on, client.suspended_on) if day is not None]
        last = min([end, *ends])
        days = max(0, (last - first).days + 1)
        due += days
        done += sum(first <= day <= last for day in tested.get(client.id, ()))
    return due, done


def _operators(session: Session, today: date) -> tuple[int, int]:
    """Operators whose certificate holds today, and how many of those end within the reminder."""
    warn = int(setting(session, "pls.cert_warn_days", today))
    asked = select(SearchOperator.expires_on).where(SearchOperator.removed_at.is_(None))
    ends = [day for day in session.scalars(asked) if day is not None and day >= today]
    return len(ends), sum((day - today).days <= warn for day in ends)


def _fees(session: Session, start: date, end: date) -> list[LifesaverFee]:
    asked = select(LifesaverFee).where(LifesaverFee.removed_at.is_(None), LifesaverFee.due_on.between(start, end))
    return list(session.scalars(asked))
