"""Something that still has to be done in a case."""

from __future__ import annotations

from typing import Any

from app.queries.members import MemberRow
from app.services.task_list import AddTask, add_task
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit
from app.views.crisis.desk import Desk
from app.words import tr


class AddTaskDialog(FormDialog):
    """Something that still has to be done in this case."""

    def __init__(self, desk: Desk, members: tuple[MemberRow, ...]) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "task",
            lambda: tr("Add a task"),
            lambda: tr("Save the task"),
            subject=desk.case_id,
            said=lambda: tr("The task is in the list."),
            width=600,
        )
        self._case_id = desk.case_id
        self.ask("title", lambda: tr("What is to be done"), LineEdit(), required=True, wide=True)
        self.ask("due_on", lambda: tr("By when"), DateField(clock=desk.context.clock))
        self.ask("owner_id", lambda: tr("Who does it"), ComboPicker([(one.id, one.name) for one in members]))
        self.begin({"owner_id": desk.context.person.member_id, "due_on": desk.today})

    def check(self) -> bool:
        """A task has words."""
        if "title" not in self.answers():
            return self.refuse("title", lambda: tr("Write what is to be done."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Add the task."""
        return add_task, AddTask(case_id=self._case_id, **self.answers())
