"""How often the client is called (domain.md 3.3, FollowUpPlan)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import Cadence
from app.services.crisis import SetFollowUp, set_follow_up
from app.views.common.choices import SegmentedChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import NoteEdit
from app.views.crisis.asking import options
from app.views.crisis.desk import Desk
from app.words import tr


class FollowUpDialog(FormDialog):
    """The rhythm that was agreed; its tasks are made at once."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "follow_up",
            lambda: tr("Agree on follow-up"),
            lambda: tr("Save"),
            subject=desk.case_id,
            text=lambda: tr("Open follow-up tasks of an earlier agreement are taken back."),
            said=lambda: tr("The follow-up is agreed. Its tasks are in the list."),
            width=720,
        )
        self._case_id = desk.case_id
        self.ask("cadence", lambda: tr("How often"), SegmentedChoice(options(Cadence)), required=True, wide=True)
        self.ask("note", lambda: tr("Note"), NoteEdit(), wide=True)
        self.begin()

    def check(self) -> bool:
        """A rhythm is chosen."""
        if "cadence" not in self.answers():
            return self.refuse("cadence", lambda: tr("Choose how often."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Save the agreement."""
        return set_follow_up, SetFollowUp(case_id=self._case_id, **self.answers())
