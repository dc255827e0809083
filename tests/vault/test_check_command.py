"""`python -m app.vault check` and `backup`: everything is looked at, nothing is changed, nothing is shown."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.models.agency import Organization
from app.models.vocab import Role, ScopeKind
from app.vault import backup
from app.vault.__main__ import main
from app.vault.vault import Vault

PHRASE = "five unrelated garden words"


def _save(vault: Vault, name: str) -> None:
    agency = vault.agency_id
    with vault.write(vault.actor(Role.SUP)) as work:
        scope = work.open_scope(ScopeKind.AGENCY, agency)
        work.session.add(Organization(id=work.new_id(), scope_id=scope, name=name))
        work.commit()


@pytest.fixture
def folder(new_vault: Callable[[str], Vault]) -> Path:
    """A closed vault with a backup and one more save."""
    vault = new_vault("one")
    _save(vault, "Canary Street Shelter")
    vault.back_up()
    _save(vault, "Another")
    vault.close()
    return vault.folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs a command with the passphrase on standard input; exit code and what it wrote."""

    def go(*arguments: object, phrase: str = PHRASE) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(phrase + "\n"))
        code = main([*map(str, arguments), "--passphrase-stdin"])
        out = capsys.readouterr()
        return code, out.out + out.err

    return go


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("tries.")
    }


def _failing(said: str) -> set[str]:
    return {check["name"].split()[0] for check in json.loads(said)["checks"] if not check["ok"]}


def test_a_sound_vault_is_sound_and_stays_as_it_is(folder: Path, run: Any) -> None:
    before = _files(folder)
    code, said = run("check", folder)
    report = json.loads(said)
    assert code == 0 and report["ok"] and "Canary" not in said
    names = {check["name"].split()[0] for check in report["checks"]}
    assert names == {
        "header", "slots", "anchor", "journal", "together", "pages", "cipher", "integrity", "audit", "attachments",
        "backup",
    }  # fmt: skip
    assert report["counters"]["database"] == report["counters"]["anchor"] == report["counters"]["journal"]
    assert _files(folder) == before


def _content_of_a_page(folder: Path) -> None:
    content = bytearray((folder / "vault.db").read_bytes())
    content[len(content) // 4096 // 2 * 4096 + 100] ^= 1
    (folder / "vault.db").write_bytes(bytes(content))


def _tail_of_a_page(folder: Path) -> None:
    content = bytearray((folder / "vault.db").read_bytes())
    content[len(content) // 4096 // 2 * 4096 + 4090] ^= 1
    (folder / "vault.db").write_bytes(bytes(content))


def _no_database(folder: Path) -> None:
    (folder / "vault.db").unlink()


def _plain(folder: Path) -> None:
    (folder / "vault.db").write_bytes(b"SQLite format 3\x00" + bytes(4080))


def _no_journal(folder: Path) -> None:
    (folder / "journal.haven").unlink()


def _half_an_anchor(folder: Path) -> None:
    content = bytearray((folder / "anchor.haven").read_bytes())
    content[20] ^= 1
    (folder / "anchor.haven").write_bytes(bytes(content))


def _one_slot(folder: Path) -> None:
    (folder / "slots.b").unlink()


def _damaged_backup(folder: Path) -> None:
    (path,) = backup.listed(folder)
    path.write_bytes(path.read_bytes()[:-4096])


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (_content_of_a_page, "cipher"),
        (_tail_of_a_page, "together"),
        (_no_database, "header"),
        (_plain, "header"),
        (_no_journal, "journal"),
        (_half_an_anchor, "anchor"),
        (_one_slot, "slots"),
        (_damaged_backup, "backup"),
    ],
)
def test_what_is_not_sound_is_named(folder: Path, run: Any, harm: Callable[[Path], None], named: str) -> None:
    harm(folder)
    before = _files(folder)
    code, said = run("check", folder)
    assert code == 1 and named in _failing(said), said
    assert _files(folder) == before


def test_a_wrong_passphrase_is_said(folder: Path, run: Any) -> None:
    code, said = run("check", folder, phrase="not the right words at all")
    assert code == 1 and "passphrase" in said.lower()


def test_backup_makes_one_more(folder: Path, run: Any) -> None:
    code, said = run("backup", folder)
    assert code == 0 and backup.listed(folder)[0].name in said
    assert len(backup.listed(folder)) == 2


def test_restore_leaves_a_sound_vault_alone(folder: Path, run: Any) -> None:
    code, said = run("restore", folder)
    assert code == 0 and "Nothing was changed" in said
    code, said = run("restore", folder, "--as-it-was")
    assert code == 1 and "Name the backup" in said


@pytest.mark.skipif(os.name != "posix", reason="the lock is looked for as POSIX has it")
def test_an_open_vault_is_not_checked(new_vault: Callable[[str], Vault]) -> None:
    vault = new_vault("open")
    script = (
        "import sys\nfrom pathlib import Path\nfrom app.errors import EnvironmentProblem\nfrom app.vault import check\n"
        "try:\n    check.checked(Path(sys.argv[1]), sys.argv[2], bytes.fromhex(sys.argv[3]))\n"
        "except EnvironmentProblem as problem:\n    sys.exit(7 if 'already open' in problem.sentence else 8)\n"
    )
    command = [sys.executable, "-c", script, str(vault.folder), vault.vault_id, vault._data_key.hex()]
    assert subprocess.run(command, cwd=Path(__file__).parents[2]).returncode == 7
