"""What must hold once the weather has cleared and everybody has synchronised. A line for each thing that does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.models.base import kinds
from app.models.local.tables import LoggedChange, OutSegment, ScopeKey, Sibling, WaitingItem
from app.models.rules import registers
from app.queries import outbox
from app.sync import protocol
from app.sync.client import keys
from app.sync.protocol import Receipt
from app.sync.server import verifying
from app.sync.server.tables import scopes, segments
from tests.simulator.device import Device
from tests.simulator.policy import Policy
from tests.simulator.truth import REMOVED, Live, Truth
from tests.simulator.world import ServerHost

_UNITED = "co_workers"
"""Shows all entries of all lists that live, which as one list nobody may have written."""
_FIRST_WINS = ("created_at", "created_by")


class Verdict:
    """Looks at a schedule that has come to rest."""

    def __init__(self, devices: list[Device], host: ServerHost, truth: Truth, policy: Policy) -> None:
        self._devices = devices
        self._host = host
        self._truth = truth
        self._policy = policy
        self._active = [device for device in devices if not device.revoked]

    def broken(self) -> list[str]:
        """Everything that does not hold."""
        return [line for promise in PROMISES for line in promise(self)]

    def everybody_holds_all_that_was_acknowledged(self) -> Iterator[str]:
        """No acknowledged change is missing where it may be read (G2, G4, G8)."""
        for device in self._active:
            with device.vault.read() as session:
                held = dict(session.execute(select(LoggedChange.dot, LoggedChange.state)).all())
            for dot, known in self._truth.changes.items():
                if dot in self._truth.excused or device.member_id not in self._policy.readers(known.scope_id):
                    continue
                if known.scope_id in self._truth.purged:
                    continue
                if held.get(dot) != "applied":
                    scope = self._truth.scopes[known.scope_id].kind
                    yield f"{device.name} lacks {dot} ({known.kind} in {scope}: {held.get(dot, 'not here')})"

    def records_are_what_follows_from_the_changes(self) -> Iterator[str]:
        """All devices show the same, and both values of a conflict are there (G4 to G7)."""
        living = [known for known in self._truth.changes.values() if known.scope_id not in self._truth.purged]
        received = [known for known in living if known.dot not in self._truth.excused]
        by_record = {known.record_id: known for known in received}
        refused = {(known.device_id, known.record_id) for known in living if known not in received}
        for device in self._active:
            with device.vault.read() as session:
                alone = self._alone_with(session)
                for record_id, known in sorted(by_record.items()):
                    if record_id in alone:
                        continue
                    if (device.device_id, record_id) in refused:
                        continue  # it shows its own work too, which nobody else took
                    if device.member_id in self._policy.readers(known.scope_id):
                        yield from self._record(session, device.name, known.kind, record_id)

    def _alone_with(self, session: Session) -> set[str]:
        """Records with work that came here before the server forgot it; its device, revoked, cannot send it again."""
        asked = select(LoggedChange.record_id).where(LoggedChange.dot.in_(sorted(self._truth.excused)))
        return set(session.scalars(asked))

    def _record(self, session: Session, device: str, kind: str, record_id: str) -> Iterator[str]:
        table = kinds()[kind].__table__
        assert isinstance(table, Table)
        raw = session.connection().exec_driver_sql(f'SELECT * FROM "{table.name}" WHERE id = ?', (record_id,))
        row = raw.mappings().first()
        asked = select(Sibling.field, Sibling.dot, Sibling.value).where(Sibling.record_id == record_id)
        siblings: Live = {}
        for name, dot, value in session.execute(asked):
            siblings.setdefault(name, {})[dot] = value
        name = f"{device}: {kind} {record_id}"
        if row is None:
            yield f"{name} is not there"
            return
        live = self._truth.live(record_id)
        clock = registers.read_clock(row["clock"])
        for field, held in live.items():
            here = set(registers.live_dots(clock, field, row[field] is not None))
            if here != set(held):
                yield f"{name}.{field}: lives {sorted(held)}, here {sorted(here)}"
            if field not in (REMOVED, _UNITED) and row[field] not in held.values():
                yield f"{name}.{field} shows what nobody wrote"
            if field not in _FIRST_WINS and field != REMOVED and len(set(held.values())) > 1:
                kept = siblings.get(field, {})
                if {json.dumps(value) for value in kept.values()} != {json.dumps(_read(v)) for v in held.values()}:
                    yield f"{name}.{field}: not every value is kept"
                if not row["flagged"] and field != "removed_reason":
                    yield f"{name}.{field}: differs and is not flagged"
        if (row[REMOVED] is not None) != self._truth.is_removed(record_id):
            yield f"{name}: removed {row[REMOVED]}"

    def nothing_is_set_aside(self) -> Iterator[str]:
        """Honest devices never write what others must set aside, and nothing waits for ever."""
        for device in self._active:
            with device.vault.read() as session:
                waiting = session.execute(select(WaitingItem.reason, WaitingItem.scope_id)).all()
            for reason, subject in waiting:
                yield f"{device.name} has set aside or waits for {subject}: {reason}"

    def receipts_are_true(self) -> Iterator[str]:
        """What a device shows as received is in the server's store, under the same hash."""
        with self._host.parts.store.reading() as connection:
            stored = {
                (row.scope_id, row.device_id, row.first): row.hash for row in connection.execute(select(segments))
            }
        for device in self._active:
            with device.vault.read() as session:
                sent = session.scalars(select(OutSegment).where(OutSegment.receipt.is_not(None))).all()
            for row in sent:
                receipt = protocol.decode(Receipt, row.receipt or b"")
                signed = keys.is_signed_by(
                    self._host.parts.identity.public, receipt.signature, protocol.canonical(receipt)
                )
                if not signed or stored.get((row.scope_id, device.device_id, row.first)) != row.hash:
                    yield f"{device.name} holds a receipt for what the server does not have: {row.scope_id} {row.first}"

    def outboxes_tell_the_truth(self) -> Iterator[str]:
        """At rest nothing waits unless it was refused, and every record says so (G36)."""
        for device in self._active:
            living = [k for k in self._truth.changes.values() if k.scope_id not in self._truth.purged]
            mine = {k.record_id for k in living if k.device_id == device.device_id}
            excused = [known for dot, known in self._truth.changes.items() if dot in self._truth.excused]
            refused = {known.record_id for known in excused if known.device_id == device.device_id}
            with device.vault.read() as session:
                states = outbox.states(session, mine - self._given_away(device))
            for record_id, state in states.items():
                if (state is not outbox.SyncState.RECEIVED) != (record_id in refused):
                    yield f"{device.name}: {record_id} is {state} in the outbox"

    def _given_away(self, device: Device) -> set[str]:
        """Records that have left a device with the case that they belong to, and that its person may read no more."""
        gone = {one for one in device.left if device.member_id not in self._policy.readers(one)}
        return {known.record_id for known in self._truth.changes.values() if known.scope_id in gone}

    def what_was_given_to_others_stays_away(self) -> Iterator[str]:
        """Nothing of a case that has left a device is there again, unless it was given back (G34)."""
        for device in self._active:
            if not device.left:
                continue
            with device.vault.read() as session:
                logged = select(LoggedChange.scope_id, LoggedChange.record_id)
                held = {tuple(row) for row in session.execute(logged)}
                for kind in kinds().values():
                    held |= {tuple(row) for row in session.execute(select(kind.scope_id, kind.id))}
                beside = set(session.scalars(select(Sibling.record_id)))
            gone = self._given_away(device)
            for scope_id in sorted(device.left):
                if device.member_id not in self._policy.readers(scope_id):
                    here = [record_id for scope, record_id in held if scope == scope_id]
                    yield from (f"{device.name} has {one} of {scope_id} again" for one in here)
            yield from (f"{device.name} has values of {one} again" for one in gone & beside)

    def keys_are_held_by_readers_only(self) -> Iterator[str]:
        """Nobody holds a key of what was never theirs to read."""
        for device in self._devices:
            with device.vault.read() as session:
                held = session.scalars(select(ScopeKey.scope_id)).all()
            for scope_id in sorted(set(held) & self._truth.scopes.keys()):
                if device.member_id not in self._policy.ever(scope_id):
                    yield f"{device.name} can open {self._truth.scopes[scope_id].kind} {scope_id}"

    def the_newest_keys_are_held_by_who_reads_now(self) -> Iterator[str]:
        """What is written from here on is closed to who was taken out of a scope, and to revoked devices."""
        with self._host.parts.store.reading() as connection:
            newest = dict(connection.execute(select(scopes.c.scope_id, scopes.c.epoch)).all())
        keys_of = {device.name: device.ask(_keys_held) for device in self._devices}
        for scope_id in sorted(self._truth.scopes.keys() & newest.keys()):
            readers = self._policy.readers(scope_id)
            if not any(device.member_id in readers for device in self._active):
                continue  # nobody is there who could begin another epoch
            for device in self._devices:
                held = (scope_id, newest[scope_id]) in keys_of[device.name]
                active = {one.member_id for one in self._active}
                if not self._policy.can_follow(scope_id, device.member_id, active):
                    continue
                left = device.member_id not in readers and self._policy.is_somebodys(scope_id)
                if held and (device.revoked or left):
                    kind = self._truth.scopes[scope_id].kind
                    yield f"{device.name} still holds the newest key of {kind} {scope_id} ({newest[scope_id]})"

    def what_was_destroyed_is_nowhere(self) -> Iterator[str]:
        """Two people destroyed it: no key, no record, no change on any device, nothing on the server (G34)."""
        with self._host.parts.store.reading() as connection:
            for table in (segments, scopes):
                left = connection.scalars(select(table.c.scope_id)).all()
                yield from (f"the server still has {one}" for one in set(left) & self._truth.purged)
        for device in self._active:
            held = device.ask(_scopes_held)
            yield from (f"{device.name} still has {one}" for one in held & self._truth.purged)

    def the_store_is_sound(self) -> Iterator[str]:
        """Numbers, chains, hashes, signatures and places of the server hold."""
        with self._host.parts.store.reading() as connection:
            yield from verifying.find_faults(connection)


def _keys_held(session: Session) -> set[tuple[str, int]]:
    return {(row.scope_id, row.epoch) for row in session.execute(select(ScopeKey.scope_id, ScopeKey.epoch))}


def _scopes_held(session: Session) -> set[str]:
    """Every scope of which anything is here: a key, a change, or a record of any kind."""
    tables = [ScopeKey.__tablename__, LoggedChange.__tablename__, *(kind.__tablename__ for kind in kinds().values())]
    asked = " UNION ".join(f'SELECT scope_id FROM "{name}"' for name in tables)
    return set(session.connection().exec_driver_sql(asked).scalars())


def _read(value: object) -> Any:
    """A value as the list of siblings keeps it."""
    return value


PROMISES = (
    Verdict.everybody_holds_all_that_was_acknowledged,
    Verdict.records_are_what_follows_from_the_changes,
    Verdict.nothing_is_set_aside,
    Verdict.receipts_are_true,
    Verdict.outboxes_tell_the_truth,
    Verdict.keys_are_held_by_readers_only,
    Verdict.the_newest_keys_are_held_by_who_reads_now,
    Verdict.what_was_destroyed_is_nowhere,
    Verdict.what_was_given_to_others_stays_away,
    Verdict.the_store_is_sound,
)
