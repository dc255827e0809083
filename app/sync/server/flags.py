"""Flags: what a device says about itself that supervisors must know soon, and who took note of it.

A flag names a device, a kind and a moment, and nothing else. It is handed out by role at the moment of reading, so that
a supervisor who comes later still finds it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from app.sync import protocol
from app.sync.protocol import Flag, FlagRaised, FlagSeen, FlagTaken, ProblemCode
from app.sync.server.clock import now_ms
from app.sync.server.feed import FeedWriter, to_role
from app.sync.server.members import Caller, callers
from app.sync.server.problems import Refused, malformed, not_found
from app.sync.server.signing import is_signed_by
from app.sync.server.tables import agencies, devices, flags, persons
from app.words import mark

WATCHERS = "SUP"
"""The role that flags are handed out to, and that may take note of them."""
_MOST_A_DAY = 100
_DAY_MS = 24 * 3600 * 1000


def raise_flag(connection: Connection, caller: Caller, raised: FlagRaised) -> tuple[FlagTaken, bool]:
    """Keep a device's flag about itself and put it into the feed; whether it is new. The same again does nothing.

    Raises `Refused` for a flag about another device, a wrong signature, an id of another flag, or too many.
    """
    _, _, signing = callers(connection, caller.agency_id, [caller.device_id])[caller.device_id]
    if raised.device_id != caller.device_id:
        raise malformed()
    if not is_signed_by(signing, raised.signature, protocol.canonical(raised)):
        raise Refused(400, ProblemCode.BAD_SIGNATURE, mark("The flag is not signed by its own device."))
    known = _find(connection, caller.agency_id, raised.flag_id)
    if known is not None:
        if protocol.canonical(protocol.decode(FlagRaised, known.body)) != protocol.canonical(raised):
            raise malformed()
        return _taken(connection, caller.agency_id, raised.flag_id), False
    _refuse_flood(connection, caller)
    row = {
        "agency_id": caller.agency_id,
        "flag_id": raised.flag_id,
        "device_id": caller.device_id,
        "person_id": caller.person_id,
        "kind": raised.kind,
        "at": raised.at,
        "received_at": now_ms(),
        "seen_at": 0,
        "seen_by": "",
        "body": protocol.encode(raised),
    }
    connection.execute(insert(flags).values(row))
    _publish(connection, caller.agency_id, raised.flag_id)
    return _taken(connection, caller.agency_id, raised.flag_id), True


def take_note(connection: Connection, caller: Caller, seen: FlagSeen) -> FlagTaken:
    """A supervisor took note; the first one is named. Raises `Refused` for anybody else and for an unknown flag."""
    if WATCHERS not in caller.roles:
        raise Refused(403, ProblemCode.NOT_ALLOWED, mark("Only a supervisor may take note of a flag."))
    known = _find(connection, caller.agency_id, seen.flag_id)
    if known is None:
        raise not_found()
    if not known.seen_at:
        named = flags.c.agency_id == caller.agency_id, flags.c.flag_id == seen.flag_id
        connection.execute(update(flags).where(*named).values(seen_at=now_ms(), seen_by=caller.person_id))
        _publish(connection, caller.agency_id, seen.flag_id)
    return _taken(connection, caller.agency_id, seen.flag_id)


def list_flags(connection: Connection, agency_id: str) -> list[dict[str, object]]:
    """The flags of an agency, the newest first, for the administrator's eyes."""
    rows = connection.execute(
        select(flags, persons.c.name, devices.c.device_name)
        .join_from(flags, devices)
        .join(persons, (persons.c.agency_id == flags.c.agency_id) & (persons.c.person_id == flags.c.person_id))
        .where(flags.c.agency_id == agency_id)
        .order_by(flags.c.received_at.desc(), flags.c.flag_id)
    )
    shown = ("flag_id", "kind", "at", "received_at", "name", "device_name", "device_id", "seen_at", "seen_by")
    return [{name: row._mapping[name] for name in shown} for row in rows]


def _refuse_flood(connection: Connection, caller: Caller) -> None:
    mine = flags.c.agency_id == caller.agency_id, flags.c.device_id == caller.device_id
    lately = connection.scalar(select(func.count()).where(*mine, flags.c.received_at > now_ms() - _DAY_MS))
    if (lately or 0) >= _MOST_A_DAY:
        raise Refused(429, ProblemCode.TOO_MANY, mark("Too many flags of this device today."), retry_after=3600)


def _find(connection: Connection, agency_id: str, flag_id: str) -> Row[*tuple[Any, ...]] | None:
    named = flags.c.agency_id == agency_id, flags.c.flag_id == flag_id
    return connection.execute(select(flags).where(*named)).one_or_none()


def _publish(connection: Connection, agency_id: str, flag_id: str) -> None:
    """Put a flag, as it is now, at a new place of the feed."""
    row = connection.execute(select(flags).where(flags.c.agency_id == agency_id, flags.c.flag_id == flag_id)).one()
    flag = Flag(
        raised=protocol.decode(FlagRaised, row.body),
        person_id=row.person_id,
        received_at=row.received_at,
        seen_at=row.seen_at,
        seen_by=row.seen_by,
    )
    places = FeedWriter(connection, agency_id)
    places.add("flag", flag_id, audience=to_role(WATCHERS), body=protocol.encode(flag))
    places.flush()


def _taken(connection: Connection, agency_id: str, flag_id: str) -> FlagTaken:
    epoch = connection.scalar(select(agencies.c.server_epoch).where(agencies.c.agency_id == agency_id))
    return FlagTaken(flag_id=flag_id, server_epoch=str(epoch), server_time=now_ms())
