"""Envelopes: what is in them, how they are made, how they are opened.

A scope's key travels as MessagePack `{kind, anchor_id, epoch, key}`, a group's private key as
`{name, epoch, private}`. To a device, to a group whose key is not held here, and to the agency's recovery key it is
sealed by HPKE; under a group key that this device holds it is wrapped with AES-256-GCM, which is 20 times cheaper to
open.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models.local.tables import OtherKey, OwnKey, PartedScope, PeerDevice, Scope, ScopeKey
from app.sync import protocol
from app.sync.client import facts, hybrid
from app.sync.client.facts import Membership
from app.sync.protocol import Envelope
from app.vault import identity, state
from app.vault import keys as vault_keys
from app.vault.destroying import PURGED, gone
from app.vault.keys import KEY_BYTES, Randomness

_NONCE_BYTES = 12
_GROUP = "group:"
_OF_GROUP = "SELECT name, private FROM own_key WHERE name GLOB ?"
_NEW_SCOPE = (
    "INSERT INTO scope (id, kind, anchor_id, epoch, made_here, offered, number) VALUES (?, ?, ?, ?, 0, 1, 0)"
    " ON CONFLICT (id) DO NOTHING"
)
_NEW_KEY = (
    'INSERT INTO scope_key (scope_id, epoch, "key", groups, made_here, offered) VALUES (?, ?, ?, ?, 0, 1)'
    " ON CONFLICT DO NOTHING"
)
_HAS_KEY = "SELECT 1 FROM scope_key WHERE scope_id = ? AND epoch = ?"
_GRANTED = "INSERT OR IGNORE INTO granted (subject, subject_id, epoch, recipient, recipient_id) VALUES (?, ?, ?, ?, ?)"
HOLDER = "holder"
"""In the place of a recipient's kind: this device knows the key, whatever the server remembers of its envelope."""
KEM_PRIVATE = 96
"""Bytes of a private HPKE key: the 64-byte seed of ML-KEM-768, then X25519."""


class ScopePayload(msgspec.Struct, frozen=True):
    """The key of one epoch of a scope, and what the scope is.

    `groups`: the newest epochs of its reading groups when the key was made. `others`: further keys of the same epoch.
    """

    kind: str
    anchor_id: str
    epoch: int
    key: bytes
    groups: dict[str, int] | None = None
    others: list[bytes] = []


class GroupPayload(msgspec.Struct, frozen=True):
    """The private key of one epoch of a group."""

    name: str
    epoch: int
    private: bytes


_scopes = msgspec.msgpack.Decoder(ScopePayload)
_groups = msgspec.msgpack.Decoder(GroupPayload)


class Opening(Enum):
    """What became of an envelope."""

    OPENED = auto()
    KNOWN = auto()
    WAITS = auto()
    """Its author, its group or the group's key is not known yet."""
    REFUSED = auto()


@dataclass(frozen=True)
class Wanted:
    """An envelope that should exist. `public` is sealed to, unless `wrapping` is there."""

    subject: Literal["scope", "group"]
    subject_id: str
    epoch: int
    recipient: Literal["device", "group", "recovery"]
    recipient_id: str
    payload: bytes
    public: bytes = b""
    wrapping: bytes | None = None


def own_key_name(group: str, epoch: int) -> str:
    """The name of a group's key in `OwnKey`."""
    return f"{_GROUP}{group}:{epoch}"


def group_keys(session: Session) -> dict[str, tuple[int, OwnKey]]:
    """The newest known epoch of each group; its private half where this device holds it."""
    newest: dict[str, tuple[int, OwnKey]] = {}
    for own in session.scalars(select(OwnKey).where(OwnKey.name.startswith(_GROUP))):
        _, name, epoch = own.name.split(":")
        if name not in newest or newest[name][0] < int(epoch):
            newest[name] = (int(epoch), own)
    return newest


def group_epochs(session: Session) -> dict[str, dict[int, OwnKey]]:
    """Every known epoch of each group: who joins later needs the older ones for what was sealed then."""
    found: dict[str, dict[int, OwnKey]] = {}
    for own in session.scalars(select(OwnKey).where(OwnKey.name.startswith(_GROUP))):
        _, name, epoch = own.name.split(":")
        found.setdefault(name, {})[int(epoch)] = own
    return found


