"""What stands above everything else on Today: who sees it, what it says, and what a press does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app import words
from app.models.local import flags
from app.models.work import Actor
from app.vault.vault import Vault
from app.views.today.page import TodayPage

FLAG = "f" * 32


@pytest.fixture
def flagged(vault: Vault, officer: Actor) -> flags.KnownFlag:
    """An officer's computer was opened under force."""
    at = vault.now() - timedelta(minutes=12)
    flag = flags.KnownFlag(FLAG, "duress", officer.device_id, officer.member_id, at, vault.now())
    with vault.settling() as session:
        flags.keep_flag(session, flag)
    return flag


def _visible(page: QWidget, name: str) -> list[QWidget]:
    return [widget for widget in page.findChildren(QWidget, name) if widget.isVisible()]


def test_a_supervisor_reads_it_and_looks_after_it(
    stage: Any, vault: Vault, supervisor: Actor, flagged: flags.KnownFlag
) -> None:
    page = TodayPage(stage.context(supervisor))
    stage.show(page)
    (said,) = page.alerts.texts()
    assert "opened with the duress passphrase: Const. Marchetti, 20 Jan 2026, 09:48" in said
    assert "Call by another way" in said
    stage.click(stage.find(page, f"today.flag.{FLAG}"))
    assert page.alerts.texts() == () and not page.alerts.isVisible()
    with vault.read() as session:
        (known,) = flags.flags(session)
    assert known.noted_at is not None and not known.noted_told


@pytest.mark.parametrize("who", ["worker", "officer"])
def test_nobody_else_reads_it(stage: Any, flagged: flags.KnownFlag, who: str, request: pytest.FixtureRequest) -> None:
    page = TodayPage(stage.context(request.getfixturevalue(who)))
    stage.show(page)
    assert page.alerts.texts() == () and not page.alerts.isVisible()


def test_a_flag_of_a_newer_kind_is_said_too(stage: Any, vault: Vault, supervisor: Actor) -> None:
    with vault.settling() as session:
        flags.keep_flag(session, flags.KnownFlag(FLAG, "later", "d" * 32, "unknown", vault.now(), vault.now()))
    page = TodayPage(stage.context(supervisor))
    stage.show(page)
    assert "whose name is not known here" in page.alerts.texts()[0]


def test_it_speaks_french(stage: Any, supervisor: Actor, flagged: flags.KnownFlag) -> None:
    words.use("fr")
    page = TodayPage(stage.context(supervisor))
    stage.show(page)
    assert "sous contrainte" in page.alerts.texts()[0]
    assert _visible(page, f"today.flag.{FLAG}")
