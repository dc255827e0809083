"""Follows the feed with one cursor; each part of a page and its cursor are one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from app.sync import protocol
from app.sync.client import facts, problems
from app.sync.client.arriving import take_in
from app.sync.client.problems import BadAnswer, ServerWentBack
from app.sync.client.progress import Doing
from app.sync.client.rounds import Round
from app.sync.client.session import Server
from app.sync.protocol import FeedItem, FeedPage, Malformed, Segment
from app.vault import state

FROM_THE_START = "0"
PAGE = 256 * 1024
"""Bytes asked for at once."""
AT_ONCE = 500
"""Changes that one transaction merges; windows wait for the vault while it lasts (about a tenth of a second).

Counted, not timed: a schedule that is played again has the same transactions.
"""
_OF_OTHERS = 5
"""How many changes an envelope, a member or a group counts for: a key is opened or checked."""


def pull(round_: Round) -> None:
    """Everything after the cursor, and what was sealed to a group before the owner was put into it."""
    _follow(round_)
    if round_.fact(facts.ENVELOPES_DUE):
        older_envelopes(round_)


def catch_up(round_: Round) -> None:
    """What colleagues did while this round sent its own work, which need not come back: its receipts say it all."""
    _follow(round_, own=False)


def apply(round_: Round, page: FeedPage, place: int | None) -> None:
    """Take one page in, a part at a time; `place` is the cursor that is stored with the last of it."""
    parts = _parts(page.items)
    for number, part in enumerate(parts, start=1):
        is_last = number == len(parts)
        with round_.merging() as work:
            arrival = take_in(work, part, round_.member)
            if place is not None:
                state.put(work.session, state.FEED_PLACE, str(place if is_last else part[-1].place))
        round_.tally.received += arrival.received
        if not is_last:
            round_.vault.give_way()


def _parts(items: Sequence[FeedItem]) -> list[list[FeedItem]]:
    """The items of a page in parts that windows can wait for; one part that may be empty at least."""
    parts: list[list[FeedItem]] = [[]]
    size = 0
    for item in items:
        weight = _weight(item)
        if parts[-1] and size + weight > AT_ONCE:
            parts.append([])
            size = 0
        parts[-1].append(item)
        size += weight
    return parts


def _weight(item: FeedItem) -> int:
    """How many changes an item has. What a segment says of itself is believed only within what one may hold."""
    try:
        body = protocol.feed_body(item)
    except Malformed:
        return 1
    return min(body.last - body.first + 1, AT_ONCE) if isinstance(body, Segment) else _OF_OTHERS


def _follow(round_: Round, *, own: bool = True) -> None:
    """The feed to its end, with the hash of the heads that the server then has.

    Where the end is, the server says with each page; a page that stops before it is none.
    """
    start = place = cursor(round_)
    page = _page(round_, _feed_after(place, own))
    while page.more and page.next > place:
        # The server looks for the next page, and the network brings it, while this one is taken in.
        with round_.server.get_ahead(_feed_after(page.next, own), FeedPage) as ahead:
            take_page(round_, page, place)
            place = page.next
            round_.meter.note(Doing.RECEIVING, place - start, page.end - start)
            page = _seen(round_, ahead.answer())
    take_page(round_, page, place)


def take_page(round_: Round, page: FeedPage, place: int) -> None:
    """The next page of the feed after a place, checked and taken in."""
    round_.tally.heads = page.heads
    if page.next < place:
        raise ServerWentBack(page.server_epoch)
    if not _makes_sense(page, place):
        raise BadAnswer(problems.NONSENSE)
    if page.items:
        apply(round_, page, page.next)
    elif page.next > cursor(round_):
        with round_.settling() as session:
            state.put(session, state.FEED_PLACE, str(page.next))
    round_.tally.ended = not page.more and page.end > 0


def only_moves(round_: Round, page: FeedPage, place: int) -> bool:
    """Whether all that a page after a place brings is a later place: it may be saved with whatever else is."""
    return page.server_epoch == round_.epoch and not page.items and page.next > place and _makes_sense(page, place)


def _makes_sense(page: FeedPage, place: int) -> bool:
    return page.next > place if page.more else page.next >= max(place, page.end)


def ask_feed(server: Server, place: int) -> FeedPage:
    """Whether anything stands in the feed after a place: a page that has it, or the first of it, or nothing."""
    return server.get("/v1/feed?" + urlencode({"after": place, "limit": 1, "own": "no"}), FeedPage)


def older_envelopes(round_: Round) -> None:
    """Every envelope for this device, from the beginning."""
    place, more = 0, True
    while more:
        page = _page(round_, "/v1/envelopes?" + urlencode({"after": place, "limit": PAGE}))
        apply(round_, page, None)
        if page.more and page.next <= place:
            raise BadAnswer(problems.NONSENSE)
        place, more = page.next, page.more
    with round_.settling() as session:
        state.put(session, facts.ENVELOPES_DUE, None)


def cursor(round_: Round) -> int:
    """The place up to which this device has read the feed."""
    return int(round_.fact(state.FEED_PLACE) or FROM_THE_START)


def _feed_after(place: int, own: bool) -> str:
    """The question for the next page. Whoever reads from the beginning may have lost what it wrote itself."""
    whose = "yes" if own or not place else "no"
    return "/v1/feed?" + urlencode({"after": place, "limit": PAGE, "heads": "yes", "own": whose})


def _page(round_: Round, question: str) -> FeedPage:
    return _seen(round_, round_.server.get(question, FeedPage))


def _seen(round_: Round, page: FeedPage) -> FeedPage:
    round_.noted(page.server_epoch, page.server_time)
    return page
