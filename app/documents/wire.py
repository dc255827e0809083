"""How the window and the drawing child talk: length-framed MessagePack over pipes, one answer a request."""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

from app.queries.form_rows import PrintContext

_LENGTH = struct.Struct(">I")
LARGEST = 64 * 1024 * 1024
"""Longest message in bytes."""


class Further(msgspec.Struct, frozen=True):
    """One more document for the same file."""

    context: PrintContext
    rows: msgspec.Raw


class Request(msgspec.Struct, frozen=True):
    """What to draw; the rows stay encoded until the form says of which type they are.

    `further` follows in the same file, each document from a page of its own; `whole_sheets`: from a sheet of its own,
    so that printing on both sides puts no two documents on one sheet.
    """

    context: PrintContext
    rows: msgspec.Raw
    further: tuple[Further, ...] = ()
    whole_sheets: bool = False


class Answer(msgspec.Struct, frozen=True):
    """The PDF, or the marked English sentence why there is none. `rule` says that the sentence is about a rule."""

    pdf: bytes = b""
    problem: str = ""
    rule: bool = False


def write_message(stream: BinaryIO, message: bytes) -> None:
    """Write one framed message and flush."""
    stream.write(_LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def read_message(stream: BinaryIO) -> bytes | None:
    """The next message; None when the other side has gone."""
    head = _read_all(stream, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    return _read_all(stream, length) if length <= LARGEST else None


def _read_all(stream: BinaryIO, count: int) -> bytes | None:
    parts: list[bytes] = []
    while count:
        part = stream.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
