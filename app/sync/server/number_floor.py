"""Which record numbers are gone, in a file of its own: a restored database must not hand them out again.

Each line is one block, appended and synced before the block is answered. A line that a crash tore is ignored: its
block was never answered.
"""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

from app.sync.server.problems import StoreFull, StoreUnavailable

FLOOR_FILE = "numbers.log"
_END = "."


class NumberFloor:
    """The highest number handed out of each agency's series and year."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._highest: dict[tuple[str, str, int], int] = {}
        if path.exists():
            for line in path.read_text(encoding="ascii", errors="replace").splitlines():
                self._read(line)

    def _read(self, line: str) -> None:
        match line.split():
            case [agency_id, series, year, last, end] if end == _END and year.isdigit() and last.isdigit():
                key = (agency_id, series, int(year))
                self._highest[key] = max(self._highest.get(key, 0), int(last))

    def highest(self, agency_id: str, series: str, year: int) -> int:
        """The highest number handed out, 0 when none."""
        with self._lock:
            return self._highest.get((agency_id, series, year), 0)

    def all(self) -> list[tuple[tuple[str, str, int], int]]:
        """Agency, series and year with the highest number handed out of each."""
        with self._lock:
            return list(self._highest.items())

    def note(self, agency_id: str, series: str, year: int, last: int) -> None:
        """Append and sync. Raises StoreFull, and leaves the old floor, when there is no room."""
        # It begins with a line break so that a torn line before it cannot swallow it.
        line = f"\n{agency_id} {series} {year} {last} {_END}\n".encode("ascii")
        with self._lock:
            try:
                self._append(line)
            except OSError as error:
                raise (StoreFull() if error.errno in (errno.ENOSPC, errno.EDQUOT) else StoreUnavailable()) from None
            key = (agency_id, series, year)
            self._highest[key] = max(self._highest.get(key, 0), last)

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.write(descriptor, line) != len(line):
                raise OSError(errno.ENOSPC, "short write")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def copy_to(self, target: Path) -> None:
        """Write the floor, one line a series and year, to a new file."""
        with self._lock:
            lines = [
                f"{agency} {series} {year} {last} {_END}\n" for (agency, series, year), last in self._highest.items()
            ]
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
