"""The audit chain of this device: every entry carries the hash of the one before. Names of fields, never values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models.vocab import AuditAction
from app.models.work import Actor
from app.vault import state
from app.vault.driver import driver

START = bytes(32)
"""What stands before the first entry."""
BATCH = "audit_batch"
"""The kind of record in which entries are handed on (`trail.py`): writing one is nobody's act and not entered."""

COLUMNS = (
    "seq",
    "at",
    "member_id",
    "role",
    "device_id",
    "action",
    "kind",
    "record_id",
    "fields",
    "outcome",
    "reason",
    "previous",
)
_INSERT = f"INSERT INTO audit_entry ({', '.join(COLUMNS)}, hash) VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"
_SELECT = f"SELECT {', '.join(COLUMNS)}, hash FROM audit_entry ORDER BY seq"


@dataclass(frozen=True)
class Entry:
    """What is to be entered. `outcome` is done, refused or failed."""

    action: AuditAction
    kind: str = ""
    record_id: str = ""
    fields: tuple[str, ...] = ()
    reason: str = ""
    outcome: str = "done"


@dataclass(frozen=True)
class AuditCheck:
    """Whether the chain is whole: how many entries, and the first damaged one (`seq`), if any."""

    entries: int
    damaged: int | None = None

    @property
    def whole(self) -> bool:
        """No entry was edited, removed or put in."""
        return self.damaged is None


def append(session: Session, actor: Actor, at: datetime, entries: Sequence[Entry]) -> None:
    """Add entries to the chain, within the transaction of what they tell."""
    if not entries:
        return
    seq, previous = head(session)
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    rows: list[tuple[object, ...]] = []
    for entry in entries:
        seq += 1
        fields = json.dumps(entry.fields, separators=(",", ":"))
        who = (actor.member_id, str(actor.role), actor.device_id)
        what = (str(entry.action), entry.kind, entry.record_id, fields, entry.outcome, entry.reason)
        row = (seq, moment, *who, *what, previous)
        previous = entry_hash(row)
        rows.append((*row, previous))
    session.connection().exec_driver_sql(_INSERT, rows)
    state.put(session, state.AUDIT_HEAD, f"{seq}:{previous.hex()}")


def entry_hash(row: Sequence[object]) -> bytes:
    """SHA-256 over everything that the entry says, as it is stored, in the order of `COLUMNS`."""
    plain = [value.hex() if isinstance(value, bytes) else value for value in row]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).digest()


def verify(session: Session) -> AuditCheck:
    """Walk the chain from its start; the head kept apart shows whether entries at its end are missing."""
    return _walk(session.connection().exec_driver_sql(_SELECT), lambda: state.get(session, state.AUDIT_HEAD))


def verify_raw(connection: driver.Connection) -> AuditCheck:
    """The same on a bare connection, for a file that is no open vault."""
    kept = "SELECT value FROM device_state WHERE name = ?"

    def kept_head() -> str | None:
        found = connection.execute(kept, (state.AUDIT_HEAD,)).fetchone()
        return None if found is None else found[0]

    return _walk(connection.execute(_SELECT), kept_head)


def walk_on(session: Session, seq: int, previous: bytes, most: int) -> tuple[bytes | None, int]:
    """Walk at most `most` entries on from entry `seq`, which follows `previous`.

    Returns the hash of the last (None where the chain is broken) and how many there were.
    """
    statement = _SELECT.replace("ORDER BY", "WHERE seq >= ? ORDER BY") + " LIMIT ?"
    count = 0
    for *row, kept_hash in session.connection().exec_driver_sql(statement, (seq, most)):
        if row[0] != seq + count or row[-1] != previous or entry_hash(row) != kept_hash:
            return None, count
        previous, count = kept_hash, count + 1
    return previous, count


def _walk(rows: Iterable[Sequence[Any]], kept_head: Callable[[], str | None]) -> AuditCheck:
    previous, count = START, 0
    for *row, kept_hash in rows:
        count += 1
        if row[0] != count or row[-1] != previous or entry_hash(row) != kept_hash:
            return AuditCheck(count, count)
        previous = kept_hash
    kept = parsed_head(kept_head()) or (0, START)
    if kept != (count, previous):
        return AuditCheck(count, min(count, kept[0]) + 1)
    return AuditCheck(count)


def names(fields: Iterable[str]) -> tuple[str, ...]:
    """Field names for an entry: who and when stand in the entry itself."""
    return tuple(name for name in fields if name not in {"created_at", "created_by"})


def head(session: Session) -> tuple[int, bytes]:
    """Number and hash of the last entry."""
    return parsed_head(state.get(session, state.AUDIT_HEAD)) or (0, START)


def parsed_head(kept: str | None) -> tuple[int, bytes] | None:
    """A number and a hash, as they are kept among the vault's facts."""
    if not kept:
        return None
    seq, _, digest = kept.partition(":")
    return int(seq), bytes.fromhex(digest)
