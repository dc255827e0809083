"""The drill: what lies in the safe opens, from inside and from the command line, and nothing else changes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import RuleBroken
from app.models.local.tables import AuditEntry, DeviceState
from app.models.vocab import AuditAction
from app.vault import __main__ as command
from app.vault import shares, slots, state
from app.vault.vault import Vault, open_vault, open_with_recovery

PASSPHRASE = "five unrelated garden words"


def two_sheets(recovery: str) -> str:
    return "\n".join(shares.split(shares.recovery_key(recovery))[1:])


def facts(vault: Vault) -> dict[str, str | None]:
    """Every small fact of the vault but the clock."""
    with vault.read() as session:
        rows = session.execute(select(DeviceState.name, DeviceState.value)).all()
        return {name: value for name, value in rows if name != state.CLOCK}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in (*slots.COPIES, "tries.a", "tries.b")}


@pytest.mark.parametrize("sheets", [False, True], ids=["key", "sheets"])
def test_a_drill_notes_itself_and_nothing_else(folder: Path, made: tuple[Vault, str], sheets: bool) -> None:
    vault, recovery = made
    before, files = facts(vault), contents(folder)
    kind = vault.drill(two_sheets(recovery) if sheets else recovery)
    assert kind == ("shares" if sheets else "key")
    after = facts(vault)
    assert {name for name in after if after[name] != before.get(name)} == {state.DRILL, state.COMMIT}
    assert contents(folder) == files
    assert vault.keys_state().drill == ("2026-03-04T15:00:00+00:00", kind)


def test_the_key_of_another_vault_is_no_drill(made: tuple[Vault, str]) -> None:
    vault, _ = made
    with pytest.raises(RuleBroken, match="another vault"):
        vault.drill(vault.fresh_recovery())
    assert vault.keys_state().drill is None


def test_a_replaced_key_has_to_be_practised_anew(made: tuple[Vault, str]) -> None:
    vault, recovery = made
    vault.drill(recovery)
    fresh = vault.fresh_recovery()
    vault.replace_recovery(fresh)
    assert vault.keys_state().drill is None
    with pytest.raises(RuleBroken, match="another vault"):
        vault.drill(recovery)
    vault.drill(fresh)


@pytest.mark.parametrize("sheets", [False, True], ids=["key", "sheets"])
def test_the_command_opens_a_closed_vault(
    folder: Path,
    made: tuple[Vault, str],
    sheets: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    vault, recovery = made
    vault.close()
    files = contents(folder)
    monkeypatch.setattr("sys.stdin", io.StringIO(two_sheets(recovery) if sheets else recovery))
    assert command.main(["drill", str(folder), "--stdin", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["opens"] is True and said["with"] == ("shares" if sheets else "key")
    assert contents(folder) == files
    with open_vault(folder, PASSPHRASE) as again:
        assert again.keys_state().drill is not None
        assert again.recovery_to_tell() is None, "a drill is no recovery"


def test_the_command_asks_hidden_and_says_it_in_words(
    folder: Path, made: tuple[Vault, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vault, recovery = made
    vault.close()
    answers = two_sheets(recovery).split("\n")
    monkeypatch.setattr("getpass.getpass", lambda _prompt: answers.pop(0))
    assert command.main(["drill", str(folder)]) == 0
    assert "It opens, with two sheets" in capsys.readouterr().out
    monkeypatch.setattr("getpass.getpass", lambda _prompt: recovery)
    assert command.main(["drill", str(folder)]) == 0
    assert "with the recovery key" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(
    folder: Path, made: tuple[Vault, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vault, recovery = made
    other = vault.fresh_recovery()
    vault.close()
    monkeypatch.setattr("getpass.getpass", lambda _prompt: other)
    assert command.main(["drill", str(folder)]) == 1
    assert "another vault" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("rubbish"))
    assert command.main(["drill", str(folder), "--stdin", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["opens"] is False
    assert recovery not in capsys.readouterr().out


# --- the real thing ---


def test_a_recovery_by_sheets_is_audited_and_told_once(folder: Path, made: tuple[Vault, str], clock: Any) -> None:
    vault, recovery = made
    vault.close()
    with open_with_recovery(folder, two_sheets(recovery), clock=clock) as opened:
        with opened.read() as session:
            audited = session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.action == str(AuditAction.KEYS))
            )
        assert audited == 1
    with open_vault(folder, PASSPHRASE, clock=clock) as again:
        assert again.recovery_to_tell() == "2026-03-04T15:00:00+00:00"
        again.told_of_recovery()
        assert again.recovery_to_tell() is None
        assert again.keys_state().recovered is not None
