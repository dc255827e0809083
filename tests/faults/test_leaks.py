"""Nothing that a person typed lies readable anywhere outside a page that was saved on purpose (safety.md, G20).

Each text field of each form gets a canary of its own, through the real services; every screen is visited and every
form printed; something bursts, a draft stands half typed, the screen locks. Then the disk is searched in every form
that bytes may have, with settings, what went to the terminal, the clipboard, the titles of windows, and what a screen
reader can hear of the locked window. Prints one JSON line with the number of canaries and hits.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.models.vocab import Role
from app.profile import ALLOWED
from app.queries import search
from app.services.crisis import RaiseRequest
from app.vault import drafts
from app.vault.vault import open_vault
from tests.faults.scan import leaks
from tests.journeys.conftest import PHRASE, Visit, cheap_keys, visit
from tests.journeys.everywhere import printed, walk, write_everywhere
from tests.journeys.registered import printed_registered, register_everywhere, walk_registered

__all__ = ["cheap_keys", "visit"]

ROOT = Path(__file__).parents[2]
CANARIES = int(os.environ.get("HAVEN_CANARIES", "300"))


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Everything this test may write to: home, temporary folder and profile."""
    for name, variable in (
        ("home", "HOME"),
        ("tmp", "TMPDIR"),
        ("config", "XDG_CONFIG_HOME"),
        ("data", "XDG_DATA_HOME"),
        ("cache", "XDG_CACHE_HOME"),
        ("state", "XDG_STATE_HOME"),
    ):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield tmp_path
    tempfile.tempdir = None


class Aviary:
    """Hands out canaries and knows all of them."""

    def __init__(self) -> None:
        self.flown: list[str] = []

    def __call__(self) -> str:
        self.flown.append(f"Wren{secrets.token_hex(9)}")
        return self.flown[-1]

    def seen_in(self, text: str) -> list[str]:
        """The canaries that stand in a text."""
        return [canary for canary in self.flown if canary in text]


def spoken(widget: QWidget) -> str:
    """Everything that a screen reader can be told of a window."""
    heard: list[str] = []

    def hear(interface: QAccessibleInterface | None) -> None:
        if interface is None:
            return
        heard.extend(interface.text(kind) for kind in QAccessible.Text if kind is not QAccessible.Text.UserText)
        for place in range(interface.childCount()):
            hear(interface.child(place))

    hear(QAccessible.queryAccessibleInterface(widget))
    return "\n".join(heard)


def labels(window: QWidget, _place: str) -> set[str]:
    """Draw a window; what its labels say."""
    window.grab()
    return {label.text() for label in window.findChildren(QLabel)}


def half_typed(here: Visit, canary: Callable[[], str]) -> dict[str, str]:
    """A request that is being typed when the lock comes."""
    typed = {
        field.name: canary()
        for field in fields(RaiseRequest)
        if field.name in {"location", "note", "hazards", "meet_point", "requester_name", "contact_phone"}
    }
    here.go("requests.new")
    page: Any = here.house.window.page("requests.new")
    page.form.fill(typed)
    page._touch()
    here.house.window.keep_typing()
    here.settle()
    return typed


