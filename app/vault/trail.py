"""The audit trail on its way to auditors and supervisors, and their proof that it is whole (safety.md 5.4).

A device closes every hundred entries, and what is left of them after five minutes and at every lock, with a signed
checkpoint, and hands them on as a record in an audit scope of its own. So nobody but the device can add to its trail,
and what it once handed on it cannot tell differently without being noticed: the chain of each device begins at entry 1
and every run names the hash that it follows.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.models.audit import AuditBatch
from app.models.local.tables import LoggedChange, PeerDevice
from app.models.vocab import Role, ScopeKind
from app.vault import asking, audit, identity, state
from app.vault.unit_of_work import UnitOfWork
from app.vault.vault import Vault

MOST = 100
"""Entries under one checkpoint."""
LONGEST_WAIT = timedelta(minutes=5)
"""How long an entry may stand without a checkpoint while the device is in touch with the server."""
_AT_ONCE = 5000
_LARGEST = 8 * 1024 * 1024
_SEQ, _ROLE = audit.COLUMNS.index("seq"), audit.COLUMNS.index("role")
_KEPT_APART = frozenset({str(Role.DIV)})
"""Roles whose entries a team's supervisor never reads (domain.md 20.1, diversion)."""
_AFTER = f"SELECT {', '.join(audit.COLUMNS)}, hash FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT ?"

Row = tuple[Any, ...]


class Standing(StrEnum):
    """What is known of a device's trail."""

    WHOLE = "whole"
    NONE = "none"
    """Nothing of it has come."""
    GAP = "gap"
    """Entries from `row` on are missing, and later ones are here."""
    DAMAGED = "damaged"
    """Entry `row` is not what the device entered, or its checkpoint is not the device's."""
    FORKED = "forked"
    """From `row` on it was told twice or does not follow: it was changed, or the device was put back to a backup."""


@dataclass(frozen=True)
class Trail:
    """One device's trail: how many entries follow each other unbroken, and the first that does not hold (`row`).

    `sealed` of them are known by their checkpoint alone, because others read them. `until`: the last checkpoint.
    """

    device_id: str
    standing: Standing
    entries: int = 0
    row: int | None = None
    sealed: int = 0
    until: datetime | None = None


# --- handing on -----------------------------------------------------------------------------------------------------


def is_due(session: Session, now: datetime, *, at_once: bool = False) -> bool:
    """Whether a checkpoint is to be made. `at_once`: for whatever has none. Only members of a service hand on."""
    known = state.several(session, (state.SERVER_ADDRESS, state.RECOVERY_PROVEN, state.TRAIL, state.AUDIT_HEAD))
    if not known[state.SERVER_ADDRESS] or known[state.RECOVERY_PROVEN] is None:
        return False
    (done, _), (last, _) = (
        audit.parsed_head(known[name]) or (0, audit.START) for name in (state.TRAIL, state.AUDIT_HEAD)
    )
    if last <= done:
        return False
    if at_once or last - done >= MOST:
        return True
    begun = asking.row(session, "SELECT at FROM audit_entry WHERE seq = ?", (done + 1,))
    return begun is not None and now - datetime.fromisoformat(begun[0]) >= LONGEST_WAIT


def waits(session: Session) -> bool:
    """Whether any entry has no checkpoint yet."""
    return audit.head(session)[0] > _checkpointed(session)[0]


def checkpoint(work: UnitOfWork) -> None:
    """Add the entries that have no checkpoint, a few thousand at a time, as records. The caller commits."""
    session = work.session
    device_id = state.get(session, state.DEVICE_ID) or ""
    done, head = _checkpointed(session)
    rows: list[Row] = asking.rows(session, _AFTER, (done, _AT_ONCE))
    sign = identity.signing_key(session).sign
    scopes = _Scopes(work, device_id)
    for run in _runs(rows):
        head = _add(scopes, sign, run, head)
        done = int(run[-1][_SEQ])
    state.put(session, state.TRAIL, f"{done}:{head.hex()}")


