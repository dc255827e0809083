"""Agencies, people and devices: what an administrator sets up, and how a device becomes a member.

Every function takes an open connection; those that change something must be given the writer's.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from app.errors import NotFound, RuleBroken
from app.sync import protocol
from app.sync.protocol import Enrol, Enrolled, Member, ProblemCode
from app.sync.server.clock import new_id, now_ms
from app.sync.server.feed import FeedWriter
from app.sync.server.problems import Refused, revoked
from app.sync.server.provider import Account, ProviderSettings
from app.sync.server.signing import is_signed_by
from app.sync.server.tables import agencies, chunks, codes, devices, feed, number_blocks, persons, scopes, segments
from app.words import mark

ACTIVE = "active"
REVOKED = "revoked"
LEASE_DAYS = 7
MOST_LEASE_DAYS = 30
_CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that looks like something else
_CODE_LENGTH = 20  # 100 bits
_names = msgspec.json.Decoder(list[str])


@dataclass(frozen=True)
class Caller:
    """Who asks: a device that has proved itself, and its person."""

    agency_id: str
    device_id: str
    person_id: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]


def add_agency(
    connection: Connection,
    name: str,
    *,
    recovery_public: bytes | None = None,
    order_public: bytes | None = None,
    lease_days: int = LEASE_DAYS,
) -> str:
    """A new agency; returns its id. `order_public`: who signs orders to erase its devices."""
    _checked(protocol.Name, name)
    if not 1 <= lease_days <= MOST_LEASE_DAYS:
        raise RuleBroken(mark("The lease must be between 1 and 30 days."), field="lease_days")
    if recovery_public is not None:
        _checked(protocol.SealingKey, recovery_public)
    agency_id = new_id()
    if order_public is not None:
        _checked(protocol.SigningKey, order_public)
    row: dict[str, object] = {"name": name, "server_epoch": new_id(), "lease_days": lease_days}
    row |= {"recovery_public": recovery_public, "order_public": order_public}
    connection.execute(insert(agencies).values(agency_id=agency_id, last_place=0, created_at=now_ms(), **row))
    return agency_id


def list_agencies(connection: Connection) -> Sequence[str]:
    """The ids of all agencies of this server."""
    return connection.scalars(select(agencies.c.agency_id).order_by(agencies.c.agency_id)).all()


def only_agency(connection: Connection, agency_id: str | None) -> str:
    """The agency that is meant: the one named, or the only one there is."""
    found = list_agencies(connection)
    if agency_id is None and len(found) > 1:
        raise RuleBroken(mark("There is more than one agency: name it with --agency."), field="agency")
    if agency_id is None and found:
        return found[0]
    if agency_id is None or agency_id not in found:
        raise NotFound(mark("There is no such agency."), field="agency")
    return agency_id


def add_person(
    connection: Connection, agency_id: str, name: str, roles: Sequence[str], groups: Sequence[str], person_id: str = ""
) -> str:
    """A new person of the agency; returns their id."""
    person_id = person_id or new_id()
    _check_person(name, roles, groups)
    lists = {"roles": _json(roles), "group_names": _json(groups)}
    row = {"agency_id": agency_id, "person_id": person_id, "name": name, "created_at": now_ms(), **lists}
    connection.execute(insert(persons).values(row))
    return person_id


def change_person(
    connection: Connection, agency_id: str, person_id: str, roles: Sequence[str], groups: Sequence[str]
) -> None:
    """Give a person other roles and groups; every member is told."""
    name = _person(connection, agency_id, person_id).name
    _check_person(name, roles, groups)
    named = (persons.c.agency_id == agency_id, persons.c.person_id == person_id)
    connection.execute(update(persons).where(*named).values(roles=_json(roles), group_names=_json(groups)))
    mine = devices.c.agency_id == agency_id, devices.c.person_id == person_id
    for device_id in connection.scalars(select(devices.c.device_id).where(*mine)).all():
        publish_member(connection, agency_id, device_id)


def issue_code(connection: Connection, agency_id: str, person_id: str, seconds: int) -> str:
    """A one-time code to enrol one device of a person, as it is read out. Only its hash is kept."""
    _person(connection, agency_id, person_id)
    plain = "".join(secrets.choice(_CODE_SIGNS) for _ in range(_CODE_LENGTH))
    row = {"agency_id": agency_id, "person_id": person_id, "expires_at": now_ms() + seconds * 1000}
    connection.execute(insert(codes).values(code_hash=_code_hash(plain), **row))
    return "-".join(plain[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def set_provider(connection: Connection, agency_id: str, provider: ProviderSettings | None) -> None:
    """Where people of an agency sign in before a device of theirs is enrolled; None for nowhere."""
    row: dict[str, str | None] = {"oidc_issuer": None, "oidc_client": None, "oidc_claim": None}
    if provider is not None:
        _checked(protocol.Address, provider.issuer)
        _checked(protocol.Address, provider.client_id)
        row = {"oidc_issuer": provider.issuer, "oidc_client": provider.client_id, "oidc_claim": provider.claim}
    connection.execute(update(agencies).where(agencies.c.agency_id == agency_id).values(row))


def set_account(connection: Connection, agency_id: str, person_id: str, account: str | None) -> None:
    """What the agency's provider calls a person. Who signed in as that before is forgotten."""
    _person(connection, agency_id, person_id)
    if account is not None:
        _checked(protocol.Name, account)
    named = persons.c.agency_id == agency_id, persons.c.person_id == person_id
    connection.execute(update(persons).where(*named).values(account=account, account_subject=None))


