"""Which kind of map file it is, by its first bytes and not by its name."""

from __future__ import annotations

from pathlib import Path

from app.errors import EnvironmentProblem
from app.maps import mbtiles, pmtiles
from app.maps.facts import GONE, NOT_A_MAP, MapFile

ENDINGS = ("mbtiles", "pmtiles")


def open_map(path: Path) -> MapFile:
    """The open map file. Raises EnvironmentProblem when it is gone or none that can be shown."""
    try:
        with path.open("rb") as file:
            begins = file.read(16)
    except OSError as problem:
        raise EnvironmentProblem(GONE) from problem
    if begins.startswith(mbtiles.SIGNATURE):
        return mbtiles.MbTiles(path)
    if begins.startswith(pmtiles.SIGNATURE):
        return pmtiles.PmTiles(path)
    raise EnvironmentProblem(NOT_A_MAP)
