"""Takes scopes off this device: rows, keys, log, outbox, words to find, drafts; what stays is a random id.

What two people destroyed is gone everywhere (`destroy`); what was given to others leaves this device (`part_with`).

Everything happens in the transaction of the caller. The engine overwrites what it frees (`secure_delete`); the files
around the database follow in `Vault.forget_destroyed`. Sealed chunks of attachments go when the transaction is saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models.base import kinds
from app.models.local.tables import PartedScope, PurgedScope
from app.models.rules.attachments import names_in
from app.vault import attachments, find_index, state

KEPT_DAYS = 7
"""Days after which no backup of before a destruction is left on a computer that is in use."""
PURGED = 0
"""What `gone` says of what two people destroyed: epochs begin at 1."""
_SOME = 400
_BY_SCOPE = (
    "scope_key",
    "other_key",
    "next_key",
    "in_chain",
    "out_segment",
    "unsealed_change",
    "waiting_item",
    "change",
    "chunk_errand",
    "parted_scope",
)
"""The device's own tables that name a scope."""


@dataclass
class Destroyed:
    """What went: kinds and ids for who shows them, sealed chunks to take away once it is saved, own unsent changes."""

    scopes: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    chunks: set[str] = field(default_factory=set)
    unsent: int = 0


def is_purged(session: Session, scope_id: str) -> bool:
    """Whether two people destroyed this scope."""
    asked = "SELECT 1 FROM purged_scope WHERE scope_id = ?"
    return session.connection().exec_driver_sql(asked, (scope_id,)).first() is not None


def purged(session: Session) -> frozenset[str]:
    """Every scope that two people destroyed."""
    return frozenset(session.connection().exec_driver_sql("SELECT scope_id FROM purged_scope").scalars())


def gone(session: Session, scope_id: str) -> int | None:
    """Whether a scope has left this device: `PURGED` for good, else the newest epoch of its key that was here; or None.

    One question for both, as every envelope that comes asks it.
    """
    asked = "SELECT 0 FROM purged_scope WHERE scope_id = ? UNION ALL SELECT epoch FROM parted_scope WHERE scope_id = ?"
    found = session.connection().exec_driver_sql(asked, (scope_id, scope_id)).first()
    return None if found is None else int(found[0])


def destroy(session: Session, scope_ids: Sequence[str], order_id: str, at: datetime) -> Destroyed:
    """Destroy these scopes for good, with capture switched off. Those that are not here leave their id all the same."""
    gone = Destroyed()
    for scope_id in scope_ids:
        if is_purged(session, scope_id):
            continue
        lost = unsent(session, scope_id)
        gone.unsent += lost
        gone.scopes.add(scope_id)
        session.add(PurgedScope(scope_id=scope_id, order_id=order_id, purged_at=at, unsent=lost, told=not lost))
    session.flush()
    take_away(session, sorted(gone.scopes), gone)
    for some in _chunks(sorted(gone.scopes)):
        _run(session, f"DELETE FROM kept_sealed WHERE scope_id IN ({_places(some)})", some)
    if gone.records:
        _note_backups(session, at)
    return gone


def part_with(session: Session, scopes: Sequence[PartedScope], at: datetime) -> Destroyed:
    """Take scopes off this device that its owner reads no more, with capture switched off; others have them.

    As thorough as `destroy`, backups and journal included. What stays is a random id, so that nothing that was sealed
    to this device before opens them here again.
    """
    gone = Destroyed(scopes={scope.scope_id for scope in scopes})
    take_away(session, sorted(gone.scopes), gone)
    session.add_all(scopes)
    session.flush()
    _note_backups(session, at)
    return gone


def unsent(session: Session, scope_id: str) -> int:
    """Own changes in a scope for which there is no receipt."""
    asked = (
        "SELECT (SELECT count(*) FROM unsealed_change WHERE scope_id = ?1)"
        " + (SELECT coalesce(sum(last - first + 1), 0) FROM out_segment WHERE scope_id = ?1 AND receipt IS NULL)"
    )
    return int(_run(session, asked, (scope_id,)).scalar() or 0)


def take_away(session: Session, scope_ids: Sequence[str], gone: Destroyed) -> None:
    """Take everything of these scopes off the device."""
    find_index.catch_up(session)  # what waits to be indexed could not be taken out of the index
    for some in _chunks(scope_ids):
        _records(session, some, gone)
        for table in _BY_SCOPE:
            _run(session, f'DELETE FROM "{table}" WHERE scope_id IN ({_places(some)})', some)
        _run(session, f"DELETE FROM granted WHERE subject = 'scope' AND subject_id IN ({_places(some)})", some)
        _run(session, f"DELETE FROM scope WHERE id IN ({_places(some)})", some)
        for scope_id in some:
            _run(session, "DELETE FROM carried WHERE instr(name, ?)", (scope_id,))
    for some in _chunks(sorted(gone.records)):
        for table in ("sibling", "superseded_early", "found"):
            _run(session, f"DELETE FROM {table} WHERE record_id IN ({_places(some)})", some)
    if gone.records:
        _drafts(session, gone.records)
        find_index.squeeze(session)
    session.expire_all()


def _records(session: Session, scope_ids: Sequence[str], gone: Destroyed) -> None:
    for kind in sorted(kinds()):
        where = f'FROM "{kind}" WHERE scope_id IN ({_places(scope_ids)})'
        if kind == attachments.KIND:
            for row in _run(session, f"SELECT chunks, preview_chunks {where}", scope_ids):
                gone.chunks |= {name for column in row for name in names_in(column)}
        ids = {row[0] for row in _run(session, f"SELECT id {where}", scope_ids)}
        if ids:
            gone.kinds.add(kind)
            gone.records |= ids
            _run(session, f"DELETE {where}", scope_ids)


def _drafts(session: Session, records: set[str]) -> None:
    """Typing that belongs to something that went: wherever a draft names a record."""
    doomed = [
        (form,)
        for form, values, focus in _run(session, 'SELECT form, "values", focus FROM draft')
        if any(record_id in text for text in (form, values or "", focus or "") for record_id in records)
    ]
    for one in doomed:
        _run(session, "DELETE FROM draft WHERE form = ?", one)


def _note_backups(session: Session, at: datetime) -> None:
    """Backups of before this moment are to be gone `KEPT_DAYS` later."""
    known = json.loads(state.get(session, state.DESTROYED_AT) or "[]")
    state.put(session, state.DESTROYED_AT, json.dumps([*known, at.isoformat()]))
    state.put(session, state.FORGET_DUE, "1")


def _run(session: Session, statement: str, values: Sequence[Any] = ()) -> Any:
    return session.connection().exec_driver_sql(statement, tuple(values))


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + _SOME] for at in range(0, len(names), _SOME))
