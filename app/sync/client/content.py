"""What is inside a segment once it is opened: a run of changes as MessagePack, compressed. Decoded within bounds."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import zstandard
from msgspec import Meta

from app.models.changes import Change, FieldWrite, parse_dot

MOST_CHANGES: Final = 500
"""Changes in one segment."""
MOST_BYTES: Final = 512 * 1024
"""Bytes of changes, before compression, after which a segment is closed; a single larger change stands alone."""
_LARGEST: Final = 16 * 1024 * 1024
_LARGEST_WINDOW: Final = 8 * 1024 * 1024

Value = str | int | float | None
Dot = Annotated[str, Meta(max_length=64)]
FieldName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
Kind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Seen = Annotated[tuple[Dot, ...], Meta(max_length=2000)]
Fields = Annotated[dict[FieldName, tuple[Value, Seen]], Meta(max_length=500)]


class SealedChange(msgspec.Struct, frozen=True):
    """One change; its place is that of the segment's first plus its place in the list."""

    dot: Dot
    author: Id
    kind: Kind
    record_id: Id
    fields: Fields


class Content(msgspec.Struct, frozen=True):
    """A run of changes of one device to one scope."""

    changes: Annotated[list[SealedChange], Meta(min_length=1, max_length=MOST_CHANGES)]


_decoder = msgspec.msgpack.Decoder(Content)


def pack(changes: list[SealedChange]) -> bytes:
    """The compressed content."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(Content(changes)))


def unpack(content: bytes, count: int) -> list[Change] | None:
    """The changes; None when these are not `count` well-formed ones."""
    reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(content)
    try:
        plain = reader.read(_LARGEST + 1)
        if len(plain) > _LARGEST:
            return None
        found = [_change(sealed) for sealed in _decoder.decode(plain).changes]
    except (zstandard.ZstdError, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return found if len(found) == count else None


def _change(sealed: SealedChange) -> Change:
    for dot in (sealed.dot, *(dot for _, seen in sealed.fields.values() for dot in seen)):
        parse_dot(dot)
    fields = {name: FieldWrite(value, seen) for name, (value, seen) in sealed.fields.items()}
    return Change(sealed.dot, sealed.author, sealed.kind, sealed.record_id, fields)
