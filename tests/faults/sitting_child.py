"""A whole application, off screen, in which a person adds ways to reach a client until the process is killed.

`python -m tests.faults.sitting_child HOME FIRST`: opens the only vault of HOME through the windows, then fills the form
of the people part again and again; prints a number once the person reads that it is saved.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import select

from app.desktop import Desktop
from app.models.crisis import Case
from app.models.vocab import Tri
from app.profile import Profile
from app.vault import keys
from app.vault.keys import KdfSetting
from app.views import style
from app.views.common.dialog import Dialog
from app.views.crisis.dialogs.safe_contact import SafeContactDialog

PASSPHRASE = "seven quiet herons above the pond"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)
SAID = "The instructions are saved."


class Sitting:
    """One person at the windows."""

    def __init__(self, home: Path) -> None:
        self.app = QApplication([])
        style.apply(self.app, "light", 1.0)
        self.desktop = Desktop(self.app, Profile(home), ["haven"])
        self.heard: list[str] = []
        self.desktop.messages.said.connect(lambda sentence, _tone: self.heard.append(sentence))

    def until(self, condition: Callable[[], object]) -> None:
        """Let the windows live until something is true."""
        while not condition():
            self.app.processEvents()
            time.sleep(0.001)

    def find(self, name: str) -> Any:
        """The visible widget of this name, once there is one."""
        found: list[QWidget] = []

        def look() -> bool:
            found[:] = [
                widget for widget in self.app.allWidgets() if widget.objectName() == name and widget.isVisible()
            ]
            return bool(found)

        self.until(look)
        return found[0]

    def sit(self, first: int) -> None:
        """Unlock, open the case, and save contact after contact."""
        self.desktop.start()
        self.find("unlock.secret").setText(PASSPHRASE)
        self.find("entrance.go").click()
        self.until(lambda: self.desktop.house is not None)
        house: Any = self.desktop.house
        case_id = house.store.read(lambda session: session.scalars(select(Case.id)).one())
        house.window.go("crisis.case", case_id=case_id, tab="people")
        self.find("people.add_contact")
        os.write(1, b"ready\n")
        number = first
        while True:
            self.save(number)
            os.write(1, f"saved {number}\n".encode())
            number += 1

    def save(self, number: int) -> None:
        """Fill the form and press; return when the window says that it is saved."""
        self.find("people.add_contact").click()
        self.find("safe_contact.value")
        dialog = next(one for one in self.app.allWidgets() if isinstance(one, SafeContactDialog) and one.isVisible())
        dialog.fill({"value": f"contact {number}", "safe_to_use": Tri.YES})
        said = self.heard.count(SAID)
        dialog.accept_button.click()
        self.until(lambda: self.heard.count(SAID) > said)
        self.until(lambda: not any(isinstance(one, Dialog) and one.isVisible() for one in self.app.topLevelWidgets()))


def main() -> None:
    """Sit down, until killed."""
    keys.FLOOR = CHEAP
    sitting = Sitting(Path(sys.argv[1]))
    QTimer.singleShot(0, lambda: sitting.sit(int(sys.argv[2])))
    sitting.app.exec()


if __name__ == "__main__":
    main()
