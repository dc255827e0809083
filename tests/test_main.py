"""The command line: without a screen it says so, as its own child it draws, and nothing heavy precedes the window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, *arguments], env={**kept, **environment}, capture_output=True, text=True, timeout=60
    )


def test_without_a_screen_it_says_so_in_one_sentence_and_names_the_tour() -> None:
    done = _run("-m", "app")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "make tour" in done.stderr


def test_the_database_layer_is_not_imported_before_the_first_window() -> None:
    done = _run(
        "-c", "import sys, app.desktop; print([m for m in ('sqlalchemy', 'reportlab', 'litestar') if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]"


def test_the_child_that_draws_ends_when_its_input_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "--child", "documents"], input=b"", capture_output=True, timeout=60
    )
    assert done.returncode == 0
    assert done.stdout == b""


def test_a_saved_file_leaves_no_folder_name_behind(tmp_path: Path) -> None:
    script = (
        "import sys; from PySide6.QtWidgets import QApplication, QFileDialog; from app.desktop import forget_folders\n"
        "if sys.argv[1] == 'forget': forget_folders()\n"
        "app = QApplication([]); dialog = QFileDialog(None, '', sys.argv[2])\n"
        "dialog.setOption(QFileDialog.Option.DontUseNativeDialog); dialog.show(); app.processEvents()\n"
        "dialog.accept(); dialog.close(); del dialog\n"
    )
    folder = tmp_path / "canary-folder"
    folder.mkdir()
    for how, found in (("keep", True), ("forget", False)):
        home = tmp_path / how
        home.mkdir()
        _run(
            "-c", script, how, str(folder), HOME=str(home), XDG_CONFIG_HOME=str(home / "c"), QT_QPA_PLATFORM="offscreen"
        )
        written = [file.read_text(errors="replace") for file in home.rglob("*") if file.is_file()]
        assert any("canary-folder" in text for text in written) is found, how


def test_it_says_what_it_stands_on_without_a_screen() -> None:
    done = _run("-m", "app", "--about")
    said = json.loads(done.stdout)
    assert done.returncode == 0 and done.stderr == ""
    assert said["sheet_words"] == 1024 and said["cipher"] and said["frozen"] is False
    assert said["keystore"].startswith("keyring.backends.")


def test_an_installed_haven_looks_after_a_vault_without_a_screen(tmp_path: Path) -> None:
    done = _run("-m", "app", "vault", "check", str(tmp_path), "--passphrase-stdin")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "check" in _run("-m", "app", "vault", "--help").stdout
