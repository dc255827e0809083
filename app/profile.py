"""Where this computer keeps Haven's files, and the few settings that stand outside the vault.

Settings hold nothing about any person: an allow-list of names and the values each may have (safety.md 2). Beside a
vault lies its label: what its owner calls it and which service it belongs to, readable to whoever opens this computer.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import platformdirs

ALLOWED: dict[str, tuple[Any, ...]] = {
    "language": ("en", "fr"),
    "mode": ("light", "dark", "system"),
    "text_scale": (1.0, 0.9, 1.15, 1.3, 1.5),
}
"""The settings there are, and what each may be; the first value is the default."""


LONGEST_LABEL = 24
LONGEST_SERVICE = 120
_LABEL = "label.json"
ERASING, ERASED = "erasing.haven", "erased.haven"
"""What stays in the folder of a vault that an order erased (`vault/erasing.py`)."""
_TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class VaultPlace:
    """A vault on this computer. `name` is an opaque folder name; `label` what its owner called it, never a person.

    `service` is the name of the service it belongs to. Both are empty until they were written down.
    """

    name: str
    folder: Path
    label: str = field(default="", compare=False)
    service: str = field(default="", compare=False)

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
        self._close_to_others()

    def _close_to_others(self) -> None:
        """The folders of Haven are closed to everyone else, also when an older version or another tool made them."""
        for folder in (self.home, self.home / "vaults"):
            mode = folder.stat().st_mode if folder.is_dir() else 0
            if mode & 0o077 and not mode & stat.S_ISVTX:  # a folder that everyone shares stays as it is
                with suppress(OSError):  # a folder that is not ours to close: full-disk encryption guards it
                    folder.chmod(0o700)

    def vaults(self) -> tuple[VaultPlace, ...]:
        """The vaults here, own ones before the demonstration."""
        folder = self.home / "vaults"
        if not folder.is_dir():
            return ()
        places = [_place(entry) for entry in sorted(folder.iterdir()) if _holds_vault(entry)]
        return tuple(sorted(places, key=lambda place: (place.is_demonstration, place.name)))

    def folders(self) -> tuple[Path, ...]:
        """Every folder in which a vault is or was."""
        folder = self.home / "vaults"
        return tuple(sorted(entry for entry in folder.iterdir() if entry.is_dir())) if folder.is_dir() else ()

    def erased_lately(self, now: datetime) -> datetime | None:
        """When a vault of this computer was last erased by an order, if that is at most 30 days ago."""
        found = [folder / name for folder in self.folders() for name in (ERASING, ERASED) if (folder / name).exists()]
        moments = [datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in found]
        last = max(moments, default=None)
        return last if last is not None and now - last <= _TOLD_FOR else None

    def place(self, name: str) -> VaultPlace:
        """The place of a vault that may not exist yet."""
        return _place(self.home / "vaults" / name)

    def free_label(self, place: VaultPlace, numbered: Callable[[int], str]) -> str:
        """A label for a vault that has none: the first number that no other vault here is called by."""
        others = [one for one in self.vaults() if not one.is_demonstration and one.name != place.name]
        taken = {one.label for one in others}
        number = len(others) + 1
        while numbered(number) in taken:
            number += 1
        return numbered(number)

    def call(self, place: VaultPlace, *, label: str | None = None, service: str | None = None) -> VaultPlace:
        """Write down what a vault is called; what is not named stays. Returns the place as it is called now."""
        now = _place(place.folder)
        named = {
            "label": now.label if label is None else plain_line(label, LONGEST_LABEL),
            "service": now.service if service is None else plain_line(service, LONGEST_SERVICE),
        }
        if named != {"label": now.label, "service": now.service}:
            _write_json(place.folder / _LABEL, named)
        return _place(place.folder)

    def settings(self) -> dict[str, Any]:
        """Every setting, with its default where the file is missing, damaged or says something not allowed."""
        read = _read_json(self.home / "settings.json")
        return {name: _allowed(name, read.get(name), allowed[0]) for name, allowed in ALLOWED.items()}

    def keep(self, name: str, value: Any) -> None:
        """Change one setting. Raises ValueError for a name or value that is not on the list."""
        found = _allowed(name, value, None)
        if found is None:
            raise ValueError("not a setting, or not a value that it may have")
        _write_json(self.home / "settings.json", self.settings() | {name: found})


def plain_line(text: object, longest: int) -> str:
    """One line of plain text: no signs that cannot be seen or that turn the line around, not longer than allowed."""
    if not isinstance(text, str):
        return ""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:longest].strip()


def _place(folder: Path) -> VaultPlace:
    called = _read_json(folder / _LABEL)
    return VaultPlace(
        folder.name,
        folder,
        plain_line(called.get("label"), LONGEST_LABEL),
        plain_line(called.get("service"), LONGEST_SERVICE),
    )


def _read_json(path: Path) -> dict[str, Any]:
    """What a file says, nothing where it is missing or damaged."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _write_json(target: Path, content: dict[str, Any]) -> None:
    """Replace a file, whole or not at all, for its owner only."""
    fresh = target.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)


def _holds_vault(folder: Path) -> bool:
    """Whether a vault was made here to its end, even if some of its files are lost: its owner must hear of it."""
    some = any((folder / name).exists() for name in ("slots.a", "slots.b", "vault.db"))
    return some and not any((folder / name).exists() for name in ("vault.making", ERASING, ERASED))


def _allowed(name: str, value: Any, otherwise: Any) -> Any:
    """The value as the list has it (true is not the scale 1.0), or `otherwise` for one that is not on it."""
    same = (one for one in ALLOWED.get(name, ()) if type(one) is type(value) and one == value)
    return next(same, otherwise)
