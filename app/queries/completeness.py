"""What a record still lacks to be complete, for screens: the field and its label. It never blocks saving."""

from __future__ import annotations

from typing import Any

from app.models.base import Record, fields_of
from app.models.rules import missing as rule
from app.queries.crisis.rows import MissingField
from app.words import tr


def missing_fields(record: Record, **more: Any) -> tuple[MissingField, ...]:
    """The fields that the rule asks for and that are not answered; `more` gives answers kept in other records."""
    kind = record.__tablename__
    values = {name: getattr(record, name) for name in fields_of(type(record))} | more
    names = {required.label: required.field for required in rule.REQUIRED.get(kind, ())}
    return tuple(MissingField(names[label], tr(label)) for label in rule.missing(kind, values))