def provider_for(connection: Connection, code: str) -> ProviderSettings | None:
    """Where the owner of an enrolment code signs in first. Raises `Refused` for a code that does not count."""
    found = connection.execute(select(codes).where(codes.c.code_hash == _code_hash(code))).one_or_none()
    if found is None or found.expires_at <= now_ms():
        raise _code_refused()
    return None if found.enrol_hash is not None else _provider(connection, found.agency_id)


def _provider(connection: Connection, agency_id: str) -> ProviderSettings | None:
    row = connection.execute(select(agencies).where(agencies.c.agency_id == agency_id)).one()
    return None if row.oidc_issuer is None else ProviderSettings(row.oidc_issuer, row.oidc_client, row.oidc_claim)


def enrol(connection: Connection, asked: Enrol, server_public: bytes, account: Account | None = None) -> Enrolled:
    """Make the device a member, once. The very same request again gets the same answer: a lost reply does no harm.

    `account`: who has signed in with the agency's provider for this very request.
    """
    if not is_signed_by(asked.signing_public, asked.signature, protocol.canonical(asked)):
        raise Refused(400, ProblemCode.BAD_SIGNATURE, mark("The enrolment is not signed by its own key."))
    enrol_hash = hashlib.sha256(protocol.canonical(asked)).digest()
    code = connection.execute(select(codes).where(codes.c.code_hash == _code_hash(asked.code))).one_or_none()
    if code is None or code.expires_at <= now_ms() or code.enrol_hash not in (None, enrol_hash):
        raise _code_refused()
    if code.enrol_hash is None:
        _check_account(connection, code, account)
        _add_device(connection, code, asked, enrol_hash)
    return _enrolled(connection, code.agency_id, asked.device_id, server_public)


def _code_refused() -> Refused:
    return Refused(403, ProblemCode.CODE_REFUSED, mark("This code is wrong, used or expired. Ask for a new one."))


def _check_account(connection: Connection, code: Row[*tuple[Any, ...]], account: Account | None) -> None:
    """Refuse whoever is not the person of the code, where the agency has a provider; remember who they are to it."""
    if _provider(connection, code.agency_id) is None:
        return
    if account is None:
        raise Refused(403, ProblemCode.PROVIDER_NEEDED, mark("Sign in with your agency's account first."))
    person = _person(connection, code.agency_id, code.person_id)
    is_named = person.account is not None and person.account.casefold() == account.name.casefold()
    if not is_named or person.account_subject not in (None, account.subject):
        raise Refused(403, ProblemCode.PROVIDER_OTHER, mark("Somebody else signed in than the person of this code."))
    named = persons.c.agency_id == code.agency_id, persons.c.person_id == code.person_id
    connection.execute(update(persons).where(*named).values(account_subject=account.subject))


def _add_device(connection: Connection, code: Row[*tuple[Any, ...]], asked: Enrol, enrol_hash: bytes) -> None:
    if connection.scalar(select(func.count()).where(devices.c.device_id == asked.device_id)):
        raise Refused(409, ProblemCode.DEVICE_EXISTS, mark("A device of this name is enrolled already."))
    now = now_ms()
    row = {
        "agency_id": code.agency_id,
        "device_id": asked.device_id,
        "person_id": code.person_id,
        "device_name": asked.device_name,
        "signing_public": asked.signing_public,
        "kem_public": asked.kem_public,
        "status": ACTIVE,
        "enrolled_at": now,
        "last_seen": now,
    }
    connection.execute(insert(devices).values(row))
    used = {"device_id": asked.device_id, "enrol_hash": enrol_hash}
    connection.execute(update(codes).where(codes.c.code_hash == code.code_hash).values(used))
    publish_member(connection, code.agency_id, asked.device_id)


def _enrolled(connection: Connection, agency_id: str, device_id: str, server_public: bytes) -> Enrolled:
    member = member_of(connection, agency_id, device_id)
    if member.status != ACTIVE:
        raise revoked()
    agency = connection.execute(select(agencies).where(agencies.c.agency_id == agency_id)).one()
    return Enrolled(
        agency_id=agency_id,
        agency_name=agency.name,
        person_id=member.person_id,
        name=member.name,
        roles=member.roles,
        groups=member.groups,
        server_public=server_public,
        server_epoch=agency.server_epoch,
        recovery_public=agency.recovery_public,
        order_public=agency.order_public,
        server_time=now_ms(),
    )


