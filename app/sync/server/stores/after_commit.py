"""What a writing transaction leaves to be told once it is certain: which feeds grew, which numbers are gone.

It travels in the connection's own notes, so that whoever writes needs to know nothing of stores and processes. What a
transaction that failed had left is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

_NAME = "haven_after_commit"


@dataclass
class Left:
    """What one transaction has left."""

    grown: set[str] = field(default_factory=set)
    """The agencies whose feed has grown."""
    numbers: list[tuple[str, str, int, int]] = field(default_factory=list)
    """Agency, series, year and last number of each block that was given."""


def begin(connection: Connection) -> Left:
    """Start with nothing; returns what the transaction will fill."""
    left = Left()
    connection.info[_NAME] = left
    return left


def of(connection: Connection) -> Left:
    """Where the transaction under way leaves things."""
    left = connection.info.setdefault(_NAME, Left())
    assert isinstance(left, Left)
    return left
