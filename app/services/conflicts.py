"""Where people wrote different things in the same field, one of them decides; the decision replaces all of it.

Nothing is lost by deciding: each value stays in the log of changes with its author and its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Boolean, Column, Integer, Table, TypeDecorator, select
from sqlalchemy.dialects import sqlite

from app.errors import NotAllowed, NotFound, RuleBroken
from app.models import everything  # noqa: F401  (every table must be known before kinds are looked up)
from app.models.base import LOCAL_FIELDS, Code, Day, Instant, Json, Record, kinds
from app.models.crisis import Case
from app.models.local.tables import Sibling
from app.models.registry import Registration
from app.models.rules.access import may_write
from app.models.rules.registers import REMOVED, UNDISPUTED
from app.models.vocab import AuditAction, Role
from app.models.work import Work
from app.services.permission import ASSIGNED, ROLE, UNIT, is_assigned
from app.services.records import GONE
from app.services.registry_cards import decide_card
from app.words import mark

_DIALECT = sqlite.dialect()

NOT_IN_DISPUTE = mark("Nobody waits for this decision any more. Someone may have decided already.")
NEWER = mark("This was written by a newer version of Haven. Update Haven on this computer to decide.")
NOT_THIS = mark("This cannot be the value of this field.")


class AsShown(Enum):
    """The one value `AS_SHOWN`: what screens show meanwhile stays."""

    AS_SHOWN = "as_shown"


AS_SHOWN: Final = AsShown.AS_SHOWN


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Keep what was written at `dot` (`queries.conflicts.ConflictValue.dot`)."""

    dot: str


@dataclass(frozen=True, kw_only=True)
class Decide:
    """What the field shall hold: one of the values (`Keep`), what shows meanwhile (`AS_SHOWN`), or another value."""

    kind: str
    record_id: str
    field: str
    value: Any


def decide(work: Work, command: Decide) -> None:
    """Write the decision. It replaces all values that were written apart, on every device once it arrives there."""
    kind = kinds().get(command.kind)
    column = None if kind is None else _table(kind).c.get(command.field)
    if kind is None or column is None or command.field in LOCAL_FIELDS:
        raise RuleBroken(NEWER)
    # A removed record may wait for a decision too: whoever removed it had not seen the other value.
    record = work.session.get(kind, command.record_id)
    if record is None:
        raise NotFound(GONE)
    _require_allowed(work, record)
    written = _written(work, command)
    if command.field in UNDISPUTED or not written:
        raise RuleBroken(NOT_IN_DISPUTE)
    if command.value is not AS_SHOWN:
        setattr(record, command.field, _chosen(column, command.value, written))
    if command.field == REMOVED and record.removed_at is None:
        record.removed_reason = None
    work.decide(record, command.field)
    if isinstance(record, Registration):
        decide_card(work, record, command.field)
    work.audit(AuditAction.REVIEW, kind=command.kind, record_id=command.record_id, fields=(command.field,))


def may_decide(role: Role, member_id: str, kind: str, workers: frozenset[str] | None) -> bool:
    """Whether a member in a role may decide about a kind; `workers`: of the record's case, None when it has none."""
    if not _decides(role, kind):
        return False
    return workers is None or role is Role.SUP or member_id in workers


def _decides(role: Role, kind: str) -> bool:
    """The unit decides about what it may write, the registry about registrations."""
    if role is Role.REG:
        return kind == Registration.__tablename__
    return role in UNIT and may_write(role, kind)


def _require_allowed(work: Work, record: Record) -> None:
    role, kind = work.actor.role, record.__tablename__
    if not _decides(role, kind):
        raise NotAllowed(ROLE)
    case_id = record.id if isinstance(record, Case) else getattr(record, "case_id", None)
    if case_id is None or role is Role.SUP:
        return
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound(GONE)
    if not is_assigned(work, case):
        raise NotAllowed(ASSIGNED)


def _written(work: Work, command: Decide) -> dict[str, Any]:
    """The values that were written apart, as they are stored, by the dot of their write."""
    asked = select(Sibling.dot, Sibling.value).where(
        Sibling.record_id == command.record_id, Sibling.field == command.field
    )
    return {row.dot: row.value for row in work.session.execute(asked)}


def _chosen(column: Column[Any], value: Any, written: dict[str, Any]) -> Any:
    if not isinstance(value, Keep):
        return _typed(column, value)
    if value.dot not in written:
        raise RuleBroken(NOT_IN_DISPUTE)
    return _read_back(column, written[value.dot])


def _read_back(column: Column[Any], stored: Any) -> Any:
    """A stored value as the record's attribute holds it."""
    kind = column.type
    if stored is None:
        return None
    if isinstance(kind, Boolean):
        return bool(stored)
    return kind.process_result_value(stored, _DIALECT) if isinstance(kind, TypeDecorator) else stored


def _typed(column: Column[Any], value: Any) -> Any:
    """A value that a person typed, if the column can hold it."""
    if isinstance(value, str):
        value = value if value.strip() else None
    if value is None:
        return None
    if not _fits(column, value):
        raise RuleBroken(NOT_THIS, field="value")
    return column.type.listed(value) if isinstance(column.type, Code) else value


def _fits(column: Column[Any], value: Any) -> bool:
    match column.type:
        case Code() as code:
            return value in [str(member) for member in code.listed]
        case Boolean():
            return isinstance(value, bool)
        case Integer():
            return isinstance(value, int) and not isinstance(value, bool)
        case Day():
            return isinstance(value, date) and not isinstance(value, datetime)
        case Instant():
            return isinstance(value, datetime) and value.tzinfo is not None
        case Json():
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case _:
            return isinstance(value, str)


def _table(kind: type[Record]) -> Table:
    table = kind.__table__
    assert isinstance(table, Table)
    return table
