"""What the server takes from a push: who may add what, and the place that each thing gets.

`examine` does what needs no lock (hashes and signatures); `Intake` runs inside the writer's transaction. The server
checks what it can without a key: that the author is an active member, that the signature is the author's, that the
author's person may read the scope or made it, and that nothing of the author's chain is missing or told twice.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert

from app.sync import protocol
from app.sync.protocol import Envelope, Group, Push, Receipt, Refusal, RefusalCode, ScopeEpoch, ScopeOffer, Segment
from app.sync.server import intake_statements as ask
from app.sync.server.feed import EVERYBODY, FeedWriter, to_device, to_group
from app.sync.server.members import ACTIVE, Caller, callers
from app.sync.server.orders import purged_among
from app.sync.server.signing import is_signed_by
from app.sync.server.tables import groups, scope_epochs

_MAY_FOUND_GROUPS = frozenset({"SUP", "ADM"})
_TITLES = {
    RefusalCode.NOT_A_MEMBER: "The author may not write here.",
    RefusalCode.REVOKED: "The author's device has been revoked.",
    RefusalCode.BAD_SIGNATURE: "The signature is not the author's.",
    RefusalCode.GAP: "Something before it is missing.",
    RefusalCode.FORK: "Something different was received under this name.",
    RefusalCode.UNKNOWN_SCOPE: "There is no such scope.",
    RefusalCode.UNKNOWN_GROUP: "There is no such group.",
    RefusalCode.UNKNOWN_DEVICE: "There is no such device.",
    RefusalCode.UNKNOWN_RECIPIENT: "There is no such recipient, or it is no longer active.",
    RefusalCode.STALE_EPOCH: "The key has been followed by a newer one.",
    RefusalCode.UNKNOWN_EPOCH: "There is no key of this epoch yet.",
    RefusalCode.EXISTS: "Another device made it first.",
    RefusalCode.PURGED: "The scope was destroyed.",
}
Offered = Group | ScopeOffer | ScopeEpoch | Envelope | Segment
_LATE_MS = protocol.LATE_DAYS * 24 * 3600 * 1000


@dataclass(frozen=True)
class Examined:
    """A push with what could be found out before taking the lock: hashes of segments, and which signatures hold."""

    push: Push
    hashes: list[bytes]
    rightly_signed: frozenset[int]
    """`id()` of each thing in the push whose signature is its author's."""


@dataclass
class _Scope:
    """A scope as this transaction sees it."""

    by_device: str
    epoch: int
    last_number: int
    head: bytes
    changed: bool = False

    def moved(self) -> dict[str, object]:
        """What `ask.MOVE_SCOPE` writes."""
        return {"now_epoch": self.epoch, "now_last": self.last_number, "now_head": self.head}


@dataclass
class _Chain:
    """One device's segments in one scope: where they end, and those that this push added."""

    last: int
    hash: bytes
    added: dict[int, Receipt] = field(default_factory=dict)


def author_of(offered: Offered) -> str:
    """The device that signed it."""
    return offered.device_id if isinstance(offered, Segment) else offered.by_device


def everything_in(push: Push) -> Iterable[Offered]:
    """All that a push offers, in the order in which it is taken."""
    yield from push.groups
    yield from push.scopes
    yield from push.epochs
    yield from push.envelopes
    yield from push.segments


def authors_of(push: Push) -> set[str]:
    """The devices that signed what is in a push: mostly the one that sends it, alone."""
    return {author_of(offered) for offered in everything_in(push)}


def examine(connection: Connection, agency_id: str, push: Push) -> Examined:
    """Hash and verify, before anything is locked."""
    known = callers(connection, agency_id, authors_of(push))
    return examine_with({device_id: public for device_id, (_, _, public) in known.items()}, push)


def examine_with(keys: Mapping[str, bytes], push: Push) -> Examined:
    """Hash and verify, with the signing keys of all authors that exist."""
    right = frozenset(
        id(offered)
        for offered in everything_in(push)
        if (key := keys.get(author_of(offered))) and is_signed_by(key, offered.signature, protocol.canonical(offered))
    )
    return Examined(push, [protocol.segment_hash(segment) for segment in push.segments], right)


Known = dict[str, tuple[Caller, str, bytes]]
"""Of devices: who they are, their status and their signing key."""


