"""Changes: what a write did, as it is announced inside the application and as it travels between devices.

A **dot** names one write: a hybrid logical clock stamp and the device, as text that sorts in clock order. A `Change`
is one write to one record; each of its fields carries the dots of the values that its author had seen and replaced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

FieldValue = str | int | float | None
"""What a column holds: text, number or nothing (see `models.base`)."""

_DOT = re.compile(r"[0-9a-f]{12}\.[0-9a-f]{4}\.[0-9a-f]{32}")


class FieldWrite(NamedTuple):
    """The new value of one field, and the dots of the values it replaces (none: the field was empty).

    A tuple, because log and wire hold it as one: it is read from there without being made again.
    """

    value: FieldValue
    seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One write to one record: which fields, by whom (`author`, a member's id), at which `dot`."""

    dot: str
    author: str
    kind: str
    record_id: str
    fields: Mapping[str, FieldWrite]


@dataclass(frozen=True)
class Changes:
    """Which kinds and records a committed unit of work touched; a screen decides whether it must ask again."""

    kinds: frozenset[str] = frozenset()
    ids: frozenset[str] = field(default=frozenset(), repr=False)

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.kinds | other.kinds, self.ids | other.ids)

    def __bool__(self) -> bool:
        return bool(self.kinds)


class HybridClock:
    """A hybrid logical clock: never goes back, follows what it has seen, refuses to be dragged into the far future.

    `wall_ms` is passed in at each use; nothing here reads a clock. A stamp further ahead than `MAX_AHEAD_MS` is not
    followed (its dot is kept as it is: dots only break ties, conflicts are decided by what was seen).
    """

    MAX_AHEAD_MS = 10 * 60 * 1000

    def __init__(self, device_id: str, last: str | None = None) -> None:
        self.device_id = device_id
        self._ms, self._count = parse_dot(last)[:2] if last else (0, 0)

    def tick(self, wall_ms: int) -> str:
        """The dot of a new write."""
        if wall_ms > self._ms:
            self._ms, self._count = wall_ms, 0
        else:
            self._count += 1
            if self._count > 0xFFFF:
                self._ms, self._count = self._ms + 1, 0
        return f"{self._ms:012x}.{self._count:04x}.{self.device_id}"

    def follow(self, dot: str, wall_ms: int) -> None:
        """Move past `dot`, unless it lies too far in the future of `wall_ms`."""
        ms, count, _ = parse_dot(dot)
        if ms - wall_ms > self.MAX_AHEAD_MS:
            return
        if (ms, count) > (self._ms, self._count):
            self._ms, self._count = ms, count


def is_dot(text: str) -> bool:
    """Whether a text is a dot."""
    return _DOT.fullmatch(text) is not None


def parse_dot(dot: str) -> tuple[int, int, str]:
    """(milliseconds since 1970, counter, device id) of a dot. Raises ValueError for anything else."""
    if not is_dot(dot):
        raise ValueError("not a dot")
    ms, count, device = dot.split(".")
    return int(ms, 16), int(count, 16), device
