"""Files that are there whole or not at all, readable by their owner only; and reading and writing at a place."""

from __future__ import annotations

import os
from pathlib import Path

_BINARY = getattr(os, "O_BINARY", 0)
FRESH = ".new"
"""What the name of a file ends in while it is written."""


def private_folder(folder: Path) -> None:
    """Make `folder` if it is missing, and closed to everyone else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def private_umask() -> None:
    """From here on this process makes files that only their owner can read."""
    os.umask(0o077)


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` so that a power cut leaves the old content or the new one, and either is on the disk."""
    put(path, content)
    sync_folder(path.parent)


def put(path: Path, content: bytes) -> None:
    """Replace `path`, whole or not at all. Its name is on the disk when the folder is synced: once, for many files."""
    fresh = path.with_name(path.name + FRESH)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def overwrite(path: Path, content: bytes, size: int) -> bool:
    """Write `content` over the beginning of a file of `size` bytes, which needs no free space on an ordinary disk.

    False, with nothing done, when there is no such file. A disk that copies on writing (btrfs, ZFS, APFS) may need
    room for it all the same. Up to 512 bytes arrive whole or not at all. Raises OSError.
    """
    try:
        descriptor = open_at(path, writing=True)
    except FileNotFoundError:
        return False
    try:
        if os.fstat(descriptor).st_size != size:
            return False
        write_at(descriptor, 0, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


def sync_folder(folder: Path) -> None:
    """Make renames within `folder` last. Windows has no such call and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_at(path: Path, *, writing: bool = False) -> int:
    """A descriptor of an existing file, for `read_at` and `write_at`."""
    return os.open(path, (os.O_RDWR if writing else os.O_RDONLY) | _BINARY)


def read_at(descriptor: int, place: int, size: int) -> bytes:
    """`size` bytes from a place of an open file; fewer at its end."""
    parts: list[bytes] = []
    while size > 0:
        part = _read_once(descriptor, place, size)
        if not part:
            break
        parts.append(part)
        place, size = place + len(part), size - len(part)
    return b"".join(parts)


def write_at(descriptor: int, place: int, content: bytes) -> None:
    """Write all of `content` at a place of an open file. Raises OSError; some of it may be written then."""
    left = memoryview(content)
    while left:
        written = _write_once(descriptor, place, left)
        place, left = place + written, left[written:]


if hasattr(os, "pwrite"):

    def _read_once(descriptor: int, place: int, size: int) -> bytes:
        return os.pread(descriptor, size, place)

    def _write_once(descriptor: int, place: int, content: memoryview) -> int:
        return os.pwrite(descriptor, content, place)

else:  # Windows

    def _read_once(descriptor: int, place: int, size: int) -> bytes:
        os.lseek(descriptor, place, os.SEEK_SET)
        return os.read(descriptor, size)

    def _write_once(descriptor: int, place: int, content: memoryview) -> int:
        os.lseek(descriptor, place, os.SEEK_SET)
        return os.write(descriptor, content)


def sync_data(descriptor: int) -> None:
    """Let what was written reach the disk."""
    getattr(os, "fdatasync", os.fsync)(descriptor)