class Intake:
    """Takes one examined push inside the writer's transaction. `receipts` are unsigned until after the commit.

    `known`: devices that this very transaction has already asked for.
    """

    def __init__(
        self, connection: Connection, agency_id: str, examined: Examined, now: int, known: Known | None = None
    ) -> None:
        self._connection = connection
        self._agency_id = agency_id
        self._examined = examined
        self._now = now
        self._places = FeedWriter(connection, agency_id)
        self.server_epoch = self._places.server_epoch
        self._known = dict(known or {})
        self._known |= callers(connection, agency_id, authors_of(examined.push) - self._known.keys())
        self._purged = purged_among(connection, agency_id, _scopes_named(examined.push))
        self._scopes = self._load_scopes()
        self._chains: dict[tuple[str, str], _Chain] | None = None
        self._holders: set[tuple[str, str, int]] = set()
        self._lost_epochs: set[tuple[str, int]] = set()
        self._begun_here: set[tuple[str, int, str]] = set()
        self._new_segments: list[dict[str, object]] = []
        self.receipts: list[Receipt] = []
        self.refusals: list[Refusal] = []
        self.repeated = 0

    def take(self) -> None:
        """Groups, scopes, epochs, envelopes, segments: a refusal of one never stands in another's way."""
        push = self._examined.push
        for group in push.groups:
            self._refuse(group, self._take_group(group))
        for offer in push.scopes:
            self._refuse(offer, self._gone(offer.scope_id) or self._take_scope(offer))
        for begun in push.epochs:
            code = self._gone(begun.scope_id) or self._take_epoch(begun)
            self._refuse(begun, code)
            if code is None:
                self._begun_here.add((begun.scope_id, begun.epoch, begun.by_device))
            else:
                self._lost_epochs.add((begun.scope_id, begun.epoch))
        for envelope in push.envelopes:
            gone = self._gone(envelope.subject_id) if envelope.subject == "scope" else None
            self._refuse(envelope, gone or self._take_envelope(envelope))
        for segment, hash_of_segment in zip(push.segments, self._examined.hashes, strict=True):
            self._refuse(segment, self._gone(segment.scope_id) or self._take_segment(segment, hash_of_segment))
        self._write()

    def _gone(self, scope_id: str) -> RefusalCode | None:
        """What two people destroyed is never taken again, whoever sends it."""
        return RefusalCode.PURGED if scope_id in self._purged else None

    def _refuse(self, offered: Offered, code: RefusalCode | None) -> None:
        if code is not None:
            self.refusals.append(refusal(offered, code))

    def _write(self) -> None:
        moved = [
            {"of_agency": self._agency_id, "named": scope_id, **scope.moved()}
            for scope_id, scope in self._scopes.items()
            if scope.changed
        ]
        if moved:
            self._connection.execute(ask.MOVE_SCOPE, moved)
        if self._new_segments:
            self._connection.execute(ask.ADD_SEGMENTS, self._new_segments)
        self._places.flush()

    # --- who ------------------------------------------------------------------------------------------------------

    def _unproven(self, offered: Offered) -> RefusalCode | None:
        """Why it cannot be the author's own, if so."""
        if author_of(offered) not in self._known:
            return RefusalCode.UNKNOWN_DEVICE
        return None if id(offered) in self._examined.rightly_signed else RefusalCode.BAD_SIGNATURE

    def _inactive(self, offered: Offered) -> RefusalCode | None:
        """Refuse authors that are not active members."""
        unproven = self._unproven(offered)
        if unproven is not None:
            return unproven
        return None if self._known[author_of(offered)][1] == ACTIVE else RefusalCode.REVOKED

    def _person_of(self, device_id: str) -> str | None:
        if device_id not in self._known:
            self._known.update(callers(self._connection, self._agency_id, [device_id]))
        found = self._known.get(device_id)
        return found[0].person_id if found else None

    def _may_write(self, author: Caller, scope_id: str, scope: _Scope, epoch: int) -> bool:
        """The author's person made the scope, or one of its devices or groups holds that epoch's key, not held back."""
        made = scope.by_device == author.device_id or self._person_of(scope.by_device) == author.person_id
        return made or self._holds_key(author, scope_id, epoch)

    def _holds_key(self, author: Caller, scope_id: str, epoch: int) -> bool:
        holder = (scope_id, author.person_id, epoch)
        if holder not in self._holders and self._is_given_key(author, scope_id, epoch):
            self._holders.add(holder)
        return holder in self._holders

    def _is_given_key(self, author: Caller, scope_id: str, epoch: int) -> bool:
        asked = {"of_agency": self._agency_id, "person": author.person_id, "its_groups": author.groups}
        return bool(self._connection.scalar(ask.IS_GIVEN_KEY, asked | {"named": scope_id, "of_epoch": epoch}))

    # --- groups and scopes ----------------------------------------------------------------------------------------

    def _group_epochs(self, name: str) -> dict[int, tuple[str, bytes]]:
        rows = self._connection.execute(ask.GROUP, {"of_agency": self._agency_id, "named": name})
        return {row.epoch: (row.by_device, row.hash) for row in rows}

    def _take_group(self, group: Group) -> RefusalCode | None:
        if (code := self._inactive(group)) is not None:
            return code
        author = self._known[group.by_device][0]
        if group.name not in author.groups and not _MAY_FOUND_GROUPS & set(author.roles):
            return RefusalCode.NOT_A_MEMBER
        epochs = self._group_epochs(group.name)
        if group.epoch in epochs:
            return None if epochs[group.epoch] == (group.by_device, _hash(group)) else RefusalCode.EXISTS
        if group.epoch != max(epochs, default=0) + 1:
            return RefusalCode.UNKNOWN_EPOCH
        row = {"agency_id": self._agency_id, "name": group.name, "epoch": group.epoch}
        self._connection.execute(insert(groups).values(by_device=group.by_device, hash=_hash(group), **row))
        self._places.add("group", group.name, number=group.epoch, body=protocol.encode(group))
        return None

    def _load_scopes(self) -> dict[str, _Scope]:
        named = sorted(_scopes_named(self._examined.push))
        rows = self._connection.execute(ask.SCOPES, {"of_agency": self._agency_id, "named": named}).all()
        return {scope_id: _Scope(*more) for scope_id, *more in rows}

    def _take_scope(self, offer: ScopeOffer) -> RefusalCode | None:
        if (code := self._inactive(offer)) is not None:
            return code
        known = self._scopes.get(offer.scope_id)
        if known is not None:
            return None if known.by_device == offer.by_device else RefusalCode.EXISTS
        scope = _Scope(offer.by_device, 0, 0, protocol.NO_HASH)
        row = {"agency_id": self._agency_id, "scope_id": offer.scope_id, "by_device": offer.by_device}
        start = {"created_at": self._now, "epoch": scope.epoch, "last_number": scope.last_number, "head": scope.head}
        self._connection.execute(ask.ADD_SCOPE, {**row, **start})
        self._scopes[offer.scope_id] = scope
        return None

    def _take_epoch(self, begun: ScopeEpoch) -> RefusalCode | None:
        """The next epoch of a scope, from a device that reads it now. The first to begin it wins."""
        if (code := self._inactive(begun)) is not None:
            return code
        scope = self._scopes.get(begun.scope_id)
        if scope is None:
            return RefusalCode.UNKNOWN_SCOPE
        if begun.epoch <= scope.epoch:
            return None if self._begun(begun.scope_id, begun.epoch)[0] == begun.key_name else RefusalCode.EXISTS
        if begun.epoch != scope.epoch + 1:
            return RefusalCode.UNKNOWN_EPOCH
        if not self._holds_key(self._known[begun.by_device][0], begun.scope_id, scope.epoch):
            return RefusalCode.NOT_A_MEMBER
        row = {"agency_id": self._agency_id, "scope_id": begun.scope_id, "epoch": begun.epoch}
        new = {"key_name": begun.key_name, "by_device": begun.by_device, "received_at": self._now}
        self._connection.execute(insert(scope_epochs).values({**row, **new}))
        scope.epoch, scope.changed = begun.epoch, True
        return None

    def _begun(self, scope_id: str, epoch: int) -> tuple[bytes, int]:
        """The name of the key of an epoch after the first, and when that began; nothing for the first."""
        named = {"of_agency": self._agency_id, "named": scope_id, "of_epoch": epoch}
        row = self._connection.execute(ask.BEGUN, named).one_or_none()
        return (b"", 0) if row is None else (row.key_name, row.received_at)

    # --- envelopes ------------------------------------------------------------------------------------------------

    def _take_envelope(self, envelope: Envelope) -> RefusalCode | None:
        code = self._inactive(envelope) or self._wrong_subject(envelope) or self._wrong_recipient(envelope)
        if code is not None or self._has_envelope(envelope):
            return code
        row = {name: getattr(envelope, name) for name in ask.ENVELOPE_KEY}
        body = protocol.encode(envelope)
        row |= {"agency_id": self._agency_id, "received_at": self._now, "body": body}
        self._connection.execute(ask.ADD_ENVELOPE, row)
        if not envelope.held and envelope.recipient != "recovery":
            audience = to_device if envelope.recipient == "device" else to_group
            self._places.add("envelope", envelope.subject_id, audience=audience(envelope.recipient_id), body=body)
        if envelope.subject == "scope":
            scope = self._scopes[envelope.subject_id]
            scope.changed |= envelope.epoch > scope.epoch
            scope.epoch = max(scope.epoch, envelope.epoch)
        return None

    def _has_envelope(self, envelope: Envelope) -> bool:
        same = {f"its_{name}": getattr(envelope, name) for name in ask.ENVELOPE_KEY}
        return bool(self._connection.scalar(ask.HAS_ENVELOPE, {"of_agency": self._agency_id, **same}))

    def _wrong_subject(self, envelope: Envelope) -> RefusalCode | None:
        author = self._known[envelope.by_device][0]
        if envelope.subject == "group":
            return self._wrong_group(envelope, author)
        scope = self._scopes.get(envelope.subject_id)
        if scope is None:
            return RefusalCode.UNKNOWN_SCOPE
        if (envelope.subject_id, envelope.epoch) in self._lost_epochs:
            return RefusalCode.EXISTS
        begun = (envelope.subject_id, envelope.epoch, envelope.by_device) in self._begun_here
        epochs = {envelope.epoch, scope.epoch}
        if not begun and not any(self._may_write(author, envelope.subject_id, scope, epoch) for epoch in epochs):
            return RefusalCode.NOT_A_MEMBER
        return RefusalCode.UNKNOWN_EPOCH if envelope.epoch > max(scope.epoch, 1) else None

    def _wrong_group(self, envelope: Envelope, author: Caller) -> RefusalCode | None:
        """Only who made this epoch of the group, or already holds its key, can hand the key on."""
        epochs = self._group_epochs(envelope.subject_id)
        if not epochs:
            return RefusalCode.UNKNOWN_GROUP
        if envelope.epoch not in epochs:
            return RefusalCode.UNKNOWN_EPOCH
        if epochs[envelope.epoch][0] == author.device_id:
            return None
        named = {"of_agency": self._agency_id, "named": envelope.subject_id, "of_epoch": envelope.epoch}
        asked = named | {"by": author.device_id}
        belongs = envelope.subject_id in author.groups and self._connection.scalar(ask.HOLDS_GROUP_KEY, asked)
        return None if belongs else RefusalCode.NOT_A_MEMBER

    def _wrong_recipient(self, envelope: Envelope) -> RefusalCode | None:
        to = envelope.recipient_id
        if envelope.recipient == "recovery":
            known = to == protocol.RECOVERY and self._places.has_recovery
        elif envelope.recipient == "group":
            known = bool(self._group_epochs(to))
        else:
            known = self._person_of(to) is not None and self._known[to][1] == ACTIVE
        return None if known else RefusalCode.UNKNOWN_RECIPIENT

    # --- segments -------------------------------------------------------------------------------------------------

    def _take_segment(self, segment: Segment, hash_of_segment: bytes) -> RefusalCode | None:
        if (code := self._unproven(segment)) is not None:
            return code
        scope = self._scopes.get(segment.scope_id)
        if scope is None:
            return RefusalCode.UNKNOWN_SCOPE
        chain = self._chain(segment.scope_id, segment.device_id)
        before = self._receipt_of(segment, chain)
        if before is not None and before.hash == hash_of_segment:
            self.repeated += 1
            self.receipts.append(before)
            return None
        code = self._inactive(segment) or self._wrong_link(segment, scope, chain)
        if code is None:
            self._add_segment(segment, hash_of_segment, scope, chain)
        return code

    def _wrong_link(self, segment: Segment, scope: _Scope, chain: _Chain) -> RefusalCode | None:
        """Whether it may follow what this device has already sent to this scope.

        Who reads the scope now seals with its newest key. Who no longer does may still bring what was written before.
        """
        author = self._known[segment.device_id][0]
        newer = segment.epoch < scope.epoch
        reads_now = newer and self._holds_key(author, segment.scope_id, scope.epoch)
        if not reads_now and not self._may_write(author, segment.scope_id, scope, segment.epoch):
            return RefusalCode.NOT_A_MEMBER
        if segment.first > chain.last + 1:
            return RefusalCode.GAP
        if segment.first <= chain.last or segment.previous != chain.hash:
            return RefusalCode.FORK
        if segment.epoch > scope.epoch:
            return RefusalCode.UNKNOWN_EPOCH
        if reads_now:
            return RefusalCode.STALE_EPOCH
        is_late = newer and self._begun(segment.scope_id, segment.epoch + 1)[1] + _LATE_MS < self._now
        return RefusalCode.NOT_A_MEMBER if is_late else None

    def _chain(self, scope_id: str, device_id: str) -> _Chain:
        if self._chains is None:
            self._chains = self._load_chains()
        return self._chains.setdefault((scope_id, device_id), _Chain(0, protocol.NO_HASH))

    def _load_chains(self) -> dict[tuple[str, str], _Chain]:
        """Where each author's segments end in each scope of this push: one question an author."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for segment in self._examined.push.segments:
            wanted[segment.device_id].add(segment.scope_id)
        found: dict[tuple[str, str], _Chain] = {}
        for device_id, scope_ids in sorted(wanted.items()):
            asked = {"of_agency": self._agency_id, "by": device_id, "named": sorted(scope_ids)}
            for scope_id, last, hash_of_last in self._connection.execute(ask.CHAINS, asked).all():
                found[scope_id, device_id] = _Chain(last, hash_of_last)
        return found

    def _receipt_of(self, segment: Segment, chain: _Chain) -> Receipt | None:
        """The receipt of what is stored under this segment's name, if anything is."""
        if segment.first > chain.last or segment.first in chain.added:
            return chain.added.get(segment.first)
        named = {"named": segment.scope_id, "by": segment.device_id, "its_first": segment.first}
        row = self._connection.execute(ask.SEGMENT, {"of_agency": self._agency_id, **named}).one_or_none()
        if row is None:
            return None
        return Receipt(
            scope_id=row.scope_id,
            device_id=row.device_id,
            first=row.first,
            last=row.last,
            hash=row.hash,
            number=row.number,
            server_epoch=row.server_epoch,
            received_at=row.received_at,
            signature=protocol.UNSIGNED,
        )

    def _add_segment(self, segment: Segment, hash_of_segment: bytes, scope: _Scope, chain: _Chain) -> None:
        scope.last_number += 1
        scope.head = protocol.scope_head(scope.head, hash_of_segment)
        scope.changed = True
        receipt = Receipt(
            scope_id=segment.scope_id,
            device_id=segment.device_id,
            first=segment.first,
            last=segment.last,
            hash=hash_of_segment,
            number=scope.last_number,
            server_epoch=self.server_epoch,
            received_at=self._now,
            signature=protocol.UNSIGNED,
        )
        chain.last, chain.hash = segment.last, hash_of_segment
        chain.added[segment.first] = receipt
        self.receipts.append(receipt)
        place = self._places.add(
            "segment", segment.scope_id, number=receipt.number, audience=_BY_ENVELOPE, content=receipt.hash
        )
        row = {name: getattr(receipt, name) for name in _SEGMENT_COLUMNS}
        body = protocol.encode(segment)
        named = {"agency_id": self._agency_id, "place": place, "epoch": segment.epoch}
        self._new_segments.append({**named, "body": body, **row})


