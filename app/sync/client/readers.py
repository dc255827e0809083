"""Who should have which key, as the vault stands: envelopes that are missing, and keys that have to be followed.

Who makes what: the device that made an epoch of a scope seals its key to the groups, the people and the recovery key
that the policy names (`models/rules/access.py`); any other device that holds it seals it to people who were assigned
later. Every device that holds a group's private keys seals them to devices that joined the group.

A key has to be followed by the next epoch's when somebody knows it who reads no more: who was taken off a case, a
device that was revoked, a group whose own key was followed (what was sealed for it is known to who left it).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.crisis import Case, Responder
from app.models.lifesaver import LifesaverVisit
from app.models.local.tables import Granted, InChain, Member, OtherKey, PeerDevice, Scope, ScopeKey
from app.models.rules import access
from app.models.tracking import LocationTrack, TrackingApplication, TrackingLoan
from app.models.vocab import ResponderStatus, ScopeKind
from app.sync.client import facts, keys
from app.sync.client.facts import Membership
from app.sync.client.keys import GroupPayload, ScopePayload, Wanted
from app.sync.client.members import ACTIVE
from app.sync.protocol import RECOVERY
from app.vault import state

NOTICED = "readers"
"""The name under which the vault counts changes of what follows (`vault/noticing.py`)."""
DEPENDS_ON = {
    "case_file": ("assigned_to", "co_workers"),
    "granted": (),
    "in_chain": ("epoch",),
    "lifesaver_visit": ("assigned", "removed_at"),
    "location_track": ("case_id",),
    "member": ("roles",),
    "next_key": ("epoch", "key"),
    "other_key": ("key",),
    "own_key": ("public", "private"),
    "peer_device": ("member_id", "kem_public", "groups", "status"),
    "responder": ("request_id", "member_id", "status", "removed_at"),
    "scope": ("kind", "anchor_id", "epoch", "made_here", "offered"),
    "scope_key": ("key", "groups", "made_here", "offered"),
    "tracking_application": ("case_id", "liaison_id", "removed_at"),
    "tracking_loan": ("case_id",),
}
"""All that who reads what follows from: tables, and of each the columns that may change. While nothing of it was
written to, `found_groups`, `grant` and `rekey` find what they found before."""
DEPENDS_ON_FACTS = (facts.KEYS_ANEW, facts.OWN_GROUPS, facts.GROUP_MADE + "*", facts.GROUP_NEEDS + "*")

_READ_BY_AUTHOR = frozenset(
    {
        ScopeKind.REQUEST,
        ScopeKind.CHILD_PROTECTION,
        ScopeKind.FORM_ANSWER,
        ScopeKind.AUDIT,
        ScopeKind.AUDIT_APART,
    }
)
_KINDS = {str(kind): kind for kind in ScopeKind}
_FIRST = 1


@dataclass(frozen=True)
class _Workers:
    """Who a case is assigned to."""

    assigned_to: str | None
    co_workers: tuple[str, ...]


class Readers:
    """Which envelopes should exist and are not known to, and which keys are known to who reads no more."""

    def __init__(self, session: Session, member: Membership) -> None:
        self._session = session
        self._member = member
        self._groups = keys.group_keys(session)
        self._group_epochs = keys.group_epochs(session)
        self._devices: dict[str, list[PeerDevice]] = defaultdict(list)
        for device in session.scalars(select(PeerDevice).where(PeerDevice.status == ACTIVE)):
            self._devices[device.member_id].append(device)
        asked = select(Granted.subject, Granted.subject_id, Granted.epoch, Granted.recipient, Granted.recipient_id)
        self._granted = {tuple(row) for row in session.execute(asked)}
        self._anew = bool(state.get(session, facts.KEYS_ANEW))
        self._wrote: dict[str, dict[str, int]] = defaultdict(dict)
        for scope_id, device_id, epoch in session.execute(select(InChain.scope_id, InChain.device_id, InChain.epoch)):
            self._wrote[scope_id][device_id] = epoch
        self._given: dict[tuple[str, int], set[str]] = defaultdict(set)
        by_name = Granted.subject == "scope", Granted.recipient.in_(("device", keys.HOLDER))
        given = select(Granted.subject_id, Granted.epoch, Granted.recipient_id).where(*by_name)
        for scope_id, epoch, device_id in session.execute(given):
            self._given[scope_id, epoch].add(device_id)
        self._others: dict[tuple[str, int], list[bytes]] = defaultdict(list)
        for other in session.scalars(select(OtherKey).order_by(OtherKey.name)):
            self._others[other.scope_id, other.epoch].append(other.key)
        self._workers = _workers(session)
        self._called = _called(session)
        self._sent = _sent(session)
        self._case_of = cases_of_loans(session)
        self._liaisons = _liaisons(session)
        self._roles = _roles(session)

    def wanted(self) -> Iterator[Wanted]:
        """Groups first: without them nobody could open what is sealed to a group."""
        for wanted in self._all():
            to = (wanted.subject, wanted.subject_id, wanted.epoch, wanted.recipient, wanted.recipient_id)
            if to not in self._granted:
                yield wanted

    def newest_groups(self) -> dict[str, int]:
        """The newest epoch of each group."""
        return {name: epoch for name, (epoch, _) in sorted(self._groups.items())}

    def to_follow(self) -> list[Scope]:
        """The scopes whose newest key is known to somebody who reads no more, as far as this device may follow it."""
        asked = select(Scope, ScopeKey).where(ScopeKey.scope_id == Scope.id, ScopeKey.epoch == Scope.epoch)
        found = []
        for scope, key in self._session.execute(asked.where(Scope.offered.is_(True)).order_by(Scope.id)):
            if scope.kind in _KINDS and self._is_known_outside(scope, key) and self.reads(scope, self._own_device()):
                found.append(scope)
        return found

    def reads(self, scope: Scope, device: PeerDevice) -> bool:
        """Whether a device reads a scope today."""
        kind = _KINDS[scope.kind]
        if device.status != ACTIVE:
            return False
        return bool(access.READING_GROUPS[kind] & set(device.groups)) or device.member_id in self._readers(scope, kind)

    def envelopes_of(self, scope: Scope, key: ScopeKey) -> list[Wanted]:
        """All envelopes of the key of an epoch that this device can make, whoever has them already."""
        return list(self._of_scope(scope, key))

    def _own_device(self) -> PeerDevice:
        return self._session.get_one(PeerDevice, self._member.device_id)

    def _is_known_outside(self, scope: Scope, key: ScopeKey) -> bool:
        kind = _KINDS[scope.kind]
        made_for = key.groups or {}
        for name in access.READING_GROUPS[kind]:
            if name in self._groups and self._groups[name][0] > made_for.get(name, _FIRST):
                return True
        wrote = {device_id for device_id, epoch in self._wrote[scope.id].items() if epoch >= key.epoch}
        holders = wrote | self._given[scope.id, key.epoch]
        devices = (self._session.get(PeerDevice, device_id) for device_id in sorted(holders))
        return any(device is not None and self._has_left(scope, kind, device) for device in devices)

    def _has_left(self, scope: Scope, kind: ScopeKind, device: PeerDevice) -> bool:
        """Whether a device that knows the key reads no more. With nobody assigned everybody keeps theirs."""
        if device.status != ACTIVE:
            return True
        return kind in access.READ_BY_ASSIGNMENT and bool(self._named(scope, kind)) and not self.reads(scope, device)

    def _all(self) -> Iterator[Wanted]:
        for name, epochs in sorted(self._group_epochs.items()):
            for epoch, own in sorted(epochs.items()):
                if own.private is not None:
                    yield from self._of_group(name, epoch, own.private)
        asked = select(Scope, ScopeKey).join(ScopeKey, ScopeKey.scope_id == Scope.id).order_by(Scope.id, ScopeKey.epoch)
        for scope, key in self._session.execute(asked):
            if scope.kind in _KINDS:
                yield from self._of_scope(scope, key)

    def _of_group(self, name: str, epoch: int, private: bytes) -> Iterator[Wanted]:
        payload = msgspec.msgpack.encode(GroupPayload(name, epoch, private))
        for devices in self._devices.values():
            for device in devices:
                if name in device.groups and device.device_id != self._member.device_id:
                    yield Wanted("group", name, epoch, "device", device.device_id, payload, device.kem_public)
        made_here = state.get(self._session, facts.group_made(name, epoch)) is not None
        if made_here and self._member.recovery_public is not None:
            yield Wanted("group", name, epoch, "recovery", RECOVERY, payload, self._member.recovery_public)

    def _of_scope(self, scope: Scope, key: ScopeKey) -> Iterator[Wanted]:
        kind = _KINDS[scope.kind]
        others = self._others[scope.id, key.epoch]
        payload = msgspec.msgpack.encode(
            ScopePayload(scope.kind, scope.anchor_id, key.epoch, key.key, key.groups, others)
        )
        groups = sorted(name for name in access.READING_GROUPS[kind] if name in self._groups)
        if key.made_here or (scope.made_here and key.epoch == _FIRST):
            for name in groups:
                _, own = self._groups[name]
                yield Wanted("scope", scope.id, key.epoch, "group", name, payload, own.public, own.private)
            if self._member.recovery_public is not None:
                yield Wanted("scope", scope.id, key.epoch, "recovery", RECOVERY, payload, self._member.recovery_public)
        for person in sorted(self._readers(scope, kind)):
            for device in self._devices.get(person, ()):
                if not set(groups) & set(device.groups) and not self._surely_has(scope, key, device):
                    yield Wanted("scope", scope.id, key.epoch, "device", device.device_id, payload, device.kem_public)

    def _named(self, scope: Scope, kind: ScopeKind) -> frozenset[str]:
        """The people who read a scope because a record names them."""
        case_id = self._case_of.get(scope.id) or self._case_of.get(scope.anchor_id, scope.anchor_id)
        case = self._workers.get(case_id, _Workers(None, ()))
        named = access.people_reading(kind, case.assigned_to, case.co_workers)
        if kind is ScopeKind.REQUEST:
            named |= self._called.get(scope.anchor_id, frozenset())
        elif kind is ScopeKind.LIFESAVER_VISIT:
            named |= self._sent.get(scope.anchor_id, frozenset())
        elif kind in access.WORKERS_ONLY:
            named = frozenset(one for one in named if access.CASE_WORKERS & self._roles.get(one, frozenset()))
        if kind in access.READ_BY_LIAISON:
            named |= self._liaisons.get(case_id, frozenset())
        return named

    def _readers(self, scope: Scope, kind: ScopeKind) -> frozenset[str]:
        """The people who read a scope by name. Who wrote to a request or report keeps it, a case until it is assigned.

        What only groups read is kept by nobody else: who left the group has left.
        """
        named = self._named(scope, kind)
        if kind in access.READ_BY_ASSIGNMENT and named:
            return named
        if kind not in _READ_BY_AUTHOR and kind not in access.READ_BY_ASSIGNMENT:
            return named
        wrote = (self._session.get(PeerDevice, device_id) for device_id in self._wrote[scope.id])
        named |= {device.member_id for device in wrote if device is not None}
        return named | {self._member.member_id} if scope.made_here else named

    def _surely_has(self, scope: Scope, key: ScopeKey, device: PeerDevice) -> bool:
        """A device that wrote with the newest key has it: colleagues need not seal it again.

        One that wrote with an older key may have been off the case since, and have given its keys up.
        """
        wrote_with = self._wrote[scope.id].get(device.device_id)
        return not (scope.made_here or key.made_here or self._anew) and wrote_with == key.epoch == scope.epoch


def _called(session: Session) -> dict[str, frozenset[str]]:
    """Who was called to the scene of each request and did not decline: they read it by name."""
    found: dict[str, set[str]] = defaultdict(set)
    asked = select(Responder.request_id, Responder.member_id).where(
        Responder.status != ResponderStatus.DECLINED, Responder.removed_at.is_(None)
    )
    for request_id, member_id in session.execute(asked):
        if request_id and member_id:
            found[request_id].add(member_id)
    return {request_id: frozenset(people) for request_id, people in found.items()}


def _sent(session: Session) -> dict[str, frozenset[str]]:
    """Who is sent on each visit: they read it by name, and nothing else of the client (domain.md 20.1)."""
    asked = select(LifesaverVisit.id, LifesaverVisit.assigned).where(LifesaverVisit.removed_at.is_(None))
    return {visit_id: frozenset(people or ()) for visit_id, people in session.execute(asked)}


def cases_of_loans(session: Session) -> dict[str, str]:
    """The case behind what is not anchored at it: by the loan, for locations by their scope."""
    loans = session.execute(select(TrackingLoan.id, TrackingLoan.case_id))
    tracks = session.execute(select(LocationTrack.scope_id, LocationTrack.case_id))
    return {one: case_id for one, case_id in [*loans, *tracks] if case_id}


def _liaisons(session: Session) -> dict[str, frozenset[str]]:
    """The partner violence liaison who is named in an application of a case reads its loans and alarms."""
    found: dict[str, set[str]] = defaultdict(set)
    asked = select(TrackingApplication.case_id, TrackingApplication.liaison_id).where(
        TrackingApplication.removed_at.is_(None), TrackingApplication.liaison_id.is_not(None)
    )
    for case_id, member_id in session.execute(asked):
        if case_id and member_id:
            found[case_id].add(member_id)
    return {case_id: frozenset(people) for case_id, people in found.items()}


def _roles(session: Session) -> dict[str, frozenset[str]]:
    """The roles of each member: a volunteer on a case reads its facts, never its private scope (domain.md 20.2)."""
    return {member_id: frozenset(roles) for member_id, roles in session.execute(select(Member.id, Member.roles))}


def _workers(session: Session) -> dict[str, _Workers]:
    found: dict[str, _Workers] = {}
    for case_id, assigned_to, co_workers in session.execute(select(Case.id, Case.assigned_to, Case.co_workers)):
        named = co_workers if isinstance(co_workers, list) else []
        found[case_id] = _Workers(assigned_to, tuple(one for one in named if isinstance(one, str)))
    return found
