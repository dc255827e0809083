"""Lets colleagues' changes arrive at the records: many at once, in any order, each exactly once.

The rules are pure (`models/rules/registers.py`); this loads what they need for all records of a page together, and
writes back what came out, with capture off. What may not be applied is in the log all the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from app.models.base import LOCAL_FIELDS, kinds
from app.models.changes import Change, Changes, FieldValue
from app.models.local.tables import LoggedChange, Sibling, SupersededEarly
from app.models.rules import protective, registers
from app.models.rules.registers import Picker, RecordState
from app.sync.client.judging import Judge, Verdict
from app.vault import capture
from app.vault.unit_of_work import UnitOfWork, packed, unpacked

_SOME = 500
_FIXED = frozenset({"id", "scope_id"})
_LOGGED = (
    "scope_id",
    "device_id",
    "device_seq",
    "dot",
    "author",
    "kind",
    "record_id",
    "fields",
    "state",
)
_PLACES = "SELECT device_seq FROM change WHERE scope_id = ? AND device_id = ? AND device_seq BETWEEN ? AND ?"
_LOG = f"INSERT INTO change ({', '.join(_LOGGED)}) VALUES ({', '.join('?' * len(_LOGGED))})"


class Incoming(NamedTuple):
    """A change with its name: (scope, device, place of the device's changes in the scope)."""

    scope_id: str
    device_id: str
    place: int
    change: Change


@dataclass
class _Held:
    """A record while changes arrive at it."""

    table: Table
    scope_id: str | None
    state: RecordState
    had_beside: bool
    """Whether values lived or were past beside the row before."""
    row: Mapping[str, FieldValue] | None = None
    """The row's columns as they stand so far; None for a record that has none yet."""
    authors: dict[str, str] = field(default_factory=dict)
    touched: bool = False


def merge(work: UnitOfWork, incoming: Sequence[Incoming]) -> Changes:
    """Log and apply changes within `work.merging()`. Those that are in the log already are passed over."""
    fresh = _unknown(work.session, incoming)
    held = _load(work.session, {(one.change.kind, one.change.record_id) for one in fresh})
    judge = Judge(work.session)
    verdicts = [_arrive(judge, held, one) for one in fresh]
    _follow(work, zip(fresh, verdicts, strict=True))
    logged = [_row(one, verdict) for one, verdict in zip(fresh, verdicts, strict=True)]
    if logged:
        work.session.connection().exec_driver_sql(_LOG, logged)
    return _save(work, held)


def judge_again(work: UnitOfWork) -> Changes:
    """Look once more at what waits or was set aside: a new version knows more kinds, a member has got a role."""
    asked = select(LoggedChange).where(LoggedChange.state != Verdict.APPLIED).order_by(LoggedChange.seq)
    rows = work.session.scalars(asked).all()
    again = [_incoming(row) for row in rows]
    held = _load(work.session, {(one.change.kind, one.change.record_id) for one in again})
    judge = Judge(work.session)
    for row, one in zip(rows, again, strict=True):
        verdict = _arrive(judge, held, one)
        _follow(work, [(one, verdict)])
        if verdict != row.state:
            work.session.execute(update(LoggedChange).where(LoggedChange.seq == row.seq).values(state=str(verdict)))
    return _save(work, held)


def settle_again(work: UnitOfWork, named: set[tuple[str, str]]) -> Changes:
    """Write records (kind, id) once more from all that is kept: a field that is known only now gets its place."""
    held = _load(work.session, named)
    for one in held.values():
        rules = _pickers(one.table)
        ruled = {name: rules[name](live) for name, live in one.state.siblings.items() if name in rules and live}
        values = {name: value for name, value in {**one.state.values, **ruled}.items() if value is not None}
        one.state = replace(one.state, values=values)
        one.touched = True
    return _save(work, held)


def _follow(work: UnitOfWork, judged: Iterable[tuple[Incoming, Verdict]]) -> None:
    """Let our clock know what was applied: the newest first, after which the others say nothing."""
    for dot in sorted((one.change.dot for one, verdict in judged if verdict is Verdict.APPLIED), reverse=True):
        work.follow(dot)


def _arrive(judge: Judge, held: dict[tuple[str, str], _Held], one: Incoming) -> Verdict:
    change = one.change
    record = held.get((change.kind, change.record_id))
    verdict = judge.verdict(change, one.device_id, one.scope_id, record.scope_id if record is not None else None)
    if verdict is Verdict.APPLIED and record is not None:
        record.scope_id = one.scope_id
        record.state = registers.merge_change(record.state, change, _pickers(record.table).get)
        record.authors[change.dot] = change.author
        record.touched = True
    return verdict


# --- loading ------------------------------------------------------------------------------------------------------


def _unknown(session: Session, incoming: Sequence[Incoming]) -> list[Incoming]:
    """Without what the log has, and each only once."""
    by_chain: dict[tuple[str, str], dict[int, Incoming]] = defaultdict(dict)
    for one in incoming:
        by_chain[one.scope_id, one.device_id].setdefault(one.place, one)
    fresh: list[Incoming] = []
    run = session.connection().exec_driver_sql
    for chain, by_place in by_chain.items():
        for place in run(_PLACES, (*chain, min(by_place), max(by_place))).scalars():
            by_place.pop(place, None)
        fresh += by_place.values()
    return fresh


def _load(session: Session, named: set[tuple[str, str]]) -> dict[tuple[str, str], _Held]:
    """Every named record of a kind that this version knows, with its values, siblings and past."""
    known = kinds()
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, record_id in named:
        if kind in known:
            by_kind[kind].append(record_id)
    held: dict[tuple[str, str], _Held] = {}
    for kind, ids in by_kind.items():
        table = known[kind].__table__
        assert isinstance(table, Table)
        rows = capture.rows_now(session, table, ids)
        # What lives beside a record and what is past before it came is written with its row, never before it.
        siblings, authors = _siblings(session, list(rows))
        early = _early(session, list(rows))
        for record_id in ids:
            row: dict[str, Any] = json.loads(rows[record_id]) if record_id in rows else {}
            state = RecordState(_values(row), row.get("clock"), siblings[record_id], early[record_id])
            beside = bool(state.siblings or state.early)
            held[kind, record_id] = _Held(table, row.get("scope_id"), state, beside, row or None, authors[record_id])
    return held


def _values(row: dict[str, Any]) -> dict[str, FieldValue]:
    known = {name: value for name, value in row.items() if name not in LOCAL_FIELDS and value is not None}
    return known | (json.loads(row["unknown"]) if row.get("unknown") else {})


def _siblings(
    session: Session, ids: Sequence[str]
) -> tuple[dict[str, dict[str, dict[str, FieldValue]]], dict[str, dict[str, str]]]:
    """The values that live beside each other, and who wrote each."""
    found: dict[str, dict[str, dict[str, FieldValue]]] = defaultdict(lambda: defaultdict(dict))
    authors: dict[str, dict[str, str]] = defaultdict(dict)
    for some in _chunks(ids):
        asked = select(Sibling.record_id, Sibling.field, Sibling.dot, Sibling.value, Sibling.author)
        for record_id, name, dot, value, author in session.execute(asked.where(Sibling.record_id.in_(some))):
            found[record_id][name][dot] = value
            authors[record_id][dot] = author
    return found, authors


def _early(session: Session, ids: Sequence[str]) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for some in _chunks(ids):
        asked = select(SupersededEarly.record_id, SupersededEarly.field, SupersededEarly.dot)
        for record_id, name, dot in session.execute(asked.where(SupersededEarly.record_id.in_(some))):
            found[record_id][name].add(dot)
    frozen = {
        record_id: {name: frozenset(dots) for name, dots in fields.items()} for record_id, fields in found.items()
    }
    return defaultdict(dict, frozen)


@cache
def _pickers(table: Table) -> dict[str, Picker]:
    """The safety rules of a kind by field."""
    rules = {column.name: column.info.get("protective") for column in table.columns}
    return {name: protective.RULES[rule] for name, rule in rules.items() if rule}


# --- saving -------------------------------------------------------------------------------------------------------


def _save(work: UnitOfWork, held: dict[tuple[str, str], _Held]) -> Changes:
    touched = {record_id: one for (_, record_id), one in held.items() if one.touched}
    by_kind: dict[Table, list[tuple[str, _Held]]] = defaultdict(list)
    for record_id, one in touched.items():
        by_kind[one.table].append((record_id, one))
    for table, records in by_kind.items():
        _save_rows(work.session, table, records)
    _save_siblings(
        work.session, {name: one for name, one in touched.items() if _has(one, one.state.siblings)}, work.now()
    )
    _save_early(work.session, {name: one for name, one in touched.items() if _has(one, one.state.early)})
    changes = Changes(frozenset(table.name for table in by_kind), frozenset(touched))
    work.announce(changes)
    return changes


def _has(one: _Held, beside: object) -> bool:
    """Whether there is something beside the row to write, or to take away."""
    return bool(beside) or one.had_beside


def _save_rows(session: Session, table: Table, records: Sequence[tuple[str, _Held]]) -> None:
    """Write what came out different: binding every column of every row would take longer than writing them does."""
    new: list[dict[str, FieldValue]] = []
    changed: dict[tuple[str, ...], list[tuple[FieldValue, ...]]] = defaultdict(list)
    known = frozenset(column.name for column in table.columns)
    for record_id, one in records:
        row = _columns(one.state, known)
        if one.row is None:
            new.append({**row, "id": record_id, "scope_id": one.scope_id})
            continue
        before = one.row
        names = tuple(sorted(name for name in before if name not in _FIXED and row.get(name) != before[name]))
        if names:
            changed[names].append((*map(row.get, names), record_id))
    _insert(session, table, new)
    for names, rows in changed.items():
        assigned = ", ".join(f'"{name}" = ?' for name in names)
        session.connection().exec_driver_sql(f'UPDATE "{table.name}" SET {assigned} WHERE id = ?', rows)


def _insert(session: Session, table: Table, rows: Sequence[Mapping[str, FieldValue]]) -> None:
    if not rows:
        return
    names = sorted({name for row in rows for name in row})
    listed = ", ".join(f'"{name}"' for name in names)
    statement = f'INSERT INTO "{table.name}" ({listed}) VALUES ({", ".join("?" * len(names))})'
    session.connection().exec_driver_sql(statement, [tuple(map(row.get, names)) for row in rows])


def _columns(state: RecordState, known: frozenset[str]) -> dict[str, FieldValue]:
    """The row's columns that are not empty, but for those that never change."""
    row = dict(state.values)
    if not row.keys() <= known:
        newer = {name: row.pop(name) for name in row.keys() - known}
        row["unknown"] = json.dumps(newer, ensure_ascii=False, sort_keys=True)
    row["clock"] = state.clock
    row["flagged"] = int(state.flagged)
    return row


def _save_siblings(session: Session, touched: dict[str, _Held], now: datetime) -> None:
    arrived: dict[tuple[str, str, str], datetime] = {}
    for some in _chunks(list(touched)):
        asked = select(Sibling.record_id, Sibling.field, Sibling.dot, Sibling.arrived_at)
        for record_id, name, dot, at in session.execute(asked.where(Sibling.record_id.in_(some))):
            arrived[record_id, name, dot] = at
        session.execute(delete(Sibling).where(Sibling.record_id.in_(some)))
    rows = [
        {
            "record_id": record_id,
            "field": name,
            "dot": dot,
            "kind": one.table.name,
            "value": value,
            "author": _author(session, record_id, one, dot),
            "arrived_at": arrived.get((record_id, name, dot), now),
        }
        for record_id, one in touched.items()
        for name, live in one.state.siblings.items()
        for dot, value in live.items()
    ]
    if rows:
        session.execute(insert(Sibling), rows)


def _author(session: Session, record_id: str, one: _Held, dot: str) -> str:
    """Who wrote a value: said by a change of this page, by a sibling that was there, or by the log."""
    if dot not in one.authors:
        asked = select(LoggedChange.author).where(LoggedChange.record_id == record_id, LoggedChange.dot == dot)
        one.authors[dot] = session.scalar(asked) or ""
    return one.authors[dot]


def _save_early(session: Session, touched: dict[str, _Held]) -> None:
    for some in _chunks(list(touched)):
        session.execute(delete(SupersededEarly).where(SupersededEarly.record_id.in_(some)))
    rows = [
        {"record_id": record_id, "field": name, "dot": dot}
        for record_id, one in touched.items()
        for name, dots in one.state.early.items()
        for dot in dots
    ]
    if rows:
        session.execute(insert(SupersededEarly), rows)


# --- the log ------------------------------------------------------------------------------------------------------


def _row(one: Incoming, verdict: Verdict) -> tuple[object, ...]:
    """The values of `_LOGGED`."""
    change = one.change
    where = (one.scope_id, one.device_id, one.place)
    what = (change.dot, change.author, change.kind, change.record_id, packed(change.fields))
    return (*where, *what, str(verdict))


def _incoming(row: LoggedChange) -> Incoming:
    change = Change(row.dot, row.author, row.kind, row.record_id, unpacked(row.fields))
    return Incoming(row.scope_id, row.device_id, row.device_seq, change)


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _SOME] for start in range(0, len(ids), _SOME))
