"""Hears from the system that nobody may be there any more: sleep, screen lock, another user, a remote screen.

* Linux: logind on the system bus (going to sleep, the session is locked or another one is in front) and the screen
  savers on the session bus. A bus that is not there is no error: the idle lock stays.
* Windows: power broadcasts and session changes that every window may ask for (WTS), remote desktop included.
* macOS: Qt tells when the application is suspended (`idle.py`); beyond that the idle lock, which counts sleep.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from ctypes import wintypes
from typing import Any, Protocol

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QObject, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

if sys.platform == "linux":
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

_LOGIND, _MANAGER, _SESSION = (
    "org.freedesktop.login1",
    "org.freedesktop.login1.Manager",
    "org.freedesktop.login1.Session",
)
_PROPERTIES = "org.freedesktop.DBus.Properties"
_ADDRESSES = {"SystemBus": "DBUS_SYSTEM_BUS_ADDRESS", "SessionBus": "DBUS_SESSION_BUS_ADDRESS"}
_SAVERS = (
    ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
    ("/org/cinnamon/ScreenSaver", "org.cinnamon.ScreenSaver"),
    ("/org/mate/ScreenSaver", "org.mate.ScreenSaver"),
)


class Watch(Protocol):
    """What listens to the system, until it is stopped."""

    def stop(self) -> None:
        """Listen no longer."""


class NoWatch:
    """Where the system tells nothing beyond what Qt tells."""

    def stop(self) -> None:
        """Nothing to stop."""


def watch_system(app: QApplication, lock: Callable[[], None]) -> Watch:
    """Call `lock` as soon as this system says that the person may have gone."""
    watch = {"linux": _bus_watch, "win32": WindowsWatch}.get(str(sys.platform))
    return watch(app, lock) if watch is not None else NoWatch()


def _bus_watch(app: QApplication, lock: Callable[[], None]) -> Watch:
    return BusWatch(app, lock)


def _nothing() -> None:
    pass


if sys.platform == "linux":

    class BusWatch(QObject):
        """Listens on both buses of D-Bus, on connections of its own."""

        def __init__(self, app: QApplication, lock: Callable[[], None]) -> None:
            super().__init__(app)
            self._lock = lock
            # When a bus goes away, its thread disconnects this object and asks, the first time, whether Python has a
            # word in it. If the windows' thread waits for that thread meanwhile, and holds Python, both wait for ever.
            self.destroyed.connect(_nothing)
            self.destroyed.disconnect(_nothing)
            self._own = os.environ.get("XDG_SESSION_ID", "")
            self._names: list[str] = []
            self._listening = True
            for kind in (QDBusConnection.BusType.SystemBus, QDBusConnection.BusType.SessionBus):
                self._connect(kind)

        def stop(self) -> None:
            """Listen no longer."""
            self._listening = False
            for name in self._names:
                QDBusConnection.disconnectFromBus(name)
            self._names.clear()

        def _connect(self, kind: QDBusConnection.BusType) -> None:
            name = f"haven-{kind.name}-{id(self)}"
            # The library looks at the variables once in a process; what they say now counts.
            address = os.environ.get(_ADDRESSES[kind.name])
            bus = QDBusConnection.connectToBus(address or kind, name)
            self._names.append(name)
            if not bus.isConnected():
                return
            if kind is QDBusConnection.BusType.SystemBus:
                self._hear(bus, "/org/freedesktop/login1", _MANAGER, "PrepareForSleep", "sleeps(QDBusMessage)")
                self._hear(bus, "", _SESSION, "Lock", "session_locked(QDBusMessage)")
                self._hear(
                    bus,
                    "",
                    _PROPERTIES,
                    "PropertiesChanged",
                    "session_changed(QString,QVariantMap,QStringList,QDBusMessage)",
                )
                return
            for path, interface in _SAVERS:
                self._hear(bus, path, interface, "ActiveChanged", "saver_changed(QDBusMessage)")

        def _hear(self, bus: QDBusConnection, path: str, interface: str, signal: str, slot: str) -> None:
            service = _LOGIND if interface in (_MANAGER, _SESSION, _PROPERTIES) else ""
            # The stubs ask for bytes; what works is the text that SLOT gives.
            bus.connect(service, path, interface, signal, self, SLOT(slot))  # type: ignore[call-overload]

        @Slot(QDBusMessage)
        def sleeps(self, message: QDBusMessage) -> None:
            """Going to sleep (true), and, should that have come too late, waking up (false)."""
            self._now()

        @Slot(QDBusMessage)
        def session_locked(self, message: QDBusMessage) -> None:
            """The session is to be locked."""
            if self._is_ours(message.path()):
                self._now()

        @Slot("QString", "QVariantMap", "QStringList", QDBusMessage)
        def session_changed(
            self, interface: str, changed: dict[str, Any], _invalid: list[str], message: QDBusMessage
        ) -> None:
            """Another user is in front, or the session says that it is locked."""
            if interface != _SESSION or not self._is_ours(message.path()):
                return
            if changed.get("Active") is False or changed.get("LockedHint") is True:
                self._now()

        @Slot(QDBusMessage)
        def saver_changed(self, message: QDBusMessage) -> None:
            """The screen saver or the lock screen came."""
            given = message.arguments()
            if given and given[0] is True:
                self._now()

        def _is_ours(self, path: str) -> bool:
            """Whether a session is the one we are in; one that cannot be told apart counts as ours."""
            if not self._own:
                return True
            return path.rsplit("/", 1)[-1] in (_escaped(self._own), "self", "auto")

        def _now(self) -> None:
            if self._listening:
                self._lock()


def _escaped(session_id: str) -> str:
    """How logind writes a session's id in a path: what is no letter or digit, and a digit at the start, as `_xx`."""
    out = []
    for number, letter in enumerate(session_id):
        plain = letter.isascii() and letter.isalnum() and not (number == 0 and letter.isdigit())
        out.append(letter if plain else f"_{ord(letter):02x}")
    return "".join(out)


WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
_SUSPENDS = frozenset({0x4, 0x7, 0x12})
"""PBT_APMSUSPEND, PBT_APMRESUMESUSPEND, PBT_APMRESUMEAUTOMATIC: waking counts, should sleep have come first."""
_LEAVES = frozenset({0x1, 0x2, 0x3, 0x4, 0x6, 0x7, 0x9})
"""WTS: console connect and disconnect, remote connect and disconnect, logoff, lock, remote control."""
_THIS_SESSION = 0


class Message(ctypes.Structure):
    """The Windows message that Qt hands over (MSG)."""

    _fields_ = (
        ("hwnd", wintypes.HWND),
        ("message", wintypes.UINT),
        ("wParam", wintypes.WPARAM),
        ("lParam", wintypes.LPARAM),
        ("time", wintypes.DWORD),
        ("pt", wintypes.POINT),
    )


def says_gone(message: int, what: int) -> bool:
    """Whether a Windows message means that the person may have gone."""
    if message == WM_POWERBROADCAST:
        return what in _SUSPENDS
    return message == WM_WTSSESSION_CHANGE and what in _LEAVES


class WindowsWatch(QAbstractNativeEventFilter):
    """Reads the messages of all windows, and asks for those of the session at a hidden window of its own."""

    def __init__(self, app: QApplication, lock: Callable[[], None], api: Any = None) -> None:
        super().__init__()
        self._app, self._lock = app, lock
        self._api = api if api is not None else _session_api()
        self._window = _HiddenWindow()
        self._asked = bool(self._api and self._api.WTSRegisterSessionNotification(self._window.number, _THIS_SESSION))
        app.installNativeEventFilter(self)

    def nativeEventFilter(self, kind: Any, message: Any) -> object:
        """Look at a message, and let it go on."""
        if bytes(kind) in (b"windows_generic_MSG", b"windows_dispatcher_MSG"):
            found = Message.from_address(int(message))
            if says_gone(found.message, int(found.wParam or 0)):
                self._lock()
        return False, 0

    def stop(self) -> None:
        """Listen no longer."""
        self._app.removeNativeEventFilter(self)
        if self._asked:
            self._asked = False
            self._api.WTSUnRegisterSessionNotification(self._window.number)
        self._window.close()


class _HiddenWindow:
    """A window that is never shown, so that session messages reach this process whatever else is open."""

    def __init__(self) -> None:
        self._window = QWindow()
        self._window.create()

    @property
    def number(self) -> int:
        """The system's number of it."""
        return int(self._window.winId())

    def close(self) -> None:
        """Let go of it."""
        self._window.destroy()


def _session_api() -> Any:
    """The library that tells about sessions, None where it is not there."""
    try:
        return ctypes.WinDLL("wtsapi32")  # type: ignore[attr-defined]  # only on Windows
    except (AttributeError, OSError):
        return None