_BY_ENVELOPE = EVERYBODY
"""A segment's audience is not written down: whoever holds an envelope of its scope when asking (`reading.py`)."""
_SEGMENT_COLUMNS = ("scope_id", "number", "device_id", "first", "last", "hash", "server_epoch", "received_at")


def _scopes_named(push: Push) -> set[str]:
    """Every scope that something in a push belongs to."""
    named = {offer.scope_id for offer in push.scopes} | {segment.scope_id for segment in push.segments}
    named |= {begun.scope_id for begun in push.epochs}
    return named | {envelope.subject_id for envelope in push.envelopes if envelope.subject == "scope"}


def refusal(offered: Offered, code: RefusalCode) -> Refusal:
    """The wire's word for what was not taken (`protocol.Refusal` says what its names mean)."""
    title, by = _TITLES[code], author_of(offered)
    match offered:
        case Group():
            return Refusal(offered.name, by, offered.epoch, code.value, title, about="group")
        case ScopeOffer():
            return Refusal(offered.scope_id, by, 0, code.value, title, about="scope")
        case ScopeEpoch():
            return Refusal(offered.scope_id, by, offered.epoch, code.value, title, about="epoch")
        case Envelope():
            to = offered.recipient_id
            return Refusal(offered.subject_id, by, offered.epoch, code.value, title, "envelope", to)
        case Segment():
            return Refusal(offered.scope_id, by, offered.first, code.value, title)


def _hash(group: Group) -> bytes:
    return hashlib.sha256(protocol.canonical(group)).digest()
