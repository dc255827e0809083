"""The weekly look: every kind of damage is found, it goes on where it was, and it holds up nobody."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.errors import NeedsRecovery
from app.models.crisis import Case
from app.models.vocab import ScopeKind
from app.models.work import Actor
from app.vault import backup, full_look, state
from app.vault.full_look import FullLook, Look, Part, is_due
from app.vault.opening import SUSPECT
from app.vault.pages import PAGE, PageFile
from app.vault.vault import Vault, open_vault
from tests.vault.conftest import PASSPHRASE


def save(vault: Vault, actor: Actor, times: int = 1) -> None:
    for _ in range(times):
        with vault.write(actor) as work:
            scope = work.open_scope(ScopeKind.CASE, "anchor")
            work.session.add(Case(id=work.new_id(), scope_id=scope, number="1", removed_reason=os.urandom(2000).hex()))
            work.commit()


def look(vault: Vault) -> Look:
    found = FullLook(vault).run()
    assert found is not None
    return found


def flip(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        old = file.read(1)[0]
        file.seek(place)
        file.write(bytes([old ^ 4]))


def test_a_sound_vault_is_sound_and_remembers_when(vault: Vault, actor: Actor, clock: Any) -> None:
    save(vault, actor, 20)
    vault.back_up()
    assert vault.last_look() is None
    found = look(vault)
    assert found.is_sound and found.at == clock.at
    assert vault.last_look() == found


@pytest.mark.parametrize("place", [20, PAGE // 2, PAGE + 5, 7 * PAGE + 4000, -1, -PAGE])
def test_any_flipped_bit_of_a_page_is_found_and_leads_to_the_mending(vault: Vault, actor: Actor, place: int) -> None:
    save(vault, actor, 5)
    path = vault.folder / "vault.db"
    flip(path, place % path.stat().st_size)
    assert look(vault).damaged == (Part.PAGES,)
    assert (vault.folder / SUSPECT).exists()


def test_a_damaged_page_is_mended_at_the_next_opening(
    vault: Vault, actor: Actor, again: Callable[[], Vault], folder: Path, clock: Any
) -> None:
    save(vault, actor, 5)
    vault.back_up()
    flip(vault.folder / "vault.db", 9 * PAGE + 100)
    assert look(vault).damaged == (Part.PAGES,)
    with pytest.raises(NeedsRecovery) as needed:
        again()
    assert needed.value.plan.complete
    with open_vault(folder, PASSPHRASE, clock=clock, recover=True) as mended:
        assert look(mended).is_sound


def test_a_damaged_journal_is_found(vault: Vault, actor: Actor) -> None:
    save(vault, actor, 3)
    flip(vault.folder / "journal.haven", 4096 + 300)
    assert look(vault).damaged == (Part.JOURNAL,)


def test_a_damaged_backup_is_found(vault: Vault, actor: Actor) -> None:
    save(vault, actor, 3)
    flip(vault.back_up(), 6 * PAGE + 50)
    assert look(vault).damaged == (Part.BACKUP,)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_entry SET reason = 'another' WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)",
    ],
)
def test_a_trail_that_was_changed_is_found(vault: Vault, actor: Actor, harm: str) -> None:
    save(vault, actor, 6)
    with vault.settling() as session:
        session.connection().exec_driver_sql(harm)
    assert look(vault).damaged == (Part.TRAIL,)


def test_a_long_trail_is_walked_in_pieces(vault: Vault, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_look, "_ENTRIES", 3)
    for times in range(4):
        save(vault, actor, times)
        assert look(vault).is_sound


def test_it_is_broken_off_and_goes_on_where_it_was(
    vault: Vault, actor: Actor, monkeypatch: pytest.MonkeyPatch, again: Callable[[], Vault]
) -> None:
    monkeypatch.setattr(full_look, "_PAGES", 16)
    save(vault, actor, 30)
    proved: list[int] = []
    real = full_look.PageProof.is_sound

    def noted(self: full_look.PageProof, number: int) -> bool:
        proved.append(number)
        return real(self, number)

    monkeypatch.setattr(full_look.PageProof, "is_sound", noted)
    count = vault.page_proof().count
    opened, rounds = vault, 0
    steps = iter(range(1000))
    while opened.last_look() is None:
        FullLook(opened).run(lambda: next(steps) % 3 != 2)
        rounds += 1
        opened = again()
    assert rounds > 3
    assert sorted(set(proved)) == list(range(1, count + 1)) and len(proved) <= count + 2
    with opened.read() as session:
        assert state.get(session, state.LOOKING) is None


def test_damage_that_was_found_before_it_was_broken_off_is_told(vault: Vault, actor: Actor) -> None:
    save(vault, actor, 3)
    flip(vault.folder / "journal.haven", 4096 + 300)
    steps = 0

    def three() -> bool:
        nonlocal steps
        steps += 1
        return steps < vault.page_proof().count // full_look._PAGES + 2

    assert FullLook(vault).run(three) is None
    assert look(vault).damaged == (Part.JOURNAL,)


def test_saving_goes_on_meanwhile(vault: Vault, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_look, "_PAGES", 4)
    save(vault, actor, 10)
    before = vault.commits

    def work() -> bool:
        if vault.commits < before + 60:
            save(vault, actor)
        return True

    assert FullLook(vault).run(work) is not None
    assert vault.last_look() is not None and look(vault).is_sound
    assert vault.commits >= before + 60


def test_when_another_is_due(clock: Any) -> None:
    at = clock()
    assert is_due(None, at, 7)
    assert not is_due(Look(at, ()), at + timedelta(days=6.9), 7)
    assert is_due(Look(at, ()), at + timedelta(days=7), 7)
    assert is_due(Look(at, ()), at - timedelta(days=1), 7), "a clock that was set back"


def test_every_page_of_a_backup_proves_like_the_vaults_own(vault: Vault, actor: Actor) -> None:
    """The proof agrees with the engine's own check, on the pages of a file that nobody has open."""
    save(vault, actor, 3)
    made = vault.back_up()
    assert backup.verify(made, vault._data_key) is not None
    pages = PageFile(made)
    with suppress(StopIteration):
        proof = full_look.PageProof(pages, vault._data_key)
        assert proof.count > 10 and all(proof.is_sound(number) for number in range(1, proof.count + 1))
    pages.close()
