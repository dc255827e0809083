"""Proves the bundle from end to end: `python -m tests.bundle` on a screen (tests/bundle.sh makes one).

First what is inside; then one person's sitting, by keys only: unlock, open the request, show its dispatch sheet, save
it, lock, unlock again, quit. The bundle runs from another folder, without a Python and without the checkout in sight.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.documents.catalogue import CATALOGUE
from app.words import in_language
from tests.bundle import commands, contents, home
from tests.bundle.outside import BundleFailed, Screen, children, command, open_files, remembers

PICTURES = contents.ROOT / "out" / "bundle"
_UNSHARE = ["unshare", "--mount", "--propagation", "private"]


class Sitting:
    """The bundle on its own, and the person before it."""

    def __init__(self, here: Path) -> None:
        self.here = here
        self.screen = Screen(PICTURES)
        self._log = (here / "said").open("wb")
        self.process = self._start()

    @property
    def program(self) -> str:
        """The bundle's program as the bundle itself sees it."""
        return str(self.here / "haven" / "haven")

    def _start(self) -> subprocess.Popen[bytes]:
        script = self.here / "alone.sh"  # the checkout disappears while it runs
        shutil.copy(contents.ROOT / "tests" / "bundle" / "alone.sh", script)
        unshare = _unshare()
        if not unshare:
            sys.stdout.write(
                "this system lets nothing be hidden: the bundle runs beside a Python that it must not use\n"
            )
        checkout = str(contents.ROOT) if unshare else "-"
        alone = ["bash", str(script), checkout, str(contents.BUNDLE), str(self.here), "\n".join(_pythons())]
        asked = ["--home", str(self.here / "home")]
        return subprocess.Popen([*unshare, *alone, *asked], stdout=self._log, stderr=self._log, cwd="/")

    def unlock(self, before: int) -> int:
        """Wait for the entrance, type the passphrase, and wait for the main window."""
        screen = self.screen
        entrance = screen.next_window(before, "the entrance")
        screen.picture("unlock")
        screen.write(home.PASSPHRASE)
        screen.key("Return")
        inside = screen.next_window(entrance, "the main window")
        screen.picture("inside")
        return inside

    def open_request(self) -> None:
        """The second page and its first row."""
        screen = self.screen
        screen.key("ctrl+2")
        screen.still()
        screen.picture("requests")
        screen.key("Tab", "Tab", "Tab")
        screen.still()
        screen.picture("row-chosen")
        screen.key("Return")
        screen.still()
        screen.picture("request")

    def save_page(self, target: Path, *answers: str) -> None:
        """From the request to its dispatch sheet on the screen, and that into a file.

        `answers` are the keys that change the options.
        """
        screen = self.screen
        request = screen.window()
        screen.key("ctrl+p")
        asking = screen.next_window(request, "the question how to print")
        screen.key(*answers)
        screen.picture("how-to-print")
        screen.key("Return")
        preview = screen.next_window(asking, "the question has gone")
        if preview == request:
            preview = screen.next_window(request, "the page")
        screen.wait(lambda: children(self.process.pid), "the process that draws")
        drawing = list(children(self.process.pid).values())
        _hold(drawing == [(self.program, "--child", "documents")], f"the bundle draws, and not {drawing}")
        screen.still(1.5)
        screen.picture("preview")
        screen.key("ctrl+s")
        screen.next_window(preview, "where to save")
        screen.key("ctrl+a")
        screen.write(str(target))
        screen.picture("where-to-save")
        screen.key("Return")
        screen.wait(target.exists, "the saved page")
        screen.wait(lambda: screen.window() == preview, "the page again")
        screen.still()
        screen.picture("saved")
        screen.key("Escape")
        screen.wait(lambda: screen.window() == request, "the request again")

    def lock(self) -> int:
        """F12: another image of the program runs, the vault is shut, and the entrance asks again."""
        screen, pid = self.screen, self.process.pid
        inside, drawing = screen.window(), list(children(pid))
        looked = self._looks_for_person()
        _hold("--vault" not in command(pid), "the first start names no vault")
        _hold(looked is not False, "what is on the screen is in memory")
        _hold(any(name.startswith(str(self.here / "home")) for name in open_files(pid)), "the vault is open")
        screen.key("F12")
        screen.wait(lambda: "--vault" in command(pid), "the successor")
        screen.wait(lambda: screen.window() not in (0, inside), "the entrance")
        home_given = ["--home", str(self.here / "home")]
        expected = (self.program, *home_given, "--vault", home.NAME, "--waiting", "0")
        _hold(command(pid) == expected, f"the bundle started itself again: {command(pid)}")
        _hold(not self._looks_for_person(), "nothing of the record is left in memory")
        vault = {name for name in open_files(pid) if name.startswith(str(self.here / "home"))}
        _hold(not vault, f"the vault is shut: {vault}")
        _hold(not any(Path(f"/proc/{child}").exists() for child in drawing), "the process that draws has ended")
        return inside

    def _looks_for_person(self) -> bool | None:
        """Whether the process remembers whom the record is about; None where the system does not let one look."""
        try:
            return remembers(self.process.pid, home.PERSON)
        except OSError:
            sys.stdout.write("this system does not let one look into the memory of a process\n")
            return None

    def quit(self) -> None:
        """Close the window; everything ends, without a complaint."""
        self.screen.key("alt+F4")
        code = self.process.wait(timeout=20)
        said = (self.here / "said").read_text(encoding="utf-8", errors="replace")
        _hold(code == 0 and not said.strip(), f"ended with {code}, saying: {said}")

    def end(self) -> None:
        """Leave nothing running, whatever happened."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self._log.close()


def main() -> int:
    """What is inside, then the sitting."""
    begun = time.monotonic()
    try:
        sys.stdout.write(f"inside: {contents.check()}\n")
    except BundleFailed as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="haven-bundle-") as kept:
        here = Path(kept).resolve()
        (here / "person").mkdir()
        recovery = home.furnish(here / "home")
        sitting = Sitting(here)
        try:
            _sit(sitting, here / "person")
            sys.stdout.write(f"from the command line: {commands.prove(contents.BUNDLE, here / 'home', recovery)}\n")
        except BundleFailed as failed:
            sys.stderr.write(f"{failed}\n{(here / 'said').read_text(encoding='utf-8', errors='replace')}\n")
            return 1
        finally:
            sitting.end()
        left = sorted(str(path.relative_to(here / "person")) for path in (here / "person").rglob("*"))
        sys.stdout.write(f"in the person's folder: {', '.join(left)}\n")
    sys.stdout.write(f"unlock, page, saved, locked, unlocked, ended: {time.monotonic() - begun:.0f} s\n")
    return 0


def _sit(sitting: Sitting, folder: Path) -> None:
    inside = sitting.unlock(0)
    sitting.open_request()
    sitting.save_page(folder / "page.pdf")
    _read_page(folder / "page.pdf", "en")
    sitting.save_page(folder / "feuille.pdf", "Tab", "Tab", "Right")
    _read_page(folder / "feuille.pdf", "fr")
    inside = sitting.lock()
    sitting.unlock(inside)
    sitting.quit()


def _read_page(target: Path, language: str) -> None:
    """The saved page says what was asked for and not more, with its letters inside."""
    shutil.copy(target, PICTURES)
    said = subprocess.run(["pdftotext", "-layout", str(target), "-"], capture_output=True, text=True, check=True).stdout
    title = in_language(language).tr(CATALOGUE["F-301"].title)
    lost = [words for words in (title, *home.WORDS) if words not in said]
    _hold(not lost, f"the page does not say {lost}")
    _hold(home.PERSON not in said, "the page names nobody")
    fonts = subprocess.run(["pdffonts", str(target)], capture_output=True, text=True, check=True).stdout.splitlines()[
        2:
    ]
    loose = [line for line in fonts if line.split()[-5] != "yes"]
    _hold(not loose, f"fonts that are not inside: {loose}")
    _hold(any("OpenSans" in line for line in fonts), f"our font is used: {fonts}")
    _hold(target.stat().st_mode & 0o077 == 0, "only its owner reads the file")


def _hold(true: bool, what: str) -> None:
    if not true:
        raise BundleFailed(what)


def _unshare() -> list[str]:
    """How a process gets mount names of its own; empty where the system does not allow it (in some containers)."""
    asked = _UNSHARE if os.geteuid() == 0 else [*_UNSHARE, "--map-root-user"]
    try:
        tried = subprocess.run([*asked, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    except OSError:
        return []
    return asked if tried.returncode == 0 else []


def _pythons() -> list[str]:
    """Every Python of this machine: programs and libraries. The environment lies in the checkout and goes with it."""
    programs = [path for folder in ("/usr/bin", "/usr/local/bin") for path in Path(folder).glob("python*")]
    libraries = [path for folder in ("/usr/lib", "/usr/local/lib") for path in Path(folder).glob("python3*")]
    shared = [path for folder in ("/usr/lib", "/usr/local/lib") for path in Path(folder).rglob("libpython3*.so*")]
    base = Path(sys.base_prefix)
    own = [] if base in (Path("/usr"), Path("/usr/local")) else [base]
    found = {path.resolve() for path in [*programs, *libraries, *shared, *own] if path.exists()}
    return sorted(str(path) for path in found)


if __name__ == "__main__":
    raise SystemExit(main())
