"""Every kept backup is restored by machine, as it was and with what was saved since (safety.md, G15)."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.errors import RuleBroken
from app.models.vocab import Role
from app.vault import backup, keys, slots
from app.vault.throttle import Throttle
from app.vault.vault import Owner, create_vault, open_vault, restore_backup, utc_now
from tests.faults.test_tampering import CHEAP, PASSPHRASE, numbers, save


class LaterEachDay:
    """A clock on which a day passes with each backup."""

    def __init__(self) -> None:
        self.at = utc_now()

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, int]:
    """A closed vault with as many backups as are kept, one record before each and one after all."""
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    clock, folder = LaterEachDay(), tmp_path / "vault"
    owner = Owner("A. Example", (Role.VSU,))
    vault, key = create_vault(folder, PASSPHRASE, "x", owner=owner, setting=CHEAP, clock=clock)
    vault.prove_recovery(key)
    days = backup.KEPT + 2
    for day in range(days):
        save(vault, day)
        clock.at += timedelta(days=1)
        vault.back_up()
    save(vault, days)
    vault.close()
    return folder, days


def fresh(folder: Path, place: Path) -> Path:
    """A copy of the vault."""
    copy = place / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    # A copied vault waits once before its passphrase; here it is about the backups.
    Throttle(copy, slots.read(copy).vault_id).start()
    return copy


def test_every_backup_comes_back(kept: tuple[Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, days = kept
    paths = backup.listed(folder)
    assert len(paths) == backup.KEPT
    done = {"as_it_was": 0, "with_all_since": 0, "too_old_for_all": 0}
    for age, path in enumerate(paths):
        copy = fresh(folder, tmp_path)
        restore_backup(copy, copy / "backups" / path.name, PASSPHRASE, as_it_was=True)
        with open_vault(copy, PASSPHRASE, counted=False) as vault:
            assert numbers(vault) == set(range(days - age)) and vault.sound()
            save(vault, 1000)
        with open_vault(copy, PASSPHRASE, counted=False) as vault:
            assert numbers(vault) == {*range(days - age), 1000}, "work goes on from there"
        done["as_it_was"] += 1
        copy = fresh(folder, tmp_path)
        if age >= 2:
            with pytest.raises(RuleBroken):
                restore_backup(copy, copy / "backups" / path.name, PASSPHRASE)
            done["too_old_for_all"] += 1
            continue
        restore_backup(copy, copy / "backups" / path.name, PASSPHRASE)
        with open_vault(copy, PASSPHRASE, counted=False) as vault:
            assert numbers(vault) == set(range(days + 1)) and vault.sound()
        done["with_all_since"] += 1
    with capsys.disabled():
        print(json.dumps({"name": "restore_backups", "generations": len(paths), **done}))
