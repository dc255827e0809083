"""What the feed says about people, devices and groups."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.local import tables
from app.models.local.tables import OwnKey, PeerDevice
from app.sync import protocol
from app.sync.client import facts, keys
from app.sync.client.facts import Membership
from app.sync.protocol import Group, Member
from app.vault import state

ACTIVE = "active"


def note_member(session: Session, told: Member, member: Membership, place: int) -> bool:
    """Keep what the feed says at a place about a device and its person. False when it contradicts what was pinned.

    A device's keys and person never change: the first that were seen stay, so that a server cannot put its own key in
    the place of a colleague's.
    """
    known = session.get(PeerDevice, told.device_id)
    if known is None:
        known = PeerDevice(
            device_id=told.device_id,
            member_id=told.person_id,
            signing_public=told.signing_public,
            kem_public=told.kem_public,
            groups=list(told.groups),
            status=told.status,
        )
        session.add(known)
    pinned = (known.member_id, known.signing_public, known.kem_public)
    if pinned != (told.person_id, told.signing_public, told.kem_public):
        return False
    _note_leaving(session, known, told, place)
    known.groups, known.status = list(told.groups), told.status
    session.flush()
    _note_person(session, told)
    if told.device_id == member.device_id:
        facts.note_own_groups(session, told.groups)
    return True


def _note_leaving(session: Session, known: PeerDevice, told: Member, place: int) -> None:
    """A device that leaves a group knows its key: the group needs another one from here on.

    All devices read the same places, so all of them come to the same. What is read again is not counted again.
    """
    if place <= int(state.get(session, facts.MEMBERS_TO) or "0"):
        return
    state.put(session, facts.MEMBERS_TO, str(place))
    held = set(known.groups) if known.status == ACTIVE else set[str]()
    keeps = set(told.groups) if told.status == ACTIVE else set[str]()
    newest = keys.group_keys(session)
    for name in sorted(held - keeps):
        if name in newest:
            facts.note_group_needs(session, name, newest[name][0] + 1)


def note_group(session: Session, told: Group) -> keys.Opening:
    """Keep the public key of a group's epoch."""
    author = session.get(PeerDevice, told.by_device)
    if author is None:
        return keys.Opening.WAITS
    if not keys.is_signed_by(author.signing_public, told.signature, protocol.canonical(told)):
        return keys.Opening.REFUSED
    name = keys.own_key_name(told.name, told.epoch)
    known = session.get(OwnKey, name)
    if known is not None and known.public == told.public:
        return keys.Opening.KNOWN
    if known is not None:
        # Two founded the same epoch and the server took the other's: ours was never used, and is not offered again.
        session.delete(known)
        state.put(session, facts.group_made(told.name, told.epoch), None)
        session.flush()
    session.add(OwnKey(name=name, public=told.public, private=None))
    session.flush()
    return keys.Opening.OPENED


def device_of(session: Session, device_id: str) -> PeerDevice | None:
    """A device of the agency."""
    return session.get(PeerDevice, device_id)


def _note_person(session: Session, told: Member) -> None:
    person = session.get(tables.Member, told.person_id)
    if person is None:
        person = tables.Member(id=told.person_id, name=told.name, roles=[], badge=None, active=True)
        session.add(person)
    statuses = session.scalars(select(PeerDevice.status).where(PeerDevice.member_id == told.person_id)).all()
    person.name, person.roles, person.active = told.name, list(told.roles), ACTIVE in statuses
    session.flush()
    facts.note_roles(session, told.person_id, told.roles)
