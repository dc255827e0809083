"""Bringing the made-up records in: rows in bulk, and the change behind each as a device would have sent it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, insert

from app.demo.book import Book, Entry
from app.models.base import LOCAL_FIELDS, Base
from app.models.changes import FieldValue, FieldWrite
from app.models.local.tables import NumberBlock, Scope, ScopeKey, Sibling
from app.models.rules import protective, registers
from app.vault.keys import KEY_BYTES
from app.vault.unit_of_work import UnitOfWork, packed

_CHANGE = (
    "INSERT INTO change (scope_id, device_id, device_seq, dot, author, kind, record_id, fields, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'applied')"
)
_BLOCK = 50


def stored(value: Any) -> str | int | float | None:
    """A value as a column holds it (`models.base`)."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError("no column holds this")


class _Log:
    """The changes so far: dots and places of each device.

    Own ones count as sealed and received long ago, so long that their segment is no longer kept.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self._ticks: dict[str, tuple[int, int]] = {}
        self._places: dict[tuple[str, str], int] = defaultdict(int)

    def add(
        self, scope_id: str, device: str, author: str, at: datetime, kind: str, record_id: str, writes: dict[str, Any]
    ) -> str:
        """Log one change; its dot."""
        wall = int(at.timestamp() * 1000)
        last, count = self._ticks.get(device, (0, 0))
        ms, count = (wall, 0) if wall > last else (last, count + 1)
        if count > 0xFFFF:
            ms, count = ms + 1, 0
        self._ticks[device] = (ms, count)
        dot = f"{ms:012x}.{count:04x}.{device}"
        self._places[scope_id, device] += 1
        place = self._places[scope_id, device]
        self.rows.append((scope_id, device, place, dot, author, kind, record_id, packed(writes)))
        return dot


def write(work: UnitOfWork, book: Book) -> dict[str, str]:
    """Write everything of the book; the creating dot of every record."""
    log = _Log()
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    dots: dict[str, str] = {}
    for entry in sorted(book.entries, key=lambda one: (one.at, one.record_id)):
        row, writes = _row(entry)
        dot = log.add(
            entry.scope_id,
            entry.author.device_id,
            entry.author.member_id,
            entry.at,
            entry.kind,
            entry.record_id,
            writes,
        )
        row["clock"] = registers.created(dot)
        dots[entry.record_id] = dot
        rows[entry.kind].append(row)
    with work.merging():
        _scopes(work, book)
        for kind, made in rows.items():
            _insert(work, Base.metadata.tables[kind], made)
        _apart(work, book, log, dots)
        work.session.connection().exec_driver_sql(_CHANGE, log.rows)
        work.session.add_all(
            NumberBlock(series=series, year=year, first=1, last=_last(used), following=used + 1)
            for (series, year), used in book.numbers.items()
        )
    return dots


def _last(used: int) -> int:
    """The end of the block that the last number given out is in; a full block is followed by a spare one."""
    return (used // _BLOCK + 1) * _BLOCK


def _row(entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    row = {name: stored(value) for name, value in entry.fields.items() if value is not None}
    row["created_at"], row["created_by"] = stored(entry.at), entry.author.member_id
    row |= {"id": entry.record_id, "scope_id": entry.scope_id}
    return row, {name: FieldWrite(value) for name, value in row.items() if name not in LOCAL_FIELDS}


def _insert(work: UnitOfWork, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    names = [column.name for column in table.columns]
    places = ", ".join("?" * len(names))
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'
    values = [tuple(0 if name == "flagged" else row.get(name) for name in names) for row in rows]
    work.session.connection().exec_driver_sql(statement, values)


def _scopes(work: UnitOfWork, book: Book) -> None:
    """The scopes with keys of their own: a colleague made them, this device was given the key."""
    work.session.execute(
        insert(Scope),
        [
            {
                "id": scope_id,
                "kind": kind,
                "anchor_id": anchor_id,
                "epoch": 1,
                "made_here": False,
                "offered": True,
                "number": 0,
            }
            for scope_id, kind, anchor_id in book.scopes
        ],
    )
    work.session.execute(
        insert(ScopeKey),
        [{"scope_id": scope_id, "epoch": 1, "key": book.rng.randbytes(KEY_BYTES)} for scope_id, _, _ in book.scopes],
    )


def _apart(work: UnitOfWork, book: Book, log: _Log, dots: dict[str, str]) -> None:
    """Fields that two people wrote apart from each other: both values stay until somebody decides."""
    connection = work.session.connection()
    for each in book.apart:
        seen = (dots[each.record_id],)
        living: dict[str, FieldValue] = {}
        for author, at, value in each.values:
            writes = {each.field: FieldWrite(stored(value), seen)}
            dot = log.add(each.scope_id, author.device_id, author.member_id, at, each.kind, each.record_id, writes)
            living[dot] = stored(value)
            work.session.add(
                Sibling(
                    record_id=each.record_id,
                    field=each.field,
                    dot=dot,
                    kind=each.kind,
                    value=stored(value),
                    author=author.member_id,
                    arrived_at=book.now,
                )
            )
        clock = registers.clock_text({registers.STAR: seen, each.field: tuple(sorted(living))})
        rule = Base.metadata.tables[each.kind].c[each.field].info.get("protective")
        shown = registers.shown(living, protective.RULES[rule] if rule else None)
        connection.exec_driver_sql(
            f'UPDATE "{each.kind}" SET "{each.field}" = ?, clock = ?, flagged = 1 WHERE id = ?',
            (shown, clock, each.record_id),
        )
