"""What windows may do with the keys of the open vault: plain calls, handed over by bootstrap.

Each may take a second or more (a key is derived): run it in `tasks.job`. Each raises a HavenError whose sentence says
what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Leaving = Callable[[bool, Callable[[], None]], None]
"""`leaving(export, then)`: authorise and note that pages leave (printed, or exported), then go on."""


@dataclass(frozen=True)
class KeysShown:
    """How the vault can be opened. `practised_with_sheets`: whether the last drill used two of the three sheets."""

    vault_name: str
    recovery_proven: bool
    practised_at: datetime | None
    practised_with_sheets: bool
    recovered_at: datetime | None
    bound: bool
    memory_mib: int
    passes: int


class KeyDesk(Protocol):
    """The keys of one open vault."""

    def shown(self) -> KeysShown:
        """How the vault can be opened now."""

    def suggest_passphrase(self) -> str:
        """A passphrase that is easy to say and hard to guess."""

    def confirm(self, passphrase: str) -> None:
        """Whether this is the passphrase; wrong ones are counted."""

    def change_passphrase(self, old: str, new: str) -> None:
        """Let another passphrase open the vault."""

    def fresh_recovery(self) -> str:
        """A new recovery key as text; nothing changes yet."""

    def keep_recovery(self, text: str) -> None:
        """Somebody showed that this recovery key was kept: from now on it opens the vault, and only this one."""

    def same_key(self, typed: str, text: str) -> None:
        """Whether what was typed (the key, or two of its sheets) is that recovery key."""

    def sheets(self, typed: str, language: str, name: str = "") -> bytes:
        """The PDF of the three sheets of a recovery key (or of the key that two sheets make)."""

    def sheets_leave(self, export: bool) -> None:
        """Note in the audit trail that the sheets are printed or saved."""

    def practise(self, typed: str) -> None:
        """A drill: does this recovery key, or do these two sheets, open the vault?"""

    def bind(self, passphrase: str) -> None:
        """Let this computer's keystore hold half of the key."""

    def unbind(self, passphrase: str) -> None:
        """Let the passphrase alone open the vault again."""
