"""After a loss of power at any moment the vault opens with everything that was said to be saved (safety.md, G3).

A real run is recorded call by call with `strace`; then states of the disk are made in which what was not synced is
lost, torn or kept by chance (`disk.py`). `HAVEN_POWER_LOSSES` sets how many, `HAVEN_SEED` replays a run.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import NeedsRecovery
from app.models.crisis import Case
from app.models.vocab import Role
from app.vault import audit, keys
from app.vault.vault import Owner, create_vault, open_vault
from tests.faults.disk import CALLS, Call, Disk, calls
from tests.faults.saving_child import CHEAP

ROOT = Path(__file__).parents[2]
PASSPHRASE = "five unrelated garden words"
IMAGES = int(os.environ.get("HAVEN_POWER_LOSSES", "40"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
SAVES = 30


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[Call]]:
    """The folder before a run, the folder it ran in, and its calls."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (installer/system.sh)")
    if subprocess.run(["strace", "-f", "true"], capture_output=True).returncode:
        pytest.skip("this machine does not allow tracing (ptrace)")
    place = tmp_path_factory.mktemp("power")
    folder = place / "vault"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "FLOOR", CHEAP)
        made, key = create_vault(folder, PASSPHRASE, "x", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP)
        made.prove_recovery(key)
        made.close()
    before = place / "before"
    shutil.copytree(folder, before)
    trace = place / "trace"
    recorder = ["strace", "-f", "-y", "-xx", "-s", "8000000", "-e", f"trace={CALLS}", "-o", str(trace)]
    child = [sys.executable, "-m", "tests.faults.traced_child", str(folder), PASSPHRASE, str(SAVES)]
    subprocess.run([*recorder, *child], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return before, folder, list(calls(trace.read_text(), folder))


def state_after(run: tuple[Path, Path, list[Call]], count: int, chance: random.Random, place: Path) -> set[int]:
    """Make the folder that may lie on the disk after `count` calls; the numbers that were acknowledged by then."""
    before, folder, recorded = run
    shutil.rmtree(folder)
    shutil.copytree(before, folder)
    disk = Disk(folder)
    said: set[int] = set()
    for call in recorded[:count]:
        if call.path == "1":
            said |= {int(line.split()[1]) for line in call.content.decode().splitlines()}
        else:
            disk.do(call)
    shutil.rmtree(place, ignore_errors=True)
    for path, content in disk.after_power_loss(chance).items():
        target = place / Path(path).relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return said


def found_in(folder: Path) -> tuple[str, set[int]]:
    """How the vault opens, and what is in it."""
    how = "opened"
    try:
        vault = open_vault(folder, PASSPHRASE, counted=False)
    except NeedsRecovery:
        how, vault = "asked", open_vault(folder, PASSPHRASE, recover=True, counted=False)
    with vault:
        if vault.recovered is not None and how == "opened":
            how = "told"
        assert vault.sound()
        with vault.read() as session:
            assert audit.verify(session).whole
            return how, {int(number) for number in session.scalars(select(Case.number)) if number}


def test_nothing_saved_is_lost_when_power_fails(
    run: tuple[Path, Path, list[Call]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    chance, met, lost = random.Random(SEED), Counter[str](), 0
    recorded = run[2]
    first = next(place for place, call in enumerate(recorded) if call.path == "1")
    for _ in range(IMAGES):
        said = state_after(run, chance.randint(first, len(recorded)), chance, tmp_path / "image")
        how, there = found_in(tmp_path / "image")
        met[how] += 1
        lost += len(said - there)
    with capsys.disabled():
        figures = {"images": IMAGES, "calls": len(recorded), "lost": lost, "seed": SEED, **met}
        print(json.dumps({"name": "power_loss", **figures}))
    assert lost == 0
    assert set(met) == {"opened"}, "a disk that keeps its word leaves nothing to explain"


def test_the_model_sees_a_missing_sync(
    run: tuple[Path, Path, list[Call]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the syncs of journal and database, saves are lost: the test can fail."""
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    before, folder, recorded = run
    careless = [call for call in recorded if call.name not in ("fsync", "fdatasync")]
    chance, lost = random.Random(1), 0
    for _ in range(12):
        said = state_after((before, folder, careless), len(careless) - 40, chance, tmp_path / "image")
        try:
            _, there = found_in(tmp_path / "image")
        except Exception:
            there = set()
        lost += len(said - there)
    assert lost
