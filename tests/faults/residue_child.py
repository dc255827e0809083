"""A whole application, off screen, in which one person reads and types; then they lock, or another one takes over.

`python -m tests.faults.residue_child HOME [--vault NAME | --choose] [--waiting N]` prints `locked {...}` when the entrance
stands there, and then does what comes in on standard input: `unlock NAME PASSPHRASE` (prints `open {...}`), `lock`,
`switch`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import select

from app.desktop import Desktop
from app.models.crisis import Case
from app.profile import Profile
from app.vault import keys
from app.vault.lock import harden_process
from app.views import style
from app.views.common.text import PlainLabel
from tests.faults.sitting_child import CHEAP


class Ears(QObject):
    """Commands from standard input."""

    heard = Signal(str)

    def listen(self) -> None:
        """Read until it ends, byte by byte: a successor of this process reads on."""
        line = b""
        while byte := os.read(0, 1):
            if byte == b"\n":
                self.heard.emit(line.decode())
                line = b""
            else:
                line += byte


def say(what: str, **content: Any) -> None:
    """One line."""
    os.write(1, f"{what} {json.dumps(content)}\n".encode())


class Residue:
    """The application and a hand that does as it is told."""

    def __init__(self, home: Path) -> None:
        harden_process()
        self.home = home
        self.app = QApplication([])
        style.apply(self.app, "light", 1.0)
        again = [sys.executable, "-m", "tests.faults.residue_child", str(home)]
        self.desktop = Desktop(self.app, Profile(home), again)
        self.ears = Ears()
        self.ears.heard.connect(self.obey)

    def begin(self) -> None:
        """Show the entrance and listen."""
        waiting = _after("--waiting")
        self.desktop.start(
            vault_name=_after("--vault"), waiting=int(waiting) if waiting else None, choose="--choose" in sys.argv
        )
        self.until(lambda: self.desktop.entrance is not None and self.desktop.entrance.isVisible(), "the entrance")
        threading.Thread(target=self.ears.listen, daemon=True).start()
        say("locked", chosen=self.chosen(), shown=self.shown())

    def obey(self, command: str) -> None:
        """Do one thing."""
        what, _, more = command.partition(" ")
        if what == "unlock":
            name, _, passphrase = more.partition(" ")
            self.unlock(name, passphrase)
        elif what == "lock":
            self.desktop.lock()
        elif what == "switch":
            self.desktop.switch_person()

    def unlock(self, name: str, passphrase: str) -> None:
        """Choose a vault, type its passphrase, read its case and type into a form."""
        choice = self.maybe("unlock.vault")
        if choice is not None:
            choice.set_value(name)
            choice.changed.emit()
        secret = self.find("unlock.secret")
        QTest.keyClicks(secret, passphrase)
        del passphrase
        self.find("entrance.go").click()
        self.until(lambda: self.desktop.house is not None, "the open vault")
        house: Any = self.desktop.house
        self.quiet()
        case_id = house.store.read(lambda session: session.scalars(select(Case.id)).first())
        for route, subject in (
            ("crisis.case", {"case_id": case_id, "tab": "people"}),
            ("crisis.case", {"case_id": case_id, "tab": "timeline"}),
            ("crisis.case", {"case_id": case_id, "tab": "incident"}),
        ):
            house.window.go(route, **subject)
            self.quiet()
        key = house.vault._data_key.hex()
        say("open", key=key, shown=self.shown())

    def quiet(self) -> None:
        """Wait until nothing is asked any more."""
        house: Any = self.desktop.house
        for _ in range(3):
            self.until(lambda: not house.tasks.is_busy and not house.sitting.places.waits, "quiet")
            self.app.processEvents()

    def shown(self) -> list[str]:
        """Every text that can be read on the screen."""
        return [one.text() for one in self.app.allWidgets() if isinstance(one, PlainLabel) and one.isVisible()]

    def chosen(self) -> str | None:
        """Whose vault the entrance offers."""
        choice = self.maybe("unlock.vault")
        value = choice.value() if choice is not None else None
        return str(value) if value else None

    def maybe(self, name: str) -> Any:
        """The visible widget of this name, or None."""
        found = [one for one in self.app.allWidgets() if one.objectName() == name and one.isVisible()]
        return found[0] if found else None

    def find(self, name: str) -> Any:
        """The visible widget of this name, once there is one."""
        found: list[QWidget] = []

        def look() -> bool:
            found[:] = [one for one in self.app.allWidgets() if one.objectName() == name and one.isVisible()]
            return bool(found)

        self.until(look, name)
        return found[0]

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Let the windows live until something is true."""
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                say("failed", what=what)
                os._exit(3)
            self.app.processEvents()
            time.sleep(0.002)


def _after(name: str) -> str | None:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def main() -> None:
    """Begin, until killed."""
    keys.FLOOR = CHEAP
    residue = Residue(Path(sys.argv[1]))
    QTimer.singleShot(0, residue.begin)
    residue.app.exec()


if __name__ == "__main__":
    main()
