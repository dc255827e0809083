"""What became of this device's own work, record by record: only here, on its way, received, refused.

The audit trail goes its own way with every round and is nobody's work.

"Received" means that the server's receipt is held. Record labels are neutral (what kind of record, which number):
the list may be open on a table where others look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, literal_column, or_, select, text
from sqlalchemy.orm import Session, aliased

from app.models.attachments import Attachment
from app.models.audit import AuditBatch
from app.models.changes import parse_dot
from app.models.crisis import Case, ServiceRequest
from app.models.local.tables import ChunkErrand, LoggedChange, OutSegment, UnsealedChange
from app.models.rules.attachments import OFFERED
from app.models.vocab import Listed
from app.queries import kinds, leaving
from app.queries.device import own_device_id
from app.words import mark

_CHUNK = 900
STALLED_AFTER = timedelta(minutes=15)
_IS_WORK = LoggedChange.kind != AuditBatch.__tablename__
_SET_ASIDE = LoggedChange.state != literal_column("'applied'")
"""Said word for word as the index `ix_change_set_aside` says it: only so SQLite reads a few rows and not the log."""


class SyncState(Listed):
    """Where the newest work on a record is; the worst of its changes counts."""

    HERE = "here", mark("Only on this computer")
    SENDING = "sending", mark("Sending")
    RECEIVED = "received", mark("Received")
    REFUSED = "refused", mark("Refused")
    COLLEAGUE = "colleague", mark("From a colleague")


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One record with own changes. `label`: what it is, `number`: of its case or request, when it has one.

    `refusal` is the server's code when refused; `changed_at` the moment of the newest own change, by this clock.
    """

    record_id: str
    kind: str
    label: str
    number: str | None
    state: SyncState
    changes: int
    changed_at: datetime | None
    received_at: datetime | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many records stand where, and how many changes of colleagues wait or were set aside on this device."""

    here: int = 0
    sending: int = 0
    received: int = 0
    refused: int = 0
    waiting_changes: int = 0
    quarantined_changes: int = 0
    files: int = 0
    """Own files whose bytes are perhaps only here, although their records were received."""
    coming: int = 0
    """Files of colleagues whose bytes have not come yet."""
    forgotten: int = 0
    """Sealed parts of own work in cases that left this computer, which a server that was put back has not again yet."""
    oldest: datetime | None = None
    """When the oldest change that nobody else holds was made, by this clock."""

    @property
    def unsent(self) -> int:
        """Records that nobody else holds yet."""
        return self.here + self.sending + self.refused + self.forgotten


_RANK_REFUSED, _RANK_HERE, _RANK_SENDING, _RANK_RECEIVED = 3, 2, 1, 0
_BY_RANK = {
    _RANK_REFUSED: SyncState.REFUSED,
    _RANK_HERE: SyncState.HERE,
    _RANK_SENDING: SyncState.SENDING,
    _RANK_RECEIVED: SyncState.RECEIVED,
}
_WAITING = f"""
    (SELECT scope_id, device_seq AS first, device_seq AS last, {_RANK_HERE} AS rank FROM unsealed_change
        UNION ALL
     SELECT scope_id, first, last, CASE WHEN refusal IS NULL THEN {_RANK_SENDING} ELSE {_RANK_REFUSED} END
        FROM out_segment WHERE receipt IS NULL) AS span
    CROSS JOIN change ON change.scope_id = span.scope_id AND device_id = :device AND device_seq BETWEEN first AND last
        AND kind <> '{AuditBatch.__tablename__}'"""
"""Work without a receipt, found from what waits: CROSS keeps SQLite from going through all that was ever written."""
_WAITING_BY_RANK = text(
    f"SELECT rank, count(*) FROM (SELECT max(rank) AS rank FROM {_WAITING} GROUP BY record_id) GROUP BY rank"
)
_OLDEST_WAITING = text(f"SELECT min(dot) FROM {_WAITING}")
_RECORDS_WAITING = text(f"SELECT count(DISTINCT record_id) FROM {_WAITING}")


def _rank() -> Any:
    """Worst first. A sealed change whose segment is gone from `out_segment` was received more than 35 days ago."""
    return case(
        (UnsealedChange.device_seq.is_not(None), _RANK_HERE),
        (OutSegment.refusal.is_not(None), _RANK_REFUSED),
        (and_(OutSegment.first.is_not(None), OutSegment.receipt.is_(None)), _RANK_SENDING),
        else_=_RANK_RECEIVED,
    )


def of_segment() -> Any:
    """That a segment of this device carries one of its changes: the last that begins before it, if it goes that far."""
    other = aliased(OutSegment)
    before = other.scope_id == LoggedChange.scope_id, other.first <= LoggedChange.device_seq
    nearest = select(func.max(other.first)).where(*before).correlate(LoggedChange).scalar_subquery()
    reaches = OutSegment.last >= LoggedChange.device_seq
    return and_(OutSegment.scope_id == LoggedChange.scope_id, OutSegment.first == nearest, reaches)


def _own(device_id: str, *columns: Any) -> Select[Any]:
    unsealed = UnsealedChange.scope_id == LoggedChange.scope_id, UnsealedChange.device_seq == LoggedChange.device_seq
    return (
        select(*columns)
        .select_from(LoggedChange)
        .outerjoin(UnsealedChange, and_(*unsealed))
        .outerjoin(OutSegment, of_segment())
        .where(LoggedChange.device_id == device_id)
    )


def _work(device_id: str, *columns: Any) -> Select[Any]:
    """Own changes that are somebody's work: the audit trail is not."""
    return _own(device_id, *columns).where(_IS_WORK)


