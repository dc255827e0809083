"""Looking for words on a disk: in whatever form a program may have left them there."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from pathlib import Path


def forms_of(canary: str) -> list[bytes]:
    """How a canary may lie on the disk; base64 in each of the three places where a group may begin."""
    raw = canary.encode()
    shifted = [base64.b64encode(b"\0" * pad + raw)[pad + (pad > 0) : -4] for pad in range(3)]
    return [raw, canary.encode("utf-16-le"), canary.encode("utf-16-be"), *shifted]


def layers(content: bytes) -> Iterator[bytes]:
    """The content, and whatever in it is compressed."""
    yield content
    for start in range(len(content) - 2):
        if content[start] == 0x78 and content[start + 1] in (0x01, 0x5E, 0x9C, 0xDA):
            yield inflated(content[start:], zlib.MAX_WBITS)
        elif content[start : start + 4] == b"PK\x03\x04":
            skip = 30 + int.from_bytes(content[start + 26 : start + 28], "little")
            yield inflated(content[start + skip + int.from_bytes(content[start + 28 : start + 30], "little") :], -15)
        elif content[start : start + 2] == b"\x1f\x8b":
            yield inflated(content[start:], 31)


def inflated(content: bytes, bits: int) -> bytes:
    """What can be inflated of it."""
    try:
        return zlib.decompressobj(bits).decompress(content, 10_000_000)
    except zlib.error:
        return b""


def leaks(folder: Path, canaries: list[str]) -> list[str]:
    """The files in which a canary can be read, or whose name holds one."""
    wanted = [form for canary in canaries for form in forms_of(canary)]
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if any(canary in path.name for canary in canaries) or (path.is_file() and _readable(path, wanted))
    ]


def _readable(path: Path, wanted: list[bytes]) -> bool:
    # One pattern for all canaries: each layer is gone through once, not once for each of thousands of forms.
    return any(_holds(layer, wanted) for layer in layers(path.read_bytes()))


def _holds(layer: bytes, wanted: list[bytes]) -> bool:
    return any(form in layer for form in wanted)
