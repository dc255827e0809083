"""Loading and adding records within a unit of work."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select

from app.errors import NotFound
from app.models.base import Record
from app.models.work import Work
from app.words import mark

R = TypeVar("R", bound=Record)

GONE = mark("This record is not on this device. It may have been removed, or you may not have access to it.")


def load(work: Work, kind: type[R], record_id: str | None) -> R:
    """The record. Raises NotFound when it is not here or was removed."""
    found = work.session.get(kind, record_id) if record_id else None
    if found is None or found.removed_at is not None:
        raise NotFound(GONE)
    return found


def add(work: Work, kind: type[R], scope_id: str, /, **values: Any) -> R:
    """A new record in a scope; its `id` is fresh unless given."""
    made = kind(**{"id": work.new_id(), "scope_id": scope_id, **values})
    work.session.add(made)
    return made


def ensure(work: Work, kind: type[R], scope_id: str, record_id: str, /, **first: Any) -> R:
    """The part of a record whose id every device knows: the one that is here, or a new one with the values `first`."""
    found = work.session.get(kind, record_id)
    if found is None:
        return add(work, kind, scope_id, **{"id": record_id, **first})
    if found.removed_at is not None:
        found.removed_at, found.removed_reason = None, None
    return found


def all_of(work: Work, kind: type[R], *conditions: Any) -> list[R]:
    """The records of a kind that are not removed and meet the conditions, in the order in which they were made."""
    work.session.flush()
    query = select(kind).where(kind.removed_at.is_(None), *conditions)
    return list(work.session.scalars(query.order_by(kind.created_at.nulls_last(), kind.id)))
