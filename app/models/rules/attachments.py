"""Rules of attachments: what names sealed bytes, which files are taken, when a photograph is too old."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from app.models.rules.ages import age_range
from app.models.rules.deadlines import months as months_after
from app.models.rules.registry import CHILD_UNDER
from app.models.vocab import AttachmentKind, DobPrecision
from app.words import mark

MEGABYTE = 1_000_000
OFFERED = 2
"""`ChunkErrand.turn` of a colleague's chunk that came in a file of work: it is here, and the server may lack it."""
TOO_LARGE = mark("This file is too large: at most {limit} MB are kept.")
EMPTY = mark("This file is empty.")
UNREADABLE = mark("The file cannot be read. Is it open in another program, or on a drive that was removed?")
NOT_A_SOUND = mark("This file is not a recording that Haven knows: use WAV, MP3, M4A, Ogg or FLAC.")
NOT_TAKEN = mark("Say on which day the photograph was taken.")
TAKEN_LATER = mark("A photograph cannot be taken after today.")
WRONG_NAMES = mark("This file was not kept as it should be. Choose it again.")
NO_PHOTO = mark("There is no photograph to remove.")
ENDED = mark("This registration has ended; its photograph is not changed any more.")
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Sealed:
    """Bytes that are kept: the key that opens them (hexadecimal), the names of their chunks, how many they are."""

    key: str
    chunks: tuple[str, ...]
    size: int

    def is_wellformed(self) -> bool:
        """Whether key and names are what they have to be: a name becomes the name of a file."""
        names = all(isinstance(name, str) and _NAME.fullmatch(name) for name in self.chunks)
        return bool(names and self.chunks and _NAME.fullmatch(self.key) and self.size >= 0)


@dataclass(frozen=True)
class Kept:
    """A file whose bytes are kept and whose record is not written yet; `preview` is of pictures only."""

    kind: AttachmentKind
    sealed: Sealed
    media_type: str
    name: str = ""
    preview: Sealed | None = None


def sealed_of(key: str | None, chunks: list[str] | None, size: int | None) -> Sealed | None:
    """Three columns of an attachment as what names its bytes; None when they are damaged."""
    if not key or not isinstance(chunks, list) or size is None:
        return None
    sealed = Sealed(key, tuple(chunks), size)
    return sealed if sealed.is_wellformed() else None


def names_in(said: str | None) -> list[str]:
    """The names of chunks in a column as it is stored. A colleague's record may hold any JSON: what is none is left."""
    found = json.loads(said or "[]")
    return [name for name in found if is_name(name)] if isinstance(found, list) else []


def is_name(text: object) -> bool:
    """Whether `text` may be the name of a chunk."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


def megabytes(size: int) -> str:
    """Bytes as the megabytes that people are told, with one decimal; never less than it is."""
    tenths = -(-size * 10 // MEGABYTE)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def photo_limit(born: date | None, precision: DobPrecision | None, today: date, adult: int, child: int) -> int:
    """The months after which a photograph of somebody is too old (domain.md 6.3, AC)."""
    age = age_range(born, precision, today)
    return child if age is not None and age.youngest < CHILD_UNDER else adult


def photo_is_old(taken_on: date | None, today: date, months: int) -> bool:
    """Whether a photograph was taken more than `months` ago; one of an unknown day counts as old."""
    return taken_on is None or months_after(taken_on, months) < today


_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
)
HEAD = 16
"""How many of a file's first bytes say what it is."""
OTHER = "application/octet-stream"
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-msvideo": "avi",
    "application/pdf": "pdf",
    "text/plain": "txt",
}


def media_type(head: bytes) -> str:
    """What a file is by its first bytes, whatever it is called."""
    return next((found for place, magic, found in _MAGIC if head[place : place + len(magic)] == magic), OTHER)


def sound_type(head: bytes) -> str | None:
    """The media type of a recording; None for anything else. A recording is often called MP4 or WebM."""
    found = media_type(head)
    renamed = {"video/mp4": "audio/mp4", "video/webm": "audio/webm"}
    found = renamed.get(found, found)
    return found if found.startswith("audio/") else None


def ref_of(name: str, media: str, given: str = "") -> str:
    """What an answer of a form says: a name of ours with a known ending, never what the file was called."""
    own = given.rpartition(".")[2].lower() if "." in given else ""
    ending = _ENDINGS.get(media) or (own if re.fullmatch(r"[a-z0-9]{1,5}", own) else "bin")
    return f"{name}.{ending}"


def is_ref(answer: str) -> bool:
    """Whether an answer of a form names an attachment."""
    return re.fullmatch(r"[0-9a-f]{32}\.[a-z0-9]{1,5}", answer) is not None
