"""Killed at any moment after "saved", the vault has everything that was saved (safety.md, G1).

`HAVEN_KILL_ROUNDS` sets the rounds; each run prints one JSON line with rounds, saves and losses, and its seed.
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
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.models.crisis import Case
from app.models.local.tables import Captured, LoggedChange
from app.models.vocab import Role
from app.vault import audit, keys
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, create_vault, open_vault

ROOT = Path(__file__).parents[2]
PASSPHRASE = "five unrelated garden words"
ROUNDS = int(os.environ.get("HAVEN_KILL_ROUNDS", "25"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 and fork are POSIX")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    setting = KdfSetting(memory_kib=64, passes=1, lanes=1)
    monkeypatch.setattr(keys, "FLOOR", setting)
    made, recovery = create_vault(
        tmp_path / "vault", PASSPHRASE, "laptop", owner=Owner("A. Example", (Role.VSU,)), setting=setting
    )
    made.prove_recovery(recovery)
    made.close()
    return tmp_path / "vault"


@pytest.fixture
def child(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.faults.saving_child", str(folder), PASSPHRASE]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def one_round(child: subprocess.Popen[str], first: int, delay: float) -> list[int]:
    """Let a saver save from number `first` on, kill it after `delay` seconds; the numbers it said were saved."""
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(f"{first}\n")
    child.stdin.flush()
    saver, saved = 0, []
    lines = iter(child.stdout.readline, "")
    said = {"saver": False, "ready": False}
    while not all(said.values()):
        word, *rest = next(lines).split()
        said[word] = True
        saver = int(rest[0]) if word == "saver" else saver
        saved += [int(rest[0])] if word == "saved" else []
    time.sleep(delay)
    os.kill(saver, signal.SIGKILL)
    for line in lines:
        if line == "dead\n":
            return saved
        saved.append(int(line.split()[1]))
    raise AssertionError("the outer process ended")


def missing(folder: Path, saved: set[int]) -> set[int]:
    """What was said to be saved and is not there; everything that is there must be whole."""
    with open_vault(folder, PASSPHRASE) as vault:
        assert vault.sound()
        with vault.read() as session:
            there = {int(number) for number in session.scalars(select(Case.number)) if number}
            places = list(session.scalars(select(LoggedChange.device_seq).order_by(LoggedChange.seq)))
            assert places == list(range(1, len(there) + 1))
            assert session.scalars(select(Captured)).all() == []
            assert session.execute(text("SELECT count(*) FROM case_file WHERE clock IS NULL")).scalar() == 0
            check = audit.verify(session)
            assert check.whole and check.entries == len(there)
    return saved - there


def test_nothing_saved_is_lost_when_killed(
    folder: Path, child: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    saved: set[int] = set()
    lost: set[int] = set()
    for place in range(ROUNDS):
        saved |= set(one_round(child, place * 100_000, chance.uniform(0.0, 0.120)))
        lost |= missing(folder, saved)
    with capsys.disabled():
        figures = {"name": "kill_save", "rounds": ROUNDS, "saves": len(saved), "losses": len(lost), "seed": SEED}
        print(json.dumps(figures))
    assert lost == set()
    assert len(saved) > ROUNDS


def test_the_check_sees_a_loss(folder: Path) -> None:
    assert missing(folder, {1}) == {1}
