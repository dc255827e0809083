"""The multi-value register: what becomes of a field when people write it apart from each other.

A write replaces exactly the values that its author had seen; everything else stays. Each record keeps a `clock`, JSON
text `{"*": dot of the creating write, field: dot or [dots]}`, that names the write behind each value: "*" stands for
every non-null field that is not named. A field has more than one dot while values written apart from each other live
side by side. All of it is pure: the same changes give the same state in any order of arrival.

A few fields have rules of their own. `created_at` and `created_by` belong to the first of several creations and are
never in dispute. A removal (`removed_at`) names as seen all that its author saw of the record, so that an edit which
the remover had not seen keeps the record alive and asks a person; an edit of a removed record removes it once more.

The caller hands over each change once (its log knows which it has); two of the same are therefore not told apart here
when the value was replaced meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from app.models.changes import Change, FieldValue, FieldWrite

STAR = "*"
REMOVED = "removed_at"
FIRST_WINS = frozenset({"created_at", "created_by"})
UNDISPUTED = FIRST_WINS | {"removed_reason"}
"""Fields whose different values need no decision of a person."""

Clock = dict[str, tuple[str, ...]]
Live = Mapping[str, FieldValue]
Picker = Callable[[Live], FieldValue]
"""Chooses what a safety-critical field shows from its living values by dot (`rules/protective.py`)."""


def read_clock(text: str | None) -> Clock:
    """The clock of a record: its dots by field."""
    if not text:
        return {}
    return {name: (dots,) if isinstance(dots, str) else tuple(dots) for name, dots in json.loads(text).items()}


def clock_text(clock: Clock) -> str:
    """The one text of a clock: equal clocks give equal text."""
    plain = {name: dots[0] if len(dots) == 1 else sorted(dots) for name, dots in clock.items() if dots}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def live_dots(clock: Clock, name: str, has_value: bool) -> tuple[str, ...]:
    """The dots behind the present value or values of a field; none for a field that nobody wrote."""
    if name in clock and name != STAR:
        return clock[name]
    return clock.get(STAR, ()) if has_value else ()


def replaces(clock: str | None, name: str, has_value: bool) -> tuple[str, ...]:
    """The dots that a local write of `name` replaces, in order; for a removal all that was seen of the record.

    `has_value`: the field was not null before.
    """
    known = read_clock(clock)
    if name == REMOVED:
        return tuple(sorted({dot for dots in known.values() for dot in dots}))
    return tuple(sorted(live_dots(known, name, has_value)))


def writes_too(names: Iterable[str], was_removed: bool, is_removed: bool) -> tuple[str, ...]:
    """The fields that a local write of `names` writes: an edit of a removed record removes it once more."""
    wanted = tuple(names)
    again = bool(wanted) and was_removed and is_removed and REMOVED not in wanted
    return (*wanted, REMOVED) if again else wanted


def created(dot: str) -> str:
    """The clock of a record that the write `dot` creates."""
    return clock_text({STAR: (dot,)})


def written(clock: str | None, names: Iterable[str], dot: str) -> str:
    """The clock after the local write `dot` of the fields `names`: it replaces all that was there."""
    known = read_clock(clock)
    known.update(dict.fromkeys(names, (dot,)))
    return clock_text(known)


@dataclass(frozen=True)
class Merged:
    """What a field holds after a write arrived: living values by dot, and dots newly known to be past."""

    live: dict[str, FieldValue]
    early: frozenset[str]


def merge_write(live: Live, early: Iterable[str], dot: str, write: FieldWrite) -> Merged:
    """Let `write` arrive at a field with the values `live`; `early` are dots that were replaced before they came.

    A replaced dot that is not here yet is given back as newly `early`: when it comes, it is already past.
    """
    known = set(early)
    after = {other: value for other, value in live.items() if other not in write.seen}
    if dot not in known:
        after[dot] = write.value
    newly = frozenset(other for other in write.seen if other not in live and other not in known)
    return Merged(after, newly)


def shown(live: Live, pick: Picker | None = None) -> FieldValue:
    """What a field shows: the value of the greatest dot, unless a safety rule picks."""
    if not live:
        return None
    if pick is not None and len(set(live.values())) > 1:
        return pick(live)
    return live[max(live)]


def differs(live: Live) -> bool:
    """Whether a field's living values are not all the same."""
    return len(set(live.values())) > 1


@dataclass(frozen=True)
class RecordState:
    """One record as the merge sees it.

    `values`: the non-null shown fields. `siblings`: all living values of the fields where the shown value does not say
    it all. `early`: per field, dots that are past when they come (for `removed_at`: all that removers saw; for others
    some may have come already).
    """

    values: Mapping[str, FieldValue] = field(default_factory=dict)
    clock: str | None = None
    siblings: Mapping[str, Live] = field(default_factory=dict)
    early: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def flagged(self) -> bool:
        """Whether a person must decide something about this record."""
        return needs_decision(self.siblings, self.values.get(REMOVED))


def needs_decision(siblings: Mapping[str, Live], removed_shown: FieldValue) -> bool:
    """Whether values that live side by side wait for a person; a removal only when it is not shown as one."""
    return any(
        name not in UNDISPUTED and (name != REMOVED or removed_shown is None) for name, live in siblings.items() if live
    )


def live_values(state: RecordState, name: str) -> dict[str, FieldValue]:
    """All living values of a field by dot."""
    if name in state.siblings:
        return dict(state.siblings[name])
    value = state.values.get(name)
    return dict.fromkeys(live_dots(read_clock(state.clock), name, value is not None), value)


