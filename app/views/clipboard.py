"""What is copied from Haven does not stay on the clipboard: gone after 20 seconds and with a lock (safety.md 5.5)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication

_HINTS = {
    "linux": {"x-kde-passwordManagerHint": b"secret"},
    "win32": {
        'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"\0\0\0\0",
        'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\0\0\0\0",
        'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': b"\0\0\0\0",
    },
    "darwin": {"org.nspasteboard.ConcealedType": b""},
}
"""How each system is asked not to keep a copy in a history of the clipboard."""


class ClipboardWatch(QObject):
    """Marks what Haven copies so that no history keeps it, and clears it when it is still there after `CLEAR_MS`."""

    CLEAR_MS = 20_000

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._clipboard = app.clipboard()
        self._ours = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.CLEAR_MS)
        self._timer.timeout.connect(self._clear)
        self._clipboard.dataChanged.connect(self._on_copied)

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        self._clipboard.dataChanged.disconnect(self._on_copied)

    def _on_copied(self) -> None:
        if not self._clipboard.ownsClipboard() or not (text := self._clipboard.text()):
            return
        hints = _HINTS.get(sys.platform, {})
        if text == self._ours and all(self._clipboard.mimeData().hasFormat(name) for name in hints):
            return  # our own marking came back to us
        self._ours = text
        self._timer.start()
        marked = QMimeData()
        marked.setText(text)
        for name, value in hints.items():
            marked.setData(name, value)
        self._clipboard.setMimeData(marked)

    def _clear(self) -> None:
        if self._clipboard.ownsClipboard() and self._clipboard.text() == self._ours:
            self._clipboard.clear()
        self._ours = ""


def clear_clipboard(app: QApplication) -> None:
    """Empty the clipboard, and on X11 what was marked with the mouse."""
    clipboard = app.clipboard()
    clipboard.clear(QClipboard.Mode.Clipboard)
    if clipboard.supportsSelection() and clipboard.ownsSelection():
        clipboard.clear(QClipboard.Mode.Selection)