def make(wanted: Wanted, member: Membership, random: Randomness, sign: Callable[[bytes], bytes]) -> Envelope | None:
    """The envelope, None when the recipient's key is none."""
    info = hybrid.bound_to(
        member.agency_id, wanted.subject, wanted.subject_id, wanted.epoch, wanted.recipient, wanted.recipient_id
    )
    if wanted.wrapping is None:
        sealed = hybrid.seal(wanted.payload, wanted.public, info)
    else:
        nonce = random(_NONCE_BYTES)
        sealed = nonce + AESGCM(_wrapping_key(wanted.wrapping)).encrypt(nonce, wanted.payload, info)
    if sealed is None:
        return None
    envelope = Envelope(
        subject=wanted.subject,
        subject_id=wanted.subject_id,
        epoch=wanted.epoch,
        recipient=wanted.recipient,
        recipient_id=wanted.recipient_id,
        method="hpke" if wanted.wrapping is None else "aes",
        sealed=sealed,
        held=False,
        by_device=member.device_id,
        signature=protocol.UNSIGNED,
    )
    return protocol.signed(envelope, sign)


def take_in(session: Session, envelope: Envelope, member: Membership) -> Opening:
    """Open an envelope and keep the key that is in it."""
    author = session.get(PeerDevice, envelope.by_device)
    if author is None:
        return Opening.WAITS
    if not is_signed_by(author.signing_public, envelope.signature, protocol.canonical(envelope)):
        return Opening.REFUSED
    if envelope.recipient == "recovery" or envelope.held:
        return Opening.KNOWN
    left = gone(session, envelope.subject_id) if envelope.subject == "scope" else None
    if left is not None and not _gives_back(envelope, left):
        return Opening.KNOWN
    _note_granted(session, envelope)
    if _is_known(session, envelope, member):
        return Opening.KNOWN
    privates, awaited = _privates_for(session, envelope, member)
    opened = (_opened(envelope, private, member) for private in privates)
    content = next((one for one in opened if one is not None), None)
    if content is None:
        return Opening.WAITS if awaited else Opening.REFUSED
    if envelope.subject == "group":
        return _keep_group(session, envelope, content)
    opening = _keep_scope(session, envelope, content)
    if left is not None and opening is Opening.OPENED:
        _come_back(session, envelope.subject_id)
    return opening


def _gives_back(envelope: Envelope, left: int) -> bool:
    """Whether a key opens here again what has left this device at its epoch `left`.

    Only a later one does: the others were sealed before. A group's people read what its key opens, since whenever.
    """
    return left != PURGED and (envelope.recipient == "group" or envelope.epoch > left)


def _come_back(session: Session, scope_id: str) -> None:
    """A scope that had left was given back: whatever was ever sealed to this device is welcome again."""
    session.execute(delete(PartedScope).where(PartedScope.scope_id == scope_id))
    state.put(session, facts.ENVELOPES_DUE, "1")


def is_signed_by(public: bytes, signature: bytes, content: bytes) -> bool:
    """Whether the holder of the Ed25519 key `public` signed `content`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _wrapping_key(group_private: bytes) -> bytes:
    return vault_keys.expand(group_private, b"", b"wrap for a group")


def _note_granted(session: Session, envelope: Envelope) -> None:
    """Remember that this recipient has its envelope, so that it is not made again.

    Who sealed the key of a scope has it too, also when nothing that they wrote ever came here.
    """
    subject = (envelope.subject, envelope.subject_id, envelope.epoch)
    known: list[tuple[object, ...]] = [(*subject, envelope.recipient, envelope.recipient_id)]
    if envelope.subject == "scope":
        known.append((*subject, HOLDER, envelope.by_device))
    session.connection().exec_driver_sql(_GRANTED, known)


def _is_known(session: Session, envelope: Envelope, member: Membership) -> bool:
    """Whether there is nothing in it for us. Of a later epoch there may be a second key (`OtherKey`)."""
    if envelope.subject == "scope":
        first_or_own = envelope.epoch == 1 or envelope.by_device == member.device_id
        return first_or_own and _has_key(session, envelope.subject_id, envelope.epoch)
    own = session.get(OwnKey, own_key_name(envelope.subject_id, envelope.epoch))
    return own is not None and own.private is not None


def _has_key(session: Session, scope_id: str, epoch: int) -> bool:
    """Asked of the driver: most envelopes of a page bring keys that are not here, and an object would be looked for."""
    return session.connection().exec_driver_sql(_HAS_KEY, (scope_id, epoch)).first() is not None


def _privates_for(session: Session, envelope: Envelope, member: Membership) -> tuple[list[bytes], bool]:
    """The private keys that may open it, and whether others may still come: those of all the group's epochs."""
    if envelope.recipient == "device":
        own = session.get(OwnKey, identity.KEM)
        fits = own is not None and own.private is not None and envelope.recipient_id == member.device_id
        return ([own.private] if fits and own is not None and own.private is not None else []), False
    held = _group_privates(session, envelope.recipient_id)
    return [private for private in held if private is not None], not held or None in held


