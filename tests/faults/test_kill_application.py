"""The application is killed while somebody works in its windows: what it said was saved is there (safety.md, G1).

Six rounds here; `make soak` sets HAVEN_SITTINGS for the size of a release, HAVEN_SEED replays a run.
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

from app.bootstrap import RealDoors
from app.models.people import SafeContact
from app.models.vocab import Role
from app.profile import Profile
from app.services import crisis
from app.vault import audit, keys
from app.vault.vault import open_vault
from tests import factories
from tests.faults.sitting_child import CHEAP, PASSPHRASE

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("HAVEN_SITTINGS", "6"))
SEED = int(os.environ.get("HAVEN_SEED", "20260305"))


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


def sitting(home: Path, first: int, delay: float) -> set[int]:
    """One sitting, killed `delay` seconds after it began to save; the numbers that it said were saved."""
    command = [sys.executable, "-m", "tests.faults.sitting_child", str(home), str(first)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(delay)
        os.kill(child.pid, signal.SIGKILL)
        return {int(line.split()[1]) for line in child.stdout if line.endswith("\n")}


def missing(home: Path, acknowledged: set[int]) -> set[int]:
    """What was said to be saved and is not there; the vault must open and be whole."""
    (place,) = Profile(home).vaults()
    with open_vault(place.folder, PASSPHRASE) as vault:
        assert vault.sound()
        with vault.read() as session:
            assert audit.verify(session).whole
            values = session.scalars(select(SafeContact.value)).all()
    there = {int(value.split()[1]) for value in values if value is not None}
    assert len(values) == len(there), "nothing is there twice"
    return acknowledged - there


def test_no_saved_contact_is_lost(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    acknowledged: set[int] = set()
    lost: set[int] = set()
    for place in range(ROUNDS):
        acknowledged |= sitting(home, place * 10_000, chance.uniform(0.05, 1.2))
        lost |= missing(home, acknowledged)
    with capsys.disabled():
        figures = {"seed": SEED, "rounds": ROUNDS, "acknowledged": len(acknowledged), "lost": len(lost)}
        print(json.dumps({"name": "kill_application", **figures}))
    assert lost == set()
    assert len(acknowledged) >= ROUNDS // 2


def test_the_check_sees_a_loss(home: Path) -> None:
    assert missing(home, {1}) == {1}
