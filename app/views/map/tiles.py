"""Pictures of the agency's map file, decoded within bounds and kept while they are seen."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader, QPixmap

from app.maps.mbtiles import MbTiles

_KEPT = 256
_WIDEST = 1024
_FORMATS = (b"png", b"jpeg", b"jpg")
TileKey = tuple[int, int, int]


class TileStore:
    """The tiles of one open map file. What is damaged or missing is remembered as missing."""

    def __init__(self, file: MbTiles) -> None:
        self._file = file
        self._kept: OrderedDict[TileKey, QPixmap | None] = OrderedDict()
        self.facts = file.facts

    def has(self, key: TileKey) -> bool:
        """Whether this tile was read already."""
        return key in self._kept

    def get(self, key: TileKey) -> QPixmap | None:
        """A tile that was read; None when it was not, or when there is none."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def read(self, key: TileKey) -> None:
        """Read one tile (zoom, column, row)."""
        data = self._file.tile(*key)
        self._kept[key] = decoded(data) if data else None
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def close(self) -> None:
        """Let go of the file."""
        self._kept.clear()
        self._file.close()


def decoded(data: bytes) -> QPixmap | None:
    """A picture of a kind and a size that a tile may have; None for anything else."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if reader.format().data() not in _FORMATS or not size.isValid():
        return None
    if not (0 < size.width() <= _WIDEST and 0 < size.height() <= _WIDEST):
        return None
    image = QImage()
    image = reader.read()
    return None if image.isNull() else QPixmap.fromImage(image)
