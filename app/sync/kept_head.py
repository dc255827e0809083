"""A signed head of an agency's log as a text that is kept elsewhere: on paper, in another's mailbox, on a stick.

Lines of `name: value`; lines that say anything else are passed over, and a JSON object with the same names reads alike.
"""

from __future__ import annotations

import json

import msgspec

from app.sync.protocol import Malformed, TreeHead

_BYTES = ("root", "signature")


def fields_of(head: TreeHead) -> dict[str, str | int]:
    """The head by its fields, bytes as hexadecimal letters."""
    said = {name: getattr(head, name) for name in TreeHead.__struct_fields__}
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in said.items()}


def as_text(head: TreeHead) -> str:
    """The head as a text of six lines."""
    return "".join(f"{name}: {value}\n" for name, value in fields_of(head).items())


def read(text: str) -> TreeHead:
    """The head in a text, the first of several. Raises `Malformed`."""
    try:
        found = json.loads(text)
    except ValueError:
        lines = (line.partition(":") for line in reversed(text.splitlines()))
        found = {name.strip(): value.strip() for name, _, value in lines}
    try:
        said = {name: found[name] for name in TreeHead.__struct_fields__}
        said |= {name: bytes.fromhex(said[name]) for name in _BYTES}
        return msgspec.convert(said, TreeHead, strict=False)
    except (KeyError, TypeError, ValueError):
        raise Malformed("not a head") from None
