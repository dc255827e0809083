"""A full disk and a damaged file: the last save is intact, and a person reads what happened (safety.md, G11, G12)."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem
from app.models.crisis import Case
from app.models.vocab import Role, ScopeKind
from app.vault import audit, backup, engine, keys
from app.vault.keys import KdfSetting
from app.vault.problems import explained
from app.vault.vault import Owner, Vault, create_vault, open_vault

ROOT = Path(__file__).parents[2]
PASSPHRASE = "five unrelated garden words"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    made, recovery = create_vault(
        tmp_path / "vault", PASSPHRASE, "laptop", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP
    )
    made.prove_recovery(recovery)
    yield made
    made.close()


def save(vault: Vault, number: int, size: int) -> None:
    """One record of about `size` characters."""
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.CASE, "anchor")
        work.session.add(Case(id=work.new_id(), scope_id=scope, number=str(number), removed_reason="x" * size))
        work.commit()


def numbers(vault: Vault) -> set[int]:
    with vault.read() as session:
        assert audit.verify(session).whole
        return {int(number) for number in session.scalars(select(Case.number)) if number}


@pytest.mark.parametrize("room", [0, 1, 2, 3, 4, 5, 7, 9, 12, 16, 23, 40])
def test_a_full_disk_loses_nothing_and_work_goes_on_when_there_is_room(vault: Vault, room: int) -> None:
    raw = vault._connection
    raw.execute(f"PRAGMA max_page_count = {raw.execute('PRAGMA page_count').fetchone()[0] + room}")
    saved: set[int] = set()
    with pytest.raises(EnvironmentProblem) as full:
        for number in range(200):
            save(vault, number, 1500)
            saved.add(number)
    assert "disk is full" in full.value.sentence and "xxx" not in f"{full.value!r}{full.value.__cause__!r}"
    assert numbers(vault) == saved
    raw.execute("PRAGMA max_page_count = 1000000")
    save(vault, 999, 1500)
    vault.close()
    with open_vault(vault.folder, PASSPHRASE) as opened:
        assert numbers(opened) == saved | {999}
        assert opened.sound()


SMALL_DISK = """
import sys
from pathlib import Path
from app.errors import EnvironmentProblem
from app.models.crisis import Case
from app.models.vocab import Role, ScopeKind
from app.vault import keys
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, create_vault, open_vault
from tests.faults.test_vault_disk import CHEAP, PASSPHRASE, numbers, save

keys.FLOOR = CHEAP
folder = Path(sys.argv[1]) / "vault"
vault, recovery = create_vault(folder, PASSPHRASE, "laptop", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP)
vault.prove_recovery(recovery)
saved = set()
try:
    for number in range(5000):
        save(vault, number, 2000)
        saved.add(number)
except EnvironmentProblem as error:
    assert "disk is full" in error.sentence, error.sentence
try:
    vault.back_up()
except EnvironmentProblem as error:
    assert "disk is full" in error.sentence, error.sentence
else:
    raise AssertionError("the backup fitted")
assert numbers(vault) == saved and saved
(folder.parent / "ballast").unlink()
save(vault, 9999, 10)
vault.close()
with open_vault(folder, PASSPHRASE) as again:
    assert numbers(again) == saved | {9999} and again.sound()
print("kept", len(saved))
"""


FULL_DISK = """
import os, sys
from pathlib import Path
from app.errors import EnvironmentProblem, RuleBroken
from app.models.vocab import AuditAction, Role
from app.vault import keys
from app.vault.vault import Owner, create_vault, open_vault
from tests.faults.test_vault_disk import CHEAP, PASSPHRASE, numbers, save

keys.FLOOR = CHEAP
disk = Path(sys.argv[1])
folder = disk / "vaults" / "one"
folder.parent.mkdir()
vault, recovery = create_vault(folder, PASSPHRASE, "laptop", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP)
vault.prove_recovery(recovery)
for number in range(5):
    save(vault, number, 1000)
vault.close()
with (disk / "ballast").open("ab", buffering=0) as ballast:
    for size in (65536, 4096, 512, 1):
        try:
            while True:
                ballast.write(bytes([7]) * size)
        except OSError:
            pass
