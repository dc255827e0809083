"""The second passphrase of the open vault as the windows use it (`views/common/second_desk.py`)."""

from __future__ import annotations

from collections.abc import Callable

from app.models.vocab import Role
from app.vault import reducing, taking_over
from app.vault.vault import Vault
from app.views.common.second_desk import Moved


class VaultSecond:
    """The real `SecondDesk`. `role`: in which role the person acts now."""

    def __init__(self, vault: Vault, role: Callable[[], Role]) -> None:
        self._vault = vault
        self._role = role

    def is_set(self) -> bool:
        """See `SecondDesk`."""
        return self._vault.duress_set

    def waiting(self) -> int:
        """See `SecondDesk`."""
        return 0 if self._vault.is_reduced else sum(aside.written for aside in reducing.asides(self._vault))

    def set_up(self, own: str, second: str) -> None:
        """See `SecondDesk`."""
        self._vault.verify_passphrase(own)
        reducing.set_up(self._vault, second)

    def opens_workspace(self, second: str) -> bool:
        """See `SecondDesk`."""
        return reducing.opens_workspace(self._vault, second)

    def clear(self, own: str) -> None:
        """See `SecondDesk`."""
        self._vault.verify_passphrase(own)
        reducing.clear(self._vault)

    def take_over(self) -> Moved:
        """See `SecondDesk`."""
        done = taking_over.take_over(self._vault, self._role())
        return Moved(done.records, done.left)

    def leave(self) -> None:
        """See `SecondDesk`."""
        taking_over.leave(self._vault)
