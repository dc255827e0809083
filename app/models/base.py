"""The ground of every table: column types, and `Record`, which every synced kind builds on.

Values are stored as plain text and numbers so that a change on the wire, a trigger's snapshot and a column are the
same thing: instants as ISO 8601 UTC with milliseconds, days as ISO dates, lists as JSON, closed lists as their code.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Boolean, Dialect, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.models.vocab import ScopeKind


class Instant(TypeDecorator[datetime]):
    """A moment: aware UTC `datetime` in Python, `2026-01-31T22:10:00.000Z` in the store."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Refuse a naive moment: which one it meant could not be known later."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The aware UTC moment."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A calendar day of the service's own calendar, without a time zone."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """The ISO date."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        """The day."""
        return None if value is None else date.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A list or mapping of plain values. Assign a new one to change it; changing it in place is not seen."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        """Sorted keys, so that equal values are equal text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        """The list or mapping."""
        return None if value is None else json.loads(value)


class Code(TypeDecorator[Any]):
    """One value of a closed list (`vocab`), stored as its code.

    A code that this version does not know (from a newer colleague) is kept and handed on as plain text.
    """

    impl = Text
    cache_ok = True

    def __init__(self, listed: type[StrEnum]) -> None:
        super().__init__()
        self.listed = listed

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        """The code."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        """The member of the list, or the unknown code as it is."""
        if value is None:
            return None
        try:
            return self.listed(value)
        except ValueError:
            return value


class Base(DeclarativeBase):
    """Base of every table of the vault."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text, datetime: Instant, date: Day, bool: Boolean}


LOCAL_FIELDS = frozenset({"id", "scope_id", "clock", "flagged", "unknown"})
"""Columns of a record that are not fields of it: they never travel as a field of a change."""


class Record(Base):
    """One synced record. Belongs to exactly one scope for life; `__tablename__` is its kind.

    `clock` says which write each shown value came from (`rules/registers.py`), `flagged` that people wrote different
    values apart from each other and someone must decide, `unknown` keeps the fields that a newer version sent.
    """

    __abstract__ = True
    scope_kind: ClassVar[ScopeKind]
    append_only: ClassVar[bool] = False

    id: Mapped[str] = mapped_column(primary_key=True)
    scope_id: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime | None]
    created_by: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    removed_reason: Mapped[str | None]
    clock: Mapped[str | None]
    flagged: Mapped[bool] = mapped_column(default=False, server_default="0")
    unknown: Mapped[str | None]


def safety(rule: str) -> dict[str, str]:
    """`info` of a safety-critical column: `rule` names a function of `rules/protective.py`."""
    return {"protective": rule}


def kinds() -> dict[str, type[Record]]:
    """Every synced kind by its name on the wire."""
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record)
    }


def fields_of(kind: type[Record]) -> tuple[str, ...]:
    """The fields of a kind that travel, in the order of their columns."""
    return tuple(column.name for column in kind.__table__.columns if column.name not in LOCAL_FIELDS)
