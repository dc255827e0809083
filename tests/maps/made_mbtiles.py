"""Small map files for tests: real MBTiles, and hostile ones."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage
from sqlcipher3 import dbapi2


def picture(colour: str = "#336699", side: int = 256, kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, kind.encode())
    return bytes(data.data())


def made(
    path: Path,
    tiles: Iterable[tuple[int, int, int, object]] = (),
    metadata: Iterable[tuple[str, str]] = (("name", "Example map"), ("format", "png"), ("attribution", "Nobody")),
    script: str = "",
) -> Path:
    """A map file; `tiles` are (zoom, column, row from the south, data)."""
    base = dbapi2.connect(str(path))
    base.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    base.executemany("INSERT INTO metadata VALUES (?, ?)", list(metadata))
    if script:
        base.executescript(script)
    else:
        base.execute(
            "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB,"
            " PRIMARY KEY (zoom_level, tile_column, tile_row))"
        )
        base.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", list(tiles))
    base.commit()
    base.close()
    return path
