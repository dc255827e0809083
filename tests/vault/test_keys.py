"""Keys, slots and passphrases: what opens, what does not, and what a damaged key file says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Defect, EnvironmentProblem, RuleBroken
from app.vault import files, keys, passphrase, slots
from app.vault.keys import KdfSetting
from app.vault.vault import Vault, open_vault, open_with_recovery

PASSPHRASE = "five unrelated garden words"


@pytest.mark.parametrize(
    "setting",
    [
        KdfSetting(memory_kib=64 * 1024 - 1),
        KdfSetting(passes=2),
        KdfSetting(lanes=0),
        KdfSetting(memory_kib=1024 * 1024 + 1),
        KdfSetting(passes=21),
        KdfSetting(lanes=17),
        KdfSetting(memory_kib=1024 * 1024, passes=6),
    ],
)
def test_unsafe_settings_are_refused(setting: KdfSetting) -> None:
    with pytest.raises(EnvironmentProblem):
        keys.bounded(setting)


def test_the_default_and_the_bounds_are_allowed() -> None:
    for setting in (KdfSetting(), keys.FLOOR, KdfSetting(1024 * 1024, 5, 16), KdfSetting(256 * 1024, 20, 1)):
        assert keys.bounded(setting) == setting


def test_calibration_stays_above_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_timed", lambda setting: setting.memory_kib / 1000.0)
    assert keys.calibrated() == KdfSetting(keys.FLOOR.memory_kib, 3, 4)
    monkeypatch.setattr(keys, "_timed", lambda setting: 0.01)
    assert keys.calibrated() == KdfSetting(256 * 1024, 20, 4)
    monkeypatch.setattr(keys, "_timed", lambda setting: 1.0)
    assert keys.calibrated() == KdfSetting()


@given(st.binary(min_size=32, max_size=32))
def test_a_recovery_key_survives_being_written_down(key: bytes) -> None:
    text = keys.recovery_text(key)
    assert [len(group) for group in text.split("-")] == [4] * 14
    assert keys.recovery_key(text.lower().replace("-", " ")) == key
    assert keys.recovery_key(text.replace("O", "0").replace("I", "1")) == key


@settings(max_examples=200)
@given(st.binary(min_size=32, max_size=32), st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_mistyped_recovery_key_is_noticed(key: bytes, place: int, letter: str) -> None:
    letters = keys.recovery_text(key).replace("-", "")
    if letters[place] != letter:
        with pytest.raises(RuleBroken):
            keys.recovery_key(letters[:place] + letter + letters[place + 1 :])


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-" * 14, "é" * 56])
def test_what_is_no_recovery_key_is_said_so(typed: str) -> None:
    with pytest.raises(RuleBroken):
        keys.recovery_key(typed)


def test_only_whole_keys_are_wrapped() -> None:
    with pytest.raises(Defect):
        keys.wrap(b"short", bytes(32), b"")


@pytest.mark.parametrize(
    "typed",
    [
        "short",
        "fourteen chars",
        "a" * 40,
        "abcabcabcabcabcabc",
        "Correct Horse Battery Staple",
        "correct-horse-battery-staple 2026",
        "qwertyuiopasdfgh",
        "123456789012345",
        "abcdefghijklmnopq",
        "Mot de passe, mot de passe",
        "x" * 1025,
    ],
)
def test_weak_passphrases_are_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        passphrase.check(typed)
    assert refused.value.field == "passphrase" and typed not in refused.value.sentence


@pytest.mark.parametrize(
    "typed", [PASSPHRASE, "fifteen chars ok", "pâté brûlé naïve œuvre", "x y " * 2 + "z" + "q w" * 39]
)
def test_long_phrases_are_fine(typed: str) -> None:
    passphrase.check(typed)


def test_one_normalisation() -> None:
    assert passphrase.normalised("é ﬁ") == passphrase.normalised("e\u0301 fi")


def test_the_slots_file_holds_two_equal_copies_that_only_the_owner_reads(folder: Path, vault: Vault) -> None:
    one, other = (folder / name for name in slots.COPIES)
    assert one.read_bytes() == other.read_bytes()
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damaged", [0, 1])
def test_one_damaged_copy_does_not_matter_and_is_healed(folder: Path, again: Any, damaged: int) -> None:
    path = folder / slots.COPIES[damaged]
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    again()
    assert path.read_bytes() == content


def test_both_damaged_copies_are_said_so(folder: Path, vault: Vault) -> None:
    vault.close()
    for name in slots.COPIES:
        (folder / name).write_bytes(b"rubbish")
    with pytest.raises(EnvironmentProblem, match="Both copies"):
        open_vault(folder, PASSPHRASE)


def test_the_newest_copy_counts(folder: Path, vault: Vault, again: Any) -> None:
    older = (folder / "slots.a").read_bytes()
    vault.change_passphrase(PASSPHRASE, "another set of garden words")
    (folder / "slots.a").write_bytes(older)
    again("another set of garden words")
    assert (folder / "slots.a").read_bytes() == (folder / "slots.b").read_bytes() != older


def test_a_weakened_setting_in_the_file_is_refused(folder: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.close()
    monkeypatch.undo()
    with pytest.raises(EnvironmentProblem, match="unsafe"):
        open_vault(folder, PASSPHRASE)


def test_a_newer_format_is_refused_politely(folder: Path, vault: Vault) -> None:
    vault.close()
    for name in slots.COPIES:
        content = bytearray((folder / name).read_bytes())
        content[len(slots._MAGIC)] += 1
        (folder / name).write_bytes(content)
    with pytest.raises(EnvironmentProblem, match="newer version"):
        open_vault(folder, PASSPHRASE)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_rubbish_is_no_copy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "slots.a"
    for stored in (content, slots._HEAD + hashlib.sha256(content).digest() + content):
        path.write_bytes(stored)
        assert slots._read_copy(path) is None


def test_the_recovery_key_opens_and_lets_a_new_passphrase_be_set(
    folder: Path, made: tuple[Vault, str], cheap: KdfSetting, again: Any
) -> None:
    vault, recovery = made
    vault.close()
    opened = open_with_recovery(folder, recovery.lower())
    opened.set_passphrase("another set of garden words", cheap)
    opened.close()
    again("another set of garden words")
    with pytest.raises(RuleBroken, match="does not open"):
        open_vault(folder, PASSPHRASE)


def test_a_replaced_recovery_key_no_longer_opens(folder: Path, made: tuple[Vault, str]) -> None:
    vault, recovery = made
    fresh = vault.fresh_recovery()
    vault.replace_recovery(fresh)
    vault.close()
    with pytest.raises(RuleBroken, match="another vault"):
        open_with_recovery(folder, recovery)
    open_with_recovery(folder, fresh).close()


def test_changing_the_passphrase_needs_the_old_one(vault: Vault, again: Any) -> None:
    with pytest.raises(RuleBroken, match="does not open"):
        vault.change_passphrase("not the old garden words", "another set of garden words")
    with pytest.raises(RuleBroken, match="at least"):
        vault.change_passphrase(PASSPHRASE, "short")
    vault.change_passphrase(PASSPHRASE, "another set of garden words")
    again("another set of garden words")


def test_a_change_cut_off_after_one_copy_opens_with_the_new_passphrase(
    folder: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch, again: Any
) -> None:
    written: list[Path] = []
    real = files.write_whole

    def cut_off(path: Path, content: bytes) -> None:
        if written:
            raise OSError(28, "no space left on device")
        written.append(path)
        real(path, content)

    monkeypatch.setattr("app.vault.slots.write_whole", cut_off)
    with pytest.raises(EnvironmentProblem, match="disk is full"):
        vault.change_passphrase(PASSPHRASE, "another set of garden words")
    monkeypatch.setattr("app.vault.slots.write_whole", real)
    again("another set of garden words")
