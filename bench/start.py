"""From starting the program to the unlock window, against a bare window of the same toolkit (at most 1.25x)."""

from __future__ import annotations

import compileall
import subprocess
import sys
import tempfile
from pathlib import Path

from app import desktop
from bench.figures import figure, in_turn

_BARE = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
window = QWidget()
window.show()
app.processEvents()
"""
_HAVEN = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app import desktop, words
from app.profile import Profile
from app.views import style
profile = Profile(Path(sys.argv[1]))
settings = profile.settings()
words.use(settings["language"])
app = QApplication(sys.argv)
style.apply(app, "light", 1.0)
haven = desktop.Desktop(app, profile, [])
haven.start()
app.processEvents()
assert haven.entrance.isVisible()
assert "sqlalchemy" not in sys.modules
"""


def main() -> int:
    """Whole processes in turn, compiled as an installation is."""
    compileall.compile_dir(Path(desktop.__file__).parent, quiet=2)
    with tempfile.TemporaryDirectory() as home:
        haven, bare = in_turn(
            lambda: subprocess.run([sys.executable, "-c", _HAVEN, home], check=True),
            lambda: subprocess.run([sys.executable, "-c", _BARE], check=True),
            rounds=7,
        )
    ok = figure("start.unlock_window_s", haven, "s", reference="bare window", reference_value=bare, goal=1.25)
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