def states(session: Session, record_ids: Iterable[str]) -> dict[str, SyncState]:
    """The state of each record; a record without own changes came from a colleague."""
    wanted = [record_id for record_id in dict.fromkeys(record_ids) if record_id]
    found = dict.fromkeys(wanted, SyncState.COLLEAGUE)
    device_id = own_device_id(session)
    if device_id is None:
        return dict.fromkeys(wanted, SyncState.HERE)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        ranks = _own(device_id, LoggedChange.record_id, func.max(_rank())).where(LoggedChange.record_id.in_(part))
        for record_id, rank in session.execute(ranks.group_by(LoggedChange.record_id)):
            found[record_id] = _BY_RANK[rank]
    return found


def counts(session: Session) -> OutboxCounts:
    """How many records stand where."""
    device_id = own_device_id(session) or ""
    by_rank: dict[int, int] = dict(session.execute(_WAITING_BY_RANK, {"device": device_id}).all())
    mine = LoggedChange.device_id == device_id, _IS_WORK
    written = session.scalar(select(func.count(LoggedChange.record_id.distinct())).where(*mine)) or 0
    others = dict(
        session.execute(
            select(LoggedChange.state, func.count())
            .where(_SET_ASIDE, LoggedChange.state.in_(("waiting", "quarantined")))
            .group_by(LoggedChange.state)
        ).all()
    )
    return OutboxCounts(
        here=by_rank.get(_RANK_HERE, 0),
        sending=by_rank.get(_RANK_SENDING, 0),
        received=written - sum(by_rank.values()),
        refused=by_rank.get(_RANK_REFUSED, 0),
        waiting_changes=others.get("waiting", 0),
        quarantined_changes=others.get("quarantined", 0),
        files=_files(session, ChunkErrand.ours.is_(True)),
        coming=_files(session, ChunkErrand.ours.is_(False) & (ChunkErrand.turn < OFFERED)),
        forgotten=leaving.owed(session),
        oldest=_oldest(session, device_id) if by_rank else None,
    )


def is_stalled(counts: OutboxCounts, now: datetime, online_since: datetime | None) -> bool:
    """Whether something should have been sent long ago: kept back for 15 minutes in which the server answered (G36)."""
    if online_since is None or counts.oldest is None:
        return False
    return now - max(counts.oldest, online_since) > STALLED_AFTER


