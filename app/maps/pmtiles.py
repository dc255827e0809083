"""Raster tiles out of a PMTiles file, version 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).

A header says where things lie; directories list tiles by their place along a Hilbert curve and may name further
directories; numbers are varints, columns one after another.
"""

from __future__ import annotations

import json
import struct
import zlib
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.errors import EnvironmentProblem
from app.maps.facts import DEEPEST, GONE, LONGEST_TEXT, MOST_TILE_BYTES, NOT_A_MAP, VECTOR, MapFacts, exists

SIGNATURE = b"PMTiles\x03"
_HEADER = struct.Struct("<8s11QBBBBBB")
_MOST_DIRECTORY_BYTES, _MOST_ENTRIES, _MOST_DEPTH, _KEPT = 4_000_000, 400_000, 3, 8
_PLAIN, _GZIP = 1, 2
_PNG, _JPEG, _MVT = 2, 3, 1
_GZIP_HEADER = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class _Directory:
    """Entries as columns: first tile, how many alike follow (0: a further directory), length, offset."""

    ids: list[int]
    runs: list[int]
    lengths: list[int]
    offsets: list[int]


class PmTiles:
    """One open map file. Raises EnvironmentProblem when it is none."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as problem:
            raise EnvironmentProblem(GONE) from problem
        self._leaves: OrderedDict[tuple[int, int], _Directory] = OrderedDict()
        try:
            self._begin()
        except (OSError, ValueError, struct.error, zlib.error, IndexError, RecursionError) as problem:
            self._file.close()
            raise EnvironmentProblem(NOT_A_MAP) from problem
        except EnvironmentProblem:
            self._file.close()
            raise

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """The picture of one tile; None where the map has none, or a damaged or oversized one."""
        if not exists(zoom, column, row):
            return None
        try:
            return self._find(tile_id(zoom, column, row))
        except (OSError, ValueError, zlib.error, IndexError):
            return None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _begin(self) -> None:
        fields = _HEADER.unpack(self._file.read(_HEADER.size))
        if fields[0] != SIGNATURE:
            raise ValueError("signature")
        root, root_size, about, about_size, self._leaf_at, _, self._data_at = fields[1:8]
        _clustered, self._inner, self._outer, kind, farthest, nearest = fields[12:18]
        if kind == _MVT:
            raise EnvironmentProblem(VECTOR)
        known = (_PLAIN, _GZIP)
        if kind not in (_PNG, _JPEG) or self._inner not in known or self._outer not in known:
            raise ValueError("kind")
        if not farthest <= nearest <= DEEPEST:
            raise ValueError("zoom")
        self._root = self._directory(root, root_size)
        said = self._about(about, about_size)
        name, source = (str(said.get(key) or "")[:LONGEST_TEXT] for key in ("name", "attribution"))
        self.facts = MapFacts(name[:100], nearest, farthest, source[:200])

    def _about(self, at: int, size: int) -> dict[str, Any]:
        if not 0 < size <= _MOST_DIRECTORY_BYTES:
            return {}
        said = json.loads(_opened(self._read(at, size), self._inner))
        return said if isinstance(said, dict) else {}

    def _find(self, wanted: int) -> bytes | None:
        directory = self._root
        for _ in range(_MOST_DEPTH):
            place = bisect_right(directory.ids, wanted) - 1
            if place < 0:
                return None
            run, size, offset = directory.runs[place], directory.lengths[place], directory.offsets[place]
            if run > 0:
                inside = wanted < directory.ids[place] + run
                return self._picture(offset, size) if inside else None
            directory = self._leaf(self._leaf_at + offset, size)
        return None

    def _picture(self, offset: int, size: int) -> bytes | None:
        if not 0 < size <= MOST_TILE_BYTES:
            return None
        return _opened(self._read(self._data_at + offset, size), self._outer, MOST_TILE_BYTES)

    def _leaf(self, at: int, size: int) -> _Directory:
        key = (at, size)
        if key not in self._leaves:
            self._leaves[key] = self._directory(at, size)
            if len(self._leaves) > _KEPT:
                self._leaves.popitem(last=False)
        self._leaves.move_to_end(key)
        return self._leaves[key]

    def _directory(self, at: int, size: int) -> _Directory:
        if not 0 < size <= _MOST_DIRECTORY_BYTES:
            raise ValueError("directory")
        return _read_directory(_opened(self._read(at, size), self._inner))

    def _read(self, at: int, size: int) -> bytes:
        self._file.seek(at)
        data = self._file.read(size)
        if len(data) != size:
            raise ValueError("cut off")
        return data


def _opened(data: bytes, compression: int, most: int = _MOST_DIRECTORY_BYTES) -> bytes:
    """What is inside, never more than `most` bytes. Raises ValueError or zlib.error."""
    if compression == _PLAIN:
        return data
    unpacker = zlib.decompressobj(_GZIP_HEADER)
    inside = unpacker.decompress(data, most)
    if unpacker.unconsumed_tail:
        raise ValueError("too large")
    return inside


def _read_directory(data: bytes) -> _Directory:
    place = 0

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("number")

    count = number()
    if count > _MOST_ENTRIES:
        raise ValueError("entries")
    ids: list[int] = []
    for _ in range(count):
        ids.append(number() + (ids[-1] if ids else 0))
    runs = [number() for _ in range(count)]
    lengths = [number() for _ in range(count)]
    offsets: list[int] = []
    for entry in range(count):
        value = number()
        if value == 0 and entry == 0:
            raise ValueError("offset")
        offsets.append(offsets[-1] + lengths[entry - 1] if value == 0 else value - 1)
    return _Directory(ids, runs, lengths, offsets)


def tile_id(zoom: int, column: int, row: int) -> int:
    """The place of a tile along the Hilbert curves of all depths, one after another."""
    before = ((1 << 2 * zoom) - 1) // 3
    x, y, along = column, row, 0
    side = (1 << zoom) >> 1
    while side:
        right, down = int(bool(x & side)), int(bool(y & side))
        along += side * side * ((3 * right) ^ down)
        if down == 0:
            if right == 1:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return before + along
