"""The child process that decodes one picture: bounded in dots, memory and time, without network or written files.

One request on its input, one answer on its output. What cannot be read is answered with a sentence; a decoder that
crashes dies alone.
"""

from __future__ import annotations

from typing import BinaryIO

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QSize
from PySide6.QtGui import QColorSpace, QImage, QImageReader

from app import apart
from app.pictures.drawing import as_jpeg, drawn_anew
from app.words import mark

NOT_A_PICTURE = mark("This file is not a picture that Haven can show: use JPEG, PNG, BMP or GIF.")
TOO_MANY_DOTS = mark("This picture is too large to be opened safely: at most {limit} million dots are read.")
FORMATS = (b"jpeg", b"png", b"bmp", b"gif")
"""What is decoded. Each is Qt's own decoder or a library that it brings; nothing else is even tried."""
_QUALITY = 93


class Limits(msgspec.Struct, frozen=True):
    """What a picture may ask of the machine: bytes of the file and of memory, dots, seconds; `longest` edge to keep."""

    file: int = 60 * 1024 * 1024
    dots: int = 120_000_000
    memory: int = 1536 * 1024 * 1024
    seconds: int = 20
    longest: int = 1600
    answer: int = 16 * 1024 * 1024


class Request(msgspec.Struct, frozen=True):
    """A picture's file."""

    data: bytes
    limits: Limits = Limits()


class Answer(msgspec.Struct, frozen=True):
    """The picture drawn anew as JPEG with its size in dots, or the marked sentence why there is none."""

    jpeg: bytes = b""
    width: int = 0
    height: int = 0
    problem: str = ""


def serve(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answer the one request on `stdin`."""
    request = msgspec.msgpack.decode(stdin.read(), type=Request)
    _load_decoders()
    shut_the_doors(request.limits)
    stdout.write(msgspec.msgpack.encode(answer(request)))
    stdout.flush()


def answer(request: Request) -> Answer:
    """The picture, upright, no larger than asked, without anything that its file said beside it."""
    limits = request.limits
    buffer = QBuffer()
    buffer.setData(QByteArray(request.data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    # The limit is ours (dots, and the memory of this process); Qt's own would only refuse sooner, without a word.
    QImageReader.setAllocationLimit(0)
    if bytes(reader.format().data()) not in FORMATS:
        return Answer(problem=NOT_A_PICTURE)
    size = reader.size()
    if size.isEmpty():
        return Answer(problem=NOT_A_PICTURE)
    if size.width() * size.height() > limits.dots:
        return Answer(problem=TOO_MANY_DOTS)
    if max(size.width(), size.height()) > limits.longest:
        reader.setScaledSize(_within(size, limits.longest))
    image = reader.read()
    if image.isNull():
        return Answer(problem=NOT_A_PICTURE)
    image = drawn_anew(_in_common_colours(image))
    return Answer(as_jpeg(image, _QUALITY), image.width(), image.height())


def _within(size: QSize, longest: int) -> QSize:
    """The same shape, with `longest` as its longer edge; a line of dots stays at least one dot wide."""
    scale = longest / max(size.width(), size.height())
    return QSize(max(1, round(size.width() * scale)), max(1, round(size.height() * scale)))


def _in_common_colours(image: QImage) -> QImage:
    """A telephone's wide colours as those that every screen and printer knows; unknown ones stay as they are."""
    space = image.colorSpace()
    if space.isValid() and space != QColorSpace(QColorSpace.NamedColorSpace.SRgb):
        image.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    return image


def _load_decoders() -> None:
    """Plugins that are files, before the doors are shut."""
    if QCoreApplication.instance() is None:
        QCoreApplication([])
    QImageReader.supportedImageFormats()
    for format_name in FORMATS:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        QImageReader(buffer, QByteArray(format_name)).canRead()


def shut_the_doors(limits: Limits) -> None:
    """From here on this process can do no harm (`app/apart.py`)."""
    apart.shut_the_doors(memory=limits.memory, seconds=limits.seconds)
