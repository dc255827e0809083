"""The personal alarm's conditions and dates: eligibility, terms, tests, alarms, keeping of locations (domain.md 8).

Unknown is never yes: what nobody asked keeps an application from being approved. Days are the service's local days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.models.rules.deadlines import calendar_days, years
from app.models.vocab import AlarmOutcome, CheckResult, DeviceStatus, TrackingCriterion, TrackingStatus, Tri
from app.words import mark

RUNNING = frozenset({TrackingStatus.LOANED, TrackingStatus.IN_REVIEW, TrackingStatus.EXTENDED, TrackingStatus.ENDING})
"""The statuses in which a device is with the client."""
WAITING = frozenset({TrackingStatus.REFERRED, TrackingStatus.ASSESSED, TrackingStatus.WAITLISTED})
"""The statuses in which a decision can still be taken."""
ISSUABLE = frozenset({DeviceStatus.IN_STOCK, DeviceStatus.RESERVED})
"""What a device's status must be to be lent; everything else was not wiped, is away, or is broken."""
USED = frozenset({DeviceStatus.RETURNED, DeviceStatus.WIPING, DeviceStatus.COMPROMISED, DeviceStatus.LOST})
"""What has to be wiped before it is lent again."""
GENUINE = frozenset({AlarmOutcome.PRESENT, AlarmOutcome.HARASSMENT})
NOT_COUNTED = frozenset({AlarmOutcome.TEST})
"""Outcomes that are no alarm in the statistics."""
WAIVABLE = frozenset({TrackingCriterion.COOPERATES})
"""What a supervisor may let go, with a reason: the client's autonomy (domain.md 8.3)."""

NOT_ANSWERED = mark("This is not answered yet: {criteria}.")
NOT_MET = mark("This is not met: {criteria}.")
CONFLICT = mark("The accused could reach the device: write down the plan for that first, or decline.")
NO_PLAN = mark("There is no safety plan yet. An alarm is lent only together with a current plan.")
OLD_PLAN = mark("The safety plan was last reviewed on {day}, more than {days} days ago. Review it first.")


# --- Eligibility --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Eligibility:
    """What keeps an application from approval: criteria without an answer, criteria answered with no."""

    unanswered: tuple[TrackingCriterion, ...]
    unmet: tuple[TrackingCriterion, ...]

    @property
    def is_met(self) -> bool:
        """Whether everything is answered and met."""
        return not self.unanswered and not self.unmet


def eligibility(
    answers: Mapping[str, Mapping[str, str]], waived: Iterable[str] = (), *, conflict_plan: str | None = None
) -> Eligibility:
    """Judge the checklist. A device conflict counts as met once there is a plan for it; what was waived likewise."""
    let_go = {code for code in waived if code in WAIVABLE}
    unanswered: list[TrackingCriterion] = []
    unmet: list[TrackingCriterion] = []
    for criterion in TrackingCriterion:
        answer = (answers.get(criterion.value) or {}).get("answer")
        if criterion.value in let_go or answer == Tri.YES.value:
            continue
        if criterion is TrackingCriterion.NO_CONFLICT and answer == Tri.NO.value and (conflict_plan or "").strip():
            continue
        (unmet if answer == Tri.NO.value else unanswered).append(criterion)
    return Eligibility(tuple(unanswered), tuple(unmet))


# --- Terms --------------------------------------------------------------------------------------------------------


def loan_end(starts_on: date, loan_days: int) -> date:
    """The planned last day of a loan (domain.md 8.6)."""
    return calendar_days(starts_on, loan_days)


def review_due(last_on: date, review_days: int) -> date:
    """The day by which a loan is reviewed again."""
    return calendar_days(last_on, review_days)


def is_plan_current(written_on: date | None, today: date, max_age_days: int) -> bool:
    """Whether a safety plan is young enough for a loan: reviewed within `max_age_days`, the last day included."""
    return written_on is not None and (today - written_on).days <= max_age_days


