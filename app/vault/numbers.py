"""Record numbers that people read, from blocks that are reserved for this device (domain.md, Numbering)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.local.tables import NumberBlock
from app.vault import state


def next_number(session: Session, series: str, year: int, block: int = 50) -> str | None:
    """The next number of a series, such as `VSU-2026-000123`.

    A vault that was never enrolled with a server reserves its own blocks. With a server only the server does, and
    None says that all are used up: the number is pending until the next contact.
    """
    open_block = session.scalars(
        select(NumberBlock)
        .where(NumberBlock.series == series, NumberBlock.year == year, NumberBlock.following <= NumberBlock.last)
        .order_by(NumberBlock.first)
        .limit(1)
    ).first()
    if open_block is None:
        if state.get(session, state.SERVER_ADDRESS):
            return None
        open_block = _own_block(session, series, year, block)
    number = open_block.following
    open_block.following = number + 1
    session.flush()
    return f"{series}-{year}-{number:06d}"


def _own_block(session: Session, series: str, year: int, size: int) -> NumberBlock:
    last = session.scalar(
        select(func.max(NumberBlock.last)).where(NumberBlock.series == series, NumberBlock.year == year)
    )
    first = (last or 0) + 1
    made = NumberBlock(series=series, year=year, first=first, last=first + max(size, 1) - 1, following=first)
    session.add(made)
    return made
