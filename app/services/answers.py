"""What a command says about the fields of a record: an answer, "empty now", or nothing at all (`KEEP`).

A screen hands over only the fields that the person changed: `UpdateCase(case_id=case, **changed)`. What is not named is
left as it is, so that a colleague's newer answer is never overwritten by an older one that merely stood on the screen.
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any, Final, Literal, TypeAlias, TypeVar

from app.models.base import Record, fields_of

T = TypeVar("T")


class Keep(Enum):
    """The one value `KEEP`: this field was not answered, leave it as it is."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP

Given: TypeAlias = T | Literal[Keep.KEEP] | None
"""An answer to one field: a value, None (empty it), or `KEEP`."""


def given(command: Any) -> dict[str, Any]:
    """The answers of a command by field name, without those that it leaves as they are."""
    answers = {field.name: getattr(command, field.name) for field in fields(command)}
    return {name: value for name, value in answers.items() if value is not KEEP}


def put(record: Record, command: Any) -> frozenset[str]:
    """Write the answers of `command` into the fields of the same name; the names of those that changed."""
    names = set(fields_of(type(record)))
    changed = set()
    for name, value in given(command).items():
        if name in names and getattr(record, name) != value:
            setattr(record, name, value)
            changed.add(name)
    return frozenset(changed)
