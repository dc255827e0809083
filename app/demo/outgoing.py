"""What the owner wrote in the last hours: some only here, some on its way, some received, one refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.demo.book import Book
from app.models.local.tables import LoggedChange, OutSegment

_HOURS = 24
_REFUSAL = "too_large"
_REFUSED = 3
"""The one segment that the server did not take."""


def fill(session: Session, book: Book, dots: Mapping[str, str]) -> None:
    """Mark the owner's newest changes. A segment carries the changes of one scope; what has none is only here."""
    owner = book.people["robin"]
    since = book.now - timedelta(hours=_HOURS)
    recent = {entry.record_id for entry in book.entries if entry.author is owner and entry.at >= since}
    found = session.execute(
        select(LoggedChange.seq, LoggedChange.scope_id, LoggedChange.device_seq)
        .where(LoggedChange.device_id == owner.device_id, LoggedChange.record_id.in_(recent))
        .order_by(LoggedChange.scope_id, LoggedChange.device_seq)
    ).all()
    by_scope: dict[str, list[tuple[int, int]]] = {}
    for seq, scope_id, place in found:
        by_scope.setdefault(scope_id, []).append((seq, place))
    for order, (scope_id, changes) in enumerate(sorted(by_scope.items())):
        _mark(session, book, scope_id, changes, order)
    session.flush()


def _mark(session: Session, book: Book, scope_id: str, changes: list[tuple[int, int]], order: int) -> None:
    turn = order % 4
    first, last = changes[0][1], changes[-1][1]
    chosen = [seq for seq, _ in changes]
    sealed = None if turn == 0 else first
    session.execute(update(LoggedChange).where(LoggedChange.seq.in_(chosen)).values(segment_first=sealed))
    if sealed is None:
        return
    received = turn == 1
    session.add(
        OutSegment(
            scope_id=scope_id,
            first=first,
            last=last,
            hash=bytes(32),
            body=b"",
            made_at=book.now - timedelta(hours=3),
            receipt=b"demonstration" if received else None,
            received_at=book.now - timedelta(hours=2) if received else None,
            refusal=_REFUSAL if order == _REFUSED else None,
        )
    )
