"""Work in a file: for a USB stick between two laptops, or between a laptop and the station, without any network.

The file carries the same signed segments, envelopes and offers as the wire, sealed once more as a whole: whoever finds
it learns an agency's and a device's random ids, and how long it is. It is refused whole unless all of it is there,
unchanged, from a device of this agency that is in service. Taking the same file in again does nothing.

Beside the records it carries the sealed chunks of their attachments, as far as there is room (`bundle_files.py`). A
chunk that is not what it is called makes the whole file "changed or damaged": no honest device writes one, as each is
proven when it is put in, and who says one thing falsely is not asked to be believed in another.

Memory: writing and reading each hold about three times the length of the file at once, the file itself included: 200 MB
for a full one (measured, `bench/bundle.py`).

What came in a file is handed on to the server with the next round (`carry`), so the author's work counts as received as
soon as anybody who has it finds a network.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import RuleBroken
from app.models.local.tables import Carried, OutSegment, PartedScope, PeerDevice, Scope, ScopeKey
from app.models.rules import access
from app.sync import protocol
from app.sync.client import agency_log, bundle_files, facts, hybrid, keys
from app.sync.client.arriving import take_in_carried
from app.sync.client.bundle_files import Packed
from app.sync.client.grant import offer
from app.sync.client.members import ACTIVE
from app.sync.client.push import NEVER
from app.sync.client.readers import Readers
from app.sync.client.rounds import Round, finds
from app.sync.client.seal import is_due as is_unsealed
from app.sync.client.seal import seal
from app.sync.protocol import (
    BUNDLE_MAGIC,
    MAX_BATCH,
    MAX_BUNDLE,
    MAX_ENVELOPES,
    MAX_SCOPES,
    BundleContent,
    BundleHead,
    ChunkHeld,
    Envelope,
    Malformed,
    Push,
    PushResult,
    ScopeEpoch,
    ScopeOffer,
    Segment,
)
from app.vault.destroying import is_purged
from app.vault.keys import KEY_BYTES
from app.words import mark

ENDING = "haven"
"""What the name of a bundle's file ends with."""
_NONCE_BYTES = 12
_LENGTH = struct.Struct(">I")
_LONGEST_HEAD = 64 * 1024
_LARGEST_WINDOW = 8 * 1024 * 1024
_PUSH_BYTES = 4 * 1024 * 1024
_BESIDE_CONTENT = 128 * 1024
"""Bytes of a bundle that are never content: its head, seal, and what compressing what is sealed already adds."""
NOT_ONE = mark("This is not a file with work from Haven, or a part of it is missing. Nothing was taken in.")
OTHER_AGENCY = mark("This file comes from another service. Nothing was taken in.")
STRANGER = mark(
    "This computer does not know the one that wrote this file, or it is no longer in service. Nothing was taken in."
)
CHANGED = mark("This file was changed or damaged after it was written. Nothing was taken in.")
CLOSED = mark("This file is not meant for you, or its key has not reached this computer yet. Nothing was taken in.")
NO_KEYS = mark("This computer has to reach the server once before it can write or read such a file.")
TOO_LARGE = mark("There is more to hand on than one file may hold. Connect to the server instead.")
Signed = ScopeOffer | ScopeEpoch | Envelope | Segment


@dataclass(frozen=True)
class Written:
    """The file, how many segments it has, and attachments: that are in it, that had no room, that are damaged here."""

    whole: bytes
    segments: int
    files: int = 0
    no_room: int = 0
    damaged: int = 0


@dataclass(frozen=True)
class Taken:
    """What a file brought: changes that were new, and things that wait for a key or for what was written before.

    `files`: attachments that are whole here by it. `absent`: those that its records name and that are still not here.
    `trouble`: what stood in the way of keeping attachments, a text for people; the records are kept all the same.
    """

    segments: int
    set_aside: int
    files: int = 0
    absent: int = 0
    trouble: str = ""


# --- writing ------------------------------------------------------------------------------------------------------


