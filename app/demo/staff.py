"""The made-up staff: 14 people in every role, each with a device."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.texts import Texts
from app.models.local.tables import Member, PeerDevice
from app.models.rules.access import groups_of
from app.models.vocab import Role
from app.vault import ids

OWNER_NAME = "Robin Fairweather (demo)"
OWNER_BADGE = "D-101"
_OWNER = "robin"
_KEM_PUBLIC_BYTES = 1216


@dataclass(frozen=True)
class Person:
    """A member of the made-up staff and the device they write on."""

    key: str
    member_id: str
    device_id: str
    name: str
    roles: tuple[Role, ...]
    badge: str


def gather(rng: random.Random, now: datetime, owner_id: str, owner_device: str) -> dict[str, Person]:
    """The staff by short key; the vault's owner is one of them."""
    joined = now - timedelta(days=900)
    people = {}
    for each in Texts().people["staff"]:
        member_id, device_id = ids.new_id(joined, rng.randbytes), ids.new_id(joined, rng.randbytes)
        if each["key"] == _OWNER:
            member_id, device_id = owner_id, owner_device
        roles = tuple(role for role in Role if role.value in each["roles"])
        people[each["key"]] = Person(each["key"], member_id, device_id, each["name"], roles, each["badge"])
    return people


def enter(session: Session, people: Mapping[str, Person]) -> None:
    """Put the staff and their devices on the lists of this vault; who is there already stays."""
    known = set(session.scalars(select(Member.id)))
    for person in people.values():
        if person.member_id in known:
            continue
        session.add(Member(id=person.member_id, name=person.name, roles=list(person.roles), badge=person.badge))
        session.add(_device(person))
    session.flush()


def _device(person: Person) -> PeerDevice:
    """A device without usable keys: nothing can ever be sealed to somebody who does not exist."""
    return PeerDevice(
        device_id=person.device_id,
        member_id=person.member_id,
        signing_public=bytes(32),
        kem_public=bytes(_KEM_PUBLIC_BYTES),
        groups=sorted(groups_of(person.roles)),
        status="active",
    )
