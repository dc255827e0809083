"""Many made-up histories of a few devices that write one record and meet: whatever the order, nothing is lost.

A number makes a history, so a failure names what plays it again: HAVEN_FIRST_HISTORY=41 HAVEN_HISTORIES=1. The suite
plays ten thousand, `make soak` a million (safety.md, G5 and G6). No vault takes part: what a history is merged by is
the register itself.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable

import pytest

from app.models.changes import Change
from app.models.rules import registers
from app.models.rules.registers import REMOVED, UNDISPUTED, RecordState
from tests.models.test_registers import FIELDS, VALUES, Device, picker

HISTORIES = int(os.environ.get("HAVEN_HISTORIES", "10000"))
FIRST = int(os.environ.get("HAVEN_FIRST_HISTORY", "0"))
_CLOCKS_MS = (0, 1, 2, 1000, -(10**6), 10**5)
"""How far a device's clock is from the true one; some run backwards."""


class Quick(Device):
    """A device that takes the short ways of the merge without proving them; `test_registers.py` proves those."""

    def take(self, change: Change) -> None:
        if change.dot not in self.log:
            self.log[change.dot] = change
            self.clock.follow(change.dot, 10**6)
            self.state = registers.merge_change(self.state, change, picker)


def played(chance: random.Random) -> list[Device]:
    """Two to four devices that write, and hand on what they have, whole or in part."""
    devices: list[Device] = [Quick(f"{number:032x}") for number in range(1, chance.randint(2, 4) + 1)]
    now = 10**7
    for _ in range(chance.randint(3, 14)):
        now += chance.choice((0, 1, 500))
        one, other = chance.sample(devices, 2)
        if chance.random() < 0.6:
            names = chance.sample(FIELDS, chance.randint(1, len(FIELDS)))
            one.write({name: chance.choice(VALUES[name]) for name in names}, now + chance.choice(_CLOCKS_MS))
        else:
            known = list(one.log.values())
            for change in known[: chance.randint(1, len(known))] if known else ():
                other.take(change)
    return devices


def merged(changes: Iterable[Change]) -> RecordState:
    """The record that follows from changes, each taken once, in this order."""
    state = RecordState()
    for change in {change.dot: change for change in changes}.values():
        state = registers.merge_change(state, change, picker)
    return state


def shown(state: RecordState) -> tuple[object, ...]:
    """All that two devices must agree on."""
    return state.values, state.clock, state.siblings, state.early.get("removed_at"), state.flagged


def look_at(seed: int) -> None:
    """One history: any order, any grouping and any repetition give one record, and every value is accounted for."""
    chance = random.Random(seed)
    devices = played(chance)
    changes = list({dot: change for device in devices for dot, change in device.log.items()}.values())
    expected = shown(merged(changes))
    for device in devices[:2]:  # each has its own work and what it met; the rest comes in any order, some of it twice
        rest = [*changes, *chance.sample(changes, len(changes) // 2)]
        chance.shuffle(rest)
        for change in rest:
            device.take(change)
        assert shown(device.state) == expected
    assert shown(merged(reversed(changes))) == expected
    replaced = {(name, dot) for change in changes for name, write in change.fields.items() for dot in write.seen}
    state = devices[0].state
    for name in {name for change in changes for name in change.fields}:
        written = {change.dot: change.fields[name].value for change in changes if name in change.fields}
        expected_alive = {dot: value for dot, value in written.items() if (name, dot) not in replaced}
        assert registers.live_values(state, name) == expected_alive
        if len(set(map(str, expected_alive.values()))) > 1 and name not in UNDISPUTED:
            assert dict(state.siblings[name]) == expected_alive, "every losing value is kept"
            assert state.flagged or name == REMOVED, "no losing value is silent, unless both removed the record"


def test_histories_give_one_record_and_lose_no_value() -> None:
    for seed in range(FIRST, FIRST + HISTORIES):
        try:
            look_at(seed)
        except AssertionError as broken:
            pytest.fail(f"HAVEN_FIRST_HISTORY={seed} HAVEN_HISTORIES=1: {broken}")
