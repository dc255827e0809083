"""Verifies and opens segments: whose they are, whether they follow, what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.changes import Change
from app.models.local.tables import OtherKey
from app.sync import protocol
from app.sync.client import content, keys
from app.sync.client.chains import Chains
from app.sync.protocol import Segment

NONCE_BYTES = 12


class Reason(StrEnum):
    """Why something that came is not applied: it waits, or it was set aside for good."""

    AUTHOR = "author"
    """Its device is not known yet."""
    BEFORE = "before"
    """What its device wrote before it has not been applied."""
    KEY = "key"
    """The key of its epoch, or of the group it is for, is not here yet."""
    NEWER = "newer"
    """A kind of thing that only a newer version knows."""
    SIGNATURE = "signature"
    SEALED = "sealed"
    """It does not open with the scope's key."""
    CONTENT = "content"
    """What is in it is not a run of changes."""
    CONTRADICTION = "contradiction"
    """A device that changed its keys or its person, or an envelope that holds no key."""


WAITING = frozenset({Reason.AUTHOR, Reason.BEFORE, Reason.KEY, Reason.NEWER})
"""What is tried again; everything else is set aside: never applied, never dropped."""


@dataclass(frozen=True)
class Opened:
    """A segment and the changes in it, in their order."""

    segment: Segment
    changes: list[Change]


def header(segment: Segment) -> bytes:
    """What is not sealed but bound to the seal."""
    run = (segment.first, segment.last, segment.epoch, segment.previous)
    return msgspec.msgpack.encode(("haven/1/sealed", segment.scope_id, segment.device_id, *run))


def open_segment(session: Session, chains: Chains, segment: Segment) -> Opened | Reason | None:
    """The changes of a segment and its place in the chain moved on; None when it is known already.

    A server that went back may refuse, for its old key, what colleagues have already read here. Its author then seals
    the same changes with the newer key, in other runs: such a segment takes the place of what was known of the chain.
    """
    last, before, epoch = chains.last(segment.scope_id, segment.device_id)
    anew = segment.first <= last <= segment.last and segment.epoch > epoch
    if segment.last <= last and not anew:
        return None
    author = chains.author(segment.device_id)
    if author is None:
        return Reason.AUTHOR
    if not keys.is_signed_by(author, segment.signature, protocol.canonical(segment)):
        return Reason.SIGNATURE
    if not anew and (segment.first != last + 1 or segment.previous != before):
        return Reason.BEFORE
    key = chains.key(segment.scope_id, segment.epoch)
    if key is None:
        return Reason.KEY
    # From here on it is certainly its author's, so the chain goes on even when there is nothing in it to apply.
    chains.move(segment)
    plain = _unsealed(segment, key)
    if plain is None:
        named = OtherKey.scope_id == segment.scope_id, OtherKey.epoch == segment.epoch
        others = [_unsealed(segment, other) for other in session.scalars(select(OtherKey.key).where(*named))]
        plain = next((one for one in others if one is not None), None)
    if plain is None:
        return Reason.SEALED
    changes = content.unpack(plain, segment.last - segment.first + 1)
    return Reason.CONTENT if changes is None else Opened(segment, changes)


def _unsealed(segment: Segment, key: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(segment.sealed[:NONCE_BYTES], segment.sealed[NONCE_BYTES:], header(segment))
    except (InvalidTag, ValueError):
        return None
