"""Where the scopes and the chains in them stand, within one transaction: read once each, written back together.

A page has hundreds of segments of a few scopes. What each of them asks for (the scope's number and head, its author's
last segment, keys) is read straight from the driver and kept here until `save`; an object of the session for each
would cost more than opening the segment does. What is not there may come with the next thing of the page, so only what
was found is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from app.sync import protocol
from app.sync.protocol import Segment
from app.vault import asking

_SCOPE = "SELECT number, head FROM scope WHERE id = ?"
_CHAIN = "SELECT last, hash, epoch FROM in_chain WHERE scope_id = ? AND device_id = ?"
_AUTHOR = "SELECT signing_public FROM peer_device WHERE device_id = ?"
_KEY = "SELECT key FROM scope_key WHERE scope_id = ? AND epoch = ?"
_SAVE_SCOPE = "UPDATE scope SET number = ?, head = ? WHERE id = ?"
_SAVE_CHAIN = (
    "INSERT INTO in_chain (last, hash, epoch, scope_id, device_id) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (scope_id, device_id) DO UPDATE SET"
    " last = excluded.last, hash = excluded.hash, epoch = excluded.epoch"
)


class Chains:
    """What the segments of one page ask for, within the transaction of that page."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._scopes: dict[str, tuple[int, bytes | None]] = {}
        self._moved: set[str] = set()
        self._chains: dict[tuple[str, str], tuple[int, bytes, int]] = {}
        self._new: dict[tuple[str, str], int] = {}
        self._found: dict[tuple[object, ...], bytes] = {}

    def author(self, device_id: str) -> bytes | None:
        """The key with which a device signs; None for one that is not known."""
        return self._one(_AUTHOR, device_id)

    def key(self, scope_id: str, epoch: int) -> bytes | None:
        """The key of a scope's epoch; None while it is not here."""
        return self._one(_KEY, scope_id, epoch)

    def last(self, scope_id: str, device_id: str) -> tuple[int, bytes, int]:
        """The last change of a device that came in a scope, and the hash and epoch of its segment."""
        name = scope_id, device_id
        if name not in self._chains:
            row = self._row(_CHAIN, name)
            self._chains[name] = (row[0], row[1], row[2]) if row is not None else (0, protocol.NO_HASH, 0)
        return self._chains[name]

    def move(self, segment: Segment) -> None:
        """`segment` is now the newest of its device in its scope."""
        name = segment.scope_id, segment.device_id
        self._chains[name] = segment.last, protocol.segment_hash(segment), segment.epoch
        self._new[name] = segment.epoch

    def take_place(self, scope_id: str, segment_hash: bytes, number: int) -> bool:
        """Whether a segment stands next in a scope that is open here; the scope's number and head then move on."""
        if scope_id not in self._scopes:
            row = self._row(_SCOPE, (scope_id,))
            if row is None:
                return False
            self._scopes[scope_id] = row[0], row[1]
        known, head = self._scopes[scope_id]
        if number != known + 1:
            return False
        self._set(scope_id, number, protocol.scope_head(head or protocol.NO_HASH, segment_hash))
        return True

    def begin_anew(self, scope_id: str) -> None:
        """The scope is to be read from its first segment again."""
        self._set(scope_id, 0, None)

    def forget(self, scope_ids: Collection[str]) -> None:
        """These scopes were destroyed: nothing of them is written back."""
        self._moved.difference_update(scope_ids)
        for name in [name for name in self._new if name[0] in scope_ids]:
            del self._new[name]

    def save(self) -> None:
        """Write back what moved."""
        connection = self._session.connection()
        scopes = [(*self._scopes[scope_id], scope_id) for scope_id in sorted(self._moved)]
        chains = [(*self._chains[name][:2], epoch, *name) for name, epoch in sorted(self._new.items())]
        for statement, rows in ((_SAVE_SCOPE, scopes), (_SAVE_CHAIN, chains)):
            if rows:
                connection.exec_driver_sql(statement, rows)
        self._moved.clear()
        self._new.clear()

    def _set(self, scope_id: str, number: int, head: bytes | None) -> None:
        self._scopes[scope_id] = number, head
        self._moved.add(scope_id)

    def _one(self, statement: str, *name: object) -> bytes | None:
        if name not in self._found:
            row = self._row(statement, name)
            if row is None:
                return None
            self._found[name] = row[0]
        return self._found[name]

    def _row(self, statement: str, name: tuple[Any, ...]) -> Any:
        """What the store says; what an earlier thing of this page brought may still have to be written to it."""
        row = asking.row(self._session, statement, name)
        if row is None and (self._session.new or self._session.dirty):
            self._session.flush()
            row = asking.row(self._session, statement, name)
        return row
