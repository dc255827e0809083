"""Whatever is changed in the files of a closed or killed vault is noticed, and brought back (safety.md, G12 to G14).

`HAVEN_TAMPERINGS` sets how many changes of each sort are tried, `HAVEN_SEED` replays a run; each test prints a JSON
line.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem, NeedsRecovery
from app.models.crisis import Case
from app.models.vocab import Role, ScopeKind
from app.vault import keys
from app.vault.keys import KdfSetting
from app.vault.problems import DAMAGED
from app.vault.vault import Owner, Vault, create_vault, open_vault

PASSPHRASE = "five unrelated garden words"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)
ROUNDS = int(os.environ.get("HAVEN_TAMPERINGS", "8"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
SAVED = 24
PAGE = 4096


def save(vault: Vault, number: int) -> None:
    """One record."""
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.CASE, "anchor")
        work.session.add(Case(id=work.new_id(), scope_id=scope, number=str(number), removed_reason="x" * 700))
        work.commit()


def numbers(vault: Vault) -> set[int]:
    """What is in the vault; a number that was never saved shows itself."""
    with vault.read() as session:
        return {int(number) for number in session.scalars(select(Case.number)) if number}


class Folders:
    """One vault at several moments: `old` closed early, `killed` with all its saves in the log, `closed` at the end."""

    def __init__(self, place: Path) -> None:
        self.place = place
        made, key = create_vault(
            place / "vault", PASSPHRASE, "laptop", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP
        )
        made.prove_recovery(key)
        for number in range(SAVED // 2):
            save(made, number)
        made.back_up()
        made.close()
        shutil.copytree(place / "vault", place / "old")
        with open_vault(place / "vault", PASSPHRASE, counted=False) as vault:
            vault._checkpoint = lambda: None  # type: ignore[method-assign]
            for number in range(SAVED // 2, SAVED):
                save(vault, number)
            shutil.copytree(place / "vault", place / "killed")
        shutil.copytree(place / "vault", place / "closed")
        self.truth = set(range(SAVED))

    def fresh(self, name: str) -> Path:
        """A copy of the vault at one moment, to be changed."""
        copy = self.place / "changed"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.place / name, copy)
        return copy


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folders]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "FLOOR", CHEAP)
        yield Folders(tmp_path_factory.mktemp("tampering"))


def outcome(folder: Path, truth: set[int]) -> str:
    """What a person meets: `same`, `told` (a helper was made anew), `noticed`, or `wrong`; and all comes back."""
    try:
        with open_vault(folder, PASSPHRASE, counted=False) as vault:
            there = numbers(vault)
            if there != truth:
                return "wrong"
            if not _sound(vault):
                raise EnvironmentProblem(DAMAGED)
            return "same" if vault.recovered is None else "told"
    except NeedsRecovery as needed:
        return _brought_back(folder, truth, complete=needed.plan.complete)
    except EnvironmentProblem as problem:
        assert problem.text == DAMAGED, problem.text
    (folder / "vault.suspect").touch()
    try:
        open_vault(folder, PASSPHRASE, counted=False).close()
    except NeedsRecovery as needed:
        return _brought_back(folder, truth, complete=needed.plan.complete)
    return "wrong"


def _sound(vault: Vault) -> bool:
    try:
        return vault.sound()
    except EnvironmentProblem:
        return False


def _brought_back(folder: Path, truth: set[int], *, complete: bool) -> str:
    with open_vault(folder, PASSPHRASE, recover=True, counted=False) as vault:
        there = numbers(vault)
        assert vault.sound() and there <= truth
        if there != truth:
            return "wrong" if complete else "short and said so"
    return "noticed"


def flip(path: Path, chance: random.Random) -> None:
    """Change one bit of what is in use: the room behind it is zeros that nobody reads."""
    place = chance.randrange(len(path.read_bytes().rstrip(b"\0")))
    with path.open("r+b") as file:
        file.seek(place)
        old = file.read(1)[0]
        file.seek(place)
        file.write(bytes([old ^ (1 << chance.randrange(8))]))


def cut(path: Path, chance: random.Random) -> None:
    """Cut the file off somewhere."""
    os.truncate(path, chance.randrange(len(path.read_bytes().rstrip(b"\0"))))


def told(capsys: pytest.CaptureFixture[str], name: str, met: Counter[str]) -> None:
    with capsys.disabled():
        print(json.dumps({"name": name, "rounds": sum(met.values()), "seed": SEED, **met}))


def test_flipped_bits_of_the_closed_file(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    chance, met = random.Random(SEED), Counter[str]()
    for _ in range(ROUNDS):
        folder = folders.fresh("closed")
        flip(folder / "vault.db", chance)
        met[outcome(folder, folders.truth)] += 1
    told(capsys, "flips_in_the_file", met)
    assert set(met) == {"noticed"}


Change = Callable[[Path, random.Random], object]


@pytest.mark.parametrize("how", [flip, cut], ids=["flipped", "cut"])
@pytest.mark.parametrize("name", ["vault.db-wal", "journal.haven", "anchor.haven"])
def test_damage_in_the_log_and_in_the_helpers(
    folders: Folders, capsys: pytest.CaptureFixture[str], name: str, how: Change
) -> None:
    chance, met = random.Random(SEED), Counter[str]()
    for _ in range(ROUNDS):
        folder = folders.fresh("killed")
        how(folder / name, chance)
        met[outcome(folder, folders.truth)] += 1
    told(capsys, f"{how.__name__}_in_{name}", met)
    assert set(met) <= {"noticed", "told", "same"}


def test_pages_that_were_put_back(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = ((folders.place / name / "vault.db").read_bytes() for name in ("old", "closed"))
    places = [start for start in range(0, len(old), PAGE) if old[start : start + PAGE] != new[start : start + PAGE]]
    chance, met = random.Random(SEED), Counter[str]()
    for _ in range(ROUNDS):
        folder = folders.fresh("closed")
        some = chance.sample(places, chance.randint(1, len(places) - 1))
        content = bytearray(new)
        for start in some:
            content[start : start + PAGE] = old[start : start + PAGE]
        (folder / "vault.db").write_bytes(bytes(content))
        met[outcome(folder, folders.truth)] += 1
    told(capsys, "pages_put_back", met)
    assert set(met) == {"noticed"}


def test_every_mixture_of_old_and_new_files(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    """Every set of the three files put back, but the whole: that agrees with itself, and only a witness sees it."""
    met = Counter[str]()
    files = ("vault.db", "journal.haven", "anchor.haven")
    for count in (1, 2):
        for some in itertools.combinations(files, count):
            folder = folders.fresh("closed")
            for name in some:
                shutil.copyfile(folders.place / "old" / name, folder / name)
            found = outcome(folder, folders.truth)
            met[found] += 1
            newest_is_lost = "vault.db" in some and "journal.haven" in some
            assert found == ("short and said so" if newest_is_lost else found) and found != "wrong", some
            assert found != "same", some
    told(capsys, "mixtures", met)


def test_the_outcome_sees_what_is_wrong(folders: Folders) -> None:
    assert outcome(folders.fresh("closed"), folders.truth) == "same"
    assert outcome(folders.fresh("old"), folders.truth) == "wrong"