# --- Tests --------------------------------------------------------------------------------------------------------


def days_of_tests(starts_on: date, test_days: int, until: date) -> tuple[date, ...]:
    """The days on which a test was or is due up to and including `until`; the first one interval after the start."""
    span = (until - starts_on).days // test_days
    return tuple(calendar_days(starts_on, test_days * number) for number in range(1, span + 1))


def next_test(starts_on: date, test_days: int, today: date) -> date:
    """The next day on which a test is due, today included."""
    gone = max((today - starts_on).days, 1)
    return calendar_days(starts_on, test_days * -(-gone // test_days))


def missed_in_a_row(results: Sequence[CheckResult | None]) -> int:
    """How many of the newest tests were missed, one after the other; `results` are the oldest first."""
    count = 0
    for result in reversed(results):
        if result is not CheckResult.MISSED:
            break
        count += 1
    return count


class Missed(StrEnum):
    """What missed tests ask for."""

    NOTHING = "nothing"
    CALL = "call"
    VISIT = "visit"


def after_missed(count: int, call_at: int, visit_at: int) -> Missed:
    """Two missed tests: a welfare call; three: a visit, and the supervisor is told (domain.md 8.6)."""
    if count >= visit_at:
        return Missed.VISIT
    return Missed.CALL if count >= call_at else Missed.NOTHING


# --- Alarms -------------------------------------------------------------------------------------------------------


class AlarmTask(StrEnum):
    """What has to be done after an alarm."""

    CONTACT = "contact"
    PLAN = "plan"
    DEVICE = "device"
    ORDER = "order"


def tasks_after(outcome: AlarmOutcome, *, breach: bool) -> frozenset[AlarmTask]:
    """What an alarm with this outcome asks for; a breach that is on record asks for a look at the orders too.

    A test asks for nothing. What was pressed by accident asks how the client is and whether the device is in order.
    """
    if outcome is AlarmOutcome.TEST:
        return frozenset()
    found = {AlarmTask.CONTACT, AlarmTask.DEVICE}
    if outcome in GENUINE | {AlarmOutcome.UNKNOWN, AlarmOutcome.MEDICAL}:
        found.add(AlarmTask.PLAN)
    if breach:
        found.add(AlarmTask.ORDER)
    return frozenset(found)


@dataclass(frozen=True)
class AlarmTimes:
    """The clocks of one alarm in seconds: received to acknowledged, to dispatched, to arrived; dispatched to arrived.

    None while one of the two moments is not known.
    """

    to_ack: int | None
    to_dispatch: int | None
    to_arrive: int | None
    on_the_way: int | None


def alarm_times(
    received: datetime | None, ack: datetime | None, dispatched: datetime | None, arrived: datetime | None
) -> AlarmTimes:
    """How long each part of the answer took."""
    return AlarmTimes(
        to_ack=_seconds(received, ack),
        to_dispatch=_seconds(received, dispatched),
        to_arrive=_seconds(received, arrived),
        on_the_way=_seconds(dispatched, arrived),
    )


def in_order(moments: Sequence[datetime | None]) -> bool:
    """Whether the moments that are known follow each other."""
    known = [moment for moment in moments if moment is not None]
    return all(earlier <= later for earlier, later in pairwise(known))


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else (end - start) // timedelta(seconds=1)


# --- Locations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Keeping:
    """How long locations are kept (domain.md 20.5): never viewed, after the last view, with an alarm."""

    days: int
    viewed_days: int
    event_years: int


def keep_until(received_on: date, last_viewed_on: date | None, *, of_alarm: bool, keeping: Keeping) -> date:
    """The last day on which a track is kept."""
    if of_alarm:
        return years(received_on, keeping.event_years)
    if last_viewed_on is not None:
        return calendar_days(last_viewed_on, keeping.viewed_days)
    return calendar_days(received_on, keeping.days)
