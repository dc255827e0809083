"""A search: what makes it urgent, what its clocks say, what a close asks for (domain.md 7.4, 7.6).

Urgency is a sum of points whose parts are always shown; the points are the service's settings and the sum never
replaces the commander's judgement, who may raise it (domain.md 1.4.12).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.models.rules.deadlines import whole_minutes
from app.models.search_vocab import (
    Light,
    Precipitation,
    SearchOutcome,
    SearchStatus,
    SearchStep,
    UrgencyBand,
    UrgencyPart,
)
from app.models.vocab import Tri
from app.words import mark

OPEN = frozenset({SearchStatus.ALERTED, SearchStatus.STAGED, SearchStatus.SEARCHING, SearchStatus.SUSPENDED})
"""The statuses of a search that goes on."""
FOUND = frozenset(
    {SearchOutcome.SAFE, SearchOutcome.INJURED, SearchOutcome.HOSPITAL, SearchOutcome.DECEASED, SearchOutcome.BY_SELF}
)
"""The outcomes after which it has to be said where and how the person was found."""
AFTER = {
    SearchStep.EN_ROUTE: SearchStatus.STAGED,
    SearchStep.ON_SCENE: SearchStatus.SEARCHING,
    SearchStep.FIRST_SIGNAL: SearchStatus.SEARCHING,
    SearchStep.LOCATED: SearchStatus.LOCATED,
}
"""Where a search stands after a step."""

CLOSED = mark("This search is closed.")
BEFORE_CALL = mark("This cannot be earlier than the call.")
FUTURE = mark("This moment lies in the future.")
NOT_CERTIFIED = mark("{name} has no certificate that is in force today. A supervisor may log it, with a reason.")
NO_OUTCOME = mark("Say how the search ended.")
NO_FOUND = mark("Say where and how the person was found: {what}.")
MEDICATION_SOON = timedelta(hours=2)


@dataclass(frozen=True)
class Points:
    """The service's points and limits (settings `pls.points_*` and their neighbours)."""

    age: int
    child_under: int
    senior_from: int
    hour: int
    most_hours: int
    weather: int
    cold_c: int
    heat_c: int
    wet: int
    dark: int
    terrain: int
    hazard_m: int
    health: int
    danger: int
    alone: int
    signal: int
    very_urgent_from: int
    extreme_from: int

    @classmethod
    def keys(cls) -> dict[str, str]:
        """The setting behind each field."""
        own = ("child_under", "senior_from", "most_hours", "cold_c", "heat_c", "hazard_m", "very_urgent_from")
        plain = {name: f"pls.{name}" for name in (*own, "extreme_from")}
        return {name: plain.get(name, f"pls.points_{name}") for name in cls.__dataclass_fields__}


@dataclass(frozen=True)
class Facts:
    """What urgency is worked out from. None: not known, which gives no points and is said so."""

    age: int | None = None
    seen_at: datetime | None = None
    now: datetime | None = None
    feels_like_c: int | None = None
    precipitation: Precipitation | None = None
    light: Light | None = None
    hazards_m: tuple[int, ...] | None = None
    health: bool | None = None
    medication_due_at: datetime | None = None
    danger: bool | None = None
    alone: Tri | None = None
    signal_may_fail: bool = False


@dataclass(frozen=True)
class Part:
    """One part of the sum; `points` None when what it needs is not known."""

    part: UrgencyPart
    points: int | None


@dataclass(frozen=True)
class Urgency:
    """The sum with its parts. `raised_to`: what a supervisor set it to."""

    parts: tuple[Part, ...]
    total: int
    band: UrgencyBand
    raised_to: int | None = None

    @property
    def unknown(self) -> tuple[UrgencyPart, ...]:
        """The parts of which too little is known."""
        return tuple(one.part for one in self.parts if one.points is None)


