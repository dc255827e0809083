"""Watches the server's log: it has to prove, hour after hour, that it still contains what it once contained.

The heads that the server signed are kept here, out of the reach of whoever runs the server: of each of its epochs the
newest of each day. What does not extend the newest is kept beside it for good, so that people can compare what the
server signed then and now. Nobody's work waits for any of this.

Computers show each other their heads in files of work (`bundle.py`), which the server does not see: two heads that it
signed for the same length and that differ prove that it told two stories.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.local.tables import DeviceState
from app.models.vocab import Role
from app.sync import protocol, tree
from app.sync.client import problems
from app.sync.client.problems import BadAnswer, ServerProblem
from app.sync.client.rounds import Round
from app.sync.protocol import MAX_BUNDLE_HEADS, ProblemCode, TreeGrown, TreeHead
from app.vault import asking, state
from app.words import mark

EVERY = timedelta(hours=1)
WATCHERS = frozenset({Role.SUP, Role.AUD, Role.ADM})
CHANGED = mark(
    "The server's log does not contain any more what it contained before. The page Audit trails says since when."
)
_ASKED = "log_asked"
"""When the server was last asked for its head, by the vault's clock (ISO 8601)."""
_HEAD = "log_head:"
"""`log_head:EPOCH:DAY`: the newest head of a day, hexadecimal."""
_BROKEN = "log_broken:"
"""`log_broken:EPOCH`: the head that was known, and the first one that does not extend it; JSON."""
_ROLES = "SELECT roles FROM member WHERE id = ?"
_NO_ANSWER = (ProblemCode.NOT_FOUND, ProblemCode.UNAVAILABLE)
"""From a server that keeps no log yet, and from one whose log is damaged: what is known here grows old, and says so."""


@dataclass(frozen=True)
class Broken:
    """A log that does not contain any more what it contained: both heads, each signed by the server."""

    known: TreeHead
    told: TreeHead


@dataclass(frozen=True)
class KnownLog:
    """What a device knows of the server's log: the newest head of each of its epochs, the oldest epoch first."""

    heads: tuple[TreeHead, ...]
    broken: tuple[Broken, ...]


def is_due(session: Session, round_: Round) -> bool:
    """Whether there is something to ask, or to say, about the log."""
    member = asking.row(session, _ROLES, (round_.member.member_id,))
    if member is None or WATCHERS.isdisjoint(json.loads(member[0])):
        return False
    asked, broken = _known_of(session, round_)
    return broken or _is_to_ask(round_, asked)


def watch_log(round_: Round) -> str:
    """Ask for the head when an hour has passed; what there is to say about the log, empty when all is well."""
    with round_.vault.read() as session:
        asked, broken = _known_of(session, round_)
    if _is_to_ask(round_, asked):
        _ask(round_)
        with round_.vault.read() as session:
            _, broken = _known_of(session, round_)
    return CHANGED if broken else ""


def _known_of(session: Session, round_: Round) -> tuple[str | None, bool]:
    """When the head was last asked for, and whether the log is known to be broken."""
    broken = _BROKEN + round_.epoch
    known = state.several(session, (_ASKED, broken))
    return known[_ASKED], bool(known[broken])


def _is_to_ask(round_: Round, asked: str | None) -> bool:
    return asked is None or not timedelta() <= round_.vault.now() - datetime.fromisoformat(asked) < EVERY


def known_log(session: Session) -> KnownLog:
    """What is known of the log."""
    epochs: dict[str, TreeHead] = {}
    for head in _heads(session, _HEAD):
        epochs[head.server_epoch] = max(epochs.get(head.server_epoch, head), head, key=_age)
    asked = select(DeviceState.value).where(DeviceState.name.startswith(_BROKEN)).order_by(DeviceState.name)
    broken = [Broken(*map(_read, json.loads(value))) for value in session.scalars(asked) if value]
    return KnownLog(tuple(sorted(epochs.values(), key=lambda head: head.server_time)), tuple(broken))


def heads_to_show(session: Session) -> list[TreeHead]:
    """The newest heads that are kept here, for colleagues to compare; none on a computer that does not watch."""
    return sorted(_heads(session, _HEAD), key=lambda head: head.server_time)[-MAX_BUNDLE_HEADS:]


def compare(round_: Round, told: Sequence[TreeHead]) -> None:
    """Hold what a colleague's computer was told against what is kept here: the same length has to be the same log.

    What the pinned server did not sign proves nothing, and is passed over.
    """
    with round_.vault.read() as session:
        kept = {(head.server_epoch, head.size): head for head in _heads(session, _HEAD)}
    for head in told:
        known = kept.get((head.server_epoch, head.size))
        if known is not None and known.root != head.root and _is_signed(round_, head):
            with round_.settling() as session:
                _note_broken(session, known, head)


def _ask(round_: Round) -> None:
    with round_.vault.read() as session:
        known = max(_heads(session, f"{_HEAD}{round_.epoch}:"), key=_age, default=None)
    grown = _answer(round_, known.size if known else 0)
    is_believed = grown is None or (_is_signed(round_, grown.head) and not _is_older(grown.head, known))
    if grown is not None and is_believed:
        round_.noted(grown.head.server_epoch, grown.head.server_time)
    with round_.settling() as session:
        state.put(session, _ASKED, round_.vault.now().isoformat())
        if grown is not None and is_believed:
            _take(session, known, grown)
    if not is_believed:
        raise BadAnswer(problems.NONSENSE)


def _answer(round_: Round, first: int) -> TreeGrown | None:
    try:
        return round_.server.get("/v1/tree?" + urlencode({"first": first}), TreeGrown)
    except ServerProblem as problem:
        if problem.code not in _NO_ANSWER:
            raise
        return None


def _take(session: Session, known: TreeHead | None, grown: TreeGrown) -> None:
    head = grown.head
    if known is None or tree.begins_with(known.size, known.root, head.size, head.root, grown.proof):
        day = datetime.fromtimestamp(head.server_time / 1000, UTC).date()
        state.put(session, f"{_HEAD}{head.server_epoch}:{day}", protocol.encode(head).hex())
    else:
        _note_broken(session, known, head)


def _note_broken(session: Session, known: TreeHead, told: TreeHead) -> None:
    """Keep the first two of an epoch that contradict each other."""
    if state.get(session, _BROKEN + told.server_epoch) is None:
        both = [protocol.encode(one).hex() for one in (known, told)]
        state.put(session, _BROKEN + told.server_epoch, json.dumps(both))


def _is_signed(round_: Round, head: TreeHead) -> bool:
    """Whether the server that this device belongs to said it, of this agency."""
    member = round_.member
    try:
        key = Ed25519PublicKey.from_public_bytes(member.server_public)
        key.verify(head.signature, protocol.canonical(head))
    except (InvalidSignature, ValueError):
        return False
    return head.agency_id == member.agency_id


def _is_older(head: TreeHead, known: TreeHead | None) -> bool:
    """Whether somebody repeats what the server said earlier: that contradicts nothing."""
    return known is not None and head.size < known.size and head.server_time < known.server_time


def _heads(session: Session, prefix: str) -> list[TreeHead]:
    asked = select(DeviceState.value).where(DeviceState.name.startswith(prefix))
    return [_read(value) for value in session.scalars(asked) if value]


def _read(value: str) -> TreeHead:
    return protocol.decode(TreeHead, bytes.fromhex(value))


def _age(head: TreeHead) -> tuple[int, int]:
    return head.size, head.server_time