for sitting in range(3):
    with open_vault(folder, PASSPHRASE) as vault:
        assert numbers(vault) == set(range(5))
        with vault.write(vault.actor(Role.VSU)) as work:
            work.audit(AuditAction.LOGIN, reason=f"sitting {sitting}")
            work.commit()
        try:
            save(vault, 7, 10)
        except EnvironmentProblem as error:
            assert "disk is full" in error.sentence, error.sentence
        else:
            raise AssertionError("there was room")
        vault.keep_draft("form", {"text": f"typed in sitting {sitting}"}, None)
        assert vault.is_full
for _ in range(5):
    try:
        open_vault(folder, "another passphrase")
    except RuleBroken as error:
        said = error.sentence
    else:
        raise AssertionError("a wrong one opened")
assert "Too many wrong" in said, said
(disk / "ballast").unlink()
with open_vault(folder, PASSPHRASE, counted=False) as vault:
    assert not vault.is_full and not vault.owed
    save(vault, 7, 10)
    with vault.read() as session:
        entered = [row[0] for row in session.connection().exec_driver_sql("SELECT reason FROM audit_entry")]
        assert [f"sitting {one}" for one in range(3)] == [one for one in entered if one.startswith("sitting")]
        assert vault.kept_draft(session, "form").values == {"text": "typed in sitting 2"}
    assert numbers(vault) == {0, 1, 2, 3, 4, 7} and vault.sound()
print("opened full")
"""


def small_disk(tmp_path: Path, script: str, mount: str) -> str:
    """Run a script with a small disk of its own that nobody else sees; what it printed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    (tmp_path / "fill.py").write_text(script, encoding="utf-8")
    mounted = mount.format(disk=disk, image=tmp_path / "image")
    if subprocess.run(["unshare", "-m", "sh", "-c", mounted], capture_output=True).returncode:
        pytest.skip("this machine allows no private small disk of this kind")
    inside = f"{mounted} && PYTHONPATH={ROOT} {sys.executable} {tmp_path / 'fill.py'} {disk}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", inside], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "mount",
    [
        "mount -t tmpfs -o size=12m tmpfs {disk}",
        "head -c 16M /dev/zero > {image} && mkfs.ext4 -q -m 0 {image} && mount -o loop {image} {disk}",
    ],
    ids=["tmpfs", "ext4"],
)
def test_an_entirely_full_disk_opens_for_reading(tmp_path: Path, mount: str) -> None:
    assert small_disk(tmp_path, FULL_DISK, mount) == "opened full\n"


def test_a_really_full_disk(tmp_path: Path) -> None:
    # An empty vault takes 2.5 MB, and twice that once the engine's log is written into the file for the first time.
    mount = "mount -t tmpfs -o size=8m tmpfs {disk} && head -c 400000 /dev/zero > {disk}/ballast"
    assert int(small_disk(tmp_path, SMALL_DISK, mount).split()[1]) > 10


def test_every_flipped_bit_of_the_closed_file_is_noticed(vault: Vault, tmp_path: Path) -> None:
    for number in range(30):
        save(vault, number, 500)
    vault.close()
    source = vault.folder / "vault.db"
    chance = random.Random(20260304)
    unnoticed = []
    for _ in range(60):
        copy = tmp_path / "flipped.db"
        shutil.copyfile(source, copy)
        place, bit = chance.randrange(source.stat().st_size), chance.randrange(8)
        with copy.open("r+b") as file:
            file.seek(place)
            old = file.read(1)[0]
            file.seek(place)
            file.write(bytes([old ^ (1 << bit)]))
        if sound(copy, vault._data_key):
            unnoticed.append((place, bit))
    assert unnoticed == []
    assert sound(source, vault._data_key)


def sound(path: Path, data_key: bytes) -> bool:
    try:
        with explained():
            connection = engine.open_keyed(path, data_key)
            try:
                return backup.check(connection)
            finally:
                connection.close()
    except EnvironmentProblem:
        return False
