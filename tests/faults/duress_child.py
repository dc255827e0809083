"""A whole application, off screen, opened with the passphrase that comes on its standard input; then it waits.

`python -m tests.faults.duress_child HOME`: unlocks the only vault of HOME through the windows, reads every row that it
can reach, says `ready`, and ends when its standard input does.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from app.desktop import Desktop
from app.models import everything
from app.profile import Profile
from app.vault import keys
from app.vault.keys import KdfSetting
from app.views import style
from app.views.entrance.unlock import UnlockStep

CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)


def read_everything(session: Any) -> list[Any]:
    """Every row of every table."""
    connection = session.connection()
    return [connection.exec_driver_sql(f'SELECT * FROM "{table}"').all() for table in everything.Base.metadata.tables]


def main() -> None:
    """Open, read, wait."""
    keys.FLOOR = CHEAP
    app = QApplication([])
    style.apply(app, "light", 1.0)
    desktop = Desktop(app, Profile(Path(sys.argv[1])), ["haven"])
    desktop.start()
    assert desktop.entrance is not None
    step = desktop.entrance.findChild(UnlockStep)
    assert step is not None
    step.secret.set_value(sys.stdin.readline().rstrip("\n"))
    step.submit()
    while desktop.house is None or desktop.house.tasks.is_busy:
        app.processEvents()
        time.sleep(0.005)
    kept = desktop.house.store.read(read_everything)
    os.write(1, f"ready {sum(map(len, kept))}\n".encode())
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
