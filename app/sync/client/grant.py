"""Gives keys to who should read: offers scopes that were made here, and makes the envelopes that are missing.

Who makes what: the device that made a scope seals its key to the groups, the people and the recovery key that the
policy names (`models/rules/access.py`); any other device that holds it seals it to people who were assigned later.
Every device that holds a group's private key seals it to devices that joined the group.

Sealing takes time, so it happens outside any transaction; what the server took is remembered in `Granted`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.crisis import Case, Responder
from app.models.lifesaver import LifesaverVisit
from app.models.local.tables import Granted, InChain, Member, PeerDevice, Scope, ScopeKey
from app.models.rules import access
from app.models.tracking import LocationTrack, TrackingApplication, TrackingLoan
from app.models.vocab import ResponderStatus, ScopeKind
from app.sync import protocol
from app.sync.client import facts, keys
from app.sync.client.facts import Membership
from app.sync.client.keys import GroupPayload, ScopePayload, Wanted
from app.sync.client.members import ACTIVE
from app.sync.client.rounds import Round
from app.sync.protocol import RECOVERY, Envelope, Push, PushResult, ScopeOffer
from app.vault import state

_READ_BY_AUTHOR = frozenset({ScopeKind.REQUEST, ScopeKind.CHILD_PROTECTION, ScopeKind.FORM_ANSWER})
_ENVELOPES = 1500
_SCOPES = 300
_KINDS = {str(kind): kind for kind in ScopeKind}


def grant(round_: Round) -> None:
    """Offer scopes and hand out keys until nothing is missing."""
    with round_.vault.read() as session:
        offers = list(session.scalars(select(Scope.id).where(Scope.made_here.is_(True), Scope.offered.is_(False))))
        wanted = list(_Policy(session, round_.member).wanted())
    while len(offers) > _SCOPES:
        _send(round_, offers[:_SCOPES], [])
        offers = offers[_SCOPES:]
    while offers or wanted:
        _send(round_, offers, wanted[:_ENVELOPES])
        offers, wanted = [], wanted[_ENVELOPES:]
    with round_.vault.read() as session:
        anew = state.get(session, facts.KEYS_ANEW)
    if anew:
        with round_.settling() as session:
            state.put(session, facts.KEYS_ANEW, None)


def _send(round_: Round, scope_ids: Sequence[str], wanted: Sequence[Wanted]) -> None:
    offers = [_offer(scope_id, round_) for scope_id in scope_ids]
    made = [keys.make(one, round_.member, round_.random, round_.sign) for one in wanted]
    envelopes = [envelope for envelope in made if envelope is not None]
    if not offers and not envelopes:
        return
    round_.tally.told += 1
    result = round_.server.post("/v1/push", Push(scopes=offers, envelopes=envelopes), PushResult)
    round_.noted(result.server_epoch, result.server_time)
    refused = {(one.scope_id, one.first, one.recipient_id) for one in result.refusals if one.about == "envelope"}
    unwelcome = {one.scope_id for one in result.refusals if one.about == "scope"}
    taken = [one for one in envelopes if (one.subject_id, one.epoch, one.recipient_id) not in refused]
    with round_.settling() as session:
        offered = [scope_id for scope_id in scope_ids if scope_id not in unwelcome]
        session.execute(update(Scope).where(Scope.id.in_(offered)).values(offered=True))
        for envelope in taken:
            session.merge(_granted(envelope))


def _offer(scope_id: str, round_: Round) -> ScopeOffer:
    offer = ScopeOffer(scope_id=scope_id, by_device=round_.member.device_id, signature=protocol.UNSIGNED)
    return protocol.signed(offer, round_.sign)


def _granted(envelope: Envelope) -> Granted:
    return Granted(
        subject=envelope.subject,
        subject_id=envelope.subject_id,
        epoch=envelope.epoch,
        recipient=envelope.recipient,
        recipient_id=envelope.recipient_id,
    )


@dataclass(frozen=True)
class _Workers:
    """Who a case is assigned to."""

    assigned_to: str | None
    co_workers: tuple[str, ...]


class _Policy:
    """Which envelopes should exist and are not known to, as the vault stands."""

    def __init__(self, session: Session, member: Membership) -> None:
        self._session = session
        self._member = member
        self._groups = keys.group_keys(session)
        self._devices: dict[str, list[PeerDevice]] = defaultdict(list)
        for device in session.scalars(select(PeerDevice).where(PeerDevice.status == ACTIVE)):
            self._devices[device.member_id].append(device)
        asked = select(Granted.subject, Granted.subject_id, Granted.epoch, Granted.recipient, Granted.recipient_id)
        self._granted = {tuple(row) for row in session.execute(asked)}
        self._anew = bool(state.get(session, facts.KEYS_ANEW))
        self._wrote = {tuple(row) for row in session.execute(select(InChain.scope_id, InChain.device_id))}
        self._workers = _workers(session)
        self._called = _called(session)
        self._sent = _sent(session)
        self._case_of = _cases_of_loans(session)
        self._liaisons = _liaisons(session)
        self._roles = _roles(session)

    def wanted(self) -> Iterator[Wanted]:
        """Groups first: without them nobody could open what is sealed to a group."""
        for wanted in self._all():
            to = (wanted.subject, wanted.subject_id, wanted.epoch, wanted.recipient, wanted.recipient_id)
            if to not in self._granted:
                yield wanted

    def _all(self) -> Iterator[Wanted]:
        for name, (epoch, own) in sorted(self._groups.items()):
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
        payload = msgspec.msgpack.encode(ScopePayload(scope.kind, scope.anchor_id, key.epoch, key.key))
        groups = sorted(name for name in access.READING_GROUPS[kind] if name in self._groups)
        if scope.made_here:
            for name in groups:
                _, own = self._groups[name]
                yield Wanted("scope", scope.id, key.epoch, "group", name, payload, own.public, own.private)
            if self._member.recovery_public is not None:
                yield Wanted("scope", scope.id, key.epoch, "recovery", RECOVERY, payload, self._member.recovery_public)
        for person in sorted(self._readers(scope, kind)):
            for device in self._devices.get(person, ()):
                if not set(groups) & set(device.groups) and not self._surely_has(scope, device):
                    yield Wanted("scope", scope.id, key.epoch, "device", device.device_id, payload, device.kem_public)

    def _readers(self, scope: Scope, kind: ScopeKind) -> frozenset[str]:
        """The people who read a scope by name. Its author keeps a case in sight until somebody is assigned to it."""
        by_scope = self._case_of.get(scope.id)
        case_id = by_scope or self._case_of.get(scope.anchor_id, scope.anchor_id)
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
        by_author = kind in _READ_BY_AUTHOR or (kind in access.READ_BY_ASSIGNMENT and not named)
        return named | {self._member.member_id} if scope.made_here and by_author else named

    def _surely_has(self, scope: Scope, device: PeerDevice) -> bool:
        """A device that wrote to a scope has its key: colleagues need not seal it again."""
        return not scope.made_here and not self._anew and (scope.id, device.device_id) in self._wrote


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


def _cases_of_loans(session: Session) -> dict[str, str]:
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
