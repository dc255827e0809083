"""A look at a workbook before anything reads it: is it what its name says, and is it of a reasonable size?"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from app.forms.limits import Limits
from app.forms.problems import Finding, Place, refuse
from app.words import mark

NOT_THIS_KIND = mark("The file is not what its name says: it does not begin like a file of the kind “{kind}”.")
KINDS_ONLY = mark("Only workbooks (.xlsx, .xlsm, .xls), XForms (.xml) and tables in text (.md, .csv) can be read.")
TOO_LARGE = mark("The file is larger than {limit} MB.")
TOO_MUCH_INSIDE = mark("The workbook unpacks to more than it should; it was not opened.")
TOO_MANY_CELLS = mark("The sheets hold more than {limit} cells or rows.")
LONGER_THAN_HEADING = mark("This row has more cells than there are column headings.")
DAMAGED = mark("The workbook is damaged and cannot be opened.")
NOT_TEXT = mark("The file is not text in UTF-8.")

ZIP_KINDS = frozenset({".xlsx", ".xlsm"})
TEXT_KINDS = frozenset({".md", ".csv"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1024 * 1024
_CELL = re.compile(rb"<(?:\w+:)?(c|row)[ >/]")


def kind_of(name: str, data: bytes, limits: Limits) -> str:
    """The kind of a file by its name and its first bytes, as `.xlsx`. Raises FormRefused."""
    kind = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if len(data) > limits.file:
        raise refuse(TOO_LARGE, limit=str(limits.file // 1024 // 1024))
    if kind in ZIP_KINDS:
        _require(data.startswith(b"PK\x03\x04"), kind)
    elif kind == ".xls":
        _require(data.startswith(_OLE), kind)
    elif kind == ".xml":
        _require(data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"), kind)
    elif kind in TEXT_KINDS:
        _require_text(data)
    else:
        raise refuse(KINDS_ONLY)
    return kind


def _require(holds: bool, kind: str) -> None:
    if not holds:
        raise refuse(NOT_THIS_KIND, kind=kind)


def _require_text(data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise refuse(NOT_TEXT) from None


def look_inside(data: bytes, limits: Limits) -> None:
    """Unpack every member of an archive, keeping nothing, until it is over or too much. Raises FormRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _look(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise refuse(DAMAGED) from None


def _look(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.members:
        raise refuse(TOO_MUCH_INSIDE)
    total = cells = rows = 0
    for member in members:
        size = 0
        sheet = "/worksheets/" in member.filename
        tail = b""
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                size, total = size + len(chunk), total + len(chunk)
                if total > limits.unpacked or (size > _CHUNK and size > limits.ratio * max(1, member.compress_size)):
                    raise refuse(TOO_MUCH_INSIDE)
                if sheet:
                    found = _CELL.findall(tail + chunk)
                    rows += found.count(b"row")
                    cells += len(found) - found.count(b"row")
                    tail = _unfinished(chunk)
                    if cells > limits.cells or rows > limits.rows:
                        raise refuse(TOO_MANY_CELLS, place=Place(sheet=member.filename), limit=str(limits.cells))


def _unfinished(chunk: bytes) -> bytes:
    """What a tag that is cut in two has left at the end of a chunk."""
    end = chunk[-32:]
    opened = end.rfind(b"<")
    return end[opened:] if opened >= 0 and not _CELL.match(end[opened:]) else b""


def longer_than_its_heading(data: bytes) -> Finding | None:
    """The first row of a table in text that has more cells than the heading of its sheet."""
    sheet, heading, row = "", 0, 0
    for line in data.decode("utf-8", "replace").splitlines():
        if not line.strip().startswith("|"):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if cells and cells[0]:
            sheet, heading, row = cells[0], 0, 0
        elif heading == 0:
            heading, row = len(cells), 1
        else:
            row += 1
            if len(cells) > heading:
                return Finding(LONGER_THAN_HEADING, {}, Place(sheet=sheet, row=row))
    return None


def said_by_converter(message: str) -> Finding:
    """The finding in a message of the converter, with the place that it names."""
    row = re.search(r"\[row : (\d+)\]", message)
    sheet = re.search(r"'(survey|choices|settings|entities|external_choices|osm)' sheet", message)
    column = re.search(r"the '([^']+)' (?:value|column)", message)
    place = Place(
        sheet=sheet.group(1) if sheet else "survey" if row else "",
        row=int(row.group(1)) if row else 0,
        column=column.group(1) if column else "",
    )
    words = re.sub(r"^\[row : \d+\]\s*", "", message.strip())
    return Finding(CONVERTER, {"message": words[:1_000]}, place)


CONVERTER = mark("{message}")
