"""The agency's feed: one row a place, places given in commit order."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from app.sync import protocol, tree
from app.sync.server import agency_log
from app.sync.server.stores import after_commit
from app.sync.server.tables import agencies, feed

EVERYBODY = ""
NOBODY = "nobody"
"""The audience of a place whose content was destroyed."""


_ADD_PLACES = insert(feed)
_HOLD = (
    select(agencies.c.last_place, agencies.c.server_epoch, agencies.c.recovery_public)
    .where(agencies.c.agency_id == bindparam("of_agency"))
    .with_for_update(key_share=True)
)
_MOVE_END = (
    update(agencies).where(agencies.c.agency_id == bindparam("of_agency")).values(last_place=bindparam("now_last"))
)


class FeedWriter:
    """Gives places to what one writing transaction adds. Holds the agency's row until the writer commits.

    Whoever only refers to the agency (a device that signs in) does not wait for that row: hence the weaker lock.
    """

    def __init__(self, connection: Connection, agency_id: str) -> None:
        self._connection = connection
        self._agency_id = agency_id
        row = connection.execute(_HOLD, {"of_agency": agency_id}).one()
        self._last: int = row.last_place
        self.server_epoch: str = row.server_epoch
        self.has_recovery: bool = row.recovery_public is not None
        self._rows: list[dict[str, object]] = []
        self._leaves: list[bytes] = []

    def add(
        self,
        kind: str,
        subject_id: str,
        *,
        number: int = 0,
        audience: str = EVERYBODY,
        body: bytes | None = None,
        content: bytes | None = None,
    ) -> int:
        """Put something at the next place; returns the place. `content`: the hash of what is kept elsewhere."""
        self._last += 1
        row = {"agency_id": self._agency_id, "place": self._last, "kind": kind, "subject_id": subject_id}
        self._rows.append({**row, "number": number, "audience": audience, "body": body})
        content = content or agency_log.content_hash(body)
        said = protocol.place_bytes(self._agency_id, self._last, kind, subject_id, number, content)
        self._leaves.append(tree.leaf(said))
        return self._last

    def flush(self) -> None:
        """Write what was added; the last thing before the commit."""
        if self._rows:
            self._connection.execute(_ADD_PLACES, self._rows)
            agency_log.extend(self._connection, self._agency_id, self._last - len(self._leaves), self._leaves)
            self._connection.execute(_MOVE_END, {"of_agency": self._agency_id, "now_last": self._last})
            self._rows, self._leaves = [], []
            after_commit.of(self._connection).grown.add(self._agency_id)


def to_device(device_id: str) -> str:
    """The audience of what one device may have."""
    return f"device:{device_id}"


def to_group(name: str) -> str:
    """The audience of what the members of a group may have."""
    return f"group:{name}"


def to_role(name: str) -> str:
    """The audience of what the people with a role may have."""
    return f"role:{name}"
