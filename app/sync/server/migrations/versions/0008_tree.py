"""The tree of hashes over each agency's feed, also over what is there already.

What was destroyed before gets the leaf of a place without content: what it was, nobody knows any more.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SOME = 2000
_FEED = sa.text(
    "SELECT f.place, f.kind, f.subject_id, f.number, f.body, s.hash FROM feed f LEFT JOIN segments s"
    " ON f.kind = 'segment' AND s.agency_id = f.agency_id AND s.scope_id = f.subject_id AND s.number = f.number"
    " WHERE f.agency_id = :agency AND f.place > :after ORDER BY f.place LIMIT :some"
)


def upgrade() -> None:
    """Make the table, and the nodes over the feeds that there are."""
    nodes = op.create_table(
        "tree_nodes",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_tree_nodes_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "level", "position", name=op.f("pk_tree_nodes")),
    )
    for agency_id in op.get_bind().execute(sa.text("SELECT agency_id FROM agencies")).scalars().all():
        edge: dict[tuple[int, int], bytes] = {}
        for leaves in _leaves(agency_id):
            rows = [row for place, leaf in leaves for row in _complete(edge, place - 1, leaf)]
            op.bulk_insert(nodes, [{"agency_id": agency_id, **row} for row in rows])


def _leaves(agency_id: str) -> Iterator[list[tuple[int, bytes]]]:
    after = 0
    while rows := op.get_bind().execute(_FEED, {"agency": agency_id, "after": after, "some": _SOME}).all():
        yield [(row.place, _leaf(agency_id, row)) for row in rows]
        after = rows[-1].place


def _leaf(agency_id: str, row: Any) -> bytes:
    content = bytes(32) if row.body is None else hashlib.sha256(row.body).digest()
    if row.kind == "segment" and row.hash is not None:
        content = bytes(row.hash)
    said = ("haven/1/place", agency_id, row.place, row.kind, row.subject_id, row.number, content)
    return hashlib.sha256(b"\x00" + msgspec.msgpack.encode(said)).digest()


def _complete(edge: dict[tuple[int, int], bytes], position: int, over: bytes) -> Iterator[dict[str, object]]:
    """The subtrees that a leaf completes; `edge` holds those that wait for their neighbour on the right."""
    level = 0
    yield {"level": level, "position": position, "hash": over}
    while (left := edge.pop((level, position - 1), None)) is not None and position & 1:
        over = hashlib.sha256(b"\x01" + left + over).digest()
        level, position = level + 1, position >> 1
        yield {"level": level, "position": position, "hash": over}
    if not position & 1:
        edge[level, position] = over


def downgrade() -> None:
    """Take it away; the next upgrade makes it anew, but for what was destroyed since."""
    op.drop_table("tree_nodes")
