"""A step that needs words: why, or how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import NoteEdit
from app.views.common.wording import Wording
from app.views.crisis.desk import Desk
from app.words import tr


class ReasonDialog(FormDialog):
    """Asks one text, which is required, and does `verb` with the command that `make` builds from it."""

    def __init__(
        self,
        desk: Desk,
        name: str,
        title: Wording,
        label: Wording,
        accept: Wording,
        verb: Verb,
        make: Callable[[str], Any],
        *,
        text: Wording = "",
        said: Wording = "",
        subject: str = "",
        danger: bool = False,
    ) -> None:
        super().__init__(
            desk.context,
            desk.window,
            name,
            title,
            accept,
            subject=subject or desk.case_id,
            text=text,
            said=said,
            width=560,
            danger=danger,
        )
        self._verb, self._make = verb, make
        self.ask("reason", label, NoteEdit(), required=True, wide=True)
        self.begin()

    def check(self) -> bool:
        """The words are required."""
        if "reason" not in self.answers():
            return self.refuse("reason", lambda: tr("Write it in a few words: it is kept with the record."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Do it."""
        return self._verb, self._make(str(self.answers()["reason"]))
