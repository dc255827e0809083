"""The tasks of the case: do, cancel with a reason, hand over."""

from __future__ import annotations

from typing import Any

from app.models.vocab import TaskKind, TaskStatus
from app.queries.crisis import file
from app.queries.members import members
from app.queries.tasks import TaskRow
from app.services.task_list import CancelTask, CompleteTask, cancel_task, complete_task
from app.views.common.badge import Badge
from app.views.common.card import Card
from app.views.common.choices import TickBox
from app.views.common.empty import EmptyState
from app.views.crisis.asking import day_words, moment_words
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.add_task import AddTaskDialog
from app.views.crisis.dialogs.child_protection import ChildProtectionDialog
from app.views.crisis.dialogs.hand_over import HandOverDialog
from app.views.crisis.dialogs.reason import ReasonDialog
from app.views.crisis.parts import Line, Ruled, act
from app.views.crisis.sections.base import CaseSection
from app.words import tr


class TasksSection(CaseSection):
    """Open tasks by due date; closed ones on request."""

    KINDS = ("task",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._all = False

    def question(self, session: Any) -> Any:
        """The tasks, and who may take one over."""
        tasks = file.tasks_of_case(session, self.desk.case_id, today=self.desk.today, open_only=not self._all)
        return tasks, members(session)

    def draw(self, answer: Any) -> None:
        """One card."""
        rows, colleagues = answer
        desk = self.desk
        card = Card(lambda: tr("Tasks"))
        show_all = TickBox(lambda: tr("Closed ones too"))
        show_all.setObjectName("tasks.all")
        show_all.set_value(self._all)
        show_all.changed.connect(lambda: self._show_all(show_all.value()))
        card.add_action(show_all)
        if desk.may("task") and not desk.is_closed:
            card.add_action(
                act(lambda: tr("Add a task"), "plus", "tasks.add", lambda: desk.show(AddTaskDialog(desk, colleagues)))
            )
        if rows:
            card.add(Ruled([self._line(row, colleagues) for row in rows]))
        else:
            card.add(
                EmptyState(
                    "check-circle",
                    lambda: tr("Nothing is open"),
                    lambda: tr("Follow-up calls, reviews and deadlines of this case appear here."),
                )
            )
        self.body.addWidget(card)

    def _show_all(self, shown: bool) -> None:
        self._all = shown
        self.refresh()

    def _line(self, row: TaskRow, colleagues: Any) -> Line:
        badges = []
        if row.status is not TaskStatus.OPEN and row.status is not None:
            badges.append(Badge(row.status.label, "", "neutral"))
        elif row.overdue:
            badges.append(Badge(lambda: tr("Overdue"), "danger", "danger"))
        if row.safety:
            badges.append(Badge(lambda: tr("Safety"), "shield", "info"))
        due = moment_words(self.desk.context, row.due_at) or day_words(row.due_on)
        closed = moment_words(self.desk.context, row.closed_at)
        parts = (
            tr("due {day}", day=due) if due else "",
            row.owner,
            tr("closed {day} by {name}", day=closed, name=row.closed_by) if closed else "",
        )
        quiet = " · ".join(part for part in parts if part)
        return Line(row.title, quiet, badges, task_actions(self.desk, self, row, colleagues), row.close_reason or "")


def task_actions(desk: Desk, owner: Any, row: TaskRow, colleagues: Any) -> list[Any]:
    """What one may do with an open task."""
    if row.status not in (TaskStatus.OPEN, TaskStatus.ESCALATED) or not desk.may("task"):
        return []
    if row.kind is TaskKind.CHILD_PROTECTION and desk.may("child_protection_report"):
        done = act(
            lambda: tr("Record the report"),
            "child",
            "tasks.report",
            lambda: desk.show(ChildProtectionDialog(desk)),
            quiet=True,
        )
    else:
        done = act(
            lambda: tr("Done"),
            "check",
            "tasks.done",
            lambda: desk.write(owner, complete_task, CompleteTask(task_id=row.id)),
            quiet=True,
        )
    over = act(
        lambda: tr("Hand over"),
        "arrow-right",
        "tasks.hand_over",
        lambda: desk.show(HandOverDialog(desk, row, colleagues)),
        quiet=True,
    )
    cancel = act(lambda: tr("Cancel it"), "cross", "tasks.cancel", lambda: desk.show(cancelling(desk, row)), quiet=True)
    return [done, over, cancel]


def cancelling(desk: Desk, row: TaskRow) -> ReasonDialog:
    """Asks why a task is not needed any more."""
    return ReasonDialog(
        desk,
        "cancel_task",
        lambda: tr("Cancel this task"),
        lambda: tr("Why is it not needed any more?"),
        lambda: tr("Cancel the task"),
        cancel_task,
        lambda reason: CancelTask(task_id=row.id, reason=reason),
        text=row.title,
        said=lambda: tr("The task is cancelled."),
        subject=row.id,
    )
