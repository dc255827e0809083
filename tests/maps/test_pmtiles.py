"""PMTiles files are read, never believed."""

from __future__ import annotations

import gzip
import json
import random
import struct
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from app.errors import EnvironmentProblem
from app.maps.facts import MOST_TILE_BYTES, NOT_A_MAP, VECTOR
from app.maps.opening import open_map
from app.maps.pmtiles import PmTiles, tile_id
from tests.maps.made_mbtiles import picture

Entry = tuple[int, int, int, int]
"""Tile, run, length, offset."""


def varint(value: int) -> bytes:
    made = b""
    while value >= 0x80:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])


def directory(entries: Sequence[Entry]) -> bytes:
    made = varint(len(entries))
    before = 0
    for entry in entries:
        made += varint(entry[0] - before)
        before = entry[0]
    for column in (1, 2):
        made += b"".join(varint(entry[column]) for entry in entries)
    return made + b"".join(varint(entry[3] + 1) for entry in entries)


def archive(
    path: Path, root: bytes, data: bytes, *, leaves: bytes = b"", kind: int = 2, zooms: tuple[int, int] = (0, 3)
) -> Path:
    """A file as the specification lays it out, with packed directories."""
    packed, about = (
        gzip.compress(root),
        gzip.compress(json.dumps({"name": "Example", "attribution": "Nobody"}).encode()),
    )
    at = 127
    parts = []
    for part in (packed, about, leaves, data):
        parts += [at, len(part)]
        at += len(part)
    header = struct.pack("<7sB11Q6B", b"PMTiles", 3, *parts, 0, 0, 0, 1, 2, 1, kind, *zooms)
    path.write_bytes(header.ljust(127, b"\0") + packed + about + leaves + data)
    return path


@pytest.mark.parametrize(
    ("tile", "number"),
    [((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 0, 1), 2), ((1, 1, 1), 3), ((1, 1, 0), 4), ((2, 0, 0), 5),
     ((12, 3423, 1763), 19078479)],
)  # fmt: skip
def test_tiles_are_numbered_as_the_specification_says(tile: tuple[int, int, int], number: int) -> None:
    assert tile_id(*tile) == number


def test_every_tile_of_a_depth_has_a_number_of_its_own_and_neighbours_follow() -> None:
    numbers = {tile_id(4, x, y): (x, y) for x in range(16) for y in range(16)}
    assert sorted(numbers) == list(range(85, 85 + 256))
    walked = [numbers[number] for number in sorted(numbers)]
    assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for a, b in pairwise(walked))


def test_tiles_runs_and_further_directories_are_found(tmp_path: Path) -> None:
    land, sea, deep = picture("#40a060"), picture("#3060a0"), picture("#ffffff")
    leaf = gzip.compress(directory([(21, 1, len(deep), len(land) + len(sea))]))
    root = directory([(0, 1, len(land), 0), (1, 4, len(sea), len(land)), (21, 0, len(leaf), 0)])
    file = open_map(archive(tmp_path / "map.pmtiles", root, land + sea + deep, leaves=leaf))
    try:
        assert isinstance(file, PmTiles)
        assert file.tile(0, 0, 0) == land and file.tile(1, 1, 0) == sea and file.tile(3, 0, 0) == deep
        assert file.tile(2, 0, 0) is None and file.tile(3, 1, 0) is None and file.tile(1, 5, 0) is None
        assert (file.facts.name, file.facts.farthest, file.facts.nearest) == ("Example", 0, 3)
    finally:
        file.close()


def test_vector_maps_and_others_are_refused(tmp_path: Path) -> None:
    root = directory([(0, 1, 4, 0)])
    for kind, sentence in ((1, VECTOR), (4, NOT_A_MAP), (9, NOT_A_MAP)):
        with pytest.raises(EnvironmentProblem) as refused:
            open_map(archive(tmp_path / f"{kind}.pmtiles", root, b"tile", kind=kind))
        assert refused.value.text == sentence
    with pytest.raises(EnvironmentProblem):
        open_map(archive(tmp_path / "zoom.pmtiles", root, b"tile", zooms=(3, 200)))


def test_what_a_file_states_is_not_believed(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    circle = directory([(0, 0, 0, 0)])
    for name, root in (
        ("entries", varint(10**9)),
        ("number", b"\xff" * 30),
        ("offset", varint(1) + varint(0) + varint(1) + varint(9) + varint(0)),
        ("empty", b""),
    ):
        with pytest.raises(EnvironmentProblem):
            open_map(archive(tmp_path / name, root, b""))
    file = open_map(archive(tmp_path / "circle", circle, b""))
    assert file.tile(0, 0, 0) is None
    file.close()
    root = directory([(0, 0, len(bomb), 0), (1, 1, MOST_TILE_BYTES + 1, 0), (2, 1, 9, 10**12)])
    file = open_map(archive(tmp_path / "bomb", root, b"", leaves=bomb))
    assert file.tile(0, 0, 0) is None and file.tile(1, 0, 0) is None and file.tile(1, 0, 1) is None
    file.close()


def test_a_damaged_file_never_does_more_than_be_refused(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    land = picture(side=8)
    whole = archive(tmp_path / "whole", directory([(0, 1, len(land), 0), (1, 4, len(land), 0)]), land).read_bytes()
    path = tmp_path / "damaged"
    for _ in range(300):
        damaged = bytearray(whole[: rng.randrange(20, len(whole) + 1)])
        for _ in range(rng.randint(1, 6)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            file = open_map(path)
        except EnvironmentProblem:
            continue
        try:
            for tile in ((0, 0, 0), (1, 0, 0), (3, 7, 7)):
                found = file.tile(*tile)
                assert found is None or len(found) <= MOST_TILE_BYTES, f"seed {seed}"
        finally:
            file.close()
