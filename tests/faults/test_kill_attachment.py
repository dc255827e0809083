"""Killed while files are kept: what was said to be saved is there and whole, nothing else stays for long.

`HAVEN_ATTACHMENT_KILLS` is how often; the seed is printed, and `HAVEN_SEED` tries it again.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from app.models.attachments import Attachment
from app.models.rules.attachments import sealed_of
from app.models.vocab import Role
from app.vault import keys
from app.vault.vault import Owner, create_vault, open_vault
from tests.faults.attaching_child import content_of
from tests.faults.saving_child import CHEAP

ROOT = Path(__file__).parents[2]
PASSPHRASE = "five unrelated garden words"
KILLS = int(os.environ.get("HAVEN_ATTACHMENT_KILLS", "12"))
SEED = int(os.environ.get("HAVEN_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)


def test_killed_at_any_moment_nothing_said_to_be_saved_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    folder, chance = tmp_path / "vault", random.Random(SEED)
    made, recovery = create_vault(folder, PASSPHRASE, "x", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP)
    made.prove_recovery(recovery)
    made.close()
    command = [sys.executable, "-m", "tests.faults.attaching_child", str(folder), PASSPHRASE]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None and child.stdout is not None
    saved: set[int] = set()
    removed: set[int] = set()
    left_over = 0
    try:
        for round_number in range(KILLS):
            child.stdin.write(f"{round_number * 1000}\n")
            child.stdin.flush()
            worker = int(child.stdout.readline().split()[1])
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.random() * 0.4)
            os.kill(worker, signal.SIGKILL)
            while (line := child.stdout.readline()) != "dead\n":
                word, number = line.split()
                (saved if word == "saved" else removed).add(int(number))
            left_over += looked_at(folder, saved, removed)
    finally:
        child.stdin.close()
        child.wait(timeout=30)
        child.stdout.close()
    with capsys.disabled():
        figures = {"kills": KILLS, "saved": len(saved), "left_over": left_over, "seed": SEED}
        print(json.dumps({"name": "attachment_kills", **figures}))
    assert saved


def looked_at(folder: Path, saved: set[int], removed: set[int]) -> int:
    """Everything that was said holds; how many chunks were left over, and are gone now."""
    with open_vault(folder, PASSPHRASE, counted=False) as vault:
        with vault.read() as session:
            found = {int(one.owner_id or 0): one for one in session.scalars(select(Attachment))}
        assert saved <= set(found), SEED
        assert all(found[number].removed_at is not None for number in removed), SEED
        for number, one in found.items():
            sealed = sealed_of(one.key, one.chunks, one.size)
            assert sealed is not None
            if one.removed_at is None:
                assert vault.attachments.read_whole(sealed, 1 << 30) == content_of(number), SEED
        gone = vault.tidy_attachments()
        named = {name for one in found.values() if one.removed_at is None for name in one.chunks or ()}
        assert set(vault.attachments.here.names()) == named, SEED
        assert not list(vault.attachments.here.place.glob("*/*.new"))
        return gone
