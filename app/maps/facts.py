"""What every kind of map file has in common: what it says of itself, its bounds, and what is said when it is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.words import mark

NOT_A_MAP = mark("This file is not a map that Haven can show. Choose an MBTiles or PMTiles file with pictures.")
GONE = mark("The map file is not there any more. Choose it again, or work without it.")
VECTOR = mark("This map holds vector data. Haven shows MBTiles and PMTiles files with pictures (PNG or JPEG).")
MOST_TILE_BYTES = 1_000_000
DEEPEST = 22
LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class MapFacts:
    """What a map file says of itself: its name, the depths of zoom it has, who it is from."""

    name: str
    nearest: int
    farthest: int
    attribution: str


class MapFile(Protocol):
    """One open map file."""

    facts: MapFacts

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """The picture of one tile, row 0 in the north; None where there is none that can be shown."""

    def close(self) -> None:
        """Let go of the file."""


def exists(zoom: int, column: int, row: int) -> bool:
    """Whether there is such a tile in the world."""
    return 0 <= zoom <= DEEPEST and 0 <= column < 1 << zoom and 0 <= row < 1 << zoom
