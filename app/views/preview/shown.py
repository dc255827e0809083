"""What both desks do with a page: keep the one window that shows it, and ask before a file leaves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from app.views.preview.window import PreviewWindow
from app.views.programme import Confirm
from app.words import tr


class Shown:
    """The window of a desk while it is open. `confirm` asks for the passphrase."""

    def __init__(self, confirm: Confirm) -> None:
        self._confirm = confirm
        self.shown: PreviewWindow | None = None

    def _open(self, window: PreviewWindow) -> None:
        window.finished.connect(self._closed)
        self.shown = window
        window.open()

    def _closed(self, _result: int = QDialog.DialogCode.Rejected) -> None:
        if self.shown is not None:
            self.shown.deleteLater()
            self.shown = None

    def _ask_to_leave(self, owner: QWidget, export: bool, authorise: Callable[[], None]) -> None:
        """Paper on a doorstep comes at once; a file, which can travel, asks for the passphrase first."""
        if not export:
            authorise()
            return
        self._confirm(
            self.shown or owner,
            lambda: tr("A saved file is no longer encrypted, and anyone who finds it can read it."),
            authorise,
        )
