"""Sends sealed segments, and believes that they arrived when it holds the server's signed receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.models.local.tables import InChain, OutSegment, Scope
from app.sync import protocol
from app.sync.client import keys
from app.sync.client.chains import Chains
from app.sync.client.progress import Doing
from app.sync.client.pull import cursor, only_moves, take_page
from app.sync.client.rounds import Round, finds
from app.sync.client.seal import unseal
from app.sync.protocol import Push, PushResult, Receipt, Refusal, RefusalCode, Segment
from app.vault import asking, state

KEPT = timedelta(days=35)
"""How long a segment is kept after its receipt: longer than the server's backups are old."""
_DAY_MS = 24 * 60 * 60 * 1000
_BYTES = 4 * 1024 * 1024
NEVER = tuple(
    str(code)
    for code in (
        RefusalCode.TOO_LARGE,
        RefusalCode.MALFORMED,
        RefusalCode.BAD_SIGNATURE,
        RefusalCode.REVOKED,
        RefusalCode.PURGED,
    )
)
"""Refusals that sending the same again cannot change. The person sees them in the outbox."""
_WAITING = (
    "SELECT scope_id, first FROM out_segment WHERE receipt IS NULL"
    f" AND (refusal IS NULL OR refusal NOT IN ({', '.join(map(repr, NEVER))}))"
)
_IN_ORDER = " ORDER BY scope_id, first"
_BODY = "SELECT body FROM out_segment WHERE scope_id = ? AND first = ?"
_HASH = "SELECT hash FROM out_segment WHERE scope_id = ? AND first = ?"
_TABLE = OutSegment.__table__
_RECEIVED = (
    update(OutSegment.__table__)  # type: ignore[arg-type]
    .where(_TABLE.c.scope_id == bindparam("in_scope"), _TABLE.c.first == bindparam("from_first"))
    .values(receipt=bindparam("receipt"), received_at=bindparam("received_at"), refusal=bindparam("refusal"))
)
_SEALED_ANEW = frozenset({RefusalCode.FORK, RefusalCode.STALE_EPOCH})


def is_due(session: Session, _round: Round) -> bool:
    """Whether there is anything without a receipt that may be sent."""
    return finds(session, _WAITING)


def push(round_: Round) -> None:
    """Send everything that has no receipt, oldest first within each scope."""
    with round_.vault.read() as session:
        waiting = asking.rows(session, _WAITING + _IN_ORDER)
    sent = 0
    for batch in _batches(round_, waiting):
        sent += len(batch)
        _send(round_, batch, is_last=sent == len(waiting))
        if sent < len(waiting):
            round_.meter.note(Doing.SENDING, sent, len(waiting))


