"""HPKE with ML-KEM-768 and X25519: sealing to one recipient, safe from today's computers and from tomorrow's."""

from __future__ import annotations

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from app.vault import identity

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def bound_to(agency_id: str, subject: str, subject_id: str, epoch: int, recipient: str, recipient_id: str) -> bytes:
    """What an envelope is for: it opens only under the same words."""
    return msgspec.msgpack.encode(("haven/1/key", agency_id, subject, subject_id, epoch, recipient, recipient_id))


def seal(content: bytes, public: bytes, info: bytes) -> bytes | None:
    """`content` for the holder of `public`; None when that is not a key."""
    try:
        return _SUITE.encrypt(content, identity.kem_public(public), info)
    except ValueError:
        return None


def unseal(sealed: bytes, private: bytes, info: bytes) -> bytes | None:
    """The content, None when it was not sealed for this key and purpose."""
    try:
        return _SUITE.decrypt(sealed, identity.kem_private(private), info)
    except (InvalidTag, ValueError):
        return None
