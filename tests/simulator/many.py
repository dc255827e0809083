"""Many schedules, and their figures as a JSON line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
                "converged": self.schedules - len(self.failed),
                "failed_seeds": self.failed,
                "clock_skew_schedules": self.skewed,
                "server_put_back": self.put_back,
                "people_or_devices_taken_out": self.removed,
                "scopes_destroyed": self.destroyed,
                "scopes_given_away": self.given_away,
                "changes": self.changes,
                "faults": sum(self.faults.values()),
                "crashes": sum(self.points.values()),
                "crash_points": len(self.points),
            }
        )


def play_many(seeds: Iterable[int], template: Template, folder: Path, say: Callable[[str], None]) -> Figures:
    """Play schedules; each that fails is told at once, with how to play it again."""
    figures = Figures()
    for seed in seeds:
        result = play(seed, template, folder)
        figures.add(result)
        if not result.converged:
            say(f"seed {seed} broke {len(result.broken)} promises: python -m tests.simulator --seed {seed}")
            for line in result.broken[:5]:
                say(f"    {line}")
    say(figures.line())
    return figures
