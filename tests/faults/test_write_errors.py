"""A disk that fails at any write, sync or rename of a save (safety.md, G11): no acknowledged save is ever lost.

"Saved" is said only when database and journal both have it; whatever fails is said in a sentence; and the vault opens
afterwards. Errors in our own calls are injected in this process, those of the database engine by `strace`.
`HAVEN_WRITE_ERRORS` sets how many points are tried (0: each), `HAVEN_SEED` replays a run.
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

from app.errors import EnvironmentProblem, HavenError
from app.models.crisis import Case
from app.models.vocab import Role
from app.vault import audit, keys
from app.vault.journal import Journal
from app.vault.keeper import Places
from app.vault.vault import Owner, Vault, create_vault, open_vault
from tests.faults.failing_calls import failing
from tests.faults.saving_child import CHEAP, save

ROOT = Path(__file__).parents[2]
PASSPHRASE = "five unrelated garden words"
POINTS = int(os.environ.get("HAVEN_WRITE_ERRORS", "24"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
ENGINE_CALLS = "pwrite64,fdatasync,fsync,ftruncate"
ENGINE_SAVES = 6
ENGINE_POINTS = POINTS // 5 if POINTS else 400

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the calls are POSIX")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with one backup, closed."""
    folder = tmp_path_factory.mktemp("errors") / "vault"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "FLOOR", CHEAP)
        owner = Owner("A. Example", (Role.VSU,))
        made, recovery = create_vault(folder, PASSPHRASE, "laptop", owner=owner, setting=CHEAP)
        made.prove_recovery(recovery)
        made.back_up()
        made.close()
    return folder


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "FLOOR", CHEAP)


def in_both(vault: Vault) -> bool:
    """Whether the journal, read anew from the disk, has the commit that the database says it has."""
    found = vault._store.found
    return Journal(found.places.journal, found.keys.journal, vault.vault_id).last == vault.commits


def work(vault: Vault, said: set[int], sentences: Counter[str]) -> None:
    """Saves, a backup that shortens the journal, and a save that needs more room than is kept."""
    actor = vault.actor(Role.VSU)
    for number in range(7):
        try:
            if number == 3:
                vault.back_up()
            if number == 5:
                vault.keep_draft("form", {"text": os.urandom(300_000).hex()}, None)
            save(vault, actor, number)
        except EnvironmentProblem as problem:
            sentences[problem.text] += 1
        else:
            said.add(number)
            assert in_both(vault), "said to be saved, and not in the journal"


def there(folder: Path) -> tuple[str, set[int]]:
    """How the vault opens, and the numbers in it."""
    with open_vault(folder, PASSPHRASE, counted=False) as vault:
        assert vault.sound()
        with vault.read() as session:
            assert audit.verify(session).whole
            found = {int(number) for number in session.scalars(select(Case.number)) if number}
        save(vault, vault.actor(Role.VSU), 999)
        return "opened" if vault.recovered is None else vault.recovered.found, found


def points(most: int, chance: random.Random) -> list[tuple[int, str, bool]]:
    every = [
        (at, kind, lasting) for at in range(1, most + 1) for kind in ("full", "broken") for lasting in (False, True)
    ]
    return every if POINTS == 0 or len(every) <= POINTS else sorted(chance.sample(every, POINTS))


def test_errors_of_our_own_calls_lose_nothing(before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(number: int, kind: str, lasting: bool) -> tuple[int, str, set[int], Counter[str]]:
        folder = tmp_path / "run"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder)
        vault = open_vault(folder, PASSPHRASE, counted=False)
        said: set[int] = set()
        sentences = Counter[str]()
        with failing(number, kind, lasting=lasting) as asked:
            work(vault, said, sentences)
        shutil.rmtree(tmp_path / "killed", ignore_errors=True)
        shutil.copytree(folder, tmp_path / "killed")
        vault.close()
        return asked.seen, asked.met, said, sentences

    most, _, said, sentences = run(0, "full", False)
    assert said == set(range(7)) and not sentences and most > 30
    met, sayings, lost, told = Counter[str](), Counter[str](), 0, Counter[str]()
    for point in points(most, random.Random(SEED)):
        _, at, said, sentences = run(*point)
        assert at, "the error was met"
        assert not point[2] or sentences or at == "fdatasync" or point[0] > most - 3, "a lasting error is heard of"
        for folder in ("killed", "run"):  # killed after it, and closed in order
            try:
                how, found = there(tmp_path / folder)
            except EnvironmentProblem as problem:
                pytest.fail(f"{folder} after {point} at {at}, seed {SEED}: {problem.text}")
            lost += len(said - found)
            told[how] += 1
            assert len(found - said - {999}) <= 1, "at most the one save that was under way is there unasked"
        met[at] += 1
        sayings.update(sentences)
    with capsys.disabled():
        figures = {"points": sum(met.values()), "of": most * 4, "lost": lost, "seed": SEED, **met}
        print(json.dumps({"name": "write_errors.own", **figures, "opened": dict(told), "sentences": len(sayings)}))
    assert lost == 0
    assert set(told) <= {"opened", "helpers"}


def traced(folder: Path, inject: str) -> list[str]:
    """Run the child with errors injected into calls on the vault's files; its lines."""
    places = Places(folder)
    files = [places.database, places.database.with_name("vault.db-wal"), places.journal, places.anchor]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={ENGINE_CALLS}"]
    command += [part for path in files for part in ("-P", str(path))]
    command += ["-e", f"inject={ENGINE_CALLS}:{inject}"] if inject else []
    child = [sys.executable, "-m", "tests.faults.failing_child", str(folder), PASSPHRASE, str(ENGINE_SAVES)]
    done = subprocess.run([*command, *child], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return done.stdout.splitlines()


def test_errors_of_the_engine_lose_nothing(before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("strace") is None or subprocess.run(["strace", "-f", "true"], capture_output=True).returncode:
        pytest.skip("strace is not there or not allowed (ptrace)")
    folder, chance = tmp_path / "run", random.Random(SEED)
    outcomes, lost = Counter[str](), 0
    calls = ENGINE_SAVES * 12
    for _ in range(ENGINE_POINTS):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder)
        lasting = chance.choice(("", "+"))
        inject = f"error={chance.choice(('ENOSPC', 'EIO'))}:when={chance.randint(1, calls)}{lasting}"
        lines = traced(folder, inject)
        assert not [line for line in lines if line.startswith("defect")], (inject, lines)
        said = {int(line.split()[1]) for line in lines if line.startswith("saved")}
        outcomes.update(line.split()[0] for line in lines)
        how, found = there(folder)
        outcomes[how] += 1
        assert len(found - said - {999}) <= 1
        lost += len(said - found)
    with capsys.disabled():
        print(
            json.dumps({"name": "write_errors.engine", "points": ENGINE_POINTS, "lost": lost, "seed": SEED, **outcomes})
        )
    assert lost == 0


def test_a_save_that_forgets_its_sync_is_noticed(before: Path, tmp_path: Path) -> None:
    """Were an error of the journal swallowed, "saved" would be said without it: this test can fail."""
    folder = tmp_path / "run"
    shutil.copytree(before, folder)
    vault = open_vault(folder, PASSPHRASE, counted=False)
    real = Journal.append

    def careless(self: Journal, counter: int, content: object) -> bytes:
        try:
            return real(self, counter, content)  # type: ignore[arg-type]
        except OSError:
            return self.last_head

    with pytest.MonkeyPatch.context() as patch, failing(1, lasting=True):
        patch.setattr(Journal, "append", careless)
        with pytest.raises((AssertionError, HavenError)):
            work(vault, set(), Counter())
    vault.close()
