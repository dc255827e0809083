"""Unlocking with the second passphrase against one's own, from Enter to the last thing that appears (within 20%)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from app.bootstrap import RealDoors
from app.models.vocab import Role
from app.profile import Profile
from app.services import crisis
from app.vault import reducing
from bench.figures import figure
from tests import factories

_OWN = "seven quiet herons above the pond"
_SECOND = "another row of tall sunflowers"
_CASES = 40
_ROUNDS = 7
_CHILD = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from app import bootstrap
from app.profile import Profile
from app.views import style
from app.views.messages import Messages
class Painted(QObject):
    last = 0.0
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isVisible():
            self.last = time.perf_counter()
        return False
app = QApplication(sys.argv)
style.apply(app, "light", 1.0)
profile = Profile(Path(sys.argv[1]))
(place,) = profile.vaults()
began = time.perf_counter()
opened = bootstrap.RealDoors(profile).unlock(place, sys.stdin.readline().rstrip("\\n"))
unlocked = time.perf_counter()
house = bootstrap.open_house(opened, profile, Messages(), lambda: None)
painted = Painted()
app.installEventFilter(painted)
house.window.show()
while house.tasks.is_busy or time.perf_counter() - max(painted.last, unlocked) < 0.5:
    app.processEvents()
shown = painted.last
print(json.dumps([unlocked - began, shown - began]), flush=True)
house.close()
"""


def _times(home: str, phrase: str) -> tuple[float, float]:
    answer = subprocess.run(
        [sys.executable, "-c", _CHILD, home],
        input=phrase + "\n",
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    unlocked, shown = json.loads(answer.stdout.splitlines()[-1])
    return unlocked, shown


def main() -> int:
    """Whole processes in turn, on a vault with a worker's usual number of open cases."""
    with tempfile.TemporaryDirectory() as home:
        opened = RealDoors(Profile(Path(home))).create("Bench Example", "Example Service", _OWN)
        vault = opened.vault
        opened.keys.keep_recovery(opened.recovery_key)
        for _ in range(_CASES):
            with vault.write(vault.actor(Role.VSU)) as work:
                crisis.open_case(work, factories.case())
                work.commit()
        reducing.set_up(vault, _SECOND)
        vault.close()
        for phrase in (_OWN, _SECOND):
            _times(home, phrase)
        pairs = [(_times(home, _SECOND), _times(home, _OWN)) for _ in range(_ROUNDS)]
    ok = True
    for place, name in enumerate(("duress.unlock_s", "duress.window_s")):
        # The quickest of each: what else this computer does meanwhile only ever adds.
        second, own = min(pair[0][place] for pair in pairs), min(pair[1][place] for pair in pairs)
        ok &= figure(name, second, "s", reference="the owner's passphrase", reference_value=own, goal=1.2)
        ok &= figure(name + ".inverse", own, "s", reference="the second passphrase", reference_value=second, goal=1.2)
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
