"""The key slots on their own: each opens only as it was made, and the file never shows a second passphrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.errors import Defect, EnvironmentProblem, RuleBroken
from app.vault import keys, reduced, slots, state
from app.vault.keys import KdfSetting
from app.vault.slots import Found, SlotFile
from app.vault.vault import Vault, open_vault, open_with_recovery, restore_backup

PASSPHRASE = "five unrelated garden words"
SECOND = "seven herons above the pond"
DATA_KEY, RECOVERY, OTHER_KEY, SECRET = (bytes([fill]) * 32 for fill in (1, 2, 3, 4))


@pytest.fixture
def file(cheap: KdfSetting) -> SlotFile:
    return slots.made("v" * 32, DATA_KEY, PASSPHRASE, RECOVERY, cheap)


def test_each_way_opens_what_it_wraps(file: SlotFile) -> None:
    with_second = file.with_duress(file.stretch(SECOND), OTHER_KEY)
    assert slots.open_with_passphrase(with_second, PASSPHRASE) == Found(slots.PASSPHRASE, DATA_KEY)
    assert slots.open_with_passphrase(with_second, SECOND) == Found(slots.DURESS, OTHER_KEY)
    assert slots.open_with_passphrase(with_second, "neither of the two phrases") is None
    assert slots.open_with_recovery(with_second, RECOVERY) == DATA_KEY
    assert slots.open_with_recovery(with_second, OTHER_KEY) is None


def test_the_file_does_not_show_whether_a_second_passphrase_is_set(file: SlotFile) -> None:
    with_second = file.with_duress(file.stretch(SECOND), OTHER_KEY)
    cleared = with_second.without_duress()
    assert len({len(slots.encoded(one)) for one in (file, with_second, cleared)}) == 1
    shapes = [
        sorted((slot.type, len(slot.id), len(slot.salt), len(slot.sealed)) for slot in one.slots)
        for one in (file, with_second, cleared)
    ]
    assert shapes[0] == shapes[1] == shapes[2]
    assert slots.open_with_passphrase(cleared, SECOND) is None


def test_one_typed_passphrase_costs_one_derivation(file: SlotFile, monkeypatch: pytest.MonkeyPatch) -> None:
    with_second = file.with_duress(file.stretch(SECOND), OTHER_KEY)
    derived: list[bytes] = []
    unwrapped: list[bytes] = []
    real_derive, real_unwrap = keys.derive, keys.unwrap

    def derive(*asked: Any) -> bytes:
        derived.append(asked[0])
        return real_derive(*asked)

    def unwrap(*asked: Any) -> bytes | None:
        unwrapped.append(asked[0])
        return real_unwrap(*asked)

    monkeypatch.setattr(keys, "derive", derive)
    monkeypatch.setattr(keys, "unwrap", unwrap)
    for typed in (PASSPHRASE, SECOND, "neither of the two phrases"):
        derived.clear()
        unwrapped.clear()
        slots.open_with_passphrase(with_second, typed)
        assert (len(derived), len(unwrapped)) == (1, 2)


def test_a_new_passphrase_leaves_the_second_one_alone(file: SlotFile) -> None:
    with_second = file.with_duress(file.stretch(SECOND), OTHER_KEY)
    changed = with_second.with_passphrase(with_second.stretch("a third phrase of words"), DATA_KEY)
    assert changed.generation == with_second.generation + 1
    assert slots.open_with_passphrase(changed, PASSPHRASE) is None
    assert slots.open_with_passphrase(changed, SECOND) == Found(slots.DURESS, OTHER_KEY)


def test_a_bound_slot_needs_both_halves(file: SlotFile) -> None:
    bound = file.with_passphrase(file.stretch(PASSPHRASE), DATA_KEY, bound_id="k" * 32, bound_secret=SECRET)
    assert bound.bound_id == "k" * 32 and file.bound_id is None
    assert slots.open_with_passphrase(bound, PASSPHRASE, SECRET) == Found(slots.BOUND, DATA_KEY)
    assert slots.open_with_passphrase(bound, PASSPHRASE) is None
    assert slots.open_with_passphrase(bound, PASSPHRASE, bytes(32)) is None
    plain = bound.with_passphrase(bound.stretch(PASSPHRASE), DATA_KEY)
    assert plain.bound_id is None and slots.open_with_passphrase(plain, PASSPHRASE) is not None


def test_half_a_binding_is_our_own_fault(file: SlotFile) -> None:
    with pytest.raises(Defect):
        file.with_passphrase(file.stretch(PASSPHRASE), DATA_KEY, bound_id="k" * 32)


def _changed_slot(type_: str, **parts: Any) -> Callable[[SlotFile], SlotFile]:
    def change(file: SlotFile) -> SlotFile:
        fresh = [msgspec.structs.replace(slot, **parts) if slot.type == type_ else slot for slot in file.slots]
        return msgspec.structs.replace(file, slots=fresh)

    return change


def _changed_file(**parts: Any) -> Callable[[SlotFile], SlotFile]:
    return lambda file: msgspec.structs.replace(file, **parts)


@pytest.mark.parametrize(
    "change",
    [
        _changed_slot(slots.PASSPHRASE, id="x"),
        _changed_slot(slots.PASSPHRASE, salt=b"x"),
        _changed_slot(slots.PASSPHRASE, type=slots.BOUND),
        _changed_file(vault_id="w" * 32),
        _changed_file(salt=bytes(32)),
        _changed_file(setting=(65, 1, 1)),
    ],
)
def test_a_typed_slot_opens_only_as_it_was_made(file: SlotFile, change: Callable[[SlotFile], SlotFile]) -> None:
    assert slots.open_with_passphrase(change(file), PASSPHRASE) is None


@pytest.mark.parametrize(
    "change",
    [
        _changed_slot(slots.RECOVERY, id="x"),
        _changed_slot(slots.RECOVERY, salt=bytes(32)),
        _changed_file(vault_id="w" * 32),
    ],
)
def test_the_recovery_slot_opens_only_as_it_was_made(file: SlotFile, change: Callable[[SlotFile], SlotFile]) -> None:
    assert slots.open_with_recovery(change(file), RECOVERY) is None


def test_swapped_slots_open_nothing(file: SlotFile) -> None:
    with_second = file.with_duress(file.stretch(SECOND), OTHER_KEY)
    names = {slots.PASSPHRASE: slots.DURESS, slots.DURESS: slots.PASSPHRASE}
    swapped = [msgspec.structs.replace(slot, type=names.get(slot.type, slot.type)) for slot in with_second.slots]
    changed = msgspec.structs.replace(with_second, slots=swapped)
    assert slots.open_with_passphrase(changed, SECOND) is None
    assert slots.open_with_passphrase(changed, PASSPHRASE) is None


@pytest.mark.parametrize("missing", [slots.PASSPHRASE, slots.DURESS])
def test_a_file_without_one_of_its_slots_is_damaged(file: SlotFile, missing: str) -> None:
    fewer = msgspec.structs.replace(file, slots=[slot for slot in file.slots if slot.type != missing])
    with pytest.raises(EnvironmentProblem, match="no slot of this kind"):
        slots.open_with_passphrase(fewer, PASSPHRASE)
    twice = msgspec.structs.replace(file, slots=[*file.slots, *file.slots])
    with pytest.raises(EnvironmentProblem, match="no slot of this kind"):
        slots.open_with_passphrase(twice, PASSPHRASE)


def test_a_file_without_a_whole_setting_is_unsafe(file: SlotFile) -> None:
    with pytest.raises(EnvironmentProblem, match="unsafe"):
        slots.open_with_passphrase(msgspec.structs.replace(file, setting=(64,)), PASSPHRASE)


# --- the vault's own doors ---


def test_the_second_passphrase_opens_what_the_reduced_workspace_opens(
    folder: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.set_duress(SECOND, OTHER_KEY)
    assert vault.duress_set
    vault.close()
    asked: list[tuple[Path, bytes]] = []

    def place_of(folder: Path, key: bytes) -> Path:
        asked.append((folder, key))
        raise EnvironmentProblem("There is none.")

    monkeypatch.setattr(reduced, "place_of", place_of)
    with pytest.raises(EnvironmentProblem, match="There is none"):
        open_vault(folder, SECOND)
    assert asked == [(folder, OTHER_KEY)]


def test_a_cleared_second_passphrase_is_a_wrong_one(folder: Path, vault: Vault) -> None:
    vault.set_duress(SECOND, OTHER_KEY)
    vault.clear_duress()
    assert not vault.duress_set
    vault.close()
    with pytest.raises(RuleBroken, match="does not open"):
        open_vault(folder, SECOND)


def test_the_second_passphrase_is_another_one_and_a_good_one(vault: Vault, again: Any) -> None:
    with pytest.raises(RuleBroken, match="this one opens the vault") as refused:
        vault.set_duress(PASSPHRASE, OTHER_KEY)
    assert refused.value.field == "duress"
    with pytest.raises(RuleBroken, match="at least"):
        vault.set_duress("short", OTHER_KEY)
    assert not vault.duress_set
    vault.set_duress(SECOND, OTHER_KEY)
    with pytest.raises(RuleBroken, match="Choose another passphrase"):
        vault.change_passphrase(PASSPHRASE, SECOND)
    again()


def test_the_second_passphrase_neither_changes_the_first_nor_restores(folder: Path, vault: Vault, clock: Any) -> None:
    vault.set_duress(SECOND, OTHER_KEY)
    with pytest.raises(RuleBroken, match="does not open"):
        vault.change_passphrase(SECOND, "another set of garden words")
    chosen = vault.back_up()
    vault.close()
    with pytest.raises(RuleBroken, match="does not open"):
        restore_backup(folder, chosen, SECOND, clock=clock)


def test_a_passphrase_set_after_recovery_makes_salt_and_setting_anew(
    folder: Path, made: tuple[Vault, str], cheap: KdfSetting
) -> None:
    vault, recovery = made
    vault.set_duress(SECOND, OTHER_KEY)
    before = slots.read(folder)
    vault.close()
    opened = open_with_recovery(folder, recovery)
    opened.set_passphrase("another set of garden words", cheap)
    assert not opened.duress_set
    opened.close()
    after = slots.read(folder)
    assert after.salt != before.salt
    assert slots.open_with_passphrase(after, SECOND) is None


def test_the_vault_remembers_a_second_passphrase_only_inside(folder: Path, vault: Vault) -> None:
    def seen() -> set[tuple[str, int]]:
        return {(path.name, path.stat().st_size) for path in folder.iterdir() if not path.name.startswith("vault.db")}

    before = seen()
    vault.set_duress(SECOND, OTHER_KEY)
    with vault.read() as session:
        assert state.get(session, state.DURESS) is not None
    assert seen() == before
