"""Five wrong passphrases in 15 minutes lock; each further one doubles the wait; no clock and no restart shortens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.errors import RuleBroken
from app.vault import slots, trying
from app.vault.throttle import COPIES, FIRST_WAIT_MS, LONGEST_WAIT_MS, Throttle, Tries, counted, wait_left
from app.vault.vault import Vault, open_vault, open_with_recovery

PASSPHRASE = "five unrelated garden words"
MINUTE = 60_000


class Uptime:
    """The computer's uptime, moved by the test."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def uptime(monkeypatch: pytest.MonkeyPatch) -> Uptime:
    made = Uptime()
    monkeypatch.setattr(trying, "uptime_ms", made)
    return made


def wrong(folder: Path, clock: Any, times: int = 1) -> str:
    """Try a wrong passphrase; the last sentence that was said."""
    sentence = ""
    for _ in range(times):
        with pytest.raises(RuleBroken) as refused:
            open_vault(folder, "five unrelated garden weeds", clock=clock)
        sentence = refused.value.sentence
    return sentence


def test_it_says_how_many_tries_are_left(folder: Path, vault: Vault, clock: Any, uptime: Uptime) -> None:
    vault.close()
    assert "Tries left before a pause: 4" in wrong(folder, clock)
    assert "Tries left before a pause: 1" in wrong(folder, clock, 3)
    assert "Try again in 1 minutes" in wrong(folder, clock)


def test_even_the_right_passphrase_waits_and_then_opens(folder: Path, vault: Vault, clock: Any, uptime: Uptime) -> None:
    vault.close()
    wrong(folder, clock, 5)
    with pytest.raises(RuleBroken, match="Too many"):
        open_vault(folder, PASSPHRASE, clock=clock)
    clock.move(minutes=1)
    uptime.ms += MINUTE
    open_vault(folder, PASSPHRASE, clock=clock).close()
    assert "Tries left before a pause: 4" in wrong(folder, clock)


def test_the_recovery_key_opens_meanwhile(folder: Path, made: tuple[Vault, str], clock: Any, uptime: Uptime) -> None:
    vault, recovery = made
    vault.close()
    wrong(folder, clock, 5)
    open_with_recovery(folder, recovery, clock=clock).close()


def test_each_further_wrong_try_doubles_the_wait(folder: Path, vault: Vault, clock: Any, uptime: Uptime) -> None:
    vault.close()
    wrong(folder, clock, 5)
    waits = []
    for _ in range(4):
        left = wait_left(Throttle(folder, vault.vault_id).read(0, 0), int(clock().timestamp() * 1000), uptime.ms)
        waits.append(left)
        clock.move(seconds=left / 1000)
        uptime.ms += left
        wrong(folder, clock)
    assert waits == [FIRST_WAIT_MS * factor for factor in (1, 2, 4, 8)]


def test_slow_tries_do_not_lock(folder: Path, vault: Vault, clock: Any, uptime: Uptime) -> None:
    vault.close()
    for _ in range(9):
        assert "Tries left" in wrong(folder, clock)
        clock.move(minutes=4)
        uptime.ms += 4 * MINUTE


def test_a_clock_set_forward_does_not_end_the_wait(folder: Path, vault: Vault, clock: Any, uptime: Uptime) -> None:
    vault.close()
    wrong(folder, clock, 5)
    clock.move(days=4000)
    with pytest.raises(RuleBroken, match="Too many"):
        open_vault(folder, PASSPHRASE, clock=clock)


def test_a_clock_set_back_starts_the_wait_again_and_ends_it_then(
    folder: Path, vault: Vault, clock: Any, uptime: Uptime
) -> None:
    vault.close()
    wrong(folder, clock, 5)
    clock.move(days=-4000)
    with pytest.raises(RuleBroken, match="Too many"):
        open_vault(folder, PASSPHRASE, clock=clock)
    clock.move(minutes=1)
    uptime.ms += MINUTE
    open_vault(folder, PASSPHRASE, clock=clock).close()


def test_a_restart_of_the_computer_does_not_end_the_wait_with_a_clock_set_forward_either(
    folder: Path, vault: Vault, clock: Any, uptime: Uptime
) -> None:
    vault.close()
    wrong(folder, clock, 5)
    uptime.ms = 30_000
    clock.move(days=3)
    with pytest.raises(RuleBroken, match="Too many"):
        open_vault(folder, PASSPHRASE, clock=clock)
    clock.move(seconds=30)
    uptime.ms += MINUTE // 2
    open_vault(folder, PASSPHRASE, clock=clock).close()


def test_a_clock_set_forward_does_not_make_wrong_tries_old(
    folder: Path, vault: Vault, clock: Any, uptime: Uptime
) -> None:
    vault.close()
    wrong(folder, clock, 4)
    clock.move(days=400)
    assert "Try again in 1 minutes" in wrong(folder, clock)


@pytest.mark.parametrize("harm", ["removed", "damaged"])
def test_without_its_files_the_vault_counts_as_just_locked(
    folder: Path, vault: Vault, clock: Any, uptime: Uptime, harm: str
) -> None:
    vault.close()
    wrong(folder, clock, 5)
    for name in COPIES:
        if harm == "removed":
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(b"\x00" * 60)
    with pytest.raises(RuleBroken, match="was moved"):
        open_vault(folder, PASSPHRASE, clock=clock)
    clock.move(minutes=5)
    uptime.ms += 5 * MINUTE
    open_vault(folder, PASSPHRASE, clock=clock).close()


def test_one_damaged_copy_loses_no_try(folder: Path, vault: Vault, clock: Any, uptime: Uptime) -> None:
    vault.close()
    wrong(folder, clock, 4)
    (folder / COPIES[1]).write_bytes(b"")
    assert "was moved" in wrong(folder, clock)
    assert Throttle(folder, vault.vault_id).read(0, 0).failed == 4


def test_a_try_counts_even_when_the_application_is_killed_during_it(
    folder: Path, vault: Vault, clock: Any, uptime: Uptime, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.close()

    def killed(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(slots, "open_with_passphrase", killed)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            open_vault(folder, PASSPHRASE, clock=clock)
    with pytest.raises(RuleBroken, match="Too many"):
        open_vault(folder, PASSPHRASE, clock=clock)


def test_the_wait_has_an_upper_end() -> None:
    tries, at = Tries(), 0
    for _ in range(60):
        tries = counted(tries, at, at)
        at += wait_left(tries, at, at)
    assert tries.wait_ms == LONGEST_WAIT_MS
    assert wait_left(tries, at, at) == 0
