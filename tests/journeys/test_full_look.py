"""The whole vault is looked through: by itself while nobody types, or when asked; the page of backups says when."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from app import look_watch
from app.services import crisis
from app.vault.opening import SUSPECT
from app.views.backups.page import BackupsPage
from tests import factories
from tests.journeys.conftest import Visit

Begin = Callable[[], Visit]


def at_the_backups(visit: Begin) -> tuple[Visit, BackupsPage]:
    here = visit()
    here.enter_new_vault()
    here.do(crisis.open_case, factories.case())
    return here, cast(BackupsPage, here.go("backups"))


def test_somebody_asks_and_reads_when_and_what(visit: Begin) -> None:
    here, page = at_the_backups(visit)
    assert "not looked through yet" in page.look.text()
    page.look_now.click()
    here.settle()
    assert "everything is sound" in page.look.text()
    path = here.house.vault.folder / "vault.db"
    with path.open("r+b") as file:
        file.seek(20 * 4096 + 99)
        file.write(b"damage")
    page.look_now.click()
    here.settle()
    assert "Lock Haven and unlock it again" in page.look.text()
    assert (here.house.vault.folder / SUSPECT).exists()


def test_it_happens_by_itself_once_a_week_while_nobody_types(visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    here, page = at_the_backups(visit)
    quiet = [0.0]
    monkeypatch.setattr(here.house._look, "_quiet_for", lambda: quiet[0])
    here.house._look._begin()
    here.qtbot.wait(700)
    assert here.house.vault.last_look() is None, "somebody types"
    quiet[0] = look_watch.QUIET_S + 1
    here.until(lambda: here.house.vault.last_look() is not None, "the look")
    here.until(lambda: "everything is sound" in page.look.text(), "the page hears of it")
    first = here.house.vault.last_look()
    thread = here.house._look._thread
    here.until(lambda: not thread.is_alive(), "its end")
    here.house._look._begin()
    here.house._look._thread.join()
    assert here.house.vault.last_look() == first, "not due"
    assert here.warned == []


def test_damage_that_is_found_by_itself_is_said(visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    here, _ = at_the_backups(visit)
    made = here.house.vault.back_up()
    with made.open("r+b") as file:
        file.seek(9 * 4096 + 5)
        file.write(b"damage")
    monkeypatch.setattr(here.house._look, "_quiet_for", lambda: 60.0)
    here.house._look._begin()
    here.until(lambda: [one for one in here.said if "newest backup is damaged" in one], "the sentence")


def test_locking_breaks_it_off(visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    here, _ = at_the_backups(visit)
    monkeypatch.setattr(here.house._look, "_quiet_for", lambda: 0.0)
    watch = here.house._look
    watch._begin()
    here.desktop.lock()
    assert not watch._thread.is_alive() and len(here.replaced) == 1
