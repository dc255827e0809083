"""Somebody tries passphrases and does everything to the files and clocks that their account can do (G22).

The disk and the clocks are simulated, the throttle is the real one: 10,000 tries go by in seconds. What may never
happen is more tries within 15 minutes of true time than patience alone brings, whatever was copied back, removed,
damaged, restarted or set. At release size by `HAVEN_TRIES`; the seed is printed, `HAVEN_SEED` plays it again.
"""

from __future__ import annotations

import json
import os
import random
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.errors import RuleBroken
from app.vault import throttle as module
from app.vault.throttle import CLOSED_AFTER, WINDOW_MS, Place, Throttle, wait_left

TRIES = int(os.environ.get("HAVEN_TRIES", "10000"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
TRY_MS = 1_100
"""One derivation on this computer; nobody tries faster than that through the application."""
MOST = 9
"""Five at once, then after 1, 2 and 4 minutes, and one that a copy put back within two seconds may win."""
YEAR_MS = 365 * 24 * 3600 * 1000


@dataclass
class World:
    """True time, the clocks that the computer shows, and what lies in each place of the disk with its change time."""

    true_ms: int = 1_700_000_000_000
    wall_ms: int = 1_700_000_000_000
    uptime_ms: int = 9_000_000
    disk: dict[str, tuple[bytes, int]] = field(default_factory=dict)

    def pass_time(self, ms: int) -> None:
        self.true_ms += ms
        self.wall_ms += ms
        self.uptime_ms += ms


@dataclass
class DiskPlace:
    """A file of that disk: whoever writes it, its change time is that moment by the computer's clock."""

    world: World
    name: str

    def read(self) -> bytes | None:
        found = self.world.disk.get(self.name)
        return None if found is None else found[0]

    def written_ms(self) -> int | None:
        found = self.world.disk.get(self.name)
        return None if found is None else found[1]

    def write(self, content: bytes) -> None:
        self.world.disk[self.name] = (content, self.world.wall_ms)


class Somebody:
    """Tries, and handles clocks and files in between."""

    def __init__(self, chance: random.Random, monkeypatch: pytest.MonkeyPatch, *, handles_files: bool) -> None:
        self.chance, self.world = chance, World()
        self.throttle = Throttle(Path("nowhere"), "v" * 32)
        self.throttle._places = self._places()
        monkeypatch.setattr(module, "_files_now_ms", lambda: self.world.wall_ms)
        self.throttle.start()
        self.first = {name: content for name, (content, _) in self.world.disk.items()}
        self.kept: deque[dict[str, bytes]] = deque(maxlen=40)
        self.handles_files = handles_files
        self.made: list[int] = []
        self.refused = 0

    def _places(self) -> list[Place]:
        return [DiskPlace(self.world, name) for name in ("a", "b", "witness")]

    def attempt(self) -> None:
        """One passphrase typed: it counts only if the throttle lets it be derived."""
        world = self.world
        try:
            self.throttle.allow(world.wall_ms, world.uptime_ms)
        except RuleBroken:
            self.refused += 1
            return
        self.made.append(world.true_ms)
        world.pass_time(TRY_MS)
        self.throttle.wrong(world.wall_ms, world.uptime_ms)

    def meddle(self) -> None:
        """Something else between two tries."""
        acts = [self.wait, self.wait_it_out, self.restart, self.set_clock]
        if self.handles_files:
            acts += [self.copy, self.copy, self.put_back, self.put_back, self.remove, self.damage]
            acts += [self.begin_again, self.begin_again, self.begin_again]
        self.chance.choice(acts)()

    def wait(self) -> None:
        self.world.pass_time(int(self.chance.expovariate(1 / 60_000)))

    def wait_it_out(self) -> None:
        tries = self.throttle.read(self.world.wall_ms, self.world.uptime_ms)
        self.world.pass_time(wait_left(tries, self.world.wall_ms, self.world.uptime_ms))

    def restart(self) -> None:
        self.world.pass_time(20_000)
        self.world.uptime_ms = 15_000

    def set_clock(self) -> None:
        self.world.wall_ms += self.chance.randrange(-10 * YEAR_MS, 10 * YEAR_MS)

    def copy(self) -> None:
        self.kept.append({name: content for name, (content, _) in self.world.disk.items()})

    def put_back(self) -> None:
        if self.kept:
            chosen = self.chance.choice(self.kept)
            for name in self._some(sorted(chosen)):
                self.world.disk[name] = (chosen[name], self.world.wall_ms)

    def begin_again(self) -> None:
        """Every place as it was before the first try."""
        for name, content in self.first.items():
            self.world.disk[name] = (content, self.world.wall_ms)

    def remove(self) -> None:
        for name in self._some(sorted(self.world.disk)):
            self.world.disk.pop(name, None)

    def damage(self) -> None:
        for name in self._some(sorted(self.world.disk)):
            content = bytearray(self.world.disk[name][0])
            content[self.chance.randrange(len(content))] ^= 1 << self.chance.randrange(8)
            self.world.disk[name] = (bytes(content), self.world.wall_ms)

    def _some(self, names: list[str]) -> list[str]:
        return self.chance.sample(names, self.chance.randint(0, len(names)))


def most_within(made: list[int], window_ms: int) -> int:
    """The most tries in any window of that length."""
    best, first = 0, 0
    for last, at in enumerate(made):
        while made[first] <= at - window_ms:
            first += 1
        best = max(best, last - first + 1)
    return best


def test_no_handling_of_files_and_clocks_wins_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = Somebody(random.Random(SEED), monkeypatch, handles_files=True)
    scripted = 0
    while scripted < TRIES:
        for _ in range(somebody.chance.choice((1, 1, 2, 6))):
            somebody.attempt()
            scripted += 1
        somebody.meddle()
    most = most_within(somebody.made, WINDOW_MS)
    print(
        json.dumps(
            {
                "name": "throttle.tries",
                "seed": SEED,
                "scripted": scripted,
                "derived": len(somebody.made),
                "most_in_15_min": most,
            }
        )
    )
    assert most <= MOST, f"seed {SEED}"


def test_without_touching_files_ten_are_all_there_ever_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        somebody = Somebody(random.Random(SEED + number), monkeypatch, handles_files=False)
        for _ in range(500):
            somebody.attempt()
            somebody.meddle()
        assert len(somebody.made) == CLOSED_AFTER, f"seed {SEED + number}"
        assert most_within(somebody.made, WINDOW_MS) <= MOST - 1, f"seed {SEED + number}"
        somebody.throttle.start()
        somebody.attempt()
        assert len(somebody.made) == CLOSED_AFTER + 1, "the recovery key's owner begins anew"
