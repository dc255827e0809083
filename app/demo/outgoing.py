"""What the owner wrote in the last hours: some only here, some on its way, some received, one refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.book import Book
from app.models.local.tables import LoggedChange, OutSegment, UnsealedChange

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
        select(LoggedChange.scope_id, LoggedChange.device_seq)
        .where(LoggedChange.device_id == owner.device_id, LoggedChange.record_id.in_(recent))
        .order_by(LoggedChange.scope_id, LoggedChange.device_seq)
    ).all()
    by_scope: dict[str, list[int]] = {}
    for scope_id, place in found:
        by_scope.setdefault(scope_id, []).append(place)
    for order, (scope_id, places) in enumerate(sorted(by_scope.items())):
        _mark(session, book, scope_id, places, order)
    session.flush()


def _mark(session: Session, book: Book, scope_id: str, places: list[int], order: int) -> None:
    turn = order % 4
    if turn == 0:
        session.add_all(UnsealedChange(scope_id=scope_id, device_seq=place) for place in places)
        return
    received = turn == 1
    session.add(
        OutSegment(
            scope_id=scope_id,
            first=places[0],
            last=places[-1],
            hash=bytes(32),
            body=b"",
            made_at=book.now - timedelta(hours=3),
            receipt=b"demonstration" if received else None,
            received_at=book.now - timedelta(hours=2) if received else None,
            refusal=_REFUSAL if order == _REFUSED else None,
        )
    )
