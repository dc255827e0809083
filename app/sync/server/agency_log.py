"""The tree over all places of an agency's feed: grows with it, is signed, and shows whether anything was changed.

The server cannot tell audit trails from other work, so the log is the whole feed, in order. Complete subtrees are kept
(`tree_nodes`); a place that was destroyed keeps its leaf, which is the hash of sealed bytes, so the tree stays whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import Connection, and_, bindparam, func, insert, select, tuple_

from app.sync import protocol, tree
from app.sync.protocol import NO_HASH, ProblemCode, TreeGrown, TreeHead
from app.sync.server.clock import now_ms
from app.sync.server.problems import Refused
from app.sync.server.tables import agencies, feed, purged_scopes, segments, tree_nodes
from app.words import mark

Sign = Callable[[bytes], bytes]
PURGED = "purged"
"""The kind of a place whose content was destroyed."""
_SOME = 4096
_LOST = b""
"""In the place of the hash of a segment that is not there: fits no leaf."""
_DAMAGED = mark("The server's log is damaged: its administrator has to run verify.")


def content_hash(body: bytes | None) -> bytes:
    """What stands in a leaf for the body of a place."""
    return NO_HASH if body is None else hashlib.sha256(body).digest()


def extend(connection: Connection, agency_id: str, size: int, leaves: Sequence[bytes]) -> None:
    """Let leaves follow the first `size`. Whatever is damaged before is left to `verify`: no device waits for it."""
    over = tree.subtrees(0, size)
    edge = _nodes(connection, agency_id, over)
    if len(edge) < len(over) and _catch_up(connection, agency_id, size):
        edge = _nodes(connection, agency_id, over)
    rows = [
        {"agency_id": agency_id, "level": level, "position": position, "hash": hash_}
        for (level, position), hash_ in tree.grown(size, edge, leaves).items()
    ]
    connection.execute(_ADD_NODES, rows)


def _catch_up(connection: Connection, agency_id: str, size: int) -> bool:
    """Add the leaves of places that a process of an older version wrote while the tables had the log already."""
    logged = _logged(connection, agency_id)
    written = _leaves(connection, agency_id, logged, size)
    if logged >= size or len(written) < size - logged:
        return False
    extend(connection, agency_id, logged, [leaf for _, (leaf, _) in sorted(written.items())])
    return True


def _logged(connection: Connection, agency_id: str) -> int:
    """Up to which place there are leaves."""
    mine = tree_nodes.c.agency_id == agency_id, tree_nodes.c.level == 0
    last = connection.scalar(select(func.max(tree_nodes.c.position)).where(*mine))
    return 0 if last is None else int(last) + 1


def head(connection: Connection, agency_id: str, sign: Sign) -> TreeHead:
    """The head now, signed. Raises `Refused` when the log is damaged."""
    return grown(connection, agency_id, 0, sign).head


def grown(connection: Connection, agency_id: str, first: int, sign: Sign) -> TreeGrown:
    """The head now and what proves that its tree begins with that of `first` places. Raises `Refused` for damage."""
    row = connection.execute(select(agencies).where(agencies.c.agency_id == agency_id)).one()
    size = int(row.last_place)
    over, parts = tree.subtrees(0, size), tree.consistency(first, size)
    nodes = _nodes(connection, agency_id, {*over, *(name for part in parts for name in part)})
    try:
        root = tree.root([nodes[name] for name in over])
        proof = [tree.root([nodes[name] for name in part]) for part in parts]
    except KeyError:
        raise Refused(503, ProblemCode.UNAVAILABLE, _DAMAGED) from None
    unsigned = TreeHead(agency_id, row.server_epoch, size, root, now_ms(), protocol.UNSIGNED)
    return TreeGrown(protocol.signed(unsigned, sign), proof)


def _nodes(connection: Connection, agency_id: str, names: Iterable[tree.Name]) -> dict[tree.Name, bytes]:
    wanted = sorted(names)
    if not wanted:
        return {}
    rows = connection.execute(_NODES, {"of_agency": agency_id, "named": wanted}).all()
    return {(level, position): hash_ for level, position, hash_ in rows}


_ADD_NODES = insert(tree_nodes)
_NODES = select(tree_nodes.c.level, tree_nodes.c.position, tree_nodes.c.hash).where(
    tree_nodes.c.agency_id == bindparam("of_agency"),
    tuple_(tree_nodes.c.level, tree_nodes.c.position).in_(bindparam("named", expanding=True)),
)


# --- proving ----------------------------------------------------------------------------------------------------------


def faults(connection: Connection, agency_id: str) -> Iterator[str]:
    """What does not fit: places that are not what the log says, then nodes, then what lies beyond the feed's end."""
    size = int(connection.execute(select(agencies.c.last_place).where(agencies.c.agency_id == agency_id)).scalar_one())
    yield from (f"agency {agency_id}: {fault}" for fault in _place_faults(connection, agency_id, size))
    level = 1
    while size >> level:
        yield from (f"agency {agency_id}: {fault}" for fault in _node_faults(connection, agency_id, level, size))
        level += 1
    logged = _logged(connection, agency_id)
    if logged > size:
        yield f"agency {agency_id}: place {size + 1} is missing, the log goes on to place {logged}"


