"""Taking everything off the screen at once, before anything else is done about it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

_LEAVING = "haven.leaving"


def hide_everything(app: QApplication) -> None:
    """No window, dialog, menu, list or tooltip of ours is visible when this returns, and no dialog comes after it."""
    app.setProperty(_LEAVING, True)
    for widget in app.topLevelWidgets():
        widget.hide()
    for window in app.topLevelWindows():
        window.hide()


def come_back(app: QApplication) -> None:
    """A window may be shown again: somebody begins."""
    app.setProperty(_LEAVING, False)


def is_leaving() -> bool:
    """Whether everything was hidden and stays so."""
    app = QCoreApplication.instance()
    return app is not None and bool(app.property(_LEAVING))
