"""Many schedules, and their figures as a JSON line."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.simulator.schedule import Result, play
from tests.simulator.world import Template


@dataclass
class Figures:
    """What many schedules came to."""

    schedules: int = 0
    failed: list[int] = field(default_factory=list)
    skewed: int = 0
    put_back: int = 0
    removed: int = 0
    destroyed: int = 0
    given_away: int = 0
    changes: int = 0
    older: int = 0
    long: int = 0
    minutes: float = 0.0
    spent: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)

    @property
    def converged(self) -> bool:
        """Whether all of them did."""
        return not self.failed

    def add(self, result: Result) -> None:
        """Count one."""
        self.schedules += 1
        self.skewed += result.skewed
        self.put_back += result.put_back
        self.removed += result.removed
        self.destroyed += result.destroyed
        self.given_away += result.given_away
        self.changes += result.changes
        self.older += result.older > 0
        self.long += result.long
        self.spent += result.spent
        self.faults.update(result.faults)
        self.points.update(result.points)
        if not result.converged:
            self.failed.append(result.seed)

    def line(self) -> str:
        """The figures as JSON."""
        return json.dumps(
            {
                "name": "sync.simulator",
                "schedules": self.schedules,
                "long": self.long,
                "converged": self.schedules - len(self.failed),
                "failed_seeds": self.failed,
                "clock_skew_schedules": self.skewed,
                "server_put_back": self.put_back,
                "people_or_devices_taken_out": self.removed,
                "scopes_destroyed": self.destroyed,
                "scopes_given_away": self.given_away,
                "with_older_versions": self.older,
                "changes": self.changes,
                "per_minute": round(self.schedules / self.minutes, 1) if self.minutes else None,
                "per_minute_of_a_processor": round(60 * self.schedules / self.spent, 1) if self.spent else None,
                "faults": sum(self.faults.values()),
                "crashes": sum(self.points.values()),
                "crash_points": len(self.points),
            }
        )


def play_many(
    seeds: Sequence[int], template: Template, folder: Path, say: Callable[[str], None], workers: int = 1
) -> Figures:
    """Play schedules, in so many processes; each that fails is told at once, with how to play it again."""
    figures = Figures()
    began = time.monotonic()
    with ExitStack() as ending:
        results: Iterable[Result] = (play(seed, template, folder) for seed in seeds)
        if workers > 1:
            ways = multiprocessing.get_context("spawn")  # a copy of this process would have locks of its threads
            pool = ending.enter_context(ProcessPoolExecutor(workers, mp_context=ways))
            results = pool.map(partial(play, template=template, folder=folder), seeds)
        for result in results:
            figures.add(result)
            if not result.converged:
                say(f"seed {result.seed} broke {len(result.broken)} promises: {again(result.seed)}")
                for line in result.broken[:5]:
                    say(f"    {line}")
    figures.minutes = (time.monotonic() - began) / 60
    say(figures.line())
    return figures


def again(seed: int) -> str:
    """The command that plays a schedule once more."""
    return f"python -m tests.simulator --seed {seed}"
