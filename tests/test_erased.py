"""What a person sees of an order to erase: everything hides, the process is replaced, the entrance says why."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.background_sync import BackgroundSync, SyncNews
from app.bootstrap import finish_erasing
from app.errors import EnvironmentProblem
from app.profile import ERASED, ERASING, Profile
from app.sync.client.reports import SyncReport
from app.views.entrance.frame import EntranceFrame
from app.views.entrance.window import _erased
from tests.conftest import TestClock


class OrderedEngine:
    """Says after its first round that there is an order; remembers what was told before it obeyed."""

    def __init__(self, told: list[SyncNews], problem: Exception | None = None) -> None:
        self.told, self.problem = told, problem
        self.before: list[SyncNews] = []
        self.obeyed = threading.Event()

    def run_once(self) -> SyncReport:
        return SyncReport(erase=True, hopeless=True)

    def obey(self) -> bool:
        self.before = list(self.told)
        self.obeyed.set()
        if self.problem is not None:
            raise self.problem
        return True

    def next_delay(self, report: SyncReport) -> float:
        return 3600.0

    def watch(self, told: object, arrived: object) -> None:
        """Rounds without steps."""

    def cancel(self) -> None:
        """Nothing is under way."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("problem", [None, EnvironmentProblem("The disk refuses.")])
def test_windows_hide_before_the_vault_is_erased_and_the_process_ends_after(problem: Exception | None) -> None:
    told: list[SyncNews] = []
    engine = OrderedEngine(told, problem)
    done = threading.Event()

    def tell(news: SyncNews) -> None:
        told.append(news)
        if news.erased:
            done.set()

    sync = BackgroundSync(engine, tell, str)
    sync.start()
    sync.ask()
    assert done.wait(20) and engine.obeyed.is_set()
    sync.stop()
    assert engine.before[-1].erasing, "hidden first"
    assert told[-1].erased, "whatever the disk says, this process does not stay"


def vault_that_was(home: Path, name: str) -> Path:
    folder = home / "vaults" / "vault-1"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(b"said")
    return folder


def test_the_entrance_says_for_a_month_that_a_vault_was_erased(tmp_path: Path, clock: TestClock) -> None:
    profile = Profile(tmp_path)
    now = datetime.now(UTC)
    assert profile.erased_lately(now) is None and _erased(profile) == ""
    folder = vault_that_was(tmp_path, ERASED)
    assert profile.erased_lately(now + timedelta(days=29)) is not None
    assert profile.erased_lately(now + timedelta(days=32)) is None
    notice = _erased(profile)
    assert callable(notice) and "an administrator took the computer out of the service" in notice()
    old = (now - timedelta(days=40)).timestamp()
    os.utime(folder / ERASED, (old, old))
    assert _erased(profile) == ""


def test_what_was_broken_off_goes_at_the_next_start(tmp_path: Path) -> None:
    folder = vault_that_was(tmp_path, ERASING)
    for name in ("slots.a", "slots.b", "vault.db", "label.json"):
        (folder / name).write_bytes(b"left over")
    profile = Profile(tmp_path)
    assert profile.vaults() == (), "nobody is asked for a passphrase of it"
    finish_erasing(profile)
    assert [path.name for path in folder.iterdir()] == [ERASED]


def test_the_frame_shows_the_notice(qtbot: QtBot) -> None:
    frame = EntranceFrame(lambda: None, lambda: None, "A vault was erased.")
    qtbot.addWidget(frame)
    frame.show()
    assert frame.notice.isVisible() and frame.notice.text() == "A vault was erased."
    plain = EntranceFrame(lambda: None, lambda: None)
    qtbot.addWidget(plain)
    plain.show()
    assert not plain.notice.isVisible()
