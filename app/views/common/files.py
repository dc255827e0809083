"""Files that a person brings in or takes out: chosen in a dialog, or pasted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import EnvironmentProblem, RuleBroken
from app.models.rules.attachments import EMPTY, TOO_LARGE, UNREADABLE, megabytes
from app.views.common.wording import Wording, say
from app.words import mark, tr

PICTURES = ("jpg", "jpeg", "png", "bmp", "gif")
SOUNDS = ("wav", "mp3", "m4a", "mp4", "ogg", "oga", "opus", "flac", "amr", "webm")
NOTHING_TO_PASTE = mark("There is no picture to paste. Copy a picture first.")


def ask_for_file(
    parent: QWidget, title: Wording, endings: Sequence[str], done: Callable[[Path], object]
) -> QFileDialog:
    """Let the person choose one file; with no endings any file at all. `done` hears of it."""
    return ask_for_files(parent, title, endings, lambda found: done(found[0]), several=False)


def ask_for_files(
    parent: QWidget,
    title: Wording,
    endings: Sequence[str],
    done: Callable[[list[Path]], object],
    *,
    several: bool = True,
) -> QFileDialog:
    """Let the person choose files. `done` hears of them together."""
    dialog = QFileDialog(parent, say(title))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    pattern = " ".join(f"*.{ending} *.{ending.upper()}" for ending in endings) or "*"
    dialog.setNameFilter(f"{say(title)} ({pattern})")
    dialog.filesSelected.connect(lambda found: done([Path(one) for one in found]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def ask_where_to_save(parent: QWidget, name: str, done: Callable[[Path], object], title: Wording = "") -> QFileDialog:
    """Let the person say where a copy goes."""
    dialog = QFileDialog(parent, say(title) or tr("Save a copy"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda found: done(Path(found)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def read_file(path: Path, most: int) -> bytes:
    """A file of at most `most` bytes. Raises RuleBroken for an empty or larger one. Not on the interface's thread."""
    try:
        size = path.stat().st_size
        if size > most:
            raise RuleBroken(TOO_LARGE, limit=megabytes(most))
        data = path.read_bytes() if size else b""
    except OSError:
        raise EnvironmentProblem(UNREADABLE) from None
    if not data:
        raise RuleBroken(EMPTY)
    return data


def pasted_picture() -> bytes:
    """The picture on the clipboard as a file's bytes. Raises RuleBroken when there is none."""
    image: QImage = QGuiApplication.clipboard().image()
    if image.isNull():
        raise RuleBroken(NOTHING_TO_PASTE)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only a path here
    return bytes(buffer.data().data())
