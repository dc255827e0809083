"""The device's own keys: Ed25519 to sign with, ML-KEM-768 with X25519 to receive keys with. Kept in the vault."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey
from sqlalchemy.orm import Session

from app.errors import Defect
from app.models.local.tables import OwnKey
from app.vault import asking
from app.vault.keys import Randomness
from app.words import mark

SIGNING = "signing"
KEM = "kem"
_SEED = 64
_CURVE = 32
_KEM_PUBLIC = 1184
_PRIVATE = "SELECT private FROM own_key WHERE name = ?"


def new_signing(random: Randomness) -> OwnKey:
    """A fresh signing pair."""
    private = random(_CURVE)
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return OwnKey(name=SIGNING, public=public, private=private)


def new_kem(random: Randomness, name: str = KEM) -> OwnKey:
    """A fresh hybrid pair for receiving keys, of this device or of a group (`name`)."""
    private = random(_SEED + _CURVE)
    kem = MLKEM768PrivateKey.from_seed_bytes(private[:_SEED]).public_key().public_bytes_raw()
    curve = X25519PrivateKey.from_private_bytes(private[_SEED:]).public_key().public_bytes_raw()
    return OwnKey(name=name, public=kem + curve, private=private)


def kem_private(raw: bytes) -> MLKEM768X25519PrivateKey:
    """The key of its 96 bytes: the 64-byte ML-KEM seed, then X25519."""
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(raw[:_SEED]), X25519PrivateKey.from_private_bytes(raw[_SEED:])
    )


def kem_public(raw: bytes) -> MLKEM768X25519PublicKey:
    """The key of its 1,216 bytes: ML-KEM, then X25519. Raises ValueError for anything else."""
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(raw[:_KEM_PUBLIC]), X25519PublicKey.from_public_bytes(raw[_KEM_PUBLIC:])
    )


def signing_key(session: Session) -> Ed25519PrivateKey:
    """The device's signing key."""
    return Ed25519PrivateKey.from_private_bytes(_private(session, SIGNING))


def kem_key(session: Session) -> MLKEM768X25519PrivateKey:
    """The device's key for receiving keys."""
    return kem_private(_private(session, KEM))


def destruction_bytes(agency_id: str, order_id: str, scope_ids: Iterable[str], proposed_at: datetime) -> bytes:
    """What both who destroy something sign: the same bytes as `sync.protocol.purge_bytes`."""
    return msgspec.msgpack.encode(("haven/1/purge", agency_id, order_id, as_ms(proposed_at), *sorted(scope_ids)))


def checkpoint_bytes(device_id: str, first: int, last: int, previous: bytes, head: bytes) -> bytes:
    """What a device signs under a run of its audit entries: their numbers, and the hashes before and at the end."""
    return msgspec.msgpack.encode(("haven/1/checkpoint", device_id, first, last, previous, head))


def as_ms(at: datetime) -> int:
    """A moment as the wire counts it: milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def _private(session: Session, name: str) -> bytes:
    own = asking.row(session, _PRIVATE, (name,))
    if own is None or own[0] is None:
        raise Defect(mark("The vault holds no key of this name."))
    return bytes(own[0])
