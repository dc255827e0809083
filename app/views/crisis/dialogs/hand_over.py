"""Handing a task to someone else."""

from __future__ import annotations

from typing import Any

from app.queries.members import MemberRow
from app.queries.tasks import TaskRow
from app.services.task_list import HandOverTask, hand_over_task
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit
from app.views.crisis.desk import Desk
from app.words import tr


class HandOverDialog(FormDialog):
    """Someone else takes the task."""

    def __init__(self, desk: Desk, task: TaskRow, members: tuple[MemberRow, ...]) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "hand_over",
            lambda: tr("Hand the task over"),
            lambda: tr("Hand over"),
            subject=task.id,
            text=task.title,
            said=lambda: tr("The task is handed over."),
            width=600,
        )
        self._id = task.id
        everyone = ComboPicker([(one.id, one.name) for one in members])
        self.ask("member_id", lambda: tr("To a colleague"), everyone, wide=True)
        self.ask(
            "to_text",
            lambda: tr("Or to a body outside"),
            LineEdit(),
            hint=lambda: tr("Then the task is over here"),
            wide=True,
        )
        self.begin()

    def check(self) -> bool:
        """It says to whom."""
        if not self.answers():
            return self.refuse("member_id", lambda: tr("Choose who takes it."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Hand over."""
        return hand_over_task, HandOverTask(task_id=self._id, **self.answers())
