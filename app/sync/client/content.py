"""What is inside a segment once it is opened: a run of changes as MessagePack, compressed. Decoded within bounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Final

import msgspec
import zstandard
from msgspec import Meta

from app.models.changes import Change, is_dot

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


class LoggedFields(msgspec.Struct, frozen=True):
    """A change of the log as it is sealed: its fields stand there as they travel, and are not decoded for it."""

    dot: str
    author: str
    kind: str
    record_id: str
    fields: msgspec.Raw


class Content(msgspec.Struct, frozen=True):
    """A run of changes of one device to one scope; each one's place is the segment's first plus its place in the list.

    Types alone are checked while it is decoded; `_is_well_formed` looks at the texts, which costs a third of what
    patterns in the decoder cost.
    """

    changes: Annotated[list[Change], Meta(min_length=1, max_length=MOST_CHANGES)]


_decoder = msgspec.msgpack.Decoder(Content)


def pack(changes: Sequence[Change | LoggedFields]) -> bytes:
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
        return found if len(found) == count and all(map(_is_well_formed, found)) else None
    except (zstandard.ZstdError, msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _is_well_formed(change: Change) -> bool:
    fields = change.fields
    if not (is_dot(change.dot) and _is_id(change.author) and _is_name(change.kind) and _is_id(change.record_id)):
        return False
    _check_names(tuple(fields))
    replaced = [seen for _, seen in fields.values() if seen]  # most fields replace nothing
    return all(map(_are_dots, replaced))


def _are_dots(seen: tuple[str, ...]) -> bool:
    return len(seen) <= _MOST_SEEN and all(map(is_dot, seen))


@lru_cache(maxsize=256)
def _check_names(fields: tuple[str, ...]) -> None:
    """Raise ValueError unless all fields of a change have the names of fields.

    Remembered, because records of a kind mostly come with the same ones; only names that are fit, and so are short.
    """
    if len(fields) > _MOST_FIELDS or not all(map(_is_name, fields)):
        raise ValueError


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None
