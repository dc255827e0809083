"""Map files are read, never written, never believed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.errors import EnvironmentProblem
from app.maps.mbtiles import GONE, MOST_TILE_BYTES, NOT_A_MAP, VECTOR, MbTiles
from tests.maps.made_mbtiles import made, picture


def test_a_tile_is_counted_from_the_north(tmp_path: Path) -> None:
    north, south = picture("#ff0000"), picture("#0000ff")
    file = MbTiles(made(tmp_path / "map.mbtiles", [(1, 0, 1, north), (1, 0, 0, south)]))
    try:
        assert file.tile(1, 0, 0) == north and file.tile(1, 0, 1) == south
        assert file.tile(1, 1, 0) is None, "no such tile"
        assert (file.facts.name, file.facts.farthest, file.facts.nearest) == ("Example map", 1, 1)
    finally:
        file.close()


@pytest.mark.parametrize("key", [(-1, 0, 0), (1, 2, 0), (1, 0, -1), (99, 0, 0)])
def test_places_outside_the_world_have_no_tile(tmp_path: Path, key: tuple[int, int, int]) -> None:
    file = MbTiles(made(tmp_path / "map.mbtiles", [(1, 0, 1, picture())]))
    try:
        assert file.tile(*key) is None
    finally:
        file.close()


def test_nothing_is_written_to_it_or_beside_it(tmp_path: Path) -> None:
    path = made(tmp_path / "map.mbtiles", [(0, 0, 0, picture())])
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.chmod(0o400)
    file = MbTiles(path)
    file.tile(0, 0, 0)
    file.close()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [each.name for each in tmp_path.iterdir()] == ["map.mbtiles"]


def test_tiles_may_be_a_view_as_many_makers_write_them(tmp_path: Path) -> None:
    script = (
        "CREATE TABLE images (id TEXT, data BLOB); INSERT INTO images VALUES ('a', x'89504e47');"
        "CREATE TABLE map (z INTEGER, x INTEGER, y INTEGER, id TEXT); INSERT INTO map VALUES (0, 0, 0, 'a');"
        "CREATE VIEW tiles AS SELECT z AS zoom_level, x AS tile_column, y AS tile_row, data AS tile_data"
        " FROM map JOIN images USING (id);"
    )
    file = MbTiles(made(tmp_path / "map.mbtiles", script=script))
    try:
        assert file.tile(0, 0, 0) == b"\x89PNG"
    finally:
        file.close()


ENDLESS = (
    "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT i AS zoom_level, i AS tile_column, i AS tile_row, zeroblob(10) AS tile_data FROM n;"
)
HUGE = "CREATE VIEW tiles AS SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, zeroblob(900000000) AS tile_data;"
GROWING = (
    "CREATE TABLE a (x TEXT); INSERT INTO a VALUES ('0123456789');"
    "CREATE VIEW tiles AS SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, x || x || x AS tile_data FROM a;"
)
NESTED = (
    "CREATE TABLE a (x TEXT); INSERT INTO a VALUES ('0'); CREATE VIEW b AS SELECT x FROM a;"
    "CREATE VIEW tiles AS SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, x AS tile_data FROM b;"
)
WORDS = "CREATE VIEW tiles AS SELECT 'a' AS zoom_level, 'b' AS tile_column, 'c' AS tile_row, 'd' AS tile_data;"


@pytest.mark.parametrize("script", [ENDLESS, WORDS, HUGE, GROWING, NESTED, "CREATE TABLE other (a)"])
def test_a_hostile_file_is_no_map(tmp_path: Path, script: str) -> None:
    with pytest.raises(EnvironmentProblem) as refused:
        MbTiles(made(tmp_path / "map.mbtiles", script=script))
    assert refused.value.text == NOT_A_MAP


def test_a_tile_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    file = MbTiles(made(tmp_path / "map.mbtiles", [(0, 0, 0, bytes(MOST_TILE_BYTES + 1)), (1, 0, 0, "text")]))
    try:
        assert file.tile(0, 0, 0) is None and file.tile(1, 0, 1) is None
    finally:
        file.close()


def test_what_is_no_map_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "text.mbtiles").write_text("hello")
    empty = made(tmp_path / "empty.mbtiles")
    vector = made(tmp_path / "vector.mbtiles", [(0, 0, 0, b"x")], [("format", "pbf")])
    damaged = tmp_path / "damaged.mbtiles"
    damaged.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 40)
    for path, sentence in (
        (tmp_path / "text.mbtiles", NOT_A_MAP),
        (empty, NOT_A_MAP),
        (vector, VECTOR),
        (damaged, NOT_A_MAP),
        (tmp_path / "missing.mbtiles", GONE),
        (tmp_path, GONE),
    ):
        with pytest.raises(EnvironmentProblem) as refused:
            MbTiles(path)
        assert refused.value.text == sentence, path.name
