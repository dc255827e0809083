"""The open vault's backups as the windows see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.vault import backup
from app.vault.vault import Vault
from app.views.programme import BackupRow


class VaultBackups:
    """What `programme.BackupFace` asks for. Each call takes long: use `tasks.job`."""

    def __init__(self, vault: Vault, restore_now: Callable[[Path, bool], None] | None) -> None:
        self._vault, self._restore_now = vault, restore_now

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

    def restore(self, name: str, as_it_was: bool) -> None:
        """Close, put it in the vault's place, and start anew at the entrance."""
        if self._restore_now is not None:
            self._restore_now(self._path(name), as_it_was)

    def _path(self, name: str) -> Path:
        return next(path for path in backup.listed(self._vault.folder) if path.name == name)
