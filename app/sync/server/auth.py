"""Signing in by challenge and response, and the short token that every other request shows.

The server is stateless: nonces and tokens are rows of the store (as hashes), so any process can answer the next step.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, and_, bindparam, delete, func, insert, select, update

from app.sync import protocol
from app.sync.protocol import Challenge, ChallengeAsked, ProblemCode, Session, SignIn
from app.sync.server.clock import now_ms, random_bytes
from app.sync.server.members import ACTIVE, CALLER, Caller, caller_from, callers
from app.sync.server.problems import Refused, not_signed_in, revoked
from app.sync.server.signing import is_signed_by
from app.sync.server.tables import agencies, challenges, devices, persons, sessions
from app.words import mark

_MOST_OPEN_CHALLENGES = 5
_MOST_SESSIONS = 10


def challenge(connection: Connection, asked: ChallengeAsked) -> Challenge:
    """A nonce for one sign-in. An unknown device gets one too, which nothing will accept: it learns nothing."""
    nonce = random_bytes(32)
    now = now_ms()
    agency_id = connection.scalar(select(devices.c.agency_id).where(devices.c.device_id == asked.device_id))
    if agency_id is not None:
        _forget(connection, challenges.c.nonce_hash, challenges.c.expires_at <= now)
        mine = challenges.c.agency_id == agency_id, challenges.c.device_id == asked.device_id
        if (connection.scalar(select(func.count()).where(*mine)) or 0) >= _MOST_OPEN_CHALLENGES:
            _forget(connection, challenges.c.nonce_hash, *mine)
        row = {"agency_id": agency_id, "device_id": asked.device_id, "nonce_hash": _hash(nonce)}
        connection.execute(insert(challenges).values(expires_at=now + protocol.CHALLENGE_SECONDS * 1000, **row))
    return Challenge(nonce=nonce, server_time=now)


def sign_in(connection: Connection, asked: SignIn, server_public: bytes, seconds: int) -> Session | None:
    """A session for a device that signed its nonce, or None when it did not. The nonce is used up either way.

    Raises `Refused` for a device that proved itself and has been revoked.
    """
    if not proves_itself(connection, asked, server_public):
        return None
    device = connection.execute(select(devices).where(devices.c.device_id == asked.device_id)).one()
    if device.status != ACTIVE:
        raise revoked()
    return _open_session(connection, device.agency_id, asked.device_id, seconds)


def proves_itself(connection: Connection, asked: SignIn, server_public: bytes) -> bool:
    """Whether a device signed a nonce that it was given, whatever its standing. The nonce is used up either way."""
    named = challenges.c.nonce_hash == _hash(asked.nonce), challenges.c.device_id == asked.device_id
    open_until = connection.scalar(delete(challenges).where(*named).returning(challenges.c.expires_at))
    if open_until is None or open_until <= now_ms():
        return False
    public = connection.scalar(select(devices.c.signing_public).where(devices.c.device_id == asked.device_id))
    content = protocol.sign_in_bytes(asked.device_id, asked.nonce, server_public)
    return is_signed_by(public or b"", asked.signature, content)


def _open_session(connection: Connection, agency_id: str, device_id: str, seconds: int) -> Session:
    now = now_ms()
    mine = sessions.c.agency_id == agency_id, sessions.c.device_id == device_id
    _forget(connection, sessions.c.token_hash, sessions.c.agency_id == agency_id, sessions.c.expires_at <= now)
    if (connection.scalar(select(func.count()).where(*mine)) or 0) >= _MOST_SESSIONS:
        _forget(connection, sessions.c.token_hash, *mine)
    token = base64.urlsafe_b64encode(random_bytes(32)).decode("ascii")
    row = {"agency_id": agency_id, "device_id": device_id, "expires_at": now + seconds * 1000}
    connection.execute(insert(sessions).values(token_hash=_hash(token.encode()), **row))
    seen = devices.c.agency_id == agency_id, devices.c.device_id == device_id
    connection.execute(update(devices).where(*seen).values(last_seen=now))
    agency = connection.execute(select(agencies).where(agencies.c.agency_id == agency_id)).one()
    return Session(
        token=token,
        expires_at=now + seconds * 1000,
        lease_days=agency.lease_days,
        server_epoch=agency.server_epoch,
        server_time=now,
    )


@dataclass(frozen=True)
class SignedIn:
    """Who shows a token, and the token's own part in it: its hash, and the millisecond from which it counts no more.

    With it comes what most requests ask next, of the same snapshot.
    """

    caller: Caller
    token_hash: bytes
    expires_at: int
    signing_public: bytes
    """The device's key. It never changes."""
    server_epoch: str
    feed_end: int
    """The newest place of the agency's feed."""


