"""A whole application, off screen, in which a person types into one form after another until it is locked or killed.

`python -m tests.faults.typing_child HOME SEED [--vault NAME ...]`: unlocks, waits until the windows are as they were,
prints what stands there (`at {...}`), then types on with real keys and prints each text as it grows (`typed {...}`).
SIGUSR1 locks; the successor of the process is this program again, on the same standard output.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from sqlalchemy import select

from app.desktop import Desktop
from app.models.crisis import Case
from app.profile import Profile
from app.vault import keys
from app.vault.lock import harden_process
from app.views import place as places
from app.views import style
from tests.faults.sitting_child import CHEAP, PASSPHRASE

LETTERS = "abcdefghijklmnopqrstuvwxyz ABC 123 .,-"
Form = tuple[str, dict[str, Any], str, str]
FORMS: tuple[Form, ...] = (
    ("crisis.case", {"tab": "people"}, "people.add_contact", "safe_contact.value"),
    ("crisis.case", {"tab": "timeline"}, "case.record_contact", "contact.with_text"),
    ("crisis.case", {"tab": "timeline"}, "timeline.note", "support_note.text"),
    ("crisis.capture", {}, "", ""),
    ("requests.new", {}, "", ""),
    ("safety.plan", {"part": "emotional"}, "plan.add.emotional", ""),
    ("safety.plan", {"part": "advice"}, "", "plan.worker_advice"),
)
"""Route, subject (with the case), the button that opens the dialog, the field; empty: the first line that takes text."""


def say(what: str, **content: Any) -> None:
    """One line that is whole, or not there."""
    os.write(1, f"{what} {json.dumps(content | {'at': time.monotonic()})}\n".encode())


class Typist:
    """One person at the windows."""

    def __init__(self, home: Path, seed: int) -> None:
        harden_process()
        self.chance = random.Random(seed)
        self.app = QApplication([])
        style.apply(self.app, "light", 1.0)
        again = [sys.executable, "-m", "tests.faults.typing_child", str(home), str(seed + 1)]
        self.desktop = Desktop(self.app, Profile(home), again)
        self.arrived = False
        self.desktop.messages.said.connect(lambda sentence, _tone: say("said", sentence=sentence))

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Let the windows live until something is true."""
        end = time.monotonic() + 30
        while not condition():
            if time.monotonic() > end:
                say("failed", what=what)
                os._exit(3)
            self.app.processEvents()
            time.sleep(0.001)

    def quiet(self) -> None:
        """Wait until nothing is asked and nobody is being led back."""
        house: Any = self.desktop.house
        for _ in range(3):
            self.until(lambda: not house.tasks.is_busy and not house.sitting.places.waits, "quiet")
            self.app.processEvents()

    def find(self, name: str) -> Any:
        """The visible widget of this name, once there is one."""
        found: list[QWidget] = []

        def look() -> bool:
            found[:] = [one for one in self.app.allWidgets() if one.objectName() == name and one.isVisible()]
            return bool(found)

        self.until(look, name)
        return found[0]

    def sit(self) -> None:
        """Unlock, see where one is, and type on there; now and then in another form."""
        self.desktop.start(vault_name=_after("--vault"))
        signal.signal(signal.SIGUSR1, lambda *_: QTimer.singleShot(0, self.desktop.lock))
        self.find("unlock.secret").setText(PASSPHRASE)
        self.find("entrance.go").click()
        self.until(lambda: self.desktop.house is not None, "the open vault")
        self.quiet()
        edit = self.focused()
        say("at", **self.state(edit))
        while True:
            if edit is None or self.chance.random() < 0.25:
                edit = self.another_form()
            self.type_into(edit)
            edit = self.focused() or edit

    def focused(self) -> Any:
        """The line or note that has the cursor."""
        page = self.desktop.house.window.page(self.desktop.house.window.route) if self.desktop.house else None
        if page is None:
            return None
        front = places.front(page)
        focused = front.window().focusWidget()
        return focused if isinstance(focused, QLineEdit | QPlainTextEdit) and focused.isVisible() else None

    def state(self, edit: Any) -> dict[str, Any]:
        """What a person sees: which form, its texts, the cursor."""
        house: Any = self.desktop.house
        dialogs = places.open_dialogs()
        return {
            "route": house.window.route,
            "dialog": dialogs[-1].draft_name if dialogs else "",
            "field": edit.objectName() if edit is not None else "",
            "text": text_of(edit),
            "cursor": cursor_of(edit),
        }

    def another_form(self) -> Any:
        """Leave what is open, and open another form as a person does."""
        house: Any = self.desktop.house
        for dialog in reversed(places.open_dialogs()):
            dialog.reject()
        self.quiet()
        route, subject, opener, field = self.chance.choice(FORMS)
        case_id = house.store.read(lambda session: session.scalars(select(Case.id).limit(1)).one())
        known = {"case_id": case_id} if route in ("crisis.case", "safety.plan") else {}
        house.window.go(route, **(known | subject))
        self.quiet()
        if opener:
            self.find(opener).click()
            if route == "crisis.case":
                self.until(places.open_dialogs, opener)
        self.quiet()
        edit = self.find(field) if field else self.first_line()
        edit.setFocus()
        self.app.processEvents()
        return edit

    def first_line(self) -> Any:
        """Some line or note of the page that takes text."""
        house: Any = self.desktop.house
        page = house.window.page(house.window.route)
        found = [
            one
            for kind in (QPlainTextEdit, QLineEdit)
            for one in page.findChildren(kind)
            if one.isVisible() and one.isEnabled() and not one.isReadOnly() and not _chooses(one)
        ]
        assert found, f"nothing to type into on {house.window.route}"
        return self.chance.choice(found[:6])

    def type_into(self, edit: Any) -> None:
        """A few keys, at the speed of a fast typist, each told as it is typed."""
        for _ in range(self.chance.randint(3, 25)):
            if not edit.isVisible():
                return
            if self.chance.random() < 0.08:
                QTest.keyClick(edit, Qt.Key.Key_Left)
            else:
                QTest.keyClicks(edit, self.chance.choice(LETTERS))
            say("typed", **self.state(edit))
            end = time.monotonic() + self.chance.uniform(0.01, 0.09)
            while time.monotonic() < end:
                self.app.processEvents()
                time.sleep(0.002)


def text_of(edit: Any) -> str:
    """The whole text, as it stands there."""
    if edit is None:
        return ""
    return edit.text() if isinstance(edit, QLineEdit) else str(edit.toPlainText())


def cursor_of(edit: Any) -> int:
    """Where the cursor stands."""
    if edit is None:
        return 0
    return edit.cursorPosition() if isinstance(edit, QLineEdit) else int(edit.textCursor().position())


def _chooses(edit: QWidget) -> bool:
    """Whether a line belongs to a number or to a list of choices: letters there only search."""
    return isinstance(edit.parentWidget(), QComboBox | QAbstractSpinBox)


def _after(name: str) -> str | None:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def main() -> None:
    """Sit down, until killed."""
    keys.FLOOR = CHEAP
    typist = Typist(Path(sys.argv[1]), int(sys.argv[2]))
    QTimer.singleShot(0, typist.sit)
    typist.app.exec()


if __name__ == "__main__":
    main()
