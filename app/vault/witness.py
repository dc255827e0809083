"""The keystore as a witness of the newest save, for a vault whose key is half in it (`anchor.Witness`).

Only there: who keeps nothing in the keystore shall not be asked to unlock it. It is told when the vault is closed,
locked or backed up, and asked when it opens; it never makes anyone wait for long.
"""

from __future__ import annotations

from app.vault import keystore

NAME = "newest-save"
_PATIENCE_S = 3.0


class KeystoreWitness:
    """What the system's keystore remembers of one vault."""

    def __init__(self, vault_id: str) -> None:
        self._vault_id = vault_id

    def read(self) -> tuple[int, bytes] | None:
        """The commit counter and chain head that were kept last; None when nothing was, or it cannot be read."""
        counter, _, head = (keystore.recall(self._vault_id, NAME, patience=_PATIENCE_S) or "").partition(":")
        try:
            return int(counter), bytes.fromhex(head)
        except ValueError:
            return None

    def write(self, counter: int, head: bytes) -> None:
        """Keep them, if the keystore is there."""
        keystore.remember(self._vault_id, NAME, f"{counter}:{head.hex()}", patience=_PATIENCE_S)


class Silent:
    """Remembers nothing: for a vault that is put back to an earlier moment on purpose."""

    def read(self) -> None:
        """Nothing was kept."""
        return

    def write(self, counter: int, head: bytes) -> None:
        """Keep nothing."""


def forget(vault_id: str) -> None:
    """The keystore holds nothing of this vault any more."""
    keystore.forget(vault_id, NAME)