def write_bundle(round_: Round) -> Written:
    """The file with all own work that is kept here, received or not, and as many of its attachments as there is room.

    Raises RuleBroken when there is too much, or no key of the agency yet.
    """
    with round_.vault.read() as session:
        newest = keys.group_keys(session).get(access.STAFF)
    if newest is None:
        raise RuleBroken(NO_KEYS)
    with round_.vault.read() as session:
        unsealed = is_unsealed(session, round_)
    if unsealed:
        seal(round_)
    compressed, segments, packed = _compressed(round_)
    key, nonce = round_.random(KEY_BYTES), round_.random(_NONCE_BYTES)
    made_at = max(int(round_.vault.now().timestamp() * 1000), 0)
    sealed_key = hybrid.seal(
        key, newest[1].public, _bound_to(round_.member.agency_id, round_.member.device_id, made_at)
    )
    if sealed_key is None:
        raise RuleBroken(NO_KEYS)
    sealed = AESGCM(key).encrypt(nonce, compressed, BUNDLE_MAGIC)
    del compressed
    head = BundleHead(
        agency_id=round_.member.agency_id,
        by_device=round_.member.device_id,
        made_at=made_at,
        group=access.STAFF,
        sealed_key=sealed_key,
        content=_hash(nonce, sealed),
        signature=protocol.UNSIGNED,
    )
    encoded = protocol.encode(protocol.signed(head, round_.sign))
    whole = b"".join((BUNDLE_MAGIC, _LENGTH.pack(len(encoded)), encoded, nonce, sealed))
    if len(whole) > MAX_BUNDLE:
        raise RuleBroken(TOO_LARGE)
    return Written(whole, segments, packed.files, packed.no_room, packed.damaged)


def _hash(*parts: bytes) -> bytes:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.digest()


def _compressed(round_: Round) -> tuple[bytes, int, Packed]:
    """The content, compressed; how many segments; and what became of the attachments, without their bytes.

    What is sealed already does not become smaller, but going over it costs a tenth of a second for a whole file.
    """
    content = _content(round_)
    plain = _plain(content)
    with round_.vault.read() as session:
        files = bundle_files.spoken_of(session, content.segments, round_.member.device_id)
    packed = bundle_files.pack(round_.vault.attachments, files, MAX_BUNDLE - len(plain) - _BESIDE_CONTENT)
    if packed.chunks:
        del plain
        plain = _plain(msgspec.structs.replace(content, chunks=packed.chunks))
    counted = replace(packed, chunks=[])
    del packed
    return zstandard.ZstdCompressor(level=6).compress(plain), len(content.segments), counted


def _plain(content: BundleContent) -> bytes:
    try:
        return protocol.encode(content, MAX_BUNDLE)
    except Malformed:
        raise RuleBroken(TOO_LARGE) from None


def _content(round_: Round) -> BundleContent:
    """Own segments, whatever the server has of them, with the offers and keys of their scopes."""
    with round_.vault.read() as session:
        sendable = OutSegment.refusal.is_(None) | OutSegment.refusal.not_in(NEVER)
        rows = session.scalars(select(OutSegment).where(sendable).order_by(OutSegment.scope_id, OutSegment.first))
        segments = [protocol.decode(Segment, row.body) for row in rows]
        scope_ids = sorted({segment.scope_id for segment in segments})
        readers = Readers(session, round_.member)
        offers, wanted, begun = [], [], []
        for scope_id in scope_ids:
            scope = session.get_one(Scope, scope_id)
            if scope.made_here:
                offers.append(offer(scope_id, round_))
            for key in session.scalars(select(ScopeKey).where(ScopeKey.scope_id == scope_id).order_by(ScopeKey.epoch)):
                wanted += readers.envelopes_of(scope, key)
                if key.epoch > 1:
                    begun.append(begun_anew(round_, key))
        carried = [(row.kind, row.body) for row in session.scalars(select(Carried).order_by(Carried.name))]
        heads = agency_log.heads_to_show(session)
    made = [keys.make(one, round_.member, round_.random, round_.sign) for one in wanted]
    envelopes = [envelope for envelope in made if envelope is not None]
    others = [protocol.decode(KINDS[kind], body) for kind, body in carried]
    return BundleContent(
        scopes=[*offers, *(one for one in others if isinstance(one, ScopeOffer))],
        envelopes=[*envelopes, *(one for one in others if isinstance(one, Envelope))],
        segments=[*segments, *(one for one in others if isinstance(one, Segment))],
        epochs=[*begun, *(one for one in others if isinstance(one, ScopeEpoch))],
        heads=heads,
    )


