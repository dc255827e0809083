"""The first recovery key is on the screen with the vault's keys in memory: it locks like everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import sitting
from app.vault.vault import open_vault
from app.views.entrance.recovery_key import RecoveryKeyStep
from app.views.entrance.unlock import UnlockStep
from tests.journeys.conftest import PHRASE, Visit

Begin = Callable[[], Visit]


def at_the_key(visit: Begin) -> Visit:
    """A vault was made through the first window, and its recovery key is shown."""
    here = visit()
    entrance = here.desktop.entrance
    assert entrance is not None
    entrance.show_create()
    step = here.find(type(entrance._frame._step))  # type: ignore[arg-type]
    step.name.setText("Robin Example")  # type: ignore[attr-defined]
    step.service.setText("Example Service")  # type: ignore[attr-defined]
    step.passphrase.first.set_value(PHRASE)  # type: ignore[attr-defined]
    step.passphrase.second.set_value(PHRASE)  # type: ignore[attr-defined]
    step.submit()  # type: ignore[attr-defined]
    here.settle()
    assert here.find(RecoveryKeyStep)
    return here


def locked(here: Visit) -> None:
    """Nothing is visible, the vault is closed, and the process was replaced."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert [window for window in app.topLevelWindows() if window.isVisible()] == []
    (place,) = here.profile.vaults()
    assert here.replaced == [["haven", "--vault", place.name]]
    open_vault(place.folder, PHRASE).close()


def test_nobody_there_locks_it_and_the_next_unlock_shows_another_key(
    visit: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(sitting, "_uptime", lambda: seconds[0])
    here = at_the_key(visit)
    first = cast(RecoveryKeyStep, here.find(RecoveryKeyStep)).key_text
    seconds[0] += 4 * 60
    QTest.qWait(1200)
    assert here.replaced == [], "a person may take four minutes to write a key down"
    seconds[0] += 2 * 60
    here.until(lambda: here.replaced, "the lock")
    locked(here)
    there = visit()
    step = cast(UnlockStep, there.find(UnlockStep))
    step.secret.set_value(PHRASE)
    step.submit()
    there.settle()
    assert cast(RecoveryKeyStep, there.find(RecoveryKeyStep)).key_text != first


def test_the_key_hides_it_at_once(visit: Begin) -> None:
    here = at_the_key(visit)
    entrance = here.desktop.entrance
    assert entrance is not None
    QTest.keyClick(entrance.windowHandle(), Qt.Key.Key_F12)
    locked(here)


def test_the_house_watches_alone_once_it_is_there(visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[bool] = []
    real = sitting.FirstKeyWatch.stop

    def stop(self: sitting.FirstKeyWatch) -> None:
        stopped.append(True)
        real(self)

    monkeypatch.setattr(sitting.FirstKeyWatch, "stop", stop)
    here = at_the_key(visit)
    step = cast(RecoveryKeyStep, here.find(RecoveryKeyStep))
    step.proof.kept.emit()
    here.settle()
    assert here.desktop.house is not None and stopped == [True]
