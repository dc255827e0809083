"""Inventory truth offline: who is told when one thing was handed out twice, and how it is settled.

A programme that hands things out adds a `Ledger` to `LEDGERS`: where its hand-overs are and in which scope its tasks
lie. The clash itself follows from the hand-overs (`models/rules/inventory.py`); here it becomes a task of the
coordinator. The task's id follows from the thing, so that devices that notice the same clash make one task.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.models.rules.inventory import Clash, Holding, clashes
from app.models.vocab import Role, TaskKind, TaskStatus
from app.models.work import Work
from app.models.work_items import Task
from app.services import clocks, lifesaver_stock
from app.services.clocks import Clock
from app.words import mark

RULE = "inventory_clash"
"""The rule of the tasks that clashes make."""


@dataclass(frozen=True)
class Ledger:
    """What one programme hands out.

    `kinds`: the kinds of record whose change may make or end a clash. `roles`: who looks after it. `scope`: where its
    tasks lie, None on a device that may not read it. `name`: what people call a thing, such as its serial. `title`: a
    marked sentence with a place `{item}`.
    """

    kinds: frozenset[str]
    roles: frozenset[Role]
    scope: Callable[[Work], str | None]
    holdings: Callable[[Work], Sequence[Holding]]
    name: Callable[[Work, str], str]
    title: str


LEDGERS: tuple[Ledger, ...] = (
    Ledger(
        kinds=frozenset({"equipment_issue"}),
        roles=frozenset({Role.REG}),
        scope=lifesaver_stock.store_if_readable,
        holdings=lifesaver_stock.holdings,
        name=lifesaver_stock.serial_of,
        title=mark("Transmitter {item} was handed out twice: find out who wears it"),
    ),
)
"""Everything that is handed out, by programme."""

KINDS = frozenset[str]().union(*(ledger.kinds for ledger in LEDGERS))
"""The kinds after whose change `raise_clashes` has to look."""


def raise_clashes(work: Work) -> tuple[Clash, ...]:
    """Make a task of every clash that the acting role looks after, close those that are over; what there is now.

    Safe to call at any time, by anyone: nothing is written when nothing changed or the role looks after nothing.
    """
    found: list[Clash] = []
    for ledger in LEDGERS:
        scope_id = ledger.scope(work)
        if work.actor.role in ledger.roles and scope_id is not None:
            found += _raise(work, ledger, scope_id)
    return tuple(found)


def _raise(work: Work, ledger: Ledger, scope_id: str) -> list[Clash]:
    now = list(clashes(ledger.holdings(work)))
    items = {clash.item_id for clash in now}
    for clash in now:
        if not clocks.open_tasks(work, Task.id == clocks.task_id(work, clash.item_id, RULE)):
            _start(work, ledger, scope_id, clash)
    for task in clocks.open_tasks(work, Task.rule == RULE, Task.scope_id == scope_id):
        if task.subject_id not in items:
            clocks.finish(work, task, TaskStatus.DONE)
    return now


def _start(work: Work, ledger: Ledger, scope_id: str, clash: Clash) -> None:
    clock = Clock(
        subject_id=clash.item_id,
        rule=RULE,
        kind=TaskKind.INVENTORY,
        title=ledger.title,
        values={"item": ledger.name(work, clash.item_id)},
        due_on=work.today(),
        owner_id=work.actor.member_id,
    )
    task = clocks.start(work, scope_id, clock)
    if task.status not in (None, TaskStatus.OPEN):
        task.status, task.closed_at, task.closed_by = TaskStatus.OPEN, None, None