def begun_anew(round_: Round, key: ScopeKey) -> ScopeEpoch:
    """The signed beginning of an epoch whose key is here."""
    name = protocol.name_of_key(key.scope_id, key.epoch, key.key)
    begun = ScopeEpoch(key.scope_id, key.epoch, name, round_.member.device_id, protocol.UNSIGNED)
    return protocol.signed(begun, round_.sign)


def _bound_to(agency_id: str, device_id: str, made_at: int) -> bytes:
    return hybrid.bound_to(agency_id, "bundle", device_id, made_at, "group", access.STAFF)


# --- reading ------------------------------------------------------------------------------------------------------


def read_bundle(round_: Round, whole: bytes) -> Taken:
    """Take a file in. Raises RuleBroken, with nothing taken in, for anything but a whole, sound file meant for us."""
    own = round_.member.device_id
    with round_.vault.read() as session:
        content = _opened(session, round_, whole)
        to_us = {own, *facts.own_groups(session)}
        left = set(session.scalars(select(PartedScope.scope_id)))
    for_us = [envelope for envelope in content.envelopes if envelope.recipient_id in to_us]
    segments = [segment for segment in content.segments if segment.device_id != own]
    welcome = [segment for segment in segments if segment.scope_id not in left]
    with round_.merging() as work:
        arrival = take_in_carried(work, [*for_us, *welcome], round_.member)
        _keep_carried(work.session, [*content.scopes, *content.epochs, *content.envelopes, *segments], own)
    agency_log.compare(round_, content.heads)
    came = bundle_files.take_in(round_, content.chunks, welcome)
    return Taken(len(arrival.opened), arrival.set_aside, came.files, came.absent, came.trouble)


def _opened(session: Session, round_: Round, whole: bytes) -> BundleContent:
    head, sealed = _parsed(whole)
    if head.agency_id != round_.member.agency_id:
        raise RuleBroken(OTHER_AGENCY)
    author = session.get(PeerDevice, head.by_device)
    if author is None or author.status != ACTIVE:
        raise RuleBroken(STRANGER)
    if not keys.is_signed_by(author.signing_public, head.signature, protocol.canonical(head)):
        raise RuleBroken(CHANGED)
    if hashlib.sha256(sealed).digest() != head.content:
        raise RuleBroken(CHANGED)
    info = _bound_to(head.agency_id, head.by_device, head.made_at)
    epochs = keys.group_epochs(session).get(access.STAFF, {})
    privates = [epochs[epoch].private for epoch in sorted(epochs, reverse=True)]
    opened = (hybrid.unseal(head.sealed_key, private, info) for private in privates if private is not None)
    key = next((one for one in opened if one is not None), None)
    if key is None or head.group != access.STAFF:
        raise RuleBroken(CLOSED)
    try:
        content = protocol.decode(BundleContent, _decompressed(key, sealed), MAX_BUNDLE)
    except (InvalidTag, ValueError, zstandard.ZstdError, Malformed):
        raise RuleBroken(CHANGED) from None
    if any(is_misnamed(chunk) for chunk in content.chunks):
        raise RuleBroken(CHANGED)
    return content


def is_misnamed(chunk: ChunkHeld) -> bool:
    """Whether a chunk is not what it is called."""
    return hashlib.sha256(chunk.sealed).digest() != chunk.name


