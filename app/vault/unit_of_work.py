"""The unit of work: everything that one act writes, saved together or not at all.

At commit, what the triggers captured becomes changes (one a record, with its own dot), audit entries and new clocks,
in the transaction of the rows themselves. Leaving without commit undoes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import CursorResult, Table, delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.errors import Defect, EnvironmentProblem, RuleBroken
from app.models.base import LOCAL_FIELDS, Base, Record, fields_of
from app.models.changes import Changes, FieldValue, FieldWrite, HybridClock, parse_dot
from app.models.local.tables import PartedScope, Scope, Sibling
from app.models.rules import registers
from app.models.rules.attachments import names_in
from app.models.vocab import AuditAction, ScopeKind
from app.models.work import Actor
from app.vault import attachments, audit, capture, destroying, errands, identity, ids, numbers, scopes, settings, state
from app.vault.attachments import Attachments
from app.vault.destroying import Destroyed
from app.vault.keys import Randomness
from app.vault.problems import is_full
from app.vault.recording import RecordingConnection
from app.words import mark

Row = dict[str, FieldValue]
Owe = Callable[[Actor, datetime, list[audit.Entry]], None]
"""Keeps audit entries for which the disk has no room (`full_disk.py`)."""
OWED = frozenset({AuditAction.LOGIN, AuditAction.LOCK, AuditAction.PRINT, AuditAction.EXPORT})
"""What may be done although the disk is full. Not the hidden details: the trail itself is what limits them."""

_LOG = (
    "INSERT INTO change (scope_id, device_id, device_seq, dot, author, kind, record_id, fields, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'applied')"
)
_UNSEALED = "INSERT INTO unsealed_change (scope_id, device_seq) VALUES (?, ?)"

_unpacked = msgspec.msgpack.Decoder(dict[str, FieldWrite])


@dataclass(frozen=True)
class _Written:
    """One record that this unit of work wrote, as it was and as it is."""

    kind: str
    before: Row | None
    after: Row

    @property
    def record_id(self) -> str:
        return str(self.after["id"])

    @property
    def scope_id(self) -> str:
        return str(self.after["scope_id"])


class UnitOfWork:
    """The real `models.work.Work`. Made by `Vault.write`, for one act of one actor on one thread."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        clock: Callable[[], datetime],
        randomness: Randomness,
        hybrid: HybridClock,
        finish: Callable[[bool], None],
        kept: Attachments,
        owe: Owe | None = None,
    ) -> None:
        self.session = session
        self.actor = actor
        self._clock = clock
        self._random = randomness
        self._hybrid = hybrid
        self._finish = finish
        self._attachments = kept
        self._owe = owe
        self._entries: list[audit.Entry] = []
        self._decided: set[tuple[str, str, str]] = set()
        self._merged = Changes()
        self._doomed: set[str] = set()
        self._last_dot: str | None = None
        self._merging = False
        self._done = False

    # --- what services use (models.work.Work) ---

    def now(self) -> datetime:
        """This moment, aware UTC."""
        return self._clock().astimezone(UTC)

    def today(self) -> date:
        """The service's local calendar day of `now`."""
        now = self.now()
        zone = settings.in_force(self.session, settings.TIMEZONE, now.date())
        return now.astimezone(ZoneInfo(zone)).date()

    def new_id(self) -> str:
        """A fresh record id."""
        return ids.new_id(self.now(), self._random)

    def child_id(self, parent_id: str, name: str) -> str:
        """The one id that every device gives to the part `name` of a record."""
        return ids.child_id(parent_id, name)

    def open_scope(self, kind: ScopeKind, anchor_id: str) -> str:
        """The scope of `kind` for `anchor_id`: the one that this device holds, or a new one with a fresh key."""
        return scopes.open_scope(self.session, kind, anchor_id, self.new_id(), self._random)

    def scope_of(self, kind: ScopeKind, anchor_id: str) -> str | None:
        """The scope of `kind` for `anchor_id` if this device holds its key."""
        return scopes.scope_of(self.session, kind, anchor_id)

    def next_number(self, series: str) -> str | None:
        """The next number of `series` of this year; None: number pending."""
        block = int(self.setting("service.number_block"))
        return numbers.next_number(self.session, series, self.today().year, block)

    def setting(self, key: str, on: date | None = None) -> Any:
        """The value in force on a day (default today) of a configuration key."""
        return settings.in_force(self.session, key, on or self.today())

    def audit(
        self, action: AuditAction, *, kind: str = "", record_id: str = "", reason: str = "", fields: Iterable[str] = ()
    ) -> None:
        """Add an audit entry to this transaction: names of fields, never values. Edits enter themselves."""
        self._entries.append(audit.Entry(action, kind, record_id, tuple(fields), reason))

    def decide(self, record: Record, *fields: str) -> None:
        """Say that a person decided these fields as they now stand in `record`, even if what shows stays the same."""
        for name in fields:
            if name not in fields_of(type(record)):
                raise Defect(mark("There is no such field."))
            self._decided.add((record.__tablename__, record.id, name))

    def sign_destruction(self, order_id: str, scope_ids: Sequence[str], proposed_at: datetime) -> str:
        """This device's signature, hexadecimal, under an order to destroy scopes (PROTOCOL.md, *Orders*)."""
        agency_id = state.get(self.session, state.AGENCY) or ""
        content = identity.destruction_bytes(agency_id, order_id, scope_ids, proposed_at)
        return identity.signing_key(self.session).sign(content).hex()

    # --- what sync uses ---

    @contextmanager
    def merging(self) -> Iterator[None]:
        """Within: writes are colleagues' changes, logged by the caller and not captured as ours."""
        self._merging = True
        with capture.switched_off(self.session):
            yield
        self._merging = False

    def follow(self, dot: str) -> None:
        """Let our clock know a colleague's dot, and remember it with what is saved."""
        if self._last_dot is not None and dot <= self._last_dot:
            return
        wall_ms = self._wall_ms()
        self._hybrid.follow(dot, wall_ms)
        if parse_dot(dot)[0] - wall_ms <= HybridClock.MAX_AHEAD_MS:
            self._last_dot = max(self._last_dot or dot, dot)

    def destroy(self, scope_ids: Sequence[str], order_id: str) -> Destroyed:
        """Destroy scopes for good, within `merging`; their sealed chunks go when this is saved."""
        gone = destroying.destroy(self.session, scope_ids, order_id, self.now())
        self._doomed |= gone.chunks
        self.announce(Changes(frozenset(gone.kinds), frozenset(gone.records)))
        return gone

    def part_with(self, scopes: Sequence[PartedScope]) -> Destroyed:
        """Take scopes off this device that others read now, within `merging`."""
        gone = destroying.part_with(self.session, scopes, self.now())
        self._doomed |= gone.chunks
        self.announce(Changes(frozenset(gone.kinds), frozenset(gone.records)))
        return gone

    def announce(self, changes: Changes) -> None:
        """Let `commit` tell about what was merged."""
        self._merged |= changes

    # --- the end ---

    def commit(self) -> Changes:
        """Save everything. Returns what was touched, for the broadcast. Only once for a unit of work."""
        if self._done or self._merging:
            raise Defect(mark("A unit of work is committed once, after merging has ended."))
        self._done = True
        self.session.flush()
        written = self._written()
        self._refuse_unproven(written)
        attached, removed = _chunks(written)
        removed |= self._doomed
        self._attachments.refuse_missing(attached)
        changed = self._log(written)
        if written:
            # With it goes what the triggers saw of the clocks that `_log` wrote: they are no change of a record.
            self._sql("DELETE FROM captured")
        may_be_owed = self._only_enters()
        try:
            audit.append(self.session, self.actor, self.now(), self._entries)
            if self._last_dot is not None:
                known = state.get(self.session, state.CLOCK)
                state.put(self.session, state.CLOCK, max(known or self._last_dot, self._last_dot))
            unnamed = removed - set(self._named_still()) if removed else removed
            self._note_errands(changed, unnamed)
            self.session.commit()
        except (EnvironmentProblem, DBAPIError) as problem:
            if not may_be_owed or self._owe is None or not is_full(problem):
                raise
            self.session.rollback()
            self._owe(self.actor, self.now(), self._entries)
            return self._merged
        self._finish(bool(written) or not self._merged)
        self._attachments.now_named(attached)
        # Saved it is; what a disk refuses to remove now, the next tidying removes.
        with suppress(OSError):
            self._attachments.destroy(unnamed)
        ours = Changes(frozenset(one.kind for one in changed), frozenset(one.record_id for one in changed))
        return ours | self._merged

    def _note_errands(self, changed: list[_Written], unnamed: set[str]) -> None:
        """Files that are named now have to travel; those that are named no more have not."""
        ours = [one.record_id for one in changed if one.kind == attachments.KIND and one.before is None]
        errands.note(self.session, ours, ours=True)
        if attachments.KIND in self._merged.kinds:
            errands.note(self.session, sorted(self._merged.ids), ours=False)
        errands.forget(self.session, unnamed)

    def _only_enters(self) -> bool:
        """Whether this act changes nothing, and its entries are such as may wait for room."""
        raw = self.session.connection().connection.dbapi_connection
        changes = isinstance(raw, RecordingConnection) and raw.has_changes
        return bool(self._entries) and not changes and all(entry.action in OWED for entry in self._entries)

    def _named_still(self) -> list[str]:
        driver_connection = self.session.connection().connection.driver_connection
        return attachments.named_in(driver_connection)

    def _refuse_unproven(self, written: list[_Written]) -> None:
        """No real record before the recovery key was proven: a forgotten passphrase would take it away for ever.

        Real is whatever is not the agency's own (its name, staff, settings, directory), which starting writes.
        """
        if not written or state.get(self.session, state.RECOVERY_PROVEN) is not None:
            return
        scope_ids = sorted({one.scope_id for one in written})
        agency = Scope.kind == str(ScopeKind.AGENCY)
        known = self.session.scalars(select(Scope.id).where(Scope.id.in_(scope_ids), agency))
        if set(scope_ids) - set(known):
            raise RuleBroken(
                mark(
                    "Nothing about a person is saved until the recovery key was kept: lock Haven and unlock it again, "
                    "then write the key down or print its three sheets."
                )
            )

    def _written(self) -> list[_Written]:
        """What was captured, in the order of the first write of each record, and what a person decided."""
        captured = self._sql("SELECT kind, record_id, before FROM captured ORDER BY rowid")
        found: dict[tuple[str, str], str | None] = {(row[0], row[1]): row[2] for row in captured}
        now = self._rows_now(set(found) | {(kind, record_id) for kind, record_id, _ in self._decided})
        for kind, record_id, _ in sorted(self._decided):
            found.setdefault((kind, record_id), now[kind, record_id])
        return [
            _Written(kind, None if before is None else json.loads(before), json.loads(now[kind, record_id]))
            for (kind, record_id), before in found.items()
        ]

    def _rows_now(self, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
        by_kind: dict[str, list[str]] = defaultdict(list)
        for kind, record_id in wanted:
            by_kind[kind].append(record_id)
        rows: dict[tuple[str, str], str] = {}
        for kind, record_ids in by_kind.items():
            for record_id, snapshot in capture.rows_now(self.session, _table(kind), record_ids).items():
                rows[kind, record_id] = snapshot
        return rows

    def _log(self, written: list[_Written]) -> list[_Written]:
        """Make changes, clocks and audit entries of what was written; returns what is different now."""
        changed: list[_Written] = []
        at = self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        places: dict[str, int] = {}
        logged: list[tuple[object, ...]] = []
        clocks: dict[str, list[dict[str, object]]] = defaultdict(list)
        for one in written:
            if one.before is None:
                one.after["created_at"] = one.after["created_at"] or at
                one.after["created_by"] = one.after["created_by"] or self.actor.member_id
            names = self._changed(one)
            if not names:
                continue
            changed.append(one)
            dot = self._hybrid.tick(self._wall_ms())
            self._last_dot = dot
            writes = {name: FieldWrite(one.after[name], _seen(one, name)) for name in names}
            clocks[one.kind].append(self._new_head(one, writes, dot))
            logged.append(self._logged(one, writes, dot, places))
            if one.kind != audit.BATCH:
                action = AuditAction.CREATE if one.before is None else AuditAction.EDIT
                self._entries.append(audit.Entry(action, one.kind, one.record_id, audit.names(names)))
        if logged:
            self._sql(_LOG, logged)
            self._sql(_UNSEALED, [(scope, place) for scope, _device, place, *_ in logged])
        self._set_heads(clocks)
        return changed

    def _changed(self, one: _Written) -> list[str]:
        names = [name for name in one.after if name not in LOCAL_FIELDS]
        before = one.before
        if before is None:
            return [name for name in names if one.after[name] is not None]
        written = [
            name
            for name in names
            if one.after[name] != before[name] or (one.kind, one.record_id, name) in self._decided
        ]
        removed = registers.REMOVED
        return [*registers.writes_too(written, before[removed] is not None, one.after[removed] is not None)]

    def _logged(
        self, one: _Written, writes: dict[str, FieldWrite], dot: str, places: dict[str, int]
    ) -> tuple[object, ...]:
        scope, device = one.scope_id, self._hybrid.device_id
        if scope not in places:
            last = self._sql("SELECT max(device_seq) FROM change WHERE scope_id = ? AND device_id = ?", (scope, device))
            places[scope] = last.scalar() or 0
        places[scope] += 1
        author = self.actor.member_id
        return (scope, device, places[scope], dot, author, one.kind, one.record_id, packed(writes))

    def _new_head(self, one: _Written, writes: dict[str, FieldWrite], dot: str) -> dict[str, object]:
        """The record's own columns after the write, and the register rows that follow from it."""
        if one.before is None:
            clock = registers.created(dot)
            flagged = False
        else:
            clock = registers.written(_text(one.before["clock"]), writes, dot)
            flagged = bool(one.after["flagged"]) and self._still_flagged(one, writes)
            self._remember_past(one, writes)
        return {
            "id": one.record_id,
            "clock": clock,
            "flagged": int(flagged),
            "created_at": one.after["created_at"],
            "created_by": one.after["created_by"],
        }

    def _still_flagged(self, one: _Written, writes: dict[str, FieldWrite]) -> bool:
        """Take away the siblings that this write replaced; True while others still wait for a decision."""
        mine = Sibling.record_id == one.record_id
        self.session.execute(delete(Sibling).where(mine, Sibling.field.in_(list(writes))))
        siblings: dict[str, dict[str, FieldValue]] = defaultdict(dict)
        for row in self.session.execute(select(Sibling.field, Sibling.dot).where(mine)):
            siblings[row.field][row.dot] = None
        return registers.needs_decision(siblings, one.after[registers.REMOVED])

    def _remember_past(self, one: _Written, writes: dict[str, FieldWrite]) -> None:
        """Keep all that a removal has seen: an edit that it had not seen keeps the record (`rules/registers.py`)."""
        if registers.REMOVED in writes:
            seen = [(one.record_id, registers.REMOVED, dot) for dot in writes[registers.REMOVED].seen]
            if not seen:
                return
            self._sql("INSERT OR IGNORE INTO superseded_early (record_id, field, dot) VALUES (?, ?, ?)", seen)

    def _set_heads(self, clocks: dict[str, list[dict[str, object]]]) -> None:
        for kind, heads in clocks.items():
            self._sql(
                f'UPDATE "{kind}" SET clock = :clock, flagged = :flagged, created_at = :created_at,'
                " created_by = :created_by WHERE id = :id",
                heads,
            )

    def _sql(self, statement: str, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Straight to the driver: a save does a dozen small statements, and compiling each would cost more."""
        return self.session.connection().exec_driver_sql(statement, values)

    def _wall_ms(self) -> int:
        return int(self.now().timestamp() * 1000)


def packed(writes: Mapping[str, FieldWrite]) -> bytes:
    """The fields of a change as the log keeps them: `{field: [value, [seen dots]]}`."""
    return msgspec.msgpack.encode(writes)


def unpacked(fields: bytes) -> dict[str, FieldWrite]:
    """The fields of a logged change."""
    return _unpacked.decode(fields)


def _seen(one: _Written, name: str) -> tuple[str, ...]:
    if one.before is None:
        return ()
    return registers.replaces(_text(one.before["clock"]), name, one.before[name] is not None)


def _chunks(written: list[_Written]) -> tuple[set[str], set[str]]:
    """The chunks that attachments name which are new now, and those of attachments that are removed now."""
    attached: set[str] = set()
    removed: set[str] = set()
    for one in written:
        if one.kind != attachments.KIND:
            continue
        names = [names_in(_text(one.after[column])) for column in ("chunks", "preview_chunks")]
        if one.after["removed_at"] is not None:
            removed.update(*names)
        elif one.before is None:
            attached.update(*names)
    return attached, removed


def _text(value: FieldValue) -> str | None:
    return None if value is None else str(value)


def _table(kind: str) -> Table:
    return Base.metadata.tables[kind]