def merge_change(
    state: RecordState, change: Change, picker: Callable[[str], Picker | None] = lambda _name: None
) -> RecordState:
    """The record after a colleague's change arrived. `picker` gives the safety rule of a field, if it has one."""
    if _is_blank(state) and _only_creates(change):
        return _new_record(change)
    if state.clock and _touches_only_its_fields(state, change):
        return _merge_few(state, change, picker)
    return merge_whole(state, change, picker)


def merge_whole(
    state: RecordState, change: Change, picker: Callable[[str], Picker | None] = lambda _name: None
) -> RecordState:
    """The same by the rule for everything: every field is looked at. `merge_change` knows shorter ways to the same."""
    live = {name: live_values(state, name) for name in {*state.values, *state.siblings, *read_clock(state.clock)}}
    live.pop(STAR, None)
    early = {name: set(dots) for name, dots in state.early.items()}
    for name, write in change.fields.items():
        merged = merge_write(live.get(name, {}), early.get(name, ()), change.dot, write)
        live[name] = merged.live
        past = early.setdefault(name, set())
        if name == REMOVED:
            past.update(write.seen)
        else:
            past.update(merged.early)
            past.discard(change.dot)
    star = _star(state, change)
    return _state(live, early, star, picker)


def _is_blank(state: RecordState) -> bool:
    return not (state.clock or state.values or state.siblings or state.early)


def _only_creates(change: Change) -> bool:
    """Whether it makes a record and replaces nothing: most of what a device gets at first."""
    fields = change.fields
    return "created_at" in fields and REMOVED not in fields and not any(write.seen for write in fields.values())


def _new_record(change: Change) -> RecordState:
    values = {name: write.value for name, write in change.fields.items() if write.value is not None}
    if len(values) == len(change.fields):
        return RecordState(values, f'{{"{STAR}":"{change.dot}"}}')
    emptied = {name: (change.dot,) for name, write in change.fields.items() if write.value is None}
    return RecordState(values, clock_text({STAR: (change.dot,), **emptied}))


def _touches_only_its_fields(state: RecordState, change: Change) -> bool:
    """Whether nothing but the fields of the change can come out differently: no creation and no removal plays in."""
    if "created_at" in change.fields or REMOVED in change.fields:
        return False
    known = (state.values, state.siblings, state.early)
    return not any(REMOVED in held for held in known) and f'"{REMOVED}"' not in (state.clock or "")


def _merge_few(state: RecordState, change: Change, picker: Callable[[str], Picker | None]) -> RecordState:
    clock = read_clock(state.clock)
    star = min(clock.get(STAR, ()), default=None)
    values, siblings, early = dict(state.values), dict(state.siblings), dict(state.early)
    for name, write in change.fields.items():
        held = values.get(name)
        live = siblings.pop(name, None) or dict.fromkeys(live_dots(clock, name, held is not None), held)
        past = early.pop(name, frozenset())
        merged = merge_write(live, past, change.dot, write)
        if still := (past | merged.early) - {change.dot}:
            early[name] = still
        for known in (values, clock):
            known.pop(name, None)
        _put(name, merged.live, _shown_field(name, merged.live, picker(name), False), star, values, siblings, clock)
    return RecordState(values, clock_text(clock), siblings, early)


def _put(
    name: str,
    live: Live,
    value: FieldValue,
    star: str | None,
    values: dict[str, FieldValue],
    siblings: dict[str, Live],
    clock: Clock,
) -> None:
    """Write down one field: what it shows, what else lives in it, and which writes these are."""
    if value is not None:
        values[name] = value
    if any(other != value for other in live.values()):
        siblings[name] = dict(live)
    dots = tuple(sorted(live))
    if dots and (dots != (star,) or value is None):
        clock[name] = dots


def _star(state: RecordState, change: Change) -> str | None:
    """The dot of the creating write; of two creations of one record (`child_id`) the first."""
    known = read_clock(state.clock).get(STAR, ())
    makes = {change.dot} if "created_at" in change.fields else set[str]()
    return min(makes.union(known), default=None)


def _state(
    live: Mapping[str, Live],
    early: Mapping[str, set[str]],
    star: str | None,
    picker: Callable[[str], Picker | None],
) -> RecordState:
    contested = _contested(live, early)
    values: dict[str, FieldValue] = {}
    siblings: dict[str, Live] = {}
    clock: Clock = {STAR: (star,)} if star else {}
    for name, held in live.items():
        _put(name, held, _shown_field(name, held, picker(name), contested), star, values, siblings, clock)
    kept = {name: frozenset(dots) for name, dots in early.items() if dots}
    return RecordState(values, clock_text(clock), siblings, kept)


def _shown_field(name: str, held: Live, pick: Picker | None, contested: bool) -> FieldValue:
    if name in FIRST_WINS:
        return held[min(held)] if held else None
    if name == REMOVED and (contested or None in held.values()):
        return None
    return shown(held, pick)


def _contested(live: Mapping[str, Live], early: Mapping[str, set[str]]) -> bool:
    """Whether the record was removed by someone who had not seen an edit that lives."""
    removals = {dot for dot, value in live.get(REMOVED, {}).items() if value is not None}
    if not removals:
        return False
    covered = early.get(REMOVED, set()) | removals
    return any(
        dot not in covered for name, held in live.items() if name != REMOVED and name not in UNDISPUTED for dot in held
    )
