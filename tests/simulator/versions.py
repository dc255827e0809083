"""An older version of Haven, stated as what it does not know: a kind of record, and fields of others.

A real build of an older version would be another process with other tables. What makes it older for its colleagues is
what its merge knows, and that is taken away here while one of its devices works: what comes of it has to be kept. On
the wire a newer version, of a device or of the server, is one whose messages say more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.orm import Session

from app.models.base import Record, kinds
from app.sync.client import judging, merge, newly_known

UNKNOWN_KINDS = frozenset({"support_note"})
UNKNOWN_FIELDS = {
    "service_request": frozenset({"hazards", "contact_safe"}),
    "case_file": frozenset({"municipality", "high_risk"}),
}
_honest_judge = judging.Judge


@cache
def _older() -> Mapping[str, Any]:
    known: dict[str, Any] = {}
    for name, kind in kinds().items():
        if name in UNKNOWN_KINDS:
            continue
        known[name] = _lacking(kind, UNKNOWN_FIELDS[name]) if name in UNKNOWN_FIELDS else kind
    return known


def _lacking(kind: type[Record], fields: frozenset[str]) -> Any:
    """A kind as an older version has it."""
    whole = kind.__table__
    assert isinstance(whole, Table) and fields <= set(whole.columns.keys())
    columns = [column._copy() for column in whole.columns if column.name not in fields]
    return type(kind.__name__, (), {"__table__": Table(whole.name, MetaData(), *columns)})


def _judge(session: Session) -> judging.Judge:
    return _honest_judge(session, _kinds=_older())


def lay_beside(connection: Connection) -> None:
    """Put what the older version does not know where it would have kept it."""
    for name, fields in UNKNOWN_FIELDS.items():
        names = sorted(fields)
        pairs = ", ".join(f"'{field}', \"{field}\"" for field in names)
        rows = connection.exec_driver_sql(f'SELECT id, json_object({pairs}) AS held FROM "{name}"').all()
        emptied = ", ".join(f'"{field}" = NULL' for field in names)
        for row in rows:
            held = {field: value for field, value in json.loads(row.held).items() if value is not None}
            text = json.dumps(held, ensure_ascii=False, sort_keys=True) if held else None
            connection.exec_driver_sql(f'UPDATE "{name}" SET {emptied}, unknown = ? WHERE id = ?', (text, row.id))


def with_more(body: bytes) -> bytes:
    """A message as a newer version writes it: with a field that this one does not know."""
    said = msgspec.msgpack.decode(body)
    if not isinstance(said, dict):
        return body
    return msgspec.msgpack.encode({**said, "of_a_newer_version": ["more", 1]})


@contextmanager
def older_version() -> Iterator[None]:
    """Within: the merge of this process knows as little as an older version."""
    _use(_older, _judge)
    try:
        yield
    finally:
        _use(kinds, _honest_judge)


def _use(known: Any, judge: Any) -> None:
    for module in (merge, newly_known):
        setattr(module, "kinds", known)  # noqa: B010
    setattr(merge, "Judge", judge)  # noqa: B010
