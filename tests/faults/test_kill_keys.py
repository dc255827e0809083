"""A change of keys that is cut off, at every step of it and at random moments: something always opens (G24).

Every step: each call that touches a key file or a file of tries is cut off before and after it is done, one after the
other, until the change comes through. Random: a process that changes keys for ever is killed with -9; `HAVEN_KEY_KILLS`
times at release size. The seed is printed, `HAVEN_SEED` plays it again.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import RuleBroken
from app.models.vocab import Role
from app.vault import files, keys, slots
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault, open_vault, open_with_recovery

ROOT = Path(__file__).parents[2]
FIRST = "five unrelated garden words"
OTHER = "another set of garden words"
SECOND = "a second phrase of pond words"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)
STRONGER = KdfSetting(memory_kib=96, passes=1, lanes=1)
KILLS = int(os.environ.get("HAVEN_KEY_KILLS", "12"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))


_OPEN = os.open


class PowerCut(BaseException):
    """The computer is off from here on: nothing is cleaned up."""


class Cuts:
    """Counts the calls that touch the disk, and cuts the power at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: int | None = None
        self.step = 0
        for owner, name in ((os, "open"), (os, "fsync"), (Path, "replace"), (Path, "chmod")):
            monkeypatch.setattr(owner, name, self._cut_around(getattr(owner, name)))
        monkeypatch.setattr(files, "sync_folder", self._cut_around(files.sync_folder))

    def _cut_around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self._count()
            answer = real(*arguments, **named)
            try:
                self._count()
            except PowerCut:
                if real is _OPEN:
                    os.close(answer)
                raise
            return answer

        return call

    def _count(self) -> None:
        if self.at is None:
            return
        if self.step == self.at:
            self.at = None
            raise PowerCut
        self.step += 1

    def during(self, act: Callable[[], object], at: int) -> bool:
        """Do it, cut at step `at`; whether it came through instead."""
        self.at, self.step = at, 0
        try:
            act()
        except PowerCut:
            return False
        finally:
            self.at = None
        return True


