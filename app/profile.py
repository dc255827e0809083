"""Where this computer keeps Haven's files, and the few settings that stand outside the vault.

Settings hold nothing about any person: an allow-list of names and the values each may have (safety.md 2).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

ALLOWED: dict[str, tuple[Any, ...]] = {
    "language": ("en", "fr"),
    "mode": ("light", "dark", "system"),
    "text_scale": (1.0, 0.9, 1.15, 1.3, 1.5),
}
"""The settings there are, and what each may be; the first value is the default."""


@dataclass(frozen=True)
class VaultPlace:
    """A vault on this computer. `name` is an opaque folder name; `label` what its owner called it, never a person."""

    name: str
    folder: Path

    @property
    def is_demonstration(self) -> bool:
        """Whether this is the made-up data."""
        return self.name == "demonstration"


class Profile:
    """The folder of one operating-system user: `vaults/NAME/` and `settings.json`, readable by that user only."""

    def __init__(self, home: Path | None = None) -> None:
        chosen = home or os.environ.get("HAVEN_HOME") or platformdirs.user_data_dir("Haven", appauthor=False)
        self.home = Path(chosen)
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)

    def vaults(self) -> tuple[VaultPlace, ...]:
        """The vaults here, own ones before the demonstration."""
        folder = self.home / "vaults"
        if not folder.is_dir():
            return ()
        places = [VaultPlace(entry.name, entry) for entry in sorted(folder.iterdir()) if _holds_vault(entry)]
        return tuple(sorted(places, key=lambda place: (place.is_demonstration, place.name)))

    def place(self, name: str) -> VaultPlace:
        """The place of a vault that may not exist yet."""
        return VaultPlace(name, self.home / "vaults" / name)

    def settings(self) -> dict[str, Any]:
        """Every setting, with its default where the file is missing, damaged or says something not allowed."""
        try:
            read = json.loads((self.home / "settings.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            read = {}
        read = read if isinstance(read, dict) else {}
        return {name: _allowed(name, read.get(name), allowed[0]) for name, allowed in ALLOWED.items()}

    def keep(self, name: str, value: Any) -> None:
        """Change one setting. Raises ValueError for a name or value that is not on the list."""
        found = _allowed(name, value, None)
        if found is None:
            raise ValueError("not a setting, or not a value that it may have")
        changed = self.settings() | {name: found}
        target = self.home / "settings.json"
        fresh = target.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(changed, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)


def _holds_vault(folder: Path) -> bool:
    """Whether a vault was made here to its end, even if some of its files are lost: its owner must hear of it."""
    some = any((folder / name).exists() for name in ("slots.a", "slots.b", "vault.db"))
    return some and not (folder / "vault.making").exists()


def _allowed(name: str, value: Any, otherwise: Any) -> Any:
    """The value as the list has it (true is not the scale 1.0), or `otherwise` for one that is not on it."""
    same = (one for one in ALLOWED.get(name, ()) if type(one) is type(value) and one == value)
    return next(same, otherwise)
