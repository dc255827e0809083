"""What windows may do about the second passphrase, the one for being forced: plain calls, handed over by bootstrap.

Each may take seconds (a key is derived, a workspace made): run it in `tasks.job`. Each raises a HavenError.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Moved:
    """What came of taking over: new records, and changes to earlier ones that stay apart."""

    records: int
    left: int


class SecondDesk(Protocol):
    """The second passphrase of one open vault."""

    def is_set(self) -> bool:
        """Whether there is one."""

    def waiting(self) -> int:
        """How many records were written in the workspace and wait for the owner's decision."""

    def set_up(self, own: str, second: str) -> None:
        """Let `second` open a reduced workspace; `own` shows that the owner sits here."""

    def opens_workspace(self, second: str) -> bool:
        """Whether this is the second passphrase and its workspace is whole. Nobody is told of such a try."""

    def clear(self, own: str) -> None:
        """No second passphrase any more."""

    def take_over(self) -> Moved:
        """Take what was written in the workspace into the vault."""

    def leave(self) -> None:
        """Let what was written in the workspace stay apart, and say no more of it."""