def _place_faults(connection: Connection, agency_id: str, size: int) -> Iterator[str]:
    """Compares each place with its leaf, in order; one without its row in the feed is named elsewhere."""
    for start in range(0, size, _SOME):
        kept = _stretch(connection, agency_id, 0, start, start + _SOME)
        expected = _leaves(connection, agency_id, start, start + _SOME)
        for place in range(start + 1, min(start + _SOME, size) + 1):
            if place - 1 not in kept:
                yield f"place {place} has no leaf in the log"
                continue
            leaf, is_destroyed = expected.get(place, (kept[place - 1], True))
            if leaf != kept[place - 1] and not is_destroyed:
                yield f"place {place} is not what the log says it was"


def _leaves(connection: Connection, agency_id: str, after: int, end: int) -> dict[int, tuple[bytes, bool]]:
    """By place the leaf as it follows from what is stored now, and whether its content was rightly destroyed since."""
    same = and_(
        feed.c.kind == "segment",
        segments.c.agency_id == feed.c.agency_id,
        segments.c.scope_id == feed.c.subject_id,
        segments.c.number == feed.c.number,
    )
    order = and_(purged_scopes.c.agency_id == feed.c.agency_id, purged_scopes.c.scope_id == feed.c.subject_id)
    asked = (
        select(feed, segments.c.hash, purged_scopes.c.order_id)
        .select_from(feed.outerjoin(segments, same).outerjoin(purged_scopes, order))
        .where(feed.c.agency_id == agency_id, feed.c.place > after, feed.c.place <= end)
    )
    found: dict[int, tuple[bytes, bool]] = {}
    for row in connection.execute(asked):
        content = row.hash or _LOST if row.kind == "segment" else content_hash(row.body)
        said = protocol.place_bytes(agency_id, row.place, row.kind, row.subject_id, row.number, content)
        found[row.place] = tree.leaf(said), row.kind == PURGED and row.order_id is not None
    return found


def _node_faults(connection: Connection, agency_id: str, level: int, size: int) -> Iterator[str]:
    for start in range(0, size >> level, _SOME):
        end = min(start + _SOME, size >> level)
        below = _stretch(connection, agency_id, level - 1, 2 * start, 2 * end)
        kept = _stretch(connection, agency_id, level, start, end)
        for position in range(start, end):
            left, right = below.get(2 * position), below.get(2 * position + 1)
            if left and right and kept.get(position) != tree.parent(left, right):
                first = (position << level) + 1
                yield f"places {first} to {first + (1 << level) - 1}: the log's node over them is damaged"


def _stretch(connection: Connection, agency_id: str, level: int, start: int, end: int) -> dict[int, bytes]:
    mine = tree_nodes.c.agency_id == agency_id, tree_nodes.c.level == level
    here = tree_nodes.c.position >= start, tree_nodes.c.position < end
    asked = select(tree_nodes.c.position, tree_nodes.c.hash).where(*mine, *here)
    return {row.position: row.hash for row in connection.execute(asked)}


def against(connection: Connection, kept: TreeHead) -> Iterator[str]:
    """Whether the log still begins with what a head that was kept says; for faults of the log itself see `faults`."""
    row = connection.execute(select(agencies).where(agencies.c.agency_id == kept.agency_id)).one_or_none()
    name = f"agency {kept.agency_id}"
    if row is None:
        yield f"{name}: there is no such agency, and the head that was kept names it"
        return
    back = "" if row.server_epoch == kept.server_epoch else "; the server was put back since"
    if kept.size > row.last_place:
        yield f"{name}: the log has {row.last_place} places, the head that was kept has {kept.size}{back}"
        return
    over = tree.subtrees(0, kept.size)
    nodes = _nodes(connection, kept.agency_id, over)
    if len(nodes) < len(over) or tree.root([nodes[one] for one in over]) != kept.root:
        yield f"{name}: the first {kept.size} places are not those of the head that was kept{back}"