class Kept:
    """The vault between cuts: what may open it now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        vault, self.recovery = create_vault(
            folder, FIRST, "laptop", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP
        )
        vault.prove_recovery(self.recovery)
        vault.close()
        self.phrase = FIRST

    def open(self, *phrases: str) -> Vault:
        """Open with whichever of these opens; exactly one has to."""
        opened = []
        for phrase in phrases:
            try:
                opened.append((phrase, open_vault(self.folder, phrase)))
            except RuleBroken:
                continue
            opened[-1][1].close()
        assert len(opened) == 1, f"{len(opened)} of {len(phrases)} open"
        self.phrase = opened[0][0]
        return open_vault(self.folder, self.phrase)

    def recovers(self, *texts: str) -> None:
        """Exactly one of these recovery keys opens."""
        file = slots.read(self.folder)
        good = [text for text in texts if slots.open_with_recovery(file, keys.recovery_key(text)) is not None]
        assert len(good) == 1
        self.recovery = good[0]


@pytest.fixture
def cuts(monkeypatch: pytest.MonkeyPatch) -> Cuts:
    return Cuts(monkeypatch)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    monkeypatch.setattr(keys, "calibrated", lambda: STRONGER)
    return Kept(tmp_path / "vault")


def change(vault: Vault, kept: Kept) -> tuple[Callable[[], object], tuple[str, ...], tuple[str, ...]]:
    to = OTHER if kept.phrase == FIRST else FIRST
    return lambda: vault.change_passphrase(kept.phrase, to), (FIRST, OTHER), (kept.recovery,)


def after_recovery(vault: Vault, kept: Kept) -> tuple[Callable[[], object], tuple[str, ...], tuple[str, ...]]:
    to = OTHER if kept.phrase == FIRST else FIRST
    return lambda: vault.set_passphrase(to), (FIRST, OTHER), (kept.recovery,)


def strengthen(vault: Vault, kept: Kept) -> tuple[Callable[[], object], tuple[str, ...], tuple[str, ...]]:
    weaker = vault._file.restretched(CHEAP)
    vault._keep(weaker.with_passphrase(weaker.stretch(kept.phrase), vault._data_key))
    vault.opened_quickly(kept.phrase, 0.0)
    return vault.strengthen, (kept.phrase,), (kept.recovery,)


def replace_recovery(vault: Vault, kept: Kept) -> tuple[Callable[[], object], tuple[str, ...], tuple[str, ...]]:
    fresh = vault.fresh_recovery()
    return lambda: vault.replace_recovery(fresh), (kept.phrase,), (kept.recovery, fresh)


def add_second(vault: Vault, kept: Kept) -> tuple[Callable[[], object], tuple[str, ...], tuple[str, ...]]:
    vault.clear_duress()
    return lambda: vault.set_duress(SECOND, bytes(32)), (kept.phrase,), (kept.recovery,)


def remove_second(vault: Vault, kept: Kept) -> tuple[Callable[[], object], tuple[str, ...], tuple[str, ...]]:
    vault.set_duress(SECOND, bytes(32))
    return vault.clear_duress, (kept.phrase,), (kept.recovery,)


@pytest.mark.parametrize("act", [change, after_recovery, strengthen, replace_recovery, add_second, remove_second])
def test_a_change_cut_off_at_any_step_leaves_one_way_in(cuts: Cuts, kept: Kept, act: Any, capsys: Any) -> None:
    step, through = 0, False
    vault = kept.open(kept.phrase)
    while not through:
        doing, phrases, recoveries = act(vault, kept)
        through = cuts.during(doing, step)
        vault.close()
        kept.recovers(*recoveries)
        vault = kept.open(*phrases)
        step += 1
    vault.close()
    assert step > 10, "the change touches the disk"
    with capsys.disabled():
        print(json.dumps({"name": f"kill_keys.{act.__name__}", "steps": step, "locked_out": 0}))


def test_a_strengthened_derivation_is_the_stronger_one(kept: Kept) -> None:
    vault = kept.open(FIRST)
    assert vault.strengthen(), "the test's derivation takes no time at all"
    assert vault.keys_state().setting == STRONGER
    assert not vault.strengthen(), "once is enough"
    vault.close()
    again = kept.open(FIRST)
    again.set_duress(SECOND, bytes(32))
    again.opened_quickly(FIRST, 0.0)
    assert not again.strengthen(), "a second passphrase shares the derivation and is not at hand"
    again.close()


# --- random moments ---


@pytest.fixture
def child(kept: Kept) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.faults.keying_child", str(kept.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def one_kill(child: subprocess.Popen[str], kept: Kept, delay: float) -> tuple[set[str], set[str], int]:
    """Let a changer change, kill it after `delay` seconds of changing; what may open now, and how much was changed."""
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(f"{kept.phrase}\t{kept.recovery}\n")
    child.stdin.flush()
    phrases, recoveries, changes, killed = {kept.phrase}, {kept.recovery}, 0, False
    changer = 0
    for line in iter(child.stdout.readline, ""):
        word, value = line.rstrip("\n").split("\t")
        if word == "changer":
            changer = int(value)
        elif word == "phrase":
            phrases.add(value)
        elif word == "recovery":
            recoveries.add(value)
        elif word == "kept":
            phrases, changes = {value}, changes + 1
        elif word == "rekept":
            recoveries, changes = {value}, changes + 1
        elif word == "dead":
            return phrases, recoveries, changes
        if changer and not killed and phrases != {kept.phrase}:
            killed = True
            time.sleep(delay)
            os.kill(changer, signal.SIGKILL)
    raise AssertionError("the outer process ended")


@pytest.mark.skipif(os.name != "posix", reason="kill -9 and fork are POSIX")
def test_a_killed_change_leaves_one_way_in(
    kept: Kept, child: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    changed = 0
    for _ in range(KILLS):
        phrases, recoveries, changes = one_kill(child, kept, chance.uniform(0.0, 0.4))
        changed += changes
        kept.recovers(*recoveries)
        kept.open(*phrases).close()
    with open_with_recovery(kept.folder, kept.recovery) as vault:
        assert vault.sound()
    with capsys.disabled():
        print(json.dumps({"name": "kill_keys", "kills": KILLS, "changes": changed, "locked_out": 0, "seed": SEED}))
