"""The system's keystore: a real one on a session bus of its own, and what happens without one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.errors import EnvironmentProblem, RuleBroken
from app.vault import keystore
from app.vault.vault import Vault

ROOT = Path(__file__).parents[2]
PASSPHRASE = "five unrelated garden words"
_MISSING = [name for name in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(name) is None]

# The keystore is unlocked with a password of its own, as signing in to the computer does it.
_SESSION = """
printf opened-for-the-test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
exec "$@"
"""


def in_session(tmp_path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command beside a keystore that is its own: nothing of this account is touched."""
    home = tmp_path / "account"
    (home / "run").mkdir(parents=True, mode=0o700)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS", "XDG", "GNOME", "SSH"))}
    environment = kept | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
    }
    return subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", _SESSION, "sh", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(bool(_MISSING), reason=f"no keystore to try on this computer: {', '.join(_MISSING)}")
def test_a_real_keystore_holds_half_of_the_key(tmp_path: Path) -> None:
    done = in_session(tmp_path, sys.executable, "-m", "tests.vault.keystore_child", str(tmp_path / "vaults"))
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stdout + done.stderr


def test_without_a_keystore_nothing_is_kept_and_nothing_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    assert not keystore.available()
    assert not keystore.remember("v", "anchor", "1")
    assert keystore.recall("v", "anchor") is None
    keystore.forget("v", "anchor")


def test_a_file_in_plain_text_is_no_keystore_whatever_the_settings_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert not keystore.available() and not keystore.remember("v", "anchor", "1")


def test_binding_without_a_keystore_changes_nothing(
    made: tuple[Vault, str], again: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    vault, recovery = made
    with pytest.raises(RuleBroken, match="Practise the recovery first"):
        vault.bind_to_keystore(PASSPHRASE)
    vault.drill(recovery)
    with pytest.raises(EnvironmentProblem, match="no keystore that Haven may use"):
        vault.bind_to_keystore(PASSPHRASE)
    assert not vault.keys_state().bound
    again()


def test_a_keystore_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Hanging:
        def get_password(self, service: str, name: str) -> str:
            asked.append(name)
            time.sleep(1.0)
            return "too late"

    monkeypatch.setattr(keystore, "PATIENCE", 0.05)
    monkeypatch.setattr(keystore, "_backend", Hanging)
    assert keystore.recall("v", "anchor") is None
    assert asked == ["anchor"]


def test_the_library_is_not_imported_before_it_is_asked() -> None:
    program = "import sys, app.vault.vault; sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
