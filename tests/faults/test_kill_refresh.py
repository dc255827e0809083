"""Killed while the second passphrase is set or its workspace made anew: one of the passphrases opens a whole one.

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

from app.errors import EnvironmentProblem, RuleBroken
from app.models.vocab import Role
from app.services import crisis, setup
from app.vault import keys, reduced, reducing
from app.vault.vault import Owner, Vault, create_vault, open_vault
from tests import factories
from tests.faults.refreshing_child import CHEAP

ROOT = Path(__file__).resolve().parents[2]
OWN, SECOND, THIRD = (
    "seven quiet herons above the pond",
    "another row of tall sunflowers",
    "a grey barn beside the river",
)
ROUNDS = int(os.environ.get("HAVEN_SITTINGS", "6"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with a case, and a second passphrase."""
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    owner = Owner("Robin Example", (Role.VSU, Role.SUP))
    vault, recovery = create_vault(tmp_path / "vault", OWN, "laptop", owner=owner, setting=CHEAP)
    vault.prove_recovery(recovery)
    command = setup.FoundAgency(
        agency_id=vault.agency_id, service_name="Example Service", member_name=owner.name, roles=owner.roles
    )
    with vault.write(vault.actor(Role.SUP)) as work:
        setup.found_agency_locally(work, command)
        work.commit()
    with vault.write(vault.actor(Role.VSU)) as work:
        crisis.open_case(work, factories.case())
        work.commit()
    reducing.set_up(vault, SECOND)
    vault.close()
    return tmp_path / "vault"


def killed(folder: Path, delay: float) -> list[str]:
    """One sitting, killed `delay` seconds after it began; what it said."""
    command = [sys.executable, "-m", "tests.faults.refreshing_child", str(folder), OWN, SECOND, THIRD]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(delay)
        os.kill(child.pid, signal.SIGKILL)
        return [line.rstrip("\n") for line in child.stdout if line.endswith("\n")]


def opening(folder: Path) -> list[str]:
    """The second passphrases that open a workspace, each of which must be whole."""
    found = []
    for phrase in (SECOND, THIRD):
        try:
            with open_vault(folder, phrase) as workspace:
                assert workspace.is_reduced and whole(workspace)
        except RuleBroken:
            continue
        found.append(phrase)
    return found


def whole(workspace: Vault) -> bool:
    """Every page is sound, and the case is there."""
    with workspace.read() as session:
        cases = session.connection().exec_driver_sql("SELECT count(*) FROM case_file").scalar()
    return workspace.sound() and cases == 1


def test_one_passphrase_opens_a_whole_workspace(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    sets = 0
    last = SECOND
    for _ in range(ROUNDS):
        said = killed(folder, chance.uniform(0.0, 4.0))
        sets += sum(line.startswith("set ") for line in said)
        acknowledged = [line.split()[1] for line in said if line.startswith("set ")]
        last = _phrase(acknowledged[-1]) if acknowledged else last
        begun = [line.split()[1] for line in said if line.startswith("setting ")]
        under_way = _phrase(begun[-1]) if begun else last
        (phrase,) = opening(folder)
        assert phrase in (last, under_way)
        last = phrase
        with open_vault(folder, OWN) as vault:
            assert vault.sound()
            reducing.refresh(vault)
        assert opening(folder) == [phrase]
    with open_vault(folder, OWN) as vault:
        reducing.set_up(vault, THIRD)
        assert len(list((folder / reduced.FOLDER).iterdir())) == 1, "nothing is left of what was stopped"
    with capsys.disabled():
        print(json.dumps({"name": "kill_refresh", "rounds": ROUNDS, "set": sets, "seed": SEED}))


def test_the_check_sees_a_workspace_that_is_not_whole(folder: Path) -> None:
    (copy,) = reduced.copies(folder)
    content = bytearray((copy / "vault.db").read_bytes())
    content[-3000] ^= 1
    (copy / "vault.db").write_bytes(content)
    with pytest.raises((AssertionError, EnvironmentProblem)):
        opening(folder)


def _phrase(number: str) -> str:
    return THIRD if number == "1" else SECOND
