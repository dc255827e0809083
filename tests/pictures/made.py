"""Made-up pictures, and what real cameras write beside the dots."""

from __future__ import annotations

import struct

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from app.pictures.drawing import as_jpeg

CANARY = b"Canary Street Shelter 43.5N 79.7W"


def halves(width: int = 400, height: int = 300) -> QImage:
    """Red on the left, blue on the right."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(220, 20, 20))
    for x in range(width // 2, width):
        for y in range(height):
            image.setPixelColor(x, y, QColor(20, 20, 220))
    return image


def file_of(image: QImage, form: str) -> bytes:
    """The file of a picture in a format."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, form)  # type: ignore[call-overload]  # the stubs know only a path here
    return bytes(buffer.data().data())


def photograph(image: QImage | None = None, orientation: int = 1) -> bytes:
    """A JPEG as a telephone writes it: where and by what it was taken stands in it, and how it was held."""
    jpeg = as_jpeg(image or halves(), 90)
    text = CANARY + b"\0"
    entries = struct.pack(">HHII", 0x010E, 2, len(text), 8 + 2 + 2 * 12 + 4)
    entries += struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 2) + entries + struct.pack(">I", 0) + text
    exif = b"Exif\0\0" + tiff
    comment = b"\xff\xfe" + struct.pack(">H", len(CANARY) + 2) + CANARY
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + comment + jpeg[2:]


def png_that_says(width: int, height: int) -> bytes:
    """The head of a PNG of any size, with nothing behind it."""
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    dots = zlib.compress(bytes(2_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", dots) + chunk(b"IEND", b"")
