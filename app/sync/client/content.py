"""What is inside a segment once it is opened: a run of changes as MessagePack, compressed. Decoded within bounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Final

import msgspec
import zstandard
from msgspec import Meta

from app.models.changes import Change, FieldWrite, is_dot

MOST_CHANGES: Final = 500
"""Changes in one segment."""
MOST_BYTES: Final = 512 * 1024
"""Bytes of changes, before compression, after which a segment is closed; a single larger change stands alone."""
_LARGEST: Final = 16 * 1024 * 1024
_LARGEST_WINDOW: Final = 8 * 1024 * 1024

_MOST_SEEN: Final = 2000
_MOST_FIELDS: Final = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ID = re.compile(r"[0-9a-f]{32}")

Fields = dict[str, FieldWrite]


class SealedChange(msgspec.Struct, frozen=True):
    """One change; its place is that of the segment's first plus its place in the list.

    Types alone are checked while it is decoded; `_is_well_formed` looks at the texts, which costs a third of what
    patterns in the decoder cost.
    """

    dot: str
    author: str
    kind: str
    record_id: str
    fields: Fields


class LoggedFields(msgspec.Struct, frozen=True):
    """A change of the log as it is sealed: its fields stand there as they travel, and are not decoded for it."""

    dot: str
    author: str
    kind: str
    record_id: str
    fields: msgspec.Raw


class Content(msgspec.Struct, frozen=True):
    """A run of changes of one device to one scope."""

    changes: Annotated[list[SealedChange], Meta(min_length=1, max_length=MOST_CHANGES)]


_decoder = msgspec.msgpack.Decoder(Content)


def pack(changes: Sequence[SealedChange | LoggedFields]) -> bytes:
    """The compressed content."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode({"changes": changes}))


def unpack(content: bytes, count: int) -> list[Change] | None:
    """The changes; None when these are not `count` well-formed ones."""
    reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(content)
    try:
        plain = reader.read(_LARGEST + 1)
        if len(plain) > _LARGEST:
            return None
        found = _decoder.decode(plain).changes
    except (zstandard.ZstdError, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if len(found) != count or not all(map(_is_well_formed, found)):
        return None
    return [Change(one.dot, one.author, one.kind, one.record_id, one.fields) for one in found]


def _is_well_formed(change: SealedChange) -> bool:
    fields = change.fields
    if not (is_dot(change.dot) and _is_id(change.author) and _is_name(change.kind) and _is_id(change.record_id)):
        return False
    if len(fields) > _MOST_FIELDS or not all(map(_is_name, fields)):
        return False
    return not any(write.seen and not _are_dots(write.seen) for write in fields.values())


def _are_dots(seen: tuple[str, ...]) -> bool:
    return len(seen) <= _MOST_SEEN and all(map(is_dot, seen))


@lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    """Of a field or kind. Remembered: the same few hundred names come again with each change."""
    return _NAME.fullmatch(text) is not None


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None
