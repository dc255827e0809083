"""The operating system's keystore: Secret Service on Linux, Credential Manager on Windows, Keychain on macOS.

Only the system's own keystores are used, named here one by one: `keyring` would also take whatever a settings file or
an environment variable points it to, a file in plain text included. The library is imported when a keystore is first
asked, because most vaults never do and unlocking waits for nothing that it does not need. A keystore may ask its
person to unlock it, or hang; so every call runs beside and is given up after `PATIENCE` seconds.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

_SERVICE = "Haven"
PATIENCE = 20.0
"""Seconds: long enough to type the password of a locked keystore, short enough not to look frozen for ever."""

Answer = TypeVar("Answer")


def available() -> bool:
    """Whether this computer has a keystore that can be trusted with half of a key."""
    return bool(_asked(lambda: _backend() is not None))


def remember(vault_id: str, name: str, value: str, patience: float | None = None) -> bool:
    """Keep `value` for a vault under a name; whether it was kept. Never raises."""

    def keep() -> bool:
        backend = _backend()
        if backend is None:
            return False
        backend.set_password(_service(vault_id, name), name, value)
        return bool(backend.get_password(_service(vault_id, name), name) == value)

    return bool(_asked(keep, patience))


def recall(vault_id: str, name: str, patience: float | None = None) -> str | None:
    """What was kept, or None when it is not there or the keystore does not answer. Never raises."""

    def find() -> str | None:
        backend = _backend()
        found = None if backend is None else backend.get_password(_service(vault_id, name), name)
        return None if found is None else str(found)

    return _asked(find, patience)


def forget(vault_id: str, name: str) -> None:
    """Keep it no longer. Never raises."""

    def drop() -> None:
        backend = _backend()
        if backend is not None:
            backend.delete_password(_service(vault_id, name), name)

    _asked(drop)


def _service(vault_id: str, name: str) -> str:
    """A service of its own for each value: Windows keeps one value a service without moving others about."""
    return f"{_SERVICE} {vault_id} {name}"


def _asked(question: Callable[[], Answer], patience: float | None = None) -> Answer | None:
    """The answer, or None when the keystore fails or takes too long."""
    answers: list[Answer] = []

    def ask() -> None:
        try:
            answers.append(question())
        except Exception:  # whatever a system's keystore may say: its half is not there, and that is told further up
            return

    beside = threading.Thread(target=ask, name="keystore", daemon=True)
    beside.start()
    beside.join(PATIENCE if patience is None else patience)
    return answers[0] if answers else None


def kind_name() -> str:
    """Which keystore this system would use, whether or not it is running."""
    return f"{_kind().__module__}.{_kind().__name__}"


@cache
def _kind() -> type[Any]:
    """The class of this system's keystore."""
    # What the library says of its dealings names services and accounts; nothing of that belongs into a log.
    logging.getLogger("keyring").setLevel(logging.CRITICAL)
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        return WinVaultKeyring
    if sys.platform == "darwin":
        from keyring.backends.macOS import Keyring as Keychain

        return Keychain
    from keyring.backends.SecretService import Keyring as SecretService

    return SecretService


def _backend() -> Any | None:
    """The keystore; None where there is none or it is not running."""
    kind = _kind()
    if not kind.viable:
        return None
    backend = kind()
    if sys.platform == "win32":
        # Not "enterprise", the library's choice: half of a key must not travel to other computers with the account.
        backend.persist = "local machine"
    return backend
