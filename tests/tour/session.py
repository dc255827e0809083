"""One person at one computer: starts the application in this process and lets the hand work in its windows.

    python -m tests.tour.session PART HOME FIRST_PICTURE [ARGUMENTS AS JSON]

Prints one JSON line: the number of the next picture, and what the part found out.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import words
from app.desktop import Desktop, start_command
from app.profile import Profile
from app.vault.keys import KdfSetting
from app.views import style
from app.views.common.nav import NavigationRail
from app.views.common.wording import use_language
from tests.tour.hand import Hand, TourFailed

PICTURES = Path(__file__).resolve().parent.parent.parent / "out" / "tour"
PASSPHRASE = "seven quiet herons above the pond"
Part = Callable[["Sitting", dict[str, Any]], dict[str, Any] | None]


class Sitting:
    """The application of one person, and the hand that uses it."""

    def __init__(self, home: Path, first_picture: int) -> None:
        self.hand = Hand(PICTURES, first_picture)
        self.profile = Profile(home)
        settings = self.profile.settings()
        words.use(settings["language"])
        self.app = QApplication(sys.argv[:1])
        self.app.setStartDragDistance(200)
        style.apply(self.app, settings["mode"], 1.0)
        use_language(settings["language"])
        self.desktop = Desktop(self.app, self.profile, start_command(home))
        self.said: list[str] = []
        self.desktop.messages.said.connect(lambda sentence, _tone: self.said.append(sentence))

    @property
    def house(self) -> Any:
        """The open vault with everything behind the windows."""
        if self.desktop.house is None:
            raise TourFailed("no vault is open")
        return self.desktop.house

    def start(self, width: int = 1366, height: int = 768) -> None:
        """Open the application's first window."""
        self.desktop.start()
        entrance = self.desktop.entrance
        assert entrance is not None
        entrance.resize(min(width, 1100), min(height, 768))
        entrance.move(0, 0)
        self.hand.wait(lambda: entrance.isActiveWindow(), "the entrance has the keyboard")

    def enrol(self, address: str, code: str) -> None:
        """From the first start to an open vault of the agency."""
        hand = self.hand
        hand.picture("first-start")
        hand.click("welcome.enrol")
        hand.type("enrol.address", address)
        hand.type("enrol.code", code)
        hand.type("passphrase.first", PASSPHRASE)
        hand.type("passphrase.second", PASSPHRASE)
        hand.picture("enrol")
        hand.click("entrance.go")
        groups = str(hand.find("recovery.key").property("text")).split("-")
        hand.picture("recovery-key")
        for name in ("recovery.proof1", "recovery.proof2"):
            hand.type(name, groups[hand.find(name).property("group")])
        hand.click("recovery.done")
        self.inside()

    def unlock(self) -> None:
        """Type the passphrase."""
        self.hand.picture("unlock")
        self.hand.type("unlock.secret", PASSPHRASE)
        self.hand.key("Return")
        self.inside()

    def inside(self, width: int = 1366, height: int = 768) -> None:
        """Wait for the main window."""
        self.hand.wait(lambda: self.desktop.house is not None, "the vault opens")
        window = self.house.window
        window.move(0, 0)
        window.resize(width, height)
        self.hand.wait(window.isActiveWindow, "the main window has the keyboard")
        self.quiet()

    def quiet(self) -> None:
        """Wait until nothing is under way in the background."""
        self.hand.wait(lambda: not self.house.tasks.is_busy, "the background is quiet")
        QApplication.processEvents()
        self.hand.wait(lambda: not self.house.tasks.is_busy, "the background is quiet")

    def go(self, number: int, route: str) -> None:
        """Go to a page of the navigation by its key."""
        self.hand.key(f"ctrl+{number}")
        self.hand.wait(lambda: self.house.window.route == route, f"the page {route}")
        self.quiet()

    def go_to(self, route: str) -> None:
        """Go to a page of the navigation by its key, or by a press where it has none."""
        number = [page.route for page in self.house.window.offered()].index(route) + 1
        if number < 10:
            self.go(number, route)
            return
        rail = self.house.window.findChild(NavigationRail)
        self.hand.press(rail.button(route))
        self.hand.wait(lambda: self.house.window.route == route, f"the page {route}")
        self.quiet()

    def send(self) -> None:
        """Let a round of sync run to its end, asked for as a person asks."""
        news: list[Any] = []
        self.house._relay.arrived.connect(news.append)
        self.go_to("outbox")
        self.hand.click("outbox.send")
        self.hand.wait(lambda: any(not one.working for one in news), "a round of sync")
        self.quiet()


def run(part: Part) -> int:
    """Run one part in its sitting."""
    home, first, given = Path(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4] if len(sys.argv) > 4 else "{}")
    sitting = Sitting(home, first)
    outcome: dict[str, Any] = {}

    def act() -> None:
        try:
            outcome.update(part(sitting, given) or {})
        except BaseException:
            outcome["failed"] = traceback.format_exc()
        finally:
            outcome["next"] = sitting.hand.next_number
            outcome["said"] = sitting.said
            sitting.desktop.close()
            for window in QApplication.topLevelWidgets():
                window.close()
            sitting.app.quit()

    QTimer.singleShot(0, act)
    sitting.app.exec()
    sys.stdout.write(json.dumps(outcome) + "\n")
    return 1 if "failed" in outcome else 0


def cheaper_keys() -> None:
    """The tour runs on any machine: the key derivation stays at its floor."""
    from app.vault import keys

    floor: KdfSetting = keys.FLOOR
    keys.calibrated = lambda seconds=1.0: floor


if __name__ == "__main__":
    from tests.tour import parts

    cheaper_keys()
    raise SystemExit(run(getattr(parts, sys.argv[1])))