def test_nothing_typed_is_readable_anywhere(
    visit: Callable[[], Visit], disk: Path, qapp: QApplication, capfd: pytest.CaptureFixture[str]
) -> None:
    canary = Aviary()
    here = visit()
    here.profile.keep("mode", "light")
    here.enter_new_vault()
    here.house.act_as(Role.VSU)
    shown: set[str] = set()
    while len(canary.flown) < CANARIES:
        records, known = write_everywhere(here, canary), register_everywhere(here, canary)
        shown |= walk(here, records, labels) | walk_registered(here, known, labels)
        pages = [pdf for language in ("en", "fr") for _form, pdf in printed(here, records, language)]
        pages += [pdf for language in ("en", "fr") for _form, pdf in printed_registered(here, known, language)]
        assert all(pdf.startswith(b"%PDF") for pdf in pages)
    seen = len(canary.seen_in("\n".join(shown)))
    assert seen > len(canary.flown) // 3, "the screens that were visited do show what was typed"
    looked_for = canary.flown[-1]
    here.house.store.read(lambda session: search.find(session, looked_for, today=here.house.vault.now().date()))

    def burst(_work: Any, command: str) -> None:
        raise ValueError(command)

    here.house.tasks.write(here.house.window, burst, canary())
    here.settle()
    typed = half_typed(here, canary)
    qapp.clipboard().setText(canary())
    titles = [window.windowTitle() for window in qapp.topLevelWidgets()]
    here.house.vault.back_up()
    here.desktop.lock()

    assert here.replaced, "the process would be replaced now"
    assert qapp.clipboard().text() == ""
    (place,) = here.profile.vaults()
    with open_vault(place.folder, PHRASE) as vault, vault.read() as session:
        kept = drafts.load(session, "request:new")
        assert kept is not None and kept.values["location"] == typed["location"], "the draft is in the vault"
    assert any("Something went wrong" in sentence for sentence in here.said)
    said = capfd.readouterr()
    locked = visit()
    hits = {
        "disk": leaks(disk, [*canary.flown, "Robin Example"]),
        "sentences": canary.seen_in("\n".join(here.said)),
        "terminal": canary.seen_in(said.out + said.err),
        "titles": canary.seen_in("\n".join([*titles, *(one.windowTitle() for one in qapp.topLevelWidgets())])),
        "arguments": canary.seen_in(repr(here.replaced)),
        "locked window": canary.seen_in(spoken(locked.desktop.entrance)) if locked.desktop.entrance else ["no window"],
    }
    with capfd.disabled():
        figures = {"name": "leaks", "canaries": len(canary.flown), "hits": sum(len(found) for found in hits.values())}
        print(json.dumps(figures))
    assert hits == {name: [] for name in hits}
    assert len(canary.flown) >= CANARIES and "Unlock" in spoken(locked.desktop.entrance or QWidget())
    assert set(json.loads((here.profile.home / "settings.json").read_text(encoding="utf-8"))) <= set(ALLOWED)


CRASH = """
import os, sys
from pathlib import Path
from app import desktop
from app.vault import keys
from app.vault.keys import KdfSetting
from app.vault.vault import open_vault

desktop.harden_process()
keys.FLOOR = KdfSetting(memory_kib=64, passes=1, lanes=1)
vault = open_vault(Path(sys.argv[1]), sys.argv[2])
held = [sys.argv[3] + sys.argv[4]] * 3
if sys.argv[5] == "abort":
    os.abort()
import ctypes
ctypes.string_at(0)
"""


@pytest.mark.parametrize("how", ["abort", "segmentation fault"])
def test_a_crash_leaves_neither_a_core_nor_a_word(visit: Callable[[], Visit], disk: Path, how: str) -> None:
    here = visit()
    here.enter_new_vault()
    here.desktop.lock()
    (place,) = here.profile.vaults()
    head, tail = f"Wren{secrets.token_hex(5)}", secrets.token_hex(5)
    here_only = disk / "working"
    here_only.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(place.folder), PHRASE, head, tail, how],
        cwd=here_only,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode < 0, "it crashed"
    assert list(here_only.iterdir()) == [], "no core"
    assert leaks(disk, [head + tail]) == []
    assert head.encode() not in done.stdout + done.stderr


@pytest.mark.parametrize("pad", [0, 1, 2])
def test_the_scan_sees_a_leak_in_every_form(tmp_path: Path, pad: int) -> None:
    canary = f"Wren{secrets.token_hex(9)}"
    raw = os.urandom(pad) + canary.encode() + b"the rest of it"
    for number, content in enumerate(
        (raw, canary.encode("utf-16-le"), b64encode(raw), zlib.compress(raw * 3), b"junk" + zlib.compress(raw))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "file").write_bytes(content)
        assert leaks(folder, [canary]) == ["file"], number
    assert leaks(tmp_path, ["Wren" + "0" * 18]) == []


def test_the_ear_hears_what_a_window_says(qapp: QApplication) -> None:
    canary = Aviary()
    window = QWidget()
    window.setWindowTitle(canary())
    child = QWidget(window)
    child.setAccessibleName(canary())
    child.setAccessibleDescription(canary())
    window.show()
    assert sorted(canary.seen_in(spoken(window))) == sorted(canary.flown)
    window.close()
    window.deleteLater()