def _decompressed(key: bytes, sealed: memoryview) -> bytes:
    packed = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], BUNDLE_MAGIC)
    reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(packed)
    return reader.read(MAX_BUNDLE + 1)


def _parsed(whole: bytes) -> tuple[BundleHead, memoryview]:
    start = len(BUNDLE_MAGIC) + _LENGTH.size
    if len(whole) > MAX_BUNDLE or not whole.startswith(BUNDLE_MAGIC) or len(whole) < start:
        raise RuleBroken(NOT_ONE)
    (length,) = _LENGTH.unpack(whole[len(BUNDLE_MAGIC) : start])
    if length > _LONGEST_HEAD or len(whole) <= start + length + _NONCE_BYTES:
        raise RuleBroken(NOT_ONE)
    try:
        return protocol.decode(BundleHead, whole[start : start + length]), memoryview(whole)[start + length :]
    except Malformed:
        raise RuleBroken(NOT_ONE) from None


# --- handing on ---------------------------------------------------------------------------------------------------

KINDS: dict[str, type[Signed]] = {
    "scope": ScopeOffer,
    "epoch": ScopeEpoch,
    "envelope": Envelope,
    "segment": Segment,
}


def _keep_carried(session: Session, things: Sequence[Signed], own: str) -> None:
    for thing in things:
        if isinstance(thing, Segment) and is_purged(session, thing.scope_id):
            continue
        if (thing.device_id if isinstance(thing, Segment) else thing.by_device) != own:
            kind = next(name for name, cls in KINDS.items() if isinstance(thing, cls))
            session.merge(Carried(name=name_of(thing), kind=kind, body=protocol.encode(thing)))


def name_of(thing: Signed) -> str:
    """One name for one thing, in the order in which a server can take them."""
    match thing:
        case ScopeOffer():
            return f"0 {thing.scope_id} {thing.by_device}"
        case ScopeEpoch():
            return f"1 {thing.scope_id} {thing.epoch:016d} {thing.by_device}"
        case Envelope():
            to = f"{thing.recipient} {thing.recipient_id} {thing.by_device}"
            return f"2 {thing.subject_id} {thing.epoch:016d} {to}"
        case Segment():
            return f"3 {thing.scope_id} {thing.device_id} {thing.first:016d}"


def is_due(session: Session, _round: Round) -> bool:
    """Whether there is anything to hand on."""
    return finds(session, "SELECT 1 FROM carried")


def carry(round_: Round) -> None:
    """Hand on to the server what came in files. Whatever the server answers, the author's own device still has it."""
    with round_.vault.read() as session:
        names = session.scalars(select(Carried.name).order_by(Carried.name)).all()
    while names:
        names = _carry_some(round_, names)


def _carry_some(round_: Round, names: Sequence[str]) -> Sequence[str]:
    """Send the first of them, as many as fit into one push; what is left."""
    held: dict[str, list[Signed]] = {kind: [] for kind in KINDS}
    most = {"scope": MAX_SCOPES, "epoch": MAX_SCOPES, "envelope": MAX_ENVELOPES, "segment": MAX_BATCH}
    size, sent = 0, 0
    for name in names:
        with round_.vault.read() as session:
            row = session.get_one(Carried, name)
        if sent and (size + len(row.body) > _PUSH_BYTES or len(held[row.kind]) == most[row.kind]):
            break
        held[row.kind].append(protocol.decode(KINDS[row.kind], row.body))
        size, sent = size + len(row.body), sent + 1
    round_.tally.told += 1
    push = Push(scopes=held["scope"], epochs=held["epoch"], envelopes=held["envelope"], segments=held["segment"])  # type: ignore[arg-type]
    result = round_.server.post("/v1/push", push, PushResult)
    round_.noted(result.server_epoch, result.server_time)
    with round_.settling() as session:
        session.execute(delete(Carried).where(Carried.name.in_(names[:sent])))
    return names[sent:]