def urgency(facts: Facts, points: Points, raised_to: int | None = None) -> Urgency:
    """The points of a search, part by part (domain.md 7.4); a supervisor's raise never lowers them."""
    parts = (
        Part(UrgencyPart.AGE, _age(facts, points)),
        Part(UrgencyPart.TIME, _time(facts, points)),
        Part(UrgencyPart.WEATHER, _weather(facts, points)),
        Part(UrgencyPart.TERRAIN, _terrain(facts, points)),
        Part(UrgencyPart.HEALTH, _health(facts, points)),
        Part(UrgencyPart.DANGER, None if facts.danger is None else points.danger * facts.danger),
        Part(UrgencyPart.ALONE, _alone(facts, points)),
        Part(UrgencyPart.SIGNAL, points.signal * facts.signal_may_fail),
    )
    total = max(sum(part.points or 0 for part in parts), raised_to or 0)
    return Urgency(parts, total, _band(total, points), raised_to)


def _age(facts: Facts, points: Points) -> int | None:
    if facts.age is None:
        return None
    return points.age * (facts.age < points.child_under or facts.age >= points.senior_from)


def _time(facts: Facts, points: Points) -> int | None:
    if facts.seen_at is None or facts.now is None:
        return None
    hours = max(0, whole_minutes(facts.seen_at, facts.now) // 60)
    return points.hour * min(hours, points.most_hours)


def _weather(facts: Facts, points: Points) -> int | None:
    if facts.feels_like_c is None and facts.precipitation is None and facts.light is None:
        return None
    hard = facts.feels_like_c is not None and not points.cold_c < facts.feels_like_c < points.heat_c
    wet = facts.precipitation not in (None, Precipitation.NONE)
    return points.weather * hard + points.wet * wet + points.dark * (facts.light is Light.DARK)


def _terrain(facts: Facts, points: Points) -> int | None:
    if facts.hazards_m is None:
        return None
    return points.terrain * any(metres <= points.hazard_m for metres in facts.hazards_m)


def _health(facts: Facts, points: Points) -> int | None:
    if facts.health is None and facts.medication_due_at is None:
        return None
    due = facts.medication_due_at
    soon = due is not None and facts.now is not None and due <= facts.now + MEDICATION_SOON
    return points.health * (bool(facts.health) or soon)


def _alone(facts: Facts, points: Points) -> int | None:
    return None if facts.alone in (None, Tri.UNKNOWN) else points.alone * (facts.alone is Tri.YES)


def _band(total: int, points: Points) -> UrgencyBand:
    if total >= points.extreme_from:
        return UrgencyBand.EXTREME
    return UrgencyBand.VERY_URGENT if total >= points.very_urgent_from else UrgencyBand.URGENT


@dataclass(frozen=True)
class Times:
    """Whole minutes between the moments of a search (domain.md 7f); None while one of the two is missing."""

    seen_to_call: int | None
    call_to_scene: int | None
    call_to_signal: int | None
    call_to_found: int | None


def times(
    call_at: datetime | None,
    seen_at: datetime | None,
    on_scene_at: datetime | None,
    first_signal_at: datetime | None,
    located_at: datetime | None,
) -> Times:
    """What the clocks of a search come to."""
    return Times(
        _between(seen_at, call_at),
        _between(call_at, on_scene_at),
        _between(call_at, first_signal_at),
        _between(call_at, located_at),
    )


def _between(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else whole_minutes(start, end)


CLOSING: tuple[tuple[str, str], ...] = (
    ("found_place", mark("kind of place")),
    ("found_condition", mark("condition")),
    ("transmitter_found", mark("transmitter")),
    ("found_by", mark("found by")),
)
"""What a close asks for when the person was found, and what it is called (domain.md 7.4, "written at close")."""


def lacking_at_close(values: Mapping[str, Any], outcome: SearchOutcome) -> Sequence[str]:
    """The marked labels of what is still to be said before a search can be closed."""
    if outcome not in FOUND:
        return ()
    return [label for name, label in CLOSING if values.get(name) in (None, "")]