def close(vault: Vault) -> None:
    """Close the trail when the vault is locked. The reduced workspace has none that travels."""
    if vault.is_reduced:
        return
    with vault.read() as session:
        due = is_due(session, vault.now(), at_once=True)
    if due:
        with vault.write(vault.some_actor()) as work:
            checkpoint(work)
            work.commit()


def _checkpointed(session: Session) -> tuple[int, bytes]:
    return audit.parsed_head(state.get(session, state.TRAIL)) or (0, audit.START)


def _runs(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The entries in runs of at most `MOST`, those that are kept apart never with others."""
    run: list[Row] = []
    for row in rows:
        if run and (len(run) == MOST or _is_apart(run) != _is_apart([row])):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _is_apart(run: Sequence[Row]) -> bool:
    return run[0][_ROLE] in _KEPT_APART


class _Scopes:
    """The scopes that a device's trail goes to, each looked for once."""

    def __init__(self, work: UnitOfWork, device_id: str) -> None:
        self.work, self.device_id = work, device_id
        self._known: dict[ScopeKind, str] = {}

    def of(self, kind: ScopeKind) -> str:
        """The scope of a kind; made where there is none."""
        if kind not in self._known:
            self._known[kind] = self.work.open_scope(kind, self.device_id)
        return self._known[kind]


def _add(scopes: _Scopes, sign: Callable[[bytes], bytes], run: list[Row], previous: bytes) -> bytes:
    first, last, head = int(run[0][_SEQ]), int(run[-1][_SEQ]), bytes(run[-1][-1])
    signature = sign(identity.checkpoint_bytes(scopes.device_id, first, last, previous, head))

    def batch(kind: ScopeKind, entries: str | None) -> AuditBatch:
        return AuditBatch(
            id=scopes.work.new_id(),
            scope_id=scopes.of(kind),
            device_id=scopes.device_id,
            first_seq=first,
            last_seq=last,
            previous=previous.hex(),
            head=head.hex(),
            entries=entries,
            signature=signature.hex(),
        )

    apart = _is_apart(run)
    scopes.work.session.add(batch(ScopeKind.AUDIT, None if apart else packed(run)))
    if apart:
        scopes.work.session.add(batch(ScopeKind.AUDIT_APART, packed(run)))
    return head


def packed(run: Iterable[Row]) -> str:
    """Entries as they travel: without the hash before each, which is that of the one before."""
    plain = [[*row[:-2], bytes(row[-1]).hex()] for row in run]
    return base64.b64encode(zlib.compress(json.dumps(plain, separators=(",", ":")).encode())).decode()


def unpacked(entries: str) -> list[Any]:
    """The entries of a run as lists; none where they cannot be read."""
    try:
        unpacking = zlib.decompressobj()
        rows = json.loads(unpacking.decompress(base64.b64decode(entries, validate=True), _LARGEST))
    except (zlib.error, binascii.Error, ValueError, RecursionError):
        return []
    return rows if isinstance(rows, list) else []


# --- proving ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    """What a checkpoint says, whoever wrote it down."""

    first: int
    last: int
    previous: bytes
    head: bytes
    signature: bytes


def trails(session: Session) -> tuple[Trail, ...]:
    """What this device knows of the trail of each device of the agency whose trail it may read, in order of ids.

    Who reads no trail but their own sees the others as `NONE`.
    """
    return tuple(prove(device_id, public, batches_of(session, device_id)) for device_id, public in devices(session))


def devices(session: Session) -> tuple[tuple[str, bytes], ...]:
    """Every device of the agency, also such as are no longer in service, in order of ids, and its signing key."""
    asked = select(PeerDevice.device_id, PeerDevice.signing_public).order_by(PeerDevice.device_id)
    return tuple((device_id, public) for device_id, public in session.execute(asked))


def batches_of(session: Session, device_id: str) -> Sequence[AuditBatch]:
    """What came of one device's trail, in order of ids.

    Only what the device itself wrote, as the log of changes proves: nobody can make another's trail look damaged with
    a record that he made up.
    """
    wrote = exists().where(LoggedChange.record_id == AuditBatch.id, LoggedChange.device_id == device_id)
    asked = select(AuditBatch).where(AuditBatch.device_id == device_id, wrote)
    return session.scalars(asked.order_by(AuditBatch.id)).all()


def prove(device_id: str, public: bytes, batches: Sequence[AuditBatch]) -> Trail:
    """What these say of the device's trail. Takes a while for a long one, and needs no vault."""
    if not batches:
        return Trail(device_id, Standing.NONE)
    runs: dict[_Run, list[str]] = defaultdict(list)
    faults: list[tuple[int, Standing]] = []
    for batch in batches:
        run = _parsed(batch)
        if run is None or not _is_signed(device_id, run, public):
            faults.append((max(batch.first_seq or 1, 1), Standing.DAMAGED))
        else:
            runs[run] += [batch.entries] if batch.entries is not None else []
    for run, copies in runs.items():
        damaged = [row for row in (_damaged_row(run, entries) for entries in copies) if row is not None]
        faults += [(row, Standing.DAMAGED) for row in damaged]
    unbroken, broken = _linked(runs)
    if broken is not None:
        faults.append(broken)
    row, standing = min(faults) if faults else (None, Standing.WHOLE)
    return Trail(
        device_id,
        standing,
        sum(run.last - run.first + 1 for run in unbroken),
        row,
        sum(run.last - run.first + 1 for run in unbroken if not runs[run]),
        max((batch.created_at for batch in batches if batch.created_at is not None), default=None),
    )


def _linked(runs: Iterable[_Run]) -> tuple[list[_Run], tuple[int, Standing] | None]:
    """The runs that follow each other from the first entry on, and where and why that ends too early."""
    by_first: dict[int, list[_Run]] = defaultdict(list)
    for run in runs:
        by_first[run.first].append(run)
    following, head = 1, audit.START
    unbroken: list[_Run] = []
    while found := by_first.pop(following, []):
        fitting = [run for run in found if run.previous == head]
        if len(fitting) != 1 or len(found) != 1:
            return unbroken, (following, Standing.FORKED)
        unbroken += fitting
        following, head = fitting[0].last + 1, fitting[0].head
    if not by_first:
        return unbroken, None
    overlapping = min(by_first)
    if overlapping < following:
        return unbroken, (overlapping, Standing.FORKED)
    return unbroken, (following, Standing.GAP)


def _parsed(batch: AuditBatch) -> _Run | None:
    try:
        previous, head = bytes.fromhex(batch.previous or ""), bytes.fromhex(batch.head or "")
        signature = bytes.fromhex(batch.signature or "")
    except ValueError:
        return None
    first, last = batch.first_seq or 0, batch.last_seq or 0
    return _Run(first, last, previous, head, signature) if 1 <= first <= last else None


def _is_signed(device_id: str, run: _Run, public: bytes) -> bool:
    said = identity.checkpoint_bytes(device_id, run.first, run.last, run.previous, run.head)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(run.signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _damaged_row(run: _Run, entries: str) -> int | None:
    """The first entry of a signed run that is not what was entered; None when all are."""
    rows = unpacked(entries)
    previous = run.previous
    for expected, row in zip(range(run.first, run.last + 1), rows, strict=False):
        if not isinstance(row, list) or len(row) != len(audit.COLUMNS) or row[_SEQ] != expected:
            return expected
        *said, kept = row
        previous = audit.entry_hash([*said, previous])
        if previous.hex() != kept:
            return expected
    if len(rows) != run.last - run.first + 1:
        return min(run.first + len(rows), run.last + 1)
    return None if previous == run.head else run.last
