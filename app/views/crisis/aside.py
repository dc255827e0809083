"""The right column of a case: what is due, what is missing, what is likely next."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.vocab import TaskStatus
from app.queries.tasks import TaskRow
from app.services.task_list import CompleteTask, complete_task
from app.views import style
from app.views.common.badge import Badge
from app.views.common.card import Card
from app.views.common.text import PlainLabel, QuietText
from app.views.crisis.asking import day_words, moment_words
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.assessment import AssessmentDialog
from app.views.crisis.dialogs.follow_up import FollowUpDialog
from app.views.crisis.front import Front, Missing
from app.views.crisis.parts import Rule, Wrap, act, empty_layout
from app.words import tr, trn

_TASKS, _MISSING = 5, 6


class CaseAside(QWidget):
    """Three small cards; an empty one is not shown."""

    details = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(4))

    def show_front(self, front: Front) -> None:
        """Show what is due and missing now."""
        empty_layout(self._column)
        self._column.addWidget(self._due(front.tasks))
        if not self._desk.is_closed:
            if front.next_steps and self._desk.may("need_answer"):
                self._column.addWidget(self._next(front.next_steps))
            if front.missing:
                self._column.addWidget(self._missing(front.missing))
        self._column.addStretch(1)

    def _due(self, tasks: tuple[TaskRow, ...]) -> Card:
        card = Card(lambda: tr("Due"))
        for number, task in enumerate(tasks[:_TASKS]):
            if number:
                card.add(Rule())
            card.add(self._task(task))
        if not tasks:
            card.add(QuietText(lambda: tr("Nothing is due.")))
        left = len(tasks) - _TASKS
        if left > 0:
            words = lambda: trn("{count} more task", "{count} more tasks", left)  # noqa: E731  (a wording)
            card.add(act(words, "", "aside.tasks", lambda: self._desk.asked.emit("tasks"), quiet=True))
        return card

    def _task(self, task: TaskRow) -> QWidget:
        desk = self._desk
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(1))
        column.addWidget(PlainLabel(task.title, strong=True))
        due = moment_words(desk.context, task.due_at) or day_words(task.due_on)
        column.addWidget(QuietText(" · ".join(part for part in (due, task.owner) if part)))
        parts: list[QWidget] = []
        if task.overdue:
            parts.append(Badge(lambda: tr("Overdue"), "danger", "danger"))
        mine = task.owner_id == desk.context.person.member_id
        if task.status is TaskStatus.OPEN and not task.safety and mine:
            parts.append(
                act(
                    lambda: tr("Done"),
                    "check",
                    "aside.done",
                    lambda: desk.write(self, complete_task, CompleteTask(task_id=task.id)),
                    quiet=True,
                )
            )
        if parts:
            column.addWidget(Wrap(parts))
        return holder

    def _next(self, steps: tuple[str, ...]) -> Card:
        desk = self._desk
        card = Card(lambda: tr("Likely next"))
        if "assess" in steps:
            card.add(
                act(
                    lambda: tr("Assess needs"),
                    "list",
                    "aside.assess",
                    lambda: desk.show(AssessmentDialog(desk, None)),
                )
            )
        if "follow_up" in steps:
            card.add(
                act(
                    lambda: tr("Agree on follow-up"),
                    "calendar",
                    "aside.follow_up",
                    lambda: desk.show(FollowUpDialog(desk)),
                )
            )
        return card

    def _missing(self, missing: tuple[Missing, ...]) -> Card:
        count = len(missing)
        card = Card(
            lambda: tr("Still missing"),
            subtitle=lambda: trn(
                "{count} answer; nothing waits for it", "{count} answers; nothing waits for them", count
            ),
        )
        for one in missing[:_MISSING]:
            button = act(
                one.sentence, "arrow-right", f"aside.missing.{one.part}", partial(self._go, one.part), quiet=True
            )
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.setSpacing(0)
        return card

    def _go(self, part: str) -> None:
        if part == "details":
            self.details.emit()
        else:
            self._desk.asked.emit(part)
