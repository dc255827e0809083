"""What was brought back when the vault was opened, until the person has read it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.errors import Said
from app.views.common.banner import Banner
from app.views.common.dialog import Dialog
from app.words import tr


class RecoveredDialog(Dialog):
    """One sentence and one button."""

    def __init__(self, said: Said, parent: QWidget | None = None, *, missing: bool) -> None:
        super().__init__(lambda: tr("About your vault"), lambda: tr("I have read this"), parent)
        self.setObjectName("recovered")
        self.banner = Banner("warning" if missing else "success", lambda: said.sentence)
        self.add(self.banner)
        self.cancel_button.hide()