def _group_privates(session: Session, name: str) -> list[bytes | None]:
    """The private key of each known epoch of a group, the newest first. Asked of the driver, once an envelope."""
    rows = session.connection().exec_driver_sql(_OF_GROUP, (own_key_name(name, 0)[:-1] + "[0-9]*",)).all()
    return [row[1] for row in sorted(rows, key=lambda row: int(row[0].rpartition(":")[2]), reverse=True)]


def _opened(envelope: Envelope, private: bytes, member: Membership) -> bytes | None:
    info = hybrid.bound_to(
        member.agency_id,
        envelope.subject,
        envelope.subject_id,
        envelope.epoch,
        envelope.recipient,
        envelope.recipient_id,
    )
    if envelope.method == "hpke":
        return hybrid.unseal(envelope.sealed, private, info)
    nonce, sealed = envelope.sealed[:_NONCE_BYTES], envelope.sealed[_NONCE_BYTES:]
    try:
        return AESGCM(_wrapping_key(private)).decrypt(nonce, sealed, info)
    except (InvalidTag, ValueError):
        return None


def _keep_scope(session: Session, envelope: Envelope, content: bytes) -> Opening:
    try:
        payload = _scopes.decode(content)
    except msgspec.MsgspecError:
        return Opening.REFUSED
    if len(payload.key) != KEY_BYTES or payload.epoch != envelope.epoch or not payload.kind or not payload.anchor_id:
        return Opening.REFUSED
    run = session.connection().exec_driver_sql
    is_new = run(_NEW_SCOPE, (envelope.subject_id, payload.kind, payload.anchor_id, payload.epoch)).rowcount == 1
    if is_new and not payload.others:
        # Most envelopes bring this; objects of the session would cost more than opening them does.
        run(_NEW_KEY, (envelope.subject_id, payload.epoch, payload.key, _as_json(payload.groups)))
        return Opening.OPENED
    scope = session.get_one(Scope, envelope.subject_id)
    if (scope.kind, scope.anchor_id) != (payload.kind, payload.anchor_id):
        return Opening.REFUSED
    return _keep_keys(session, scope, payload)


def _as_json(groups: dict[str, int] | None) -> str | None:
    """As the column keeps it."""
    return None if groups is None else json.dumps(groups, sort_keys=True, separators=(",", ":"))


def _keep_keys(session: Session, scope: Scope, payload: ScopePayload) -> Opening:
    """Keep what an envelope brought of an epoch: its key, and keys beside it that are not here yet."""
    scope_id = scope.id
    is_new = not _has_key(session, scope_id, payload.epoch)
    known = None if is_new else session.get(ScopeKey, (scope_id, payload.epoch))
    outcome = Opening.KNOWN
    if known is None:
        known = ScopeKey(scope_id=scope_id, epoch=payload.epoch, key=payload.key, groups=payload.groups)
        session.add(known)
        scope.epoch = max(scope.epoch, payload.epoch)
        outcome = Opening.OPENED
    for other in sorted({payload.key, *payload.others} - {known.key}):
        name = protocol.name_of_key(scope_id, payload.epoch, other)
        if len(other) == KEY_BYTES and session.get(OtherKey, (scope_id, payload.epoch, name)) is None:
            session.add(OtherKey(scope_id=scope_id, epoch=payload.epoch, name=name, key=other))
            outcome = Opening.OPENED
    session.flush()
    return outcome


def _public_of(private: bytes) -> bytes | None:
    if len(private) != KEM_PRIVATE:
        return None
    return identity.new_kem(lambda _: private).public


def _keep_group(session: Session, envelope: Envelope, content: bytes) -> Opening:
    """Keep a group's private key if it is the one whose public half was announced."""
    try:
        payload = _groups.decode(content)
    except msgspec.MsgspecError:
        return Opening.REFUSED
    if (payload.name, payload.epoch) != (envelope.subject_id, envelope.epoch):
        return Opening.REFUSED
    announced = session.get(OwnKey, own_key_name(payload.name, payload.epoch))
    if announced is None:
        return Opening.WAITS
    if _public_of(payload.private) != announced.public:
        return Opening.REFUSED
    announced.private = payload.private
    session.flush()
    return Opening.OPENED
