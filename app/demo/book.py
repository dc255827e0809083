"""What is being made up: scopes and records in memory, each with who wrote it and when."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from app.demo.staff import Person
from app.demo.texts import Texts
from app.models.vocab import ScopeKind
from app.vault import ids

T = TypeVar("T")
_ZONE = ZoneInfo("America/Toronto")


@dataclass(frozen=True)
class Entry:
    """One record: kind, scope, when and by whom it was written, its fields by name."""

    kind: str
    record_id: str
    scope_id: str
    at: datetime
    author: Person
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Apart:
    """Two people wrote one field of a record apart from each other."""

    kind: str
    record_id: str
    scope_id: str
    field: str
    values: tuple[tuple[Person, datetime, Any], ...]


@dataclass
class Book:
    """Everything made up so far. `rng` is the only source of chance."""

    rng: random.Random
    now: datetime
    today: date
    people: Mapping[str, Person]
    texts: Texts
    scopes: list[tuple[str, str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def scope(self, kind: ScopeKind | str, anchor_id: str, at: datetime | None = None) -> str:
        """A new scope."""
        scope_id = ids.new_id(at or self.now - timedelta(days=900), self.rng.randbytes)
        self.scopes.append((scope_id, str(kind), anchor_id))
        return scope_id

    def new_id(self, at: datetime) -> str:
        """A record id."""
        return ids.new_id(at, self.rng.randbytes)

    def add(
        self, kind: str, scope_id: str, at: datetime, author: Person, /, *, record_id: str | None = None, **fields: Any
    ) -> str:
        """Write a record down; its id. Nothing is written in the future."""
        made = record_id or self.new_id(at)
        self.entries.append(Entry(kind, made, scope_id, min(at, self.now), author, fields))
        return made

    def number(self, series: str, day: date) -> str:
        """The next number of a series in the year of a day."""
        key = (series, day.year)
        self.numbers[key] = self.numbers.get(key, 0) + 1
        return f"{series}-{day.year}-{self.numbers[key]:06d}"

    def moment(self, day: date, low: int = 8, high: int = 19) -> datetime:
        """Some moment of a local day between two hours, never in the future."""
        clock = time(self.rng.randint(low, high), self.rng.choice((0, 5, 10, 15, 20, 30, 40, 45, 50)))
        return min(datetime.combine(day, clock, _ZONE).astimezone(UTC), self.now - timedelta(minutes=7))

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.rng.random() < share

    def pick(self, choices: Sequence[T]) -> T:
        """One of several."""
        return self.rng.choice(choices)

    def some(self, choices: Sequence[T], low: int, high: int) -> list[T]:
        """Several different ones, in the order in which they stand."""
        count = min(self.rng.randint(low, high), len(choices))
        return [choices[place] for place in sorted(self.rng.sample(range(len(choices)), count))]