# One statement, because it is asked at every request.
_SIGNED_IN = (
    select(
        sessions.c.token_hash,
        sessions.c.expires_at,
        devices.c.status,
        devices.c.signing_public,
        agencies.c.server_epoch,
        agencies.c.last_place,
        *CALLER,
    )
    .join_from(
        sessions,
        devices,
        and_(devices.c.agency_id == sessions.c.agency_id, devices.c.device_id == sessions.c.device_id),
    )
    .join(persons, and_(persons.c.agency_id == devices.c.agency_id, persons.c.person_id == devices.c.person_id))
    .join(agencies, agencies.c.agency_id == sessions.c.agency_id)
    .where(sessions.c.token_hash == bindparam("token_hash"))
)


def caller_of(connection: Connection, authorization: str | None) -> Caller:
    """Who shows this Authorization header. Asked of the store at each request, so a revocation holds at once."""
    return signed_in(connection, authorization).caller


def signed_in(connection: Connection, authorization: str | None) -> SignedIn:
    """Who shows this Authorization header, for what lasts longer than a request. Raises `Refused`."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not 20 <= len(token) <= 200:
        raise not_signed_in()
    shown = _hash(token.encode("utf-8", "replace"))
    found = connection.execute(_SIGNED_IN, {"token_hash": shown}).one_or_none()
    if found is None:
        raise not_signed_in()
    token_hash, expires_at, status, signing_public, epoch, end, *who = found
    if expires_at <= now_ms():
        raise not_signed_in()
    if status != ACTIVE:
        raise revoked()
    return SignedIn(caller_from(who), token_hash, expires_at, signing_public, epoch, end)


def still_signed_in(connection: Connection, agency_id: str, shown: Mapping[str, bytes]) -> dict[str, Caller]:
    """Of devices with the hashes of their tokens: those that are active and whose token counts, as they are now."""
    hashes, counting = sorted(shown.values()), set[bytes]()
    for at in range(0, len(hashes), 500):
        some = sessions.c.agency_id == agency_id, sessions.c.token_hash.in_(hashes[at : at + 500])
        valid = select(sessions.c.token_hash).where(*some, sessions.c.expires_at > now_ms())
        counting.update(connection.scalars(valid))
    standing = callers(connection, agency_id, (device_id for device_id in shown if shown[device_id] in counting))
    return {device_id: caller for device_id, (caller, status, _) in standing.items() if status == ACTIVE}


def sign_in_failed() -> Refused:
    """A wrong, used or expired nonce, or a wrong signature; or no such device. It does not say which."""
    return Refused(401, ProblemCode.SIGN_IN_FAILED, mark("Signing in failed. Ask for a new challenge."))


def _forget(connection: Connection, name: Column[bytes], *conditions: ColumnElement[bool]) -> None:
    """Remove rows, but pass over those that another process is removing: two that wait for each other both fail."""
    free = select(name).where(*conditions).with_for_update(skip_locked=True)
    connection.execute(delete(name.table).where(name.in_(free), *conditions))


def _hash(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
