"""The open vault's backups as the windows see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.vault import backup
from app.vault.full_look import Look, Part
from app.vault.vault import Vault
from app.views.programme import BackupRow, LookRow
from app.words import mark, tr

_DAMAGED = {
    Part.PAGES: mark(
        "A part of the vault's file is damaged. Lock Haven and unlock it again: it is brought back from what was saved "
        "twice."
    ),
    Part.JOURNAL: mark(
        "The second journal, which guards the newest saves, is damaged. Lock Haven and unlock it again: it is made "
        "anew."
    ),
    Part.TRAIL: mark("The audit trail was changed or is damaged. Tell your administrator."),
    Part.BACKUP: mark("The newest backup is damaged and is not used. Make a new one now."),
}


class VaultBackups:
    """What `programme.BackupFace` asks for. Each call takes long: use `tasks.job`."""

    def __init__(
        self, vault: Vault, restore_now: Callable[[Path, bool], None] | None, look_now: Callable[[], Look | None]
    ) -> None:
        self._vault, self._restore_now, self._look_now = vault, restore_now, look_now

    def listed(self) -> tuple[BackupRow, ...]:
        """The backups, the newest first."""
        found = self._vault.backups()
        return tuple(BackupRow(one.path.name, one.made_at, one.size, one.brings_all) for one in found)

    def make(self) -> None:
        """Back up now, verified."""
        self._vault.back_up()

    def sound(self, name: str) -> bool:
        """Read all of a backup."""
        return self._vault.check_backup(self._path(name))

    def last_look(self) -> LookRow | None:
        """When everything was last looked through, and what was found."""
        return _row(self._vault.last_look())

    def look(self) -> LookRow | None:
        """Look through everything now."""
        return _row(self._look_now())

    def restore(self, name: str, as_it_was: bool) -> None:
        """Close, put it in the vault's place, and start anew at the entrance."""
        if self._restore_now is not None:
            self._restore_now(self._path(name), as_it_was)

    def _path(self, name: str) -> Path:
        return next(path for path in backup.listed(self._vault.folder) if path.name == name)


def look_sentence(look: Look) -> str:
    """What was found to be damaged, and what to do; empty when everything is sound."""
    return " ".join(tr(_DAMAGED[part]) for part in look.damaged)


def _row(look: Look | None) -> LookRow | None:
    return None if look is None else LookRow(look.at, look_sentence(look))
