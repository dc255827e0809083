"""Raster tiles out of an MBTiles file (https://github.com/mapbox/mbtiles-spec, version 1.3).

Tiles are numbered as on the web, row 0 in the north; the file counts rows from the south.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from app.errors import EnvironmentProblem
from app.words import mark

NOT_A_MAP = mark("This file is not a map that Haven can show. Choose an MBTiles file with pictures.")
GONE = mark("The map file is not there any more. Choose it again, or work without it.")
VECTOR = mark("This map holds vector data. Haven shows MBTiles files with pictures (PNG or JPEG).")

MOST_TILE_BYTES = 1_000_000
_MOST_TEXT = 2_000
_STEPS_A_QUESTION = 200_000
"""After so many steps of SQLite's machine a question is given up; a tile takes some tens."""
_DEEPEST = 22
_PICTURES = ("png", "jpg", "jpeg")
_OK, _DENY = 0, 1
_READ, _SELECT, _FUNCTION = 20, 21, 31
"""What SQLite calls these to whoever authorises them (sqlite3.h)."""
_PLAIN_FUNCTIONS = ("min", "max", "length", "coalesce", "ifnull")
_SIGNATURE = b"SQLite format 3\x00"


@dataclass(frozen=True)
class MapFacts:
    """What a map file says of itself: its name, the depths of zoom it has, who it is from."""

    name: str
    nearest: int
    farthest: int
    attribution: str


class MbTiles:
    """One open map file. Raises EnvironmentProblem when it is none."""

    def __init__(self, path: Path) -> None:
        self._base = _opened(path)
        try:
            self.facts = self._read_facts()
        except (dbapi2.Error, ValueError, OverflowError) as problem:
            self._base.close()
            raise EnvironmentProblem(NOT_A_MAP) from problem
        except EnvironmentProblem:
            self._base.close()
            raise

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """The picture of one tile as it is stored; None where the map has none, or a damaged or oversized one."""
        if not 0 <= zoom <= _DEEPEST or not 0 <= column < 1 << zoom or not 0 <= row < 1 << zoom:
            return None
        asked = (
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
            " AND length(tile_data) <= ? LIMIT 1"
        )
        try:
            found = self._ask(asked, (zoom, column, (1 << zoom) - 1 - row, MOST_TILE_BYTES))
        except dbapi2.Error:
            return None
        if not found or not isinstance(found[0][0], bytes) or len(found[0][0]) > MOST_TILE_BYTES:
            return None
        return found[0][0]

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def _read_facts(self) -> MapFacts:
        rows = self._ask("SELECT name, value FROM metadata LIMIT 100", ())
        said = {str(name)[:_MOST_TEXT]: str(value)[:_MOST_TEXT] for name, value in rows}
        if said.get("format", "png").lower() not in _PICTURES:
            raise EnvironmentProblem(VECTOR)
        depths = self._ask("SELECT min(zoom_level), max(zoom_level) FROM tiles", ())
        if depths[0][0] is None:
            raise EnvironmentProblem(NOT_A_MAP)
        farthest, nearest = (min(max(int(depth), 0), _DEEPEST) for depth in depths[0])
        return MapFacts(said.get("name", "")[:100], nearest, farthest, said.get("attribution", "")[:200])

    def _ask(self, statement: str, values: tuple[int, ...]) -> list[Any]:
        steps = 0

        def patience() -> bool:
            nonlocal steps
            steps += 1
            return steps * 1000 > _STEPS_A_QUESTION

        self._base.set_progress_handler(patience, 1000)
        try:
            return list(self._base.execute(statement, values))
        finally:
            self._base.set_progress_handler(None, 0)


def _opened(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            if file.read(len(_SIGNATURE)) != _SIGNATURE:
                raise EnvironmentProblem(NOT_A_MAP)
        # immutable: nothing is written beside the file, no journal of a stranger is played into it.
        base = dbapi2.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except (OSError, dbapi2.Error) as problem:
        raise EnvironmentProblem(GONE) from problem
    try:
        base.execute("PRAGMA trusted_schema = OFF")
        base.execute("PRAGMA cell_size_check = ON")
        base.execute("PRAGMA query_only = ON")
        _refuse_growing(base)
    except (dbapi2.Error, EnvironmentProblem) as problem:
        base.close()
        raise EnvironmentProblem(NOT_A_MAP) from problem
    base.set_authorizer(_allowed)
    return base


def _refuse_growing(base: Any) -> None:
    """A view that joins texts end to end can make a tile of any size out of a small file."""
    for (statement,) in base.execute("SELECT sql FROM sqlite_master WHERE type = 'view' LIMIT 20"):
        if "||" in str(statement):
            raise EnvironmentProblem(NOT_A_MAP)


def _allowed(action: int, first: str | None, _second: str | None, _base: str | None, inner: str | None) -> int:
    """Reading, through one view at most, without functions that make something large out of nothing."""
    if action == _FUNCTION:
        return _OK if _second in _PLAIN_FUNCTIONS else _DENY
    if action == _READ:
        return _OK if inner in (None, "tiles") else _DENY
    return _OK if action == _SELECT else _DENY
