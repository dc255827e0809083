"""Erases a vault from this computer for good: what wraps its key first, then everything else; a tombstone stays.

    erasing.haven   the order is being carried out: whatever is still here goes before anything is opened
    erased.haven    the signed word of this device that it did: no name, no content

Done again from wherever it was broken off, it comes to the same end. What a solid-state disk keeps of overwritten
blocks is beyond a program (SECURITY.md); what would open the rest is in no file any more.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from app.vault import backup, slots
from app.vault.files import open_at, sync_folder, write_at, write_whole

DOING, DONE = "erasing.haven", "erased.haven"
_PLAIN = frozenset({DOING, DONE})


def erase(folder: Path, tombstone: bytes) -> None:
    """Erase the vault in `folder`, which is closed. Raises OSError; the next start goes on from there."""
    write_whole(folder / DOING, tombstone)
    _destroy_slots(folder)
    _remove_all(folder)
    (folder / DOING).replace(folder / DONE)
    sync_folder(folder)


def go_on(folder: Path) -> bool:
    """Finish an erasing that was broken off; whether there was one."""
    try:
        tombstone = (folder / DOING).read_bytes()
    except OSError:
        return False
    erase(folder, tombstone)
    return True


def is_erased(folder: Path) -> bool:
    """Whether the vault that was in `folder` was erased, or is being erased."""
    return any((folder / name).exists() for name in _PLAIN)


def _destroy_slots(folder: Path) -> None:
    """Both copies of the key file, then those beside the backups: overwritten, on the disk, then removed."""
    for path in _slot_files(folder):
        size = path.stat().st_size
        # Writing over it may fail on a full or failing disk; then at least the name goes.
        with suppress(OSError):
            descriptor = open_at(path, writing=True)
            try:
                write_at(descriptor, 0, os.urandom(size))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        path.unlink()
        sync_folder(path.parent)


def _slot_files(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in slots.COPIES if (folder / name).exists())
    yield from sorted(folder.glob("slots.*"))
    yield from sorted((folder / backup.FOLDER).glob("*.slots*"))


def _remove_all(folder: Path) -> None:
    for entry in sorted(folder.iterdir()):
        if entry.name in _PLAIN:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    sync_folder(folder)
