"""Files that an author brings and takes away: workbooks and lists in, a form's workbook or XForm out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.errors import EnvironmentProblem, RuleBroken
from app.forms.limits import LIMITS
from app.words import mark

WORKBOOKS = ("xlsx", "xlsm", "xls", "xml", "md", "csv")
LISTS = ("csv", "xml", "geojson")
MOST_LISTS = 40
UNREADABLE = mark("The file cannot be read. Is it open in another program, or on a drive that was removed?")
TOO_LARGE = mark("The file is larger than {limit} MB. A form is never that large.")
TOO_MANY = mark("A form can have at most {limit} lists.")


@dataclass(frozen=True)
class Chosen:
    """A workbook and the lists that belong to it, by where they lie; read anew whenever the form is checked."""

    workbook: Path
    lists: tuple[Path, ...] = ()

    def read(self) -> tuple[bytes, dict[str, bytes]]:
        """The workbook and its lists by file name. Raises EnvironmentProblem or RuleBroken. Not on the interface."""
        if len(self.lists) > MOST_LISTS:
            raise RuleBroken(TOO_MANY, limit=MOST_LISTS)
        return read_file(self.workbook), {file.name: read_file(file) for file in self.lists}


def read_file(file: Path) -> bytes:
    """The bytes of a file of reasonable size."""
    try:
        if file.stat().st_size > LIMITS.file:
            raise RuleBroken(TOO_LARGE, limit=LIMITS.file // (1024 * 1024))
        return file.read_bytes()
    except OSError:
        raise EnvironmentProblem(UNREADABLE) from None
