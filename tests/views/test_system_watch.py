"""What the system says locks: on a real bus with another process at its other end, and in the messages of Windows."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.views import system_watch
from app.views.system_watch import WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, Message, WindowsWatch, says_gone

ROOT = Path(__file__).resolve().parents[2]
SESSION = "/org/freedesktop/login1/session/_31"
LOGIND, SAVER = "org.freedesktop.login1", "org.freedesktop.ScreenSaver"
PROPERTIES = "org.freedesktop.DBus.Properties"
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><policy context="default">
<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"""


def bus_config(socket: Path) -> str:
    """The configuration of a private bus that listens there."""
    return _CONFIG.format(socket=socket)


linux_bus = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="needs the D-Bus of Linux"
)


class Bus:
    """A private bus, and a process that speaks on it under a system service's name."""

    def __init__(self, folder: Path, service: str) -> None:
        socket = folder / "bus"
        config = folder / "bus.conf"
        config.write_text(bus_config(socket), encoding="utf-8")
        self.address = f"unix:path={socket}"
        self.daemon = subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork"])
        end = time.monotonic() + 20
        while not socket.exists():
            assert time.monotonic() < end, "the bus did not start"
            time.sleep(0.01)
        command = [sys.executable, "-m", "tests.views.bus_sender", self.address, service]
        self.sender = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.sender.stdout is not None and self.sender.stdout.readline() == "ready\n"

    def say(self, path: str, interface: str, name: str, *arguments: Any) -> None:
        """Send one signal."""
        assert self.sender.stdin is not None and self.sender.stdout is not None
        self.sender.stdin.write(json.dumps([path, interface, name, arguments]) + "\n")
        self.sender.stdin.flush()
        assert self.sender.stdout.readline() == "sent\n"

    def close(self) -> None:
        """End both."""
        assert self.sender.stdin is not None and self.sender.stdout is not None
        self.sender.stdin.close()
        self.sender.wait()
        self.sender.stdout.close()
        self.daemon.kill()
        self.daemon.wait()


@pytest.fixture
def heard(qapp: QApplication) -> Iterator[Callable[[], int]]:
    """Watches the buses of the environment, and counts."""
    locks: list[float] = []
    watches: list[system_watch.Watch] = []

    def count() -> int:
        if not watches:
            watches.append(system_watch.watch_system(qapp, lambda: locks.append(time.monotonic())))
        end = time.monotonic() + 0.5
        before = len(locks)
        while time.monotonic() < end and len(locks) == before:
            qapp.processEvents()
            time.sleep(0.005)
        return len(locks)

    yield count
    for watch in watches:
        watch.stop()


@pytest.fixture
def logind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    """The system bus, with logind on it."""
    bus = Bus(tmp_path, LOGIND)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    monkeypatch.setenv("XDG_SESSION_ID", "1")
    yield bus
    bus.close()


@linux_bus
def test_sleep_locks_at_once(logind: Bus, heard: Callable[[], int]) -> None:
    assert heard() == 0
    logind.say("/org/freedesktop/login1", f"{LOGIND}.Manager", "PrepareForSleep", True)
    assert heard() == 1


@linux_bus
def test_the_lock_of_our_session_locks_and_that_of_another_does_not(logind: Bus, heard: Callable[[], int]) -> None:
    assert heard() == 0
    logind.say("/org/freedesktop/login1/session/_32", f"{LOGIND}.Session", "Lock")
    assert heard() == 0
    logind.say(SESSION, f"{LOGIND}.Session", "Lock")
    assert heard() == 1


@linux_bus
@pytest.mark.parametrize("changed", [{"Active": False}, {"LockedHint": True}])
def test_another_user_in_front_and_a_locked_session_lock(
    logind: Bus, heard: Callable[[], int], changed: dict[str, bool]
) -> None:
    assert heard() == 0
    logind.say(SESSION, PROPERTIES, "PropertiesChanged", f"{LOGIND}.Session", {"Active": True}, [])
    logind.say(SESSION, PROPERTIES, "PropertiesChanged", f"{LOGIND}.User", changed, [])
    assert heard() == 0
    logind.say(SESSION, PROPERTIES, "PropertiesChanged", f"{LOGIND}.Session", changed, [])
    assert heard() == 1


@linux_bus
@pytest.mark.parametrize(
    ("path", "interface"),
    [("/org/freedesktop/ScreenSaver", SAVER), ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver")],
)
def test_the_screen_saver_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Callable[[], int], path: str, interface: str
) -> None:
    bus = Bus(tmp_path, interface)
    try:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
        assert heard() == 0
        bus.say(path, interface, "ActiveChanged", False)
        assert heard() == 0
        bus.say(path, interface, "ActiveChanged", True)
        assert heard() == 1
    finally:
        bus.close()


def test_a_bus_that_is_not_there_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Callable[[], int]
) -> None:
    for name in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.setenv(name, f"unix:path={tmp_path / 'none'}")
    assert heard() == 0


@pytest.mark.parametrize(
    ("message", "what", "gone"),
    [
        (WM_POWERBROADCAST, 0x4, True),
        (WM_POWERBROADCAST, 0x12, True),
        (WM_POWERBROADCAST, 0xA, False),
        (WM_WTSSESSION_CHANGE, 0x7, True),
        (WM_WTSSESSION_CHANGE, 0x3, True),
        (WM_WTSSESSION_CHANGE, 0x2, True),
        (WM_WTSSESSION_CHANGE, 0x8, False),
        (WM_WTSSESSION_CHANGE, 0x5, False),
        (0x0100, 0x7, False),
    ],
)
def test_what_windows_says(message: int, what: int, gone: bool) -> None:
    assert says_gone(message, what) is gone


class SessionApi:
    """The Windows library, as far as it is asked: which windows want to hear of the session."""

    def __init__(self) -> None:
        self.windows: list[int] = []

    def WTSRegisterSessionNotification(self, window: int, _which: int) -> int:
        self.windows.append(window)
        return 1

    def WTSUnRegisterSessionNotification(self, window: int) -> int:
        self.windows.remove(window)
        return 1


def test_a_message_of_windows_reaches_the_lock(qapp: QApplication) -> None:
    locks: list[str] = []
    api = SessionApi()
    watch = WindowsWatch(qapp, lambda: locks.append("lock"), api)
    assert len(api.windows) == 1, "it asks to hear of the session"
    for kind, message, what in ((b"windows_generic_MSG", 0x0100, 0x7), (b"xcb_generic_event_t", 0x2B1, 0x7)):
        native = Message(None, message, what, 0, 0)
        assert watch.nativeEventFilter(kind, ctypes.addressof(native)) == (False, 0)
    assert locks == []
    native = Message(None, WM_WTSSESSION_CHANGE, 0x7, 0, 0)
    assert watch.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(native)) == (False, 0)
    assert locks == ["lock"]
    watch.stop()
    assert api.windows == []
