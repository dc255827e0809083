"""Keeps a spare block of record numbers per series and year, so that an officer without network can number a case.

The server knows a series only by a hash. The hash is the same on every device of the agency, because the server tells
blocks apart by it; it hides the name from a glance, not from someone who guesses names.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.local import tables
from app.models.rules.numbering import SERIES
from app.sync.client.rounds import Round
from app.sync.protocol import MAX_NUMBERS, NumberBlock, NumbersAsked
from app.vault import asking, settings

_NEXT_YEAR_FROM_MONTH = 12
_YEARS = range(2000, 3000)
_UNTOUCHED = "SELECT series, year FROM number_block WHERE following = first"


def is_due(session: Session, round_: Round) -> bool:
    """Whether a block may be missing: the day is asked of the settings only where another zone has another year."""
    today = round_.vault.now().date()
    years = {year for days in (-1, 0, 1) for year in _years(today + timedelta(days=days))}
    return not _spare(session).issuperset((series, year) for year in years for series in SERIES)


def reserve_numbers(round_: Round) -> None:
    """Ask for every block that is missing."""
    with round_.vault.read() as session:
        spare = _spare(session)
        asked = [
            (series, _asked(session, round_.member.agency_id, series, year, _size(session, round_)))
            for year in _years(_today(session, round_))
            for series in SERIES
            if (series, year) not in spare
        ]
    for series, question in asked:
        block = round_.server.post("/v1/numbers", question, NumberBlock)
        with round_.settling() as session:
            _keep(session, series, question, block)


def opaque(agency_id: str, series: str) -> str:
    """The name under which the server knows a series."""
    return hashlib.sha256(f"haven series {agency_id} {series}".encode()).hexdigest()


def _today(session: Session, round_: Round) -> date:
    now = round_.vault.now()
    return now.astimezone(ZoneInfo(settings.in_force(session, settings.TIMEZONE, now.date()))).date()


def _size(session: Session, round_: Round) -> int:
    size = settings.in_force(session, "service.number_block", round_.vault.now().date())
    return min(max(int(size), 1), MAX_NUMBERS)


def _years(today: date) -> list[int]:
    years = [today.year, today.year + 1] if today.month >= _NEXT_YEAR_FROM_MONTH else [today.year]
    return [year for year in years if year in _YEARS]


def _spare(session: Session) -> set[tuple[str, int]]:
    """Series and years of which a block that nothing was taken from lies ready."""
    return set(asking.rows(session, _UNTOUCHED))


def _asked(session: Session, agency_id: str, series: str, year: int, size: int) -> NumbersAsked:
    block = tables.NumberBlock
    known = session.scalar(select(func.max(block.last)).where(block.series == series, block.year == year))
    return NumbersAsked(series=opaque(agency_id, series), year=year, size=size, known=known or 0)


def _keep(session: Session, series: str, asked: NumbersAsked, block: NumberBlock) -> None:
    """A block that is not what was asked for, or that overlaps one of ours, is not used: numbers are never doubled."""
    fits = (block.series, block.year) == (asked.series, asked.year) and asked.known < block.first <= block.last
    if fits and block.last - block.first < asked.size:
        session.add(
            tables.NumberBlock(
                series=series, year=block.year, first=block.first, last=block.last, following=block.first
            )
        )
