"""Court orders and the rights checklist (domain.md 2.9, 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.models.crisis import Case, LegalOrder, RightsItem
from app.models.rules.plan import warning_days
from app.models.vocab import Channel, OrderKind, Right, RightAnswer, TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks
from app.services.answers import KEEP, Given, put
from app.services.clocks import Clock
from app.services.permission import case_to_write
from app.services.records import add, ensure, load
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class OrderAnswers:
    """A court order. `conditions` is a list of {verb, place, metres, exceptions}."""

    kind: Given[OrderKind] = KEEP
    court: Given[str] = KEEP
    file_no: Given[str] = KEEP
    protected: Given[str] = KEEP
    restrained: Given[str] = KEEP
    conditions: Given[list[dict[str, Any]]] = KEEP
    starts_on: Given[date] = KEEP
    expires_on: Given[date] = KEEP
    copy_on_file: Given[bool] = KEEP
    verified_on: Given[date] = KEEP
    status: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddOrder(OrderAnswers):
    """Add a court order."""

    case_id: str


@dataclass(frozen=True, kw_only=True)
class UpdateOrder(OrderAnswers):
    """Change a court order; a new expiry makes its warnings anew."""

    order_id: str


@dataclass(frozen=True, kw_only=True)
class AnswerRight:
    """What was done about one right."""

    case_id: str
    right: Right
    answer: RightAnswer
    language: str | None = None
    method: Channel | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerRights:
    """What was done about several rights at once."""

    case_id: str
    answers: Mapping[Right, RightAnswer]
    language: str | None = None
    method: Channel | None = None


EXPIRY = "order_expiry"
MOVED = mark("The order's expiry changed")


def add_order(work: Work, command: AddOrder) -> str:
    """Add an order with its warning tasks; its id."""
    case = case_to_write(work, command.case_id, LegalOrder)
    order = add(work, LegalOrder, case.scope_id, case_id=case.id)
    put(order, command)
    _warn(work, case, order)
    return order.id


def update_order(work: Work, command: UpdateOrder) -> None:
    """Change an order."""
    order = load(work, LegalOrder, command.order_id)
    case = case_to_write(work, order.case_id, LegalOrder)
    if "expires_on" in put(order, command):
        _warn(work, case, order)


def answer_right(work: Work, command: AnswerRight) -> None:
    """Answer one right."""
    answers = {command.right: command.answer}
    answer_rights(
        work,
        AnswerRights(case_id=command.case_id, answers=answers, language=command.language, method=command.method),
    )


def answer_rights(work: Work, command: AnswerRights) -> None:
    """Answer several rights at once."""
    case = case_to_write(work, command.case_id, RightsItem)
    for right, answer in command.answers.items():
        row_id = work.child_id(case.id, f"right:{right}")
        item = ensure(work, RightsItem, case.scope_id, row_id, case_id=case.id, right=right)
        item.answer, item.told_at, item.told_by = answer, work.now(), work.actor.member_id
        item.language, item.method = command.language or item.language, command.method or item.method


def _warn(work: Work, case: Case, order: LegalOrder) -> None:
    """One task for each warning that lies ahead; of those that have passed, only the last one. Unknown: confirm."""
    wanted = _warnings(work, order)
    parts = {part for part, *_ in wanted}
    for task in clocks.open_tasks(work, Task.subject_id == order.id, Task.rule == EXPIRY):
        if task.id not in {clocks.task_id(work, order.id, EXPIRY, part) for part in parts}:
            clocks.finish(work, task, TaskStatus.CANCELLED, MOVED)
    for part, due_on, title, values in wanted:
        clock = Clock(
            subject_id=order.id,
            rule=EXPIRY,
            part=part,
            kind=TaskKind.ORDER_EXPIRY,
            title=title,
            values=values,
            due_on=due_on,
            owner_id=case.assigned_to,
            case_id=case.id,
        )
        clocks.start(work, case.scope_id, clock)


def _warnings(work: Work, order: LegalOrder) -> list[tuple[str, date, str, dict[str, Any]]]:
    today = work.today()
    if order.expires_on is None:
        return [("unknown", today, mark("Confirm when the order ends"), {})]
    if order.expires_on < today:
        return []
    days = warning_days(order.expires_on, work.setting("order.warn_days"))
    passed = [one for one in days if one[1] < today][-1:]
    ahead = [one for one in days if one[1] >= today]
    return [
        (str(before), day, mark("An order ends in {days} days"), {"days": before}) for before, day in passed + ahead
    ]
