"""What a supervisor counts in the registry (domain.md 6.7). Units: registrations, cards opened, business days.

Stock figures are of the day `today`; flow figures are of a period, its first and last day included, and are counted
from what happened (`RegistryEvent`), never from how records stand now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.registry import CardView, Registration, RegistryEvent
from app.models.rules import deadlines, suppression
from app.models.rules import registry as rules
from app.models.vocab import AgeBand, CardOutcome, CardReason, Condition, RegistryAct, RegistryStatus, Tri
from app.queries.languages import name_of
from app.queries.masking import age_band
from app.queries.registry import OFFICERS, Followed, follow_ups
from app.queries.settings import setting, zone
from app.words import mark

NOT_RECORDED = mark("Not recorded")
Counts = Mapping[str, int | None]
"""Counts by marked English text (or a person's own word); None where a count is too small to be shown."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of one period. `active` counts registrations in force; those in grace stand apart."""

    active: int
    in_grace: int
    provisional: int
    by_municipality: Counts
    by_condition: Counts
    by_age: Counts
    by_language: Counts
    without_calming: int
    new: int
    renewed_on_time: int
    renewed_late: int
    lapsed: int
    withdrawn: int
    moved_out: int
    deceased: int
    days_to_activate: float | None
    """The median of the business days from handing in to the first activation; None: nobody was activated."""
    activated_in_time: int
    activated_late: int
    cards_opened: int
    """Each opening counts, also of the same card."""
    people_looked_up: int
    by_reason: Counts
    numbers_given: int
    numbers_owed: int
    missing_incidents: int
    by_outcome: Counts
    card_helped: int


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in it."""
        return day is not None and self.first <= day <= self.last


def statistics(session: Session, period: Period, *, today: date, to_share: bool = False) -> Statistics:
    """The figures of a period; `to_share` hides small counts (`privacy.small_cell`)."""
    grace = int(setting(session, "vpr.grace_days", today))
    rows = session.execute(select(*_STOCK).where(Registration.removed_at.is_(None))).all()
    shown = [row for row in rows if row.status in rules.SHOWN and row.expires_on is not None]
    current = [row for row in shown if row.expires_on and row.expires_on >= today]
    active = [row for row in current if row.status is RegistryStatus.ACTIVE]
    provisional = [row for row in current if row.status is RegistryStatus.PROVISIONAL]
    last_grace = today - timedelta(days=grace)
    over = [row for row in shown if row.expires_on and last_grace <= row.expires_on < today]
    in_grace = [row for row in over if row.status is RegistryStatus.ACTIVE]
    hide = _hider(session, today) if to_share else _as_they_are
    events, activations = _events(session, period)
    activation = _activation(session, activations, {row.id: row.submitted_on for row in rows}, today)
    opened = _opened(session, period)
    return Statistics(
        active=len(active),
        in_grace=len(in_grace),
        provisional=len(provisional),
        by_municipality=hide(Counter(_municipality(row) for row in active), True),
        by_condition=hide(_conditions(active), False),
        by_age=hide(_ages(active, today), True),
        by_language=hide(Counter(name for row in active for name in _languages(row)), False),
        without_calming=sum(not (row.calming or "").strip() for row in active),
        new=events[RegistryAct.ACTIVATED],
        renewed_on_time=events["on time"],
        renewed_late=events["late"],
        lapsed=_lapsed(rows, period, grace, today),
        withdrawn=events[RegistryAct.WITHDRAWN],
        moved_out=events[RegistryAct.MOVED_OUT],
        deceased=events[RegistryAct.DECEASED],
        days_to_activate=activation.median_days,
        activated_in_time=activation.in_time,
        activated_late=activation.late,
        cards_opened=len(opened),
        people_looked_up=len({view.registration_id for view, _ in opened}),
        by_reason=hide(Counter(view.why.text if view.why else NOT_RECORDED for view, _ in opened), True),
        **_use_of_cards(session, opened, today, hide),
    )


_STOCK = (
    Registration.id,
    Registration.status,
    Registration.expires_on,
    Registration.ended_on,
    Registration.submitted_on,
    Registration.addresses,
    Registration.conditions,
    Registration.dob,
    Registration.dob_precision,
    Registration.languages,
    Registration.calming,
)
Hide = Callable[[Mapping[str, int], bool], Counts]


def _as_they_are(counts: Mapping[str, int], _total: bool) -> Counts:
    return dict(counts)


def _hider(session: Session, today: date) -> Hide:
    least = int(setting(session, "privacy.small_cell", today))
    return lambda counts, total: suppression.suppressed_cells(counts, least, total_shown=total)


def _municipality(row: Any) -> str:
    """Of the home; of the first address where none is called home."""
    entries = [entry for entry in row.addresses or () if isinstance(entry, dict)]
    entries.sort(key=lambda entry: entry.get("kind") != "home")
    return str(next((entry["municipality"] for entry in entries if entry.get("municipality")), NOT_RECORDED))


def _conditions(rows: Iterable[Any]) -> Counter[str]:
    """One person counts under each of their conditions."""
    names = {one.value: one.text for one in Condition}
    return Counter(names.get(str(code), str(code)) for row in rows for code in set(row.conditions or ()))


def _ages(rows: Iterable[Any], today: date) -> dict[str, int]:
    counts = Counter(age_band(row.dob, row.dob_precision, today) for row in rows)
    return {band.text: counts.get(band, 0) for band in AgeBand}


def _languages(row: Any) -> list[str]:
    return [name_of(str(code)) for code in dict.fromkeys(row.languages or ())] or [NOT_RECORDED]


_RENEWALS = frozenset({RegistryAct.RENEWED, RegistryAct.RENEWED_CHANGED})


def _events(session: Session, period: Period) -> tuple[Counter[Any], list[tuple[str, date]]]:
    """How often each thing happened, renewals by whether the term had passed; and who was activated when."""
    columns = (RegistryEvent.registration_id, RegistryEvent.act, RegistryEvent.on_day, RegistryEvent.before)
    asked = select(*columns).where(
        RegistryEvent.on_day.between(period.first, period.last), RegistryEvent.removed_at.is_(None)
    )
    counts: Counter[Any] = Counter()
    activations: list[tuple[str, date]] = []
    for registration_id, act, on_day, before in session.execute(asked):
        if registration_id is None or on_day is None:
            continue
        counts[act] += 1
        if act is RegistryAct.ACTIVATED and registration_id and on_day:
            activations.append((registration_id, on_day))
        if act in _RENEWALS and on_day:
            counts["on time" if before is None or on_day <= before else "late"] += 1
    return counts, activations


def _lapsed(rows: Iterable[Any], period: Period, grace: int, today: date) -> int:
    """Terms whose grace ended in the period and that nobody has renewed until today."""
    found = 0
    for row in rows:
        ends: date | None = row.expires_on
        archived = row.status is RegistryStatus.ARCHIVED and row.ended_on == ends
        if ends is not None and (archived or row.status is RegistryStatus.ACTIVE):
            hidden = ends + timedelta(days=grace + 1)
            found += hidden <= today and period.holds(hidden)
    return found


@dataclass(frozen=True, slots=True)
class _Activation:
    median_days: float | None
    in_time: int
    late: int


def _activation(
    session: Session, activations: Iterable[tuple[str, date]], submitted: Mapping[str, date | None], today: date
) -> _Activation:
    limit = int(setting(session, "vpr.activation_bd", today))
    days = [
        deadlines.business_days_between(handed, on_day)
        for registration_id, on_day in activations
        if (handed := submitted.get(registration_id)) is not None
    ]
    in_time = sum(each <= limit for each in days)
    return _Activation(float(median(days)) if days else None, in_time, len(days) - in_time)


def _opened(session: Session, period: Period) -> list[tuple[CardView, Followed]]:
    local = zone(session)
    start = datetime.combine(period.first, time.min, local)
    end = datetime.combine(period.last + timedelta(days=1), time.min, local)
    asked = select(CardView).where(CardView.viewed_at >= start, CardView.viewed_at < end, CardView.removed_at.is_(None))
    views = list(session.scalars(asked))
    told = follow_ups(session, [view.id for view in views])
    return [(view, told.get(view.id, Followed())) for view in views]


def _use_of_cards(
    session: Session, opened: Iterable[tuple[CardView, Followed]], today: date, hide: Hide
) -> dict[str, Any]:
    """Occurrence numbers, and what the cards that were opened for missing persons led to."""
    wanted = [(view, told) for view, told in opened if view.role in OFFICERS]
    numbered = sum(bool(view.occurrence_no or told.occurrence_no or told.without) for view, told in wanted)
    missing = [(view, told) for view, told in opened if view.why is CardReason.MISSING]
    incidents = {view.occurrence_no or told.occurrence_no or view.id for view, told in missing}
    outcomes = Counter(_outcome(told.outcome) for _, told in missing)
    return {
        "numbers_given": numbered,
        "numbers_owed": len(wanted) - numbered,
        "missing_incidents": len(incidents),
        "by_outcome": hide(outcomes, True),
        "card_helped": sum(told.helped is Tri.YES for _, told in missing),
    }


def _outcome(outcome: CardOutcome | None) -> str:
    return outcome.text if outcome is not None else NOT_RECORDED
