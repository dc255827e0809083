"""How a measured promise is printed, and how two things are compared fairly on a noisy machine: in turn, by medians."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable


def figure(
    name: str,
    value: float,
    unit: str,
    *,
    reference: str = "",
    reference_value: float | None = None,
    goal: float | None = None,
    of_ratio: bool = True,
) -> bool:
    """Print one line; whether it meets its goal. The goal bounds the ratio to the reference, or the value itself."""
    ratio = value / reference_value if reference_value else None
    measured = ratio if of_ratio and ratio is not None else value
    ok = goal is None or measured <= goal
    line = {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "reference": reference,
        "reference_value": None if reference_value is None else round(reference_value, 4),
        "ratio": None if ratio is None else round(ratio, 3),
        "goal": goal,
        "ok": ok,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return ok


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes, by the wall."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(first: Callable[[], object], second: Callable[[], object], rounds: int = 9) -> tuple[float, float]:
    """Median seconds of two things done in turn, after one round of each that does not count."""
    first(), second()
    pairs = [(seconds(first), seconds(second)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)
