"""The multi-value register: the same changes give the same record in any order, and no value vanishes unseen."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models.changes import Change, FieldValue, FieldWrite, HybridClock
from app.models.rules import protective, registers
from app.models.rules.registers import RecordState

DEVICES = ("a" * 32, "b" * 32, "c" * 32)
FIELDS = ("note", "safe", "areas", "removed_at")
VALUES: dict[str, list[FieldValue]] = {
    "note": ["one", "two", "three", None],
    "safe": ["yes", "no", "unknown", None],
    "areas": ['["north"]', '["south","west"]', None],
    "removed_at": ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", None],
}


def picker(name: str) -> registers.Picker | None:
    return {"safe": protective.no_over_yes, "areas": protective.union}.get(name)


@dataclass
class Device:
    """A device as the vault and the merge make it: a record, a log, a clock."""

    name: str
    state: RecordState = field(default_factory=RecordState)
    log: dict[str, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = HybridClock(self.name)

    def write(self, values: dict[str, FieldValue], wall_ms: int) -> None:
        before = self.state.values
        if not self.state.clock:
            values = {name: value for name, value in values.items() if value is not None}
            values = {**values, "created_at": f"moment {wall_ms}", "created_by": self.name}
        else:
            values = {name: value for name, value in values.items() if value != before.get(name)}
        if not values:
            return
        removed = values.get("removed_at", before.get("removed_at"))
        for name in registers.writes_too(values, "removed_at" in before, removed is not None):
            values.setdefault(name, removed)
        writes = {
            name: FieldWrite(value, registers.replaces(self.state.clock, name, name in before))
            for name, value in values.items()
        }
        self.take(Change(self.clock.tick(wall_ms), self.name, "kind", "r" * 32, writes))

    def take(self, change: Change) -> None:
        if change.dot not in self.log:
            self.log[change.dot] = change
            self.clock.follow(change.dot, 10**6)
            by_the_rule = registers.merge_whole(self.state, change, picker)
            self.state = registers.merge_change(self.state, change, picker)
            assert self.state == by_the_rule  # whichever short way it took


write_step = st.tuples(
    st.integers(0, 2),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(VALUES[name]) for name in FIELDS}),
    st.integers(0, 3),
)
meet_step = st.tuples(st.integers(0, 2), st.integers(0, 2))
history = st.lists(st.one_of(write_step, meet_step), max_size=14)


def played(steps: list[tuple[object, ...]]) -> list[Device]:
    devices = [Device(name) for name in DEVICES]
    for step in steps:
        if len(step) == 3:
            who, values, wall = step
            assert isinstance(who, int) and isinstance(values, dict) and isinstance(wall, int)
            devices[who].write(values, wall)
        else:
            one, other = step
            assert isinstance(one, int) and isinstance(other, int)
            for change in list(devices[one].log.values()):
                devices[other].take(change)
    return devices


def all_changes(devices: list[Device]) -> list[Change]:
    return list({dot: change for device in devices for dot, change in device.log.items()}.values())


@settings(max_examples=600, deadline=None)
@given(history, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_record(steps: list[tuple[object, ...]], chance: random.Random) -> None:
    devices = played(steps)
    changes = all_changes(devices)
    fresh = Device("d" * 32)
    for device in [*devices, fresh]:
        order = [*changes, *chance.sample(changes, len(changes) // 2)]
        chance.shuffle(order)
        for change in order:
            device.take(change)
    for device in devices:
        assert device.state.values == fresh.state.values
        assert device.state.clock == fresh.state.clock
        assert device.state.siblings == fresh.state.siblings
        assert device.state.early.get("removed_at") == fresh.state.early.get("removed_at")
        assert device.state.flagged == fresh.state.flagged


@settings(max_examples=600, deadline=None)
@given(history)
def test_no_value_vanishes_unless_someone_who_saw_it_replaced_it(steps: list[tuple[object, ...]]) -> None:
    devices = played(steps)
    changes = all_changes(devices)
    device = devices[0]
    for change in changes:
        device.take(change)
    for change in changes:
        for name, write in change.fields.items():
            replaced = any(change.dot in other.fields[name].seen for other in changes if name in other.fields)
            alive = registers.live_values(device.state, name)
            assert (change.dot in alive) is not replaced
            if not replaced:
                assert alive[change.dot] == write.value


@settings(max_examples=300, deadline=None)
@given(history)
def test_the_local_clock_is_the_merged_clock(steps: list[tuple[object, ...]]) -> None:
    """What the vault writes at commit (`created`, `written`) is what a merge of the same change gives."""
    devices = played(steps)
    for device in devices:
        state = RecordState()
        for change in device.log.values():
            before, state = state, registers.merge_change(state, change, picker)
            if change.author != device.name or device.name != change.dot.split(".")[2]:
                continue
            local = (
                registers.created(change.dot)
                if not before.clock
                else registers.written(before.clock, change.fields, change.dot)
            )
            assert registers.read_clock(local) == registers.read_clock(state.clock)


def dot(ms: int, device: str = DEVICES[0]) -> str:
    return f"{ms:012x}.0000.{device}"


def change(ms: int, device: str, fields: dict[str, FieldWrite]) -> Change:
    return Change(dot(ms, device), device, "kind", "r" * 32, fields)


CREATED = change(1, DEVICES[0], {"created_at": FieldWrite("now"), "note": FieldWrite("old")})


def after(*changes: Change) -> RecordState:
    state = RecordState()
    for one in changes:
        state = registers.merge_change(state, one, picker)
    return state


def test_a_write_that_saw_the_value_replaces_it() -> None:
    edit = change(2, DEVICES[1], {"note": FieldWrite("new", (dot(1),))})
    state = after(CREATED, edit)
    assert state.values["note"] == "new" and not state.flagged and state.siblings == {}
    assert registers.read_clock(state.clock) == {"*": (dot(1),), "note": (dot(2, DEVICES[1]),)}


def test_writes_apart_both_stay_and_the_newest_shows() -> None:
    mine = change(2, DEVICES[1], {"note": FieldWrite("mine", (dot(1),))})
    theirs = change(3, DEVICES[2], {"note": FieldWrite("theirs", (dot(1),))})
    state = after(CREATED, theirs, mine)
    assert state.values["note"] == "theirs" and state.flagged
    assert set(state.siblings["note"].values()) == {"mine", "theirs"}


def test_the_protective_value_shows_for_safety_fields() -> None:
    mine = change(2, DEVICES[1], {"safe": FieldWrite("no")})
    theirs = change(3, DEVICES[2], {"safe": FieldWrite("yes")})
    state = after(CREATED, mine, theirs)
    assert state.values["safe"] == "no" and state.flagged


def test_equal_values_are_no_conflict() -> None:
    mine = change(2, DEVICES[1], {"note": FieldWrite("same", (dot(1),))})
    theirs = change(3, DEVICES[2], {"note": FieldWrite("same", (dot(1),))})
    state = after(CREATED, mine, theirs)
    assert state.values["note"] == "same" and not state.flagged
    assert len(registers.live_values(state, "note")) == 2


def test_a_decision_replaces_both() -> None:
    mine = change(2, DEVICES[1], {"note": FieldWrite("mine", (dot(1),))})
    theirs = change(3, DEVICES[2], {"note": FieldWrite("theirs", (dot(1),))})
    seen = registers.replaces(after(CREATED, mine, theirs).clock, "note", True)
    assert seen == (dot(2, DEVICES[1]), dot(3, DEVICES[2]))
    state = after(CREATED, mine, theirs, change(4, DEVICES[0], {"note": FieldWrite("mine", seen)}))
    assert state.values["note"] == "mine" and not state.flagged


def test_an_unseen_edit_survives_a_removal_in_either_order() -> None:
    removal = change(5, DEVICES[0], {"removed_at": FieldWrite("then", (dot(1),))})
    edit = change(3, DEVICES[1], {"note": FieldWrite("important", (dot(1),))})
    for state in (after(CREATED, removal, edit), after(CREATED, edit, removal)):
        assert "removed_at" not in state.values and state.flagged
        assert state.values["note"] == "important"
        assert dict(state.siblings["removed_at"]) == {dot(5): "then"}


def test_a_removal_that_saw_everything_removes() -> None:
    edit = change(3, DEVICES[1], {"note": FieldWrite("important", (dot(1),))})
    seen = registers.replaces(after(CREATED, edit).clock, "removed_at", False)
    removal = change(5, DEVICES[0], {"removed_at": FieldWrite("then", seen)})
    for state in (after(CREATED, removal, edit), after(CREATED, edit, removal)):
        assert state.values["removed_at"] == "then" and not state.flagged


def test_an_edit_that_knew_of_the_removal_does_not_bring_the_record_back() -> None:
    removal = change(2, DEVICES[0], {"removed_at": FieldWrite("then", (dot(1),))})
    before = after(CREATED, removal)
    assert registers.writes_too(["note"], was_removed=True, is_removed=True) == ("note", "removed_at")
    again = FieldWrite("then", registers.replaces(before.clock, "removed_at", True))
    note = FieldWrite("later", registers.replaces(before.clock, "note", True))
    edit = change(3, DEVICES[1], {"note": note, "removed_at": again})
    for state in (after(CREATED, removal, edit), after(CREATED, edit, removal)):
        assert state.values["removed_at"] == "then" and not state.flagged


def test_two_creations_of_one_record_merge_under_the_first() -> None:
    one = change(1, DEVICES[0], {"created_at": FieldWrite("first"), "note": FieldWrite("same")})
    two = change(2, DEVICES[1], {"created_at": FieldWrite("second"), "note": FieldWrite("same")})
    for state in (after(one, two), after(two, one)):
        assert state.values["created_at"] == "first" and not state.flagged
        assert registers.read_clock(state.clock)["*"] == (dot(1),)


@pytest.mark.parametrize(
    ("rule", "values", "shows"),
    [
        ("no_over_yes", ["yes", "no", "unknown"], "no"),
        ("no_over_yes", ["yes", "unknown"], "unknown"),
        ("no_over_yes", ["yes", None], None),
        ("yes_over_no", ["no", "yes"], "yes"),
        ("yes_over_no", ["no", "unknown"], "unknown"),
        ("voicemail", ["full", "none", "generic"], "none"),
        ("voicemail", ["full", "generic"], "generic"),
        ("caller_id", ["show", "block"], "block"),
        ("caller_id", ["show", "alternate"], "alternate"),
        ("union", ['["knife"]', '["gun","knife"]', None], '["knife","gun"]'),
        ("earliest_day", ["2026-03-01", None, "2026-02-01"], "2026-02-01"),
        ("true_over_false", [0, 1], 1),
        ("true_over_false", [0, None], None),
        ("newest_keep_both", ["older", "newer"], "newer"),
        ("highest_risk", ["lower", "extreme", "high"], "extreme"),
        ("highest_risk", ["lower", "not_judged"], "not_judged"),
        ("no_copy_first", ["full", "no_copy", "wallet"], "no_copy"),
        ("no_copy_first", ["full", "wallet"], "wallet"),
        ("no_in_any", ['{"a":"yes","b":"no"}', '{"a":"no","b":"yes","c":"yes"}'], '{"a":"no","b":"no","c":"yes"}'),
    ],
)
def test_protective_rules(rule: str, values: list[FieldValue], shows: FieldValue) -> None:
    live = {dot(place): value for place, value in enumerate(values)}
    backwards = dict(reversed(live.items()))
    assert protective.RULES[rule](live) == protective.RULES[rule](backwards) == shows


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(protective.RULES)),
    st.dictionaries(
        st.integers(0, 50).map(dot),
        st.one_of(st.none(), st.text(max_size=8), st.integers(), st.sampled_from(["yes", "no", "[]", "{", "[1,2]"])),
        min_size=1,
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
def test_rules_answer_the_same_in_any_order(rule: str, live: dict[str, FieldValue], chance: random.Random) -> None:
    order = list(live.items())
    chance.shuffle(order)
    assert protective.RULES[rule](live) == protective.RULES[rule](dict(order))
