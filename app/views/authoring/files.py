"""Files that an author brings and takes away: workbooks and lists in, a form's workbook or XForm out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import EnvironmentProblem, RuleBroken
from app.forms.limits import LIMITS
from app.words import mark, tr

WORKBOOKS = ("xlsx", "xlsm", "xls", "xml", "md", "csv")
LISTS = ("csv", "xml", "geojson")
MOST_LISTS = 40
UNREADABLE = mark("The file cannot be read. Is it open in another program, or on a drive that was removed?")
TOO_LARGE = mark("The file is larger than {limit} MB. A form is never that large.")
TOO_MANY = mark("A form can have at most {limit} lists.")
NOT_WRITTEN = mark("The file could not be saved there. Please choose another place.")


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


def write_file(file: Path, data: bytes) -> None:
    """Write a file so that it is whole or not there. Raises EnvironmentProblem."""
    fresh = file.with_name(f"{file.name}.part")
    try:
        fresh.write_bytes(data)
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise EnvironmentProblem(NOT_WRITTEN) from None


def ask_for_files(
    parent: QWidget, title: str, endings: Sequence[str], done: Callable[[list[Path]], None], *, several: bool = False
) -> QFileDialog:
    """Let the person choose one file or several; `done` hears of them."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(f"{title} ({' '.join(f'*.{ending}' for ending in endings)})")
    dialog.filesSelected.connect(lambda found: done([Path(one) for one in found]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def ask_where(parent: QWidget, name: str, done: Callable[[Path], None]) -> QFileDialog:
    """Let the person say where a file goes."""
    dialog = QFileDialog(parent, tr("Save the form"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda found: done(Path(found)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
