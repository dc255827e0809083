"""Whether a colleague's change may be applied: author, role, record, and whether the values fit their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Integer, Table, Text, TypeDecorator
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from app.models.base import LOCAL_FIELDS, Record, kinds
from app.models.changes import Change, FieldValue
from app.models.local.tables import PeerDevice
from app.models.rules import access
from app.sync.client import facts

_DIALECT = sqlite.dialect()
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class Verdict(StrEnum):
    """`LoggedChange.state`."""

    APPLIED = "applied"
    WAITING = "waiting"
    QUARANTINED = "quarantined"


@dataclass
class Judge:
    """Judges changes within one transaction; asks the vault once for each device and member."""

    session: Session
    _person_of: dict[str, str | None] = field(default_factory=dict)
    _kinds_of: dict[tuple[str, str], bool] = field(default_factory=dict)
    _kinds: Mapping[str, type[Record]] = field(default_factory=kinds)

    def verdict(self, change: Change, device_id: str, scope_id: str, known_in: str | None) -> Verdict:
        """What becomes of a change that `device_id` wrote to `scope_id`; `known_in` is the scope of its record."""
        if self._person(device_id) != change.author or change.dot.rpartition(".")[2] != device_id:
            return Verdict.QUARANTINED
        if known_in not in (None, scope_id) or LOCAL_FIELDS & change.fields.keys():
            return Verdict.QUARANTINED
        kind = self._kinds.get(change.kind)
        if kind is None:
            return Verdict.WAITING
        if not self._may_write(change.author, change.kind) or not fits(kind, change):
            return Verdict.QUARANTINED
        return Verdict.APPLIED

    def _person(self, device_id: str) -> str | None:
        if device_id not in self._person_of:
            device = self.session.get(PeerDevice, device_id)
            self._person_of[device_id] = device.member_id if device is not None else None
        return self._person_of[device_id]

    def _may_write(self, member_id: str, kind: str) -> bool:
        if (member_id, kind) not in self._kinds_of:
            held = facts.roles_held(self.session, member_id)
            self._kinds_of[member_id, kind] = any(access.may_write(role, kind) for role in held)
        return self._kinds_of[member_id, kind]


def fits(kind: type[Record], change: Change) -> bool:
    """Whether every value can be read back as what its column is. Fields of a newer version are not looked at."""
    texts, tests = _texts(kind), _tests(kind)
    for name, (value, _) in change.fields.items():
        if value is None or (type(value) is str and name in texts):
            continue  # most values are this
        test = tests.get(name)
        if test is not None and not test(value):
            return False
    return True


@cache
def _texts(kind: type[Record]) -> frozenset[str]:
    """The columns that any text fits."""
    return frozenset(column.name for column in kind.__table__.columns if isinstance(column.type, Text))


@cache
def _tests(kind: type[Record]) -> dict[str, Callable[[FieldValue], bool]]:
    table = kind.__table__
    assert isinstance(table, Table)
    return {column.name: _test(column) for column in table.columns}


def _test(column: Column[Any]) -> Callable[[FieldValue], bool]:
    """What tells whether a value that is there fits a column."""
    kind = column.type
    if isinstance(kind, TypeDecorator):
        return lambda value: isinstance(value, str) and _can_be_read(kind, value)
    if isinstance(kind, Boolean):
        return lambda value: value in (0, 1) and isinstance(value, int)
    if isinstance(kind, Integer):
        return lambda value: isinstance(value, int) and _SMALLEST <= value <= _LARGEST
    if isinstance(kind, Text):
        return lambda value: isinstance(value, str)
    return lambda value: isinstance(value, int | float)


def _can_be_read(kind: TypeDecorator[Any], value: str) -> bool:
    try:
        kind.process_result_value(value, _DIALECT)
    except ValueError:
        return False
    return True