def tidy(round_: Round) -> None:
    """Let go of what was received more than 35 days ago by the server's clock, and made more than 35 by ours.

    Looked for once a day, by either clock: all that is kept has to be looked through for it.
    Ours may be wrong by years, and the server may say any time it likes; each alone could take away what is needed.
    """
    today = (round_.tally.server_time // _DAY_MS, round_.vault.now().toordinal())
    if not round_.tally.server_time or round_.settled.get("tidy") == today:
        return
    before = datetime.fromtimestamp(round_.tally.server_time / 1000, UTC) - KEPT
    made = OutSegment.made_at < round_.vault.now() - KEPT
    old = OutSegment.receipt.is_not(None), OutSegment.received_at < before, made
    with round_.vault.read() as session:
        there = session.scalar(select(OutSegment.first).where(*old).limit(1)) is not None
    if there:
        with round_.settling() as session:
            session.execute(delete(OutSegment).where(*old))
    round_.settled["tidy"] = today


def _batches(round_: Round, named: Sequence[tuple[str, int]]) -> Iterator[list[Segment]]:
    """Segments in the order given, as many as one push may hold."""
    done = 0
    while done < len(named):
        with round_.vault.read() as session:
            bodies, looked_at = _some_bodies(session, named[done:])
        done += looked_at
        if bodies:
            yield [protocol.decode(Segment, body) for body in bodies]


def _some_bodies(session: Session, named: Sequence[tuple[str, int]]) -> tuple[list[bytes], int]:
    """The bodies of the first of them, as many as fit into one push, and how many names that took."""
    bodies: list[bytes] = []
    size = 0
    for place, name in enumerate(named):
        found = asking.row(session, _BODY, name)
        if found is None:  # sealed anew meanwhile
            continue
        body: bytes = found[0]
        if bodies and (len(bodies) == protocol.MAX_BATCH or size + len(body) > _BYTES):
            return bodies, place
        bodies.append(body)
        size += len(body)
    return bodies, len(named)


def _send(round_: Round, segments: list[Segment], *, is_last: bool) -> None:
    """Send a batch; the last one asks at once what colleagues did meanwhile."""
    round_.tally.told += 1
    place = cursor(round_) if is_last else 0  # whoever reads from the beginning reads its own work too
    path = f"/v1/push?after={place}" if place else "/v1/push"
    result = round_.server.post(path, Push(segments=segments), PushResult)
    round_.noted(result.server_epoch, result.server_time)
    genuine = [receipt for receipt in result.receipts if _is_genuine(round_, receipt)]
    feed = result.feed if place else None
    with round_.settling() as session:
        _note_receipts(session, round_, genuine)
        for refusal in result.refusals:
            if refusal.about == "segment":
                _note_refusal(session, round_, refusal)
        if feed is not None and only_moves(round_, feed, place):
            state.put(session, state.FEED_PLACE, str(feed.next))
    if feed is not None:
        round_.noted(feed.server_epoch, feed.server_time)
        take_page(round_, feed, place)
        if not feed.more:
            round_.tally.caught_up = round_.tally.told


def _is_genuine(round_: Round, receipt: Receipt) -> bool:
    """Whether the pinned server signed it, for a segment of this device."""
    signed = keys.is_signed_by(round_.member.server_public, receipt.signature, protocol.canonical(receipt))
    return signed and receipt.device_id == round_.member.device_id


def _note_receipts(session: Session, round_: Round, receipts: Sequence[Receipt]) -> None:
    """Keep each receipt that is for exactly the segment that lies here; any other counts for nothing."""
    connection = session.connection()
    chains = Chains(session)
    rows = []
    for receipt in receipts:
        row = asking.row(session, _HASH, (receipt.scope_id, receipt.first))
        if row is None or row[0] != receipt.hash:
            continue
        name = {"in_scope": receipt.scope_id, "from_first": receipt.first}
        at = datetime.fromtimestamp(receipt.received_at / 1000, UTC)
        rows.append({**name, "receipt": protocol.encode(receipt), "received_at": at, "refusal": None})
        # What stands next in the scope is our own: it need not come back for us to know the scope's head.
        chains.take_place(receipt.scope_id, receipt.hash, receipt.number)
    if rows:
        connection.execute(_RECEIVED, rows)
    chains.save()
    round_.tally.sent += len(rows)


def _note_refusal(session: Session, round_: Round, refusal: Refusal) -> None:
    row = session.get(OutSegment, (refusal.scope_id, refusal.first))
    if row is None:
        return
    round_.tally.refused += 1
    row.refusal = refusal.code
    session.flush()
    if refusal.code == RefusalCode.GAP:
        _send_again(session, refusal)
    if refusal.code in _SEALED_ANEW:
        unseal(session, refusal.scope_id, round_.member.device_id, refusal.first)
        if refusal.code == RefusalCode.FORK:
            _read_anew(session, round_, refusal.scope_id)


def _send_again(session: Session, refusal: Refusal) -> None:
    """The server lacks what it gave a receipt for: all of it goes again, and what it has it only says once more."""
    before = OutSegment.scope_id == refusal.scope_id, OutSegment.first < refusal.first
    session.execute(update(OutSegment).where(*before).values(receipt=None, received_at=None))


def _read_anew(session: Session, round_: Round, scope_id: str) -> None:
    """The server has something else of this device: this vault was restored. It is fetched, and ours goes behind it."""
    scope = session.get(Scope, scope_id)
    chain = session.get(InChain, (scope_id, round_.member.device_id))
    if scope is not None:
        scope.number, scope.head = 0, None
    if chain is not None:
        session.delete(chain)
