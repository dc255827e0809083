"""A real vault with a cheap key derivation, a clock that the test moves, and short ways to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.models.vocab import Role
from app.models.work import Actor
from app.vault import keys
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault, open_vault

PASSPHRASE = "five unrelated garden words"


class SetClock:
    """A clock that stands still until the test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> KdfSetting:
    """A key derivation that costs nothing; only here is the floor below what a vault may have."""
    setting = KdfSetting(memory_kib=64, passes=1, lanes=1)
    monkeypatch.setattr(keys, "FLOOR", setting)
    return setting


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def made(folder: Path, clock: SetClock, cheap: KdfSetting) -> Iterator[tuple[Vault, str]]:
    """A new vault and its recovery key."""
    owner = Owner("A. Example", (Role.VSU, Role.SUP), "V-1")
    vault, recovery = create_vault(folder, PASSPHRASE, "laptop", owner=owner, clock=clock, setting=cheap)
    vault.prove_recovery(recovery)
    yield vault, recovery
    vault.close()


@pytest.fixture
def vault(made: tuple[Vault, str]) -> Vault:
    return made[0]


@pytest.fixture
def actor(vault: Vault) -> Actor:
    return vault.actor(Role.VSU)


@pytest.fixture
def again(folder: Path, vault: Vault, clock: SetClock) -> Iterator[Callable[..., Vault]]:
    """Closes the vault and opens it anew."""
    opened: list[Vault] = []

    def reopen(passphrase: str = PASSPHRASE) -> Vault:
        for one in [vault, *opened]:
            one.close()
        opened.append(open_vault(folder, passphrase, clock=clock))
        return opened[-1]

    yield reopen
    for one in opened:
        one.close()
