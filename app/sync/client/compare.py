"""Compares what this device holds of each scope with what the server says it has, by the scope's head hash.

The server has more: a scope that was just given, or newer work; the rest is fetched. Anything else is a difference:
the server was put back to an older copy, or something was damaged. It is counted, and the engine starts over from the
beginning of the feed, once; a difference that stays is trouble that a person hears of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlencode

from sqlalchemy import select

from app.models.local.tables import Granted, PartedScope, Scope
from app.sync import protocol
from app.sync.client import facts, problems
from app.sync.client.problems import BadAnswer, ServerProblem, ServerWentBack
from app.sync.client.pull import FROM_THE_START, PAGE, apply, older_envelopes, pull
from app.sync.client.rounds import Round
from app.sync.protocol import FeedPage, Heads, ProblemCode, ScopeHead
from app.vault import asking, state

_MANY = 50
"""When more scopes than this are behind, reading the feed again is cheaper than asking for each."""

_HEADS = "SELECT id, number, head FROM scope WHERE offered"
_ASKED_AFTER = 20
"""Scopes that a round asks after one by one."""


def compare(round_: Round) -> None:
    """Fetch what is missing here, and make sure that both sides hold the same."""
    if round_.tally.heads is not None and round_.tally.heads == _own_hash(round_):
        _fetch_keys(round_, set())
        return
    heads = told_heads(round_)
    _fetch_keys(round_, {head.scope_id for head in heads} - _held(round_).keys() - _parted(round_))
    behind = _behind(round_, heads)
    if len(behind) > _MANY:
        with round_.settling() as session:
            state.put(session, state.FEED_PLACE, FROM_THE_START)
        pull(round_)
        behind = _behind(round_, heads)
    for scope_id, number in behind:
        _fetch(round_, scope_id, number)
    if _different(round_, heads):
        round_.tally.repaired += 1
        raise ServerWentBack(round_.epoch)
    ask_after(round_, _unlisted(round_, {head.scope_id for head in heads})[:_ASKED_AFTER])


def _fetch_keys(round_: Round, missing: set[str]) -> None:
    """Taken out of a scope and put into it again: its keys were handed out long before this place of the feed.

    The same scopes are not asked for twice: what then is still missing waits for the key of a group.
    """
    named = hashlib.sha256("".join(sorted(missing)).encode("ascii")).hexdigest() if missing else None
    if named == round_.fact(facts.KEYS_MISSING):
        return
    if missing:
        older_envelopes(round_)
    with round_.settling() as session:
        state.put(session, facts.KEYS_MISSING, named)


def told_heads(round_: Round) -> list[ScopeHead]:
    """The head of every scope of which the server has given this device all keys, the newest included."""
    found: list[ScopeHead] = []
    more = True
    while more:
        after = found[-1].scope_id if found else ""
        page = round_.server.get("/v1/heads?" + urlencode({"after": after}), Heads)
        round_.noted(page.server_epoch, page.server_time)
        if page.more and (not page.heads or page.heads[-1].scope_id <= after):
            raise BadAnswer(problems.NONSENSE)
        found += page.heads
        more = page.more
    return found


def _held(round_: Round) -> dict[str, tuple[int, bytes]]:
    with round_.vault.read() as session:
        rows = session.execute(select(Scope.id, Scope.number, Scope.head)).all()
    return {row.id: (row.number, row.head or protocol.NO_HASH) for row in rows}


def ask_after(round_: Round, scope_ids: Iterable[str]) -> None:
    """Make sure that the server has scopes whose heads it does not name. Raises ServerWentBack when it has not.

    It names none of which this device lacks the newest key, and none that it has forgotten: only asking tells which.
    """
    with round_.vault.read() as session:
        numbers = dict(session.execute(select(Scope.id, Scope.number).where(Scope.id.in_(list(scope_ids)))).all())
    for scope_id, number in sorted(numbers.items()):
        try:
            page = round_.server.get(f"/v1/scopes/{scope_id}/segments?{urlencode({'after': number})}", FeedPage)
        except ServerProblem as problem:
            if problem.code != ProblemCode.NOT_FOUND:
                raise
            raise ServerWentBack(round_.epoch) from None
        round_.noted(page.server_epoch, page.server_time)
        if page.next < number:
            raise ServerWentBack(round_.epoch)


def _unlisted(round_: Round, listed: set[str]) -> list[str]:
    """What was received of scopes that the server does not name, although it once gave this device a key of them."""
    mine = Granted.subject == "scope", Granted.recipient == "device", Granted.recipient_id == round_.member.device_id
    given = select(Granted.subject_id).where(*mine)
    asked = select(Scope.id).where(Scope.offered.is_(True), Scope.number > 0, Scope.id.in_(given)).order_by(Scope.id)
    with round_.vault.read() as session:
        return [scope_id for scope_id in session.scalars(asked) if scope_id not in listed]


def _parted(round_: Round) -> set[str]:
    """What has left this device: its keys are no longer wanted."""
    with round_.vault.read() as session:
        return set(session.scalars(select(PartedScope.scope_id)))


def _own_hash(round_: Round) -> bytes:
    """The hash of the heads, were they what is here."""
    with round_.vault.read() as session:
        rows = asking.rows(session, _HEADS)
    return protocol.heads_hash((scope_id, number, head or protocol.NO_HASH) for scope_id, number, head in rows)


def _behind(round_: Round, heads: list[ScopeHead]) -> list[tuple[str, int]]:
    """The scopes of which the server has more, and how much of each is here."""
    held = _held(round_)
    return [
        (head.scope_id, held[head.scope_id][0])
        for head in heads
        if head.scope_id in held and head.number > held[head.scope_id][0]
    ]


def _different(round_: Round, heads: list[ScopeHead]) -> bool:
    """Whether a scope's head is another one. Work that arrived since the heads were asked for is no difference."""
    held = _held(round_)
    for head in heads:
        number, own = held.get(head.scope_id, (head.number, head.head))
        if number < head.number or (number == head.number and own != head.head):
            return True
        if number > head.number and not _came_since(round_, head, number):
            return True
    return False


def _came_since(round_: Round, head: ScopeHead, number: int) -> bool:
    return any(now.scope_id == head.scope_id and now.number >= number for now in told_heads(round_))


def _fetch(round_: Round, scope_id: str, number: int) -> None:
    """The segments of one scope after a number."""
    more = True
    while more:
        asked = urlencode({"after": number, "limit": PAGE})
        try:
            page = round_.server.get(f"/v1/scopes/{scope_id}/segments?{asked}", FeedPage)
        except ServerProblem as problem:
            if problem.code == ProblemCode.NOT_FOUND:
                return
            raise
        round_.noted(page.server_epoch, page.server_time)
        if page.more and page.next <= number:
            raise BadAnswer(problems.NONSENSE)
        apply(round_, page, None)
        number, more = page.next, page.more
