"""What this installation stands on and can use, for administrators and for who proves a bundle; nothing of a vault."""

from __future__ import annotations

import sys
from typing import Any

from app import resources
from app.vault import engine, keystore, shares, suggestion
from app.vault.driver import driver


def about() -> dict[str, Any]:
    """One JSON object: versions, and whether each part that a vault may lean on is there.

    Raises EnvironmentProblem for an engine that would not encrypt or could lose a save.
    """
    engine.refuse_weak_driver()
    probe = driver.connect(":memory:")
    try:
        cipher = probe.execute("PRAGMA cipher_version").fetchone()[0]
    finally:
        probe.close()
    return {
        "frozen": bool(getattr(sys, "frozen", False)),
        "python": sys.version.split()[0],
        "engine": driver.sqlite_version,
        "cipher": cipher,
        "keystore": keystore.kind_name(),
        "sheet_words": shares.words_known(),
        "passphrase_words": len(suggestion.words()),
        "system_messages": _system_messages(),
        "resources": resources.folder().is_dir(),
    }


def _system_messages() -> str | None:
    """The library through which the system says that it sleeps or locks, where one is needed."""
    if sys.platform != "linux":
        return None
    from PySide6.QtDBus import QDBusConnection  # only asked for here: it costs more than all the rest

    return QDBusConnection.__name__