def revoke(connection: Connection, agency_id: str, device_id: str) -> None:
    """From the next request on, this device is refused; every member is told."""
    named = devices.c.agency_id == agency_id, devices.c.device_id == device_id
    if not connection.execute(update(devices).where(*named).values(status=REVOKED)).rowcount:
        raise NotFound(mark("There is no such device."), field="device")
    publish_member(connection, agency_id, device_id)


def publish_member(connection: Connection, agency_id: str, device_id: str) -> None:
    """Put a device, as it is now, at a new place of the feed."""
    member = member_of(connection, agency_id, device_id)
    places = FeedWriter(connection, agency_id)
    places.add("member", device_id, body=protocol.encode(member))
    places.flush()


def member_of(connection: Connection, agency_id: str, device_id: str) -> Member:
    """One device and its person, as the wire shows them."""
    row = connection.execute(
        select(devices, persons.c.name, persons.c.roles, persons.c.group_names)
        .join_from(devices, persons)
        .where(devices.c.agency_id == agency_id, devices.c.device_id == device_id)
    ).one()
    return Member(
        person_id=row.person_id,
        name=row.name,
        roles=_names.decode(row.roles),
        device_id=device_id,
        signing_public=row.signing_public,
        kem_public=row.kem_public,
        groups=_names.decode(row.group_names),
        status=row.status,
    )


def callers(connection: Connection, agency_id: str, device_ids: Iterable[str]) -> dict[str, tuple[Caller, str, bytes]]:
    """Of each device that exists: who it is, its status and its signing key."""
    found: dict[str, tuple[Caller, str, bytes]] = {}
    wanted = sorted(set(device_ids))
    for at in range(0, len(wanted), 500):
        rows = connection.execute(_CALLERS, {"of_agency": agency_id, "named": wanted[at : at + 500]}).all()
        for *who, status, signing_public in rows:
            found[who[1]] = (caller_from(who), status, signing_public)
    return found


CALLER = (devices.c.agency_id, devices.c.device_id, devices.c.person_id, persons.c.roles, persons.c.group_names)
"""The columns that `caller_from` needs, of a join of devices and persons."""
_CALLERS = (
    select(*CALLER, devices.c.status, devices.c.signing_public)
    .join_from(devices, persons)
    .where(devices.c.agency_id == bindparam("of_agency"), devices.c.device_id.in_(bindparam("named", expanding=True)))
)


def caller_from(row: Sequence[str]) -> Caller:
    """Who a device is, from the columns of `CALLER`."""
    agency_id, device_id, person_id, roles, groups = row
    return Caller(agency_id, device_id, person_id, tuple(_names.decode(roles)), tuple(_names.decode(groups)))


def list_persons(connection: Connection, agency_id: str) -> list[dict[str, object]]:
    """The people of an agency, for the administrator's eyes."""
    rows = connection.execute(select(persons).where(persons.c.agency_id == agency_id).order_by(persons.c.person_id))
    return [
        {
            "person_id": row.person_id,
            "name": row.name,
            "roles": _names.decode(row.roles),
            "groups": _names.decode(row.group_names),
            "account": row.account or "",
        }
        for row in rows
    ]


def list_devices(connection: Connection, agency_id: str) -> list[dict[str, object]]:
    """The devices of an agency, for the administrator's eyes."""
    shown = ("device_id", "person_id", "device_name", "status", "enrolled_at", "last_seen")
    rows = connection.execute(select(devices).where(devices.c.agency_id == agency_id).order_by(devices.c.device_id))
    return [{name: row._mapping[name] for name in shown} for row in rows]


def counts(connection: Connection, agency_id: str) -> dict[str, int]:
    """How much an agency has stored."""
    counted = {"persons": persons, "devices": devices, "scopes": scopes, "segments": segments, "places": feed}
    counted |= {"number_blocks": number_blocks, "chunks": chunks}
    return {
        name: connection.scalar(select(func.count()).select_from(table).where(table.c.agency_id == agency_id)) or 0
        for name, table in counted.items()
    }


def _person(connection: Connection, agency_id: str, person_id: str) -> Row[*tuple[Any, ...]]:
    named = persons.c.agency_id == agency_id, persons.c.person_id == person_id
    found = connection.execute(select(persons).where(*named)).one_or_none()
    if found is None:
        raise NotFound(mark("There is no such person."), field="person")
    return found


def _check_person(name: str, roles: Sequence[str], groups: Sequence[str]) -> None:
    _checked(protocol.Name, name)
    _checked(protocol.Roles, list(roles))
    _checked(protocol.GroupNames, list(groups))


def _checked(kind: object, value: object) -> None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        raise RuleBroken(mark("A name, role, group or key is not of the form that the protocol allows.")) from None


def _code_hash(code: str) -> bytes:
    return hashlib.sha256(b"haven enrolment code " + protocol.enrolment_code(code).encode()).digest()


def _json(names: Sequence[str]) -> str:
    return msgspec.json.encode(list(names)).decode()
