"""Long work lets those who wait for the vault have it in between."""

from __future__ import annotations

import threading

import pytest

from app.models.vocab import Role
from app.vault import vault as module
from app.vault.vault import Vault


def test_who_waits_is_let_in_between_two_pieces_of_work(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_WAY", 60.0)
    actor = vault.actor(Role.SUP)
    came_in = threading.Event()

    def look() -> None:
        with vault.read():
            came_in.set()

    reader = threading.Thread(target=look)
    with vault.write(actor):
        reader.start()
        while not vault._wanted:
            pass
        assert not came_in.is_set()
    vault.give_way()
    assert vault._wanted == 0
    reader.join(10)
    assert came_in.is_set()


def test_with_nobody_waiting_it_goes_on_at_once(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_WAY", 3600.0)
    vault.give_way()


def test_nobody_holds_the_work_up_for_long(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_WAY", 0.0)
    vault._wanted = 1
    vault.give_way()
    vault._wanted = 0