def _oldest(session: Session, device_id: str) -> datetime | None:
    dot = session.scalar(_OLDEST_WAITING, {"device": device_id})
    return None if dot is None else _moment(dot)


def _files(session: Session, errand: Any) -> int:
    """How many attachments have a chunk that is still to be carried. Mostly none is: then no record is looked at."""
    if session.scalar(select(ChunkErrand.name).where(errand).limit(1)) is None:
        return 0
    named = [_carried(column, errand) for column in (Attachment.chunks, Attachment.preview_chunks)]
    asked = select(func.count()).select_from(Attachment).where(Attachment.removed_at.is_(None), or_(*named))
    return session.scalar(asked) or 0


def _carried(column: Any, errand: Any) -> Any:
    each = func.json_each(case((func.json_valid(column) == 1, column), else_="[]")).table_valued("value")
    joined = select(ChunkErrand.name).select_from(each).join(ChunkErrand, ChunkErrand.name == each.c.value)
    return joined.where(errand).correlate(Attachment).exists()


def unsent(session: Session) -> int:
    """How many records are not with the server yet: what the title bar shows."""
    device_id = own_device_id(session) or ""
    return session.scalar(_RECORDS_WAITING, {"device": device_id}) or 0


def safe_to_hand_in(session: Session) -> bool:
    """Whether this laptop may be handed in: nothing of its own work is unsent or refused."""
    return unsent(session) + leaving.owed(session) == 0


def outbox(
    session: Session, *, state: SyncState | None = None, limit: int = 100, offset: int = 0
) -> tuple[OutboxRow, ...]:
    """Own work, what needs attention first (refused, only here, sending, received), newest first within each."""
    device_id = own_device_id(session) or ""
    rank = func.max(_rank()).label("rank")
    asked = (
        _work(
            device_id,
            LoggedChange.record_id,
            func.max(LoggedChange.kind).label("kind"),
            rank,
            func.count().label("changes"),
            func.max(LoggedChange.dot).label("dot"),
            func.max(OutSegment.received_at).label("received_at"),
            func.max(OutSegment.refusal).label("refusal"),
        )
        .group_by(LoggedChange.record_id)
        .order_by(rank.desc(), func.max(LoggedChange.seq).desc())
        .limit(limit)
        .offset(offset)
    )
    if state is not None:
        asked = asked.having(rank == next((key for key, value in _BY_RANK.items() if value is state), -1))
    found = session.execute(asked).all()
    numbers = _numbers(session, found)
    return tuple(
        OutboxRow(
            record_id=row.record_id,
            kind=row.kind,
            label=kinds.label(row.kind),
            number=numbers.get(row.record_id),
            state=_BY_RANK[row.rank],
            changes=row.changes,
            changed_at=_moment(row.dot),
            received_at=row.received_at if row.rank == _RANK_RECEIVED else None,
            refusal=row.refusal,
        )
        for row in found
    )


def _moment(dot: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(parse_dot(dot)[0] / 1000, UTC)
    except ValueError:
        return None


def _numbers(session: Session, rows: Sequence[Any]) -> dict[str, str]:
    """The number of the case or request that each record belongs to."""
    numbers: dict[str, str] = {}
    by_kind: dict[str, list[str]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row.record_id)
    for kind, ids in by_kind.items():
        asked = _number_of(kind, ids)
        if asked is not None:
            numbers.update((record_id, number) for record_id, number in session.execute(asked) if number)
    return numbers


def _number_of(kind: str, ids: list[str]) -> Any:
    table = kinds.table(kind)
    if table is None:
        return None
    if "number" in table.c:
        return select(table.c.id, table.c.number).where(table.c.id.in_(ids))
    if "case_id" in table.c:
        return select(table.c.id, Case.number).join(Case, Case.id == table.c.case_id).where(table.c.id.in_(ids))
    if "request_id" in table.c:
        request = ServiceRequest
        return (
            select(table.c.id, request.number)
            .join(request, request.id == table.c.request_id)
            .where(table.c.id.in_(ids))
        )
    return None
