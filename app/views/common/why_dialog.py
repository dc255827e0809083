"""An act that needs a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import NoteEdit
from app.views.common.wording import Wording
from app.views.programme import Context
from app.words import tr


class WhyDialog(FormDialog):
    """Asks why: `command(reason)` is what `verb` is given."""

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        name: str,
        title: Wording,
        accept: Wording,
        verb: Verb,
        command: Callable[[str], Any],
        *,
        subject: str,
        text: Wording = "",
    ) -> None:
        super().__init__(context, parent, name, title, accept, subject=subject, text=text)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._verb, self._command = verb, command
        self.ask("reason", lambda: tr("Why?"), NoteEdit(), required=True, wide=True)
        self.begin()

    def request(self) -> tuple[Verb, Any]:
        """Do it; the service refuses an empty reason at the field."""
        return self._verb, self._command(self.typed()["reason"] or "")
