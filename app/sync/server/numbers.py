"""Blocks of record numbers: what was handed out once is never handed out again, not even after a restore."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from app.sync.protocol import NumberBlock, NumbersAsked
from app.sync.server.clock import now_ms
from app.sync.server.members import Caller
from app.sync.server.problems import malformed
from app.sync.server.store import Store
from app.sync.server.tables import number_blocks

_LARGEST_STEP = 100_000
"""How far a device's `known` may move a series at once: one careless device must not use a year up."""


def give_block(store: Store, connection: Connection, caller: Caller, asked: NumbersAsked) -> NumberBlock:
    """The next block of a series and year: above every block in the table, the floor beside it, and what is known.

    The floor is raised durably before the transaction commits; a crash between the two wastes the block.
    """
    series = number_blocks.c.agency_id == caller.agency_id, number_blocks.c.series == asked.series
    last = connection.scalar(select(func.max(number_blocks.c.last)).where(*series, number_blocks.c.year == asked.year))
    highest = max(last or 0, store.number_floor(caller.agency_id, asked.series, asked.year))
    if asked.known > highest + _LARGEST_STEP:
        raise malformed()
    first = max(highest, asked.known) + 1
    block = NumberBlock(series=asked.series, year=asked.year, first=first, last=first + asked.size - 1)
    row = {"agency_id": caller.agency_id, "series": block.series, "year": block.year, "first": first}
    given = {"last": block.last, "device_id": caller.device_id, "given_at": now_ms()}
    connection.execute(insert(number_blocks).values({**row, **given}))
    store.raise_number_floor(connection, caller.agency_id, block.series, block.year, block.last)
    return block
