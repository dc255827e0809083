"""The doors that bootstrap opens for the entrance. Each call may take a second or more: run it in `tasks.job`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any, Protocol

from app.profile import VaultPlace


@dataclass(frozen=True)
class Opened:
    """An open vault on its way to the main window.

    `recovery_key` is there until somebody showed that it was kept; `recovery_renewed`: another one was shown before.
    `first` is the route that the person asked for while unlocking, empty for where they were or the first page.
    """

    vault: Any
    place: VaultPlace
    recovery_key: str | None = None
    recovery_renewed: bool = False
    keys: Any = None
    """The `KeyDesk` of the vault, there with a `recovery_key`."""
    recovered: datetime | None = None
    """When the recovery key opened this vault, if its owner was not told yet."""
    first: str = ""
    unlock_ms: int = 0
    """How long opening the vault took, from the passphrase on; 0 when it was opened in another way."""
    since: float = 0.0
    """`time.perf_counter()` when the vault was open."""


class Guard(Protocol):
    """Watches over an open vault before its main window is there."""

    def stop(self) -> None:
        """Somebody else watches from here on."""


class Doors(Protocol):
    """What can be opened from outside. Each raises a HavenError whose sentence says what to do."""

    def vaults(self) -> tuple[VaultPlace, ...]:
        """The vaults of this computer."""

    def finds_people(self) -> bool:
        """Whether this Haven can look for a person right after unlocking (the registry is there)."""

    def unlock(self, place: VaultPlace, passphrase: str, *, bring_back: bool = False) -> Opened:
        """Open a vault by its passphrase. `bring_back`: do what NeedsRecovery explained."""

    def recover(self, place: VaultPlace, recovery_key: str, passphrase: str, *, bring_back: bool = False) -> Opened:
        """Open a vault by its recovery key, or by two of its sheets, and give it a new passphrase.

        `bring_back` as in `unlock`.
        """

    def create(self, owner: str, service: str, passphrase: str) -> Opened:
        """A new vault for one person of a service on this computer, without a server."""

    def account_wanted(self, address: str, code: str) -> Any:
        """What the agency says about signing in with its own account first, for `enrol`; None when it does not ask."""

    def enrol(
        self, address: str, code: str, passphrase: str, account: Any = None, stopped: Event | None = None
    ) -> Opened:
        """A new vault that belongs to an agency's server.

        With `account` the browser opens for the sign-in; `stopped` ends the waiting for it.
        """

    def demonstration(self) -> Opened:
        """The made-up region, freshly filled when it is not there yet."""

    def suggest_passphrase(self) -> str:
        """A passphrase that is easy to say and hard to guess."""
