"""Someone in front of the screen, and the processes behind it: keys, windows, pictures, /proc."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage

_PIECE = 1 << 24


class BundleFailed(AssertionError):
    """A step did not come about."""


class Screen:
    """The whole screen as a person sees it, and the keyboard before it."""

    def __init__(self, pictures: Path) -> None:
        self._app = QGuiApplication(sys.argv[:1])
        self._pictures = pictures
        self._number = 1

    def wait(self, condition: Callable[[], object], what: str, seconds: float = 40.0) -> None:
        """Wait until something is true."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.picture("failed")
                raise BundleFailed(f"waited {seconds:.0f} s for: {what}")
            time.sleep(0.05)

    def still(self, seconds: float = 0.7) -> None:
        """Wait until the screen has not changed for a while; what ticks for ever is left ticking after 8 seconds."""
        last, since, end = self.seen(), time.monotonic(), time.monotonic() + 8
        while time.monotonic() - since < seconds and time.monotonic() < end:
            time.sleep(0.1)
            now = self.seen()
            if now != last:
                last, since = now, time.monotonic()

    def seen(self) -> QImage:
        """The picture of this moment."""
        self._app.processEvents()
        return QGuiApplication.primaryScreen().grabWindow(0).toImage()

    def picture(self, title: str) -> None:
        """Keep a numbered picture."""
        self.seen().save(str(self._pictures / f"{self._number:02d}-{title}.png"))
        self._number += 1

    def key(self, *keys: str) -> None:
        """Press keys, such as `Return` or `ctrl+s`."""
        for one in keys:
            subprocess.run(["xdotool", "key", "--clearmodifiers", one], check=True)
            time.sleep(0.15)

    def write(self, text: str) -> None:
        """Type where the cursor stands."""
        subprocess.run(["xdotool", "type", "--delay", "12", "--", text], check=True)

    def window(self) -> int:
        """The window that has the keyboard; 0 when there is none."""
        said = subprocess.run(["xdotool", "getactivewindow"], capture_output=True, text=True, check=False).stdout
        return int(said) if said.strip().isdigit() else 0

    def windows(self, pid: int) -> set[int]:
        """The visible windows of a process."""
        said = subprocess.run(
            ["xdotool", "search", "--all", "--onlyvisible", "--pid", str(pid), "--name", ""],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        return {int(line) for line in said.split()}

    def next_window(self, before: int, what: str) -> int:
        """Wait for another window to take the keyboard."""
        self.wait(lambda: self.window() not in (0, before), what)
        self.still()
        return self.window()


def remembers(pid: int, text: str) -> bool:
    """Whether the memory of a process holds a text, as Python or as Qt keeps it.

    Raises OSError where the system does not let one look.
    """
    wanted = (text.encode("utf-8"), text.encode("utf-16-le"))
    overlap = max(map(len, wanted))
    lines = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in lines:
            place, allowed = line.split()[:2]
            if not allowed.startswith("rw"):
                continue
            begin, end = (int(part, 16) for part in place.split("-"))
            while begin < end:
                try:
                    memory.seek(begin)
                    piece = memory.read(min(_PIECE, end - begin))
                except OSError:
                    break  # a part that only the kernel sees
                if any(one in piece for one in wanted):
                    return True
                begin += max(len(piece) - overlap, 1) if len(piece) == _PIECE else max(len(piece), _PIECE)
    return False


def command(pid: int) -> tuple[str, ...]:
    """The command line of a process."""
    return tuple(Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1])


def children(pid: int) -> dict[int, tuple[str, ...]]:
    """The children of a process with their command lines."""
    said = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    found: dict[int, tuple[str, ...]] = {}
    for line in said.split():
        try:
            found[int(line)] = command(int(line))
        except OSError:
            continue
    return found


def open_files(pid: int) -> set[str]:
    """The files that a process holds open."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(entry.readlink()))
        except OSError:
            continue
    return found
