"""A bus that goes away while another is connected stops nothing: neither thread waits for the other.

The library connects on a thread of its own, for which the windows' thread waits; and on that thread it lets go of what
listened to a bus that is gone. `HAVEN_BUSES` buses are killed while a watch is begun again and again; without the
protection it took 14 to 264 of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BUSES = int(os.environ.get("HAVEN_BUSES", "150"))
_CHILD = """
import os, subprocess, sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.views.system_watch import watch_system
from tests.views.test_system_watch import bus_config

app, folder = QApplication([]), Path(sys.argv[1])
os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={folder / 'none'}"
for number in range(int(sys.argv[2])):
    socket, config = folder / f"{number}", folder / f"{number}.conf"
    config.write_text(bus_config(socket))
    daemon = subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork"], stderr=subprocess.DEVNULL)
    while not socket.exists():
        time.sleep(0.002)
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={socket}"
    listening = watch_system(app, lambda: None)
    app.processEvents()
    daemon.kill()
    for _ in range(20):
        watch_system(app, lambda: None).stop()
    daemon.wait()
    listening.stop()
print("came to its end")
"""


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="needs the D-Bus of Linux")
def test_a_bus_that_goes_away_stops_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _CHILD, str(tmp_path), str(BUSES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "came to its end\n", done.stderr[-2000:]
