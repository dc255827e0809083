"""Somebody types and is locked, or the application is killed, at any moment: they find themselves where they were, with
everything that is older than two seconds (safety.md, G17).

Four moments here; `make soak` sets HAVEN_TYPING for the size of a release, HAVEN_SEED replays a run.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import RealDoors
from app.models.vocab import Role
from app.profile import Profile
from app.services import crisis
from app.vault import keys
from tests import factories
from tests.faults.sitting_child import CHEAP, PASSPHRASE

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("HAVEN_TYPING", "4"))
SEED = int(os.environ.get("HAVEN_SEED", "20260306"))
OLDER_THAN = 2.0
PLACE = ("route", "dialog", "field")
WHAT_STANDS_THERE = (*PLACE, "text", "cursor")
State = dict[str, Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile whose vault holds one case."""
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    monkeypatch.setattr(keys, "calibrated", lambda: CHEAP)
    opened = RealDoors(Profile(tmp_path / "home")).create("Robin Example", "Example Service", PASSPHRASE)
    opened.keys.keep_recovery(opened.recovery_key)
    vault = opened.vault
    with vault.write(vault.actor(Role.VSU)) as work:
        crisis.open_case(work, factories.case(contacts=()))
        work.commit()
    vault.close()
    return tmp_path / "home"


@dataclass
class Typing:
    """The application with its typist, read from outside."""

    home: Path
    chance: random.Random
    typed: list[State] = field(default_factory=list)

    def start(self) -> State:
        """Begin; what stands there once the windows are as they were."""
        command = [sys.executable, "-m", "tests.faults.typing_child", str(self.home), str(self.chance.randrange(10**9))]
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        self.child = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        return self.arrive()

    def lines(self) -> Iterator[tuple[str, State]]:
        """What the child says, whole lines only."""
        assert self.child.stdout is not None
        for line in self.child.stdout:
            if line.endswith("\n"):
                what, _, content = line.partition(" ")
                yield what, json.loads(content)

    def arrive(self) -> State:
        """Read on until the child says where it is."""
        for what, state in self.lines():
            if what == "typed":
                self.typed.append(state)
            assert what != "failed", state
            if what == "at":
                return state
        raise AssertionError(f"the application ended with {self.child.wait()}")

    def type_for(self, seconds: float) -> None:
        """Let it type."""
        begun: float | None = None
        for what, state in self.lines():
            assert what != "failed", state
            if what == "typed":
                self.typed.append(state)
                begun = begun or state["at"]
                if state["at"] - begun >= seconds:
                    return
        raise AssertionError(f"the application ended with {self.child.wait()}")

    def lock(self) -> tuple[float, State]:
        """Lock; where one is after unlocking."""
        at = time.monotonic()
        os.kill(self.child.pid, signal.SIGUSR1)
        return at, self.arrive()

    def kill(self) -> tuple[float, State]:
        """Kill; where one is after a new start."""
        os.kill(self.child.pid, signal.SIGKILL)
        at = time.monotonic()
        self.typed += [state for what, state in self.lines() if what == "typed"]
        self._close()
        return at, self.start()

    def end(self) -> None:
        """Leave nothing running."""
        self.child.kill()
        self._close()

    def _close(self) -> None:
        assert self.child.stdout is not None
        self.child.stdout.close()
        self.child.wait()


def lost(typed: list[State], ended: float, found: State) -> str:
    """What is missing of what had been typed two seconds before the end; empty when nothing is.

    What is found must be what stood there at one of the moments since then, to the letter.
    """
    old = [state for state in typed if state["at"] <= ended - OLDER_THAN]
    may_be = ([old[-1]] if old else []) + [state for state in typed if state["at"] > ended - OLDER_THAN]
    seen = [tuple(state[name] for name in WHAT_STANDS_THERE) for state in may_be]
    if not old or tuple(found[name] for name in WHAT_STANDS_THERE) in seen:
        return ""
    # Between two forms nobody has typed yet: the new form may stand there, empty.
    if not found["text"] and any(state["at"] > ended - OLDER_THAN for state in typed):
        return ""
    ages = [(round(ended - state["at"], 2), *(state[name] for name in WHAT_STANDS_THERE)) for state in typed[-60:]]
    return f"found {tuple(found[name] for name in WHAT_STANDS_THERE)}, typed (seconds before the end) {ages}"


@pytest.mark.skipif(os.name != "posix", reason="the robot is told by signals")
def test_nothing_typed_is_lost_and_the_cursor_is_where_it_was(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    typing = Typing(home, chance)
    missing: list[str] = []
    counts = {"lock": 0, "kill": 0}
    typing.start()
    try:
        for _ in range(ROUNDS):
            typing.typed.clear()
            typing.type_for(chance.uniform(0.3, 4.0))
            how = chance.choice(("lock", "kill"))
            counts[how] += 1
            ended, found = typing.lock() if how == "lock" else typing.kill()
            if how == "lock":
                # Everything is kept at a lock, however young it is.
                last = typing.typed[-1]
                same = all(last[name] == found[name] for name in WHAT_STANDS_THERE)
                missing += [] if same else [f"{how}: found {found}, typed {last}"]
            elif gone := lost(typing.typed, ended, found):
                missing.append(f"{how}: {gone}")
    finally:
        typing.end()
    with capsys.disabled():
        figures = {"seed": SEED, "rounds": ROUNDS, **counts, "lost": len(missing)}
        print(json.dumps({"name": "typing", **figures}))
    assert missing == []


def test_the_check_sees_a_loss() -> None:
    def state(at: float, text: str) -> State:
        return {"route": "r", "dialog": "", "field": "f", "text": text, "cursor": len(text), "at": at}

    typed = [state(1.0, "a"), state(2.0, "ab"), state(9.5, "abc")]
    assert lost(typed, 10.0, state(0, "a"))
    assert not lost(typed, 10.0, state(0, "ab"))
    assert not lost(typed, 10.0, state(0, "abc"))
    assert lost(typed, 10.0, state(0, "abc") | {"cursor": 0})
