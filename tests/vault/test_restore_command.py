"""`python -m app.vault restore`: a damaged vault opens again with everything that its newest backup held."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import EnvironmentProblem
from app.models.agency import Organization
from app.models.vocab import Role, ScopeKind
from app.vault.__main__ import main
from app.vault.vault import Vault, open_vault

PHRASE = "five unrelated garden words"


def _damaged(vault: Vault) -> Path:
    """A vault with one record and a backup, whose file is then damaged."""
    agency = vault.agency_id
    with vault.write(vault.actor(Role.SUP)) as work:
        scope = work.open_scope(ScopeKind.AGENCY, agency)
        work.session.add(Organization(id=work.new_id(), scope_id=scope, name="Kept"))
        work.commit()
    vault.back_up()
    vault.close()
    (vault.folder / "vault.db").write_bytes(b"\x07" * 8192)
    return vault.folder


def test_a_damaged_vault_is_restored(
    new_vault: Callable[[str], Vault], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _damaged(new_vault("one"))
    with pytest.raises(EnvironmentProblem):
        open_vault(folder, PHRASE)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: PHRASE)
    assert main(["restore", str(folder)]) == 0
    assert "The file that was replaced is kept" in capsys.readouterr().out
    assert list(folder.glob("vault.db.replaced*"))
    with open_vault(folder, PHRASE) as vault, vault.read() as session:
        assert [one.name for one in session.query(Organization)] == ["Kept"]


def test_a_wrong_passphrase_changes_nothing(
    new_vault: Callable[[str], Vault], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _damaged(new_vault("two"))
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "not the right words at all")
    assert main(["restore", str(folder)]) == 1
    assert capsys.readouterr().err.strip()
    assert (folder / "vault.db").read_bytes() == b"\x07" * 8192


def test_without_a_backup_it_says_so(
    new_vault: Callable[[str], Vault], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = new_vault("three")
    vault.close()
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: PHRASE)
    assert main(["restore", str(vault.folder)]) == 1
    assert "no backup" in capsys.readouterr().err
