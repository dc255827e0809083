"""A reduced workspace takes as long to open as the vault: what is remembered, told to the copies, and waited for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.vault import pace, reducing, state
from app.vault.pace import Opening
from app.vault.vault import Vault, open_vault

SECOND = "another row of tall sunflowers"


def known(vault: Vault, name: str = state.PACE) -> list[Opening]:
    with vault.read() as session:
        return pace.parsed(state.get(session, name))


def opened_copy(folder: Path, clock: Any) -> Vault:
    copy = open_vault(folder, SECOND, clock=clock)
    assert copy.is_reduced
    return copy


@pytest.fixture
def paced(vault: Vault) -> Vault:
    """A vault with a second passphrase that was opened once, in 1,500 ms."""
    pace.note(vault, Opening(900, 600))
    reducing.set_up(vault, SECOND)
    return vault


def test_the_newest_openings_are_remembered(vault: Vault) -> None:
    for number in range(1, 12):
        pace.note(vault, Opening(number, 100))
    assert [opening.unlock_ms for opening in known(vault)] == list(range(4, 12))


@pytest.mark.parametrize("strange", [Opening(0, 0), Opening(pace.LONGEST_MS, 1), Opening(-5, 2)])
def test_what_is_no_opening_is_not_remembered(vault: Vault, strange: Opening) -> None:
    pace.note(vault, strange)
    assert known(vault) == []


def test_the_vault_itself_never_waits(paced: Vault) -> None:
    assert pace.wait_ms(paced, 0) == 0


def test_a_copy_waits_until_its_window_will_come_when_the_vaults_would(paced: Vault, clock: Any) -> None:
    folder = paced.folder
    paced.close()
    with opened_copy(folder, clock) as copy:
        assert pace.wait_ms(copy, 400) == 1500 - 450 - 400, "of its own window nothing is known yet"
        for window in (200, 300, 800):
            pace.note(copy, Opening(400, window))
        assert known(copy) == [Opening(900, 600)], "its own are apart from the vault's"
        assert pace.wait_ms(copy, 400) == 1500 - 300 - 400
        assert pace.wait_ms(copy, 5000) == 0


def test_one_of_the_vaults_openings_is_drawn(paced: Vault, clock: Any) -> None:
    pace.note(paced, Opening(2000, 1000))
    reducing.look(paced)
    folder = paced.folder
    paced.close()
    with opened_copy(folder, clock) as copy:
        assert known(copy) == [Opening(900, 600), Opening(2000, 1000)]
        assert pace.wait_ms(copy, 0, lambda told: told[1]) == 3000 - 750
        waits = {pace.wait_ms(copy, 0) for _ in range(60)}
    assert waits == {1500 - 450, 3000 - 750}


def test_a_copy_made_anew_knows_it_too(paced: Vault, clock: Any) -> None:
    pace.note(paced, Opening(700, 300))
    reducing.refresh(paced)
    folder = paced.folder
    paced.close()
    with opened_copy(folder, clock) as copy:
        assert known(copy)[-1] == Opening(700, 300)


def test_where_nothing_is_known_nothing_is_waited_for(vault: Vault, clock: Any) -> None:
    reducing.set_up(vault, SECOND)
    folder = vault.folder
    vault.close()
    with opened_copy(folder, clock) as copy:
        assert pace.wait_ms(copy, 0) == 0
        with copy.settling() as session:
            state.put(session, state.PACE, "not what it should be")
        assert pace.wait_ms(copy, 0) == 0
