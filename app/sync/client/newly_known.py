"""After an update: fields that only a newer version knew are kept beside their record, and now get their columns.

Until then a field that this version lacks lies as text in `unknown`, with its place in the record's clock, and goes
on living there whatever people write to other fields. A migration only makes the column. What is done here is done once
for each shape of the tables, not at each start.
"""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.models.base import kinds
from app.models.changes import Changes
from app.sync.client import merge
from app.vault import state
from app.vault.unit_of_work import UnitOfWork

SHAPE = "fields_known"
"""The kinds and fields with which what was kept was last looked at."""


def is_due(session: Session) -> bool:
    """Whether this version knows other kinds or fields than the one that looked last."""
    return state.get(session, SHAPE) != _shape()


def settle_newly_known(work: UnitOfWork) -> Changes:
    """Give what is known only now its place, within `work.merging()`."""
    connection = work.session.connection()
    found: set[tuple[str, str]] = set()
    for name, columns in _tables().items():
        rows = connection.exec_driver_sql(f'SELECT id, unknown FROM "{name}" WHERE unknown IS NOT NULL')
        found |= {(name, row.id) for row in rows if columns & json.loads(row.unknown).keys()}
    changes = merge.settle_again(work, found)
    state.put(work.session, SHAPE, _shape())
    return changes


def _tables() -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for name, kind in kinds().items():
        assert isinstance(kind.__table__, Table)
        known[name] = {column.name for column in kind.__table__.columns}
    return known


def _shape() -> str:
    lines = [f"{name} {' '.join(sorted(columns))}" for name, columns in sorted(_tables().items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
