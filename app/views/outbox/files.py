"""Work by USB stick: writing a file for another laptop, and taking one in. Both directions without any network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from app.errors import EnvironmentProblem, RuleBroken
from app.views.common.buttons import SecondaryButton
from app.views.common.whole_file import write_whole
from app.views.messages import Tone
from app.views.programme import Context, WorkTaken, WorkWritten
from app.words import mark, tr, trn

_ENDING = "haven"
_LARGEST = 64 * 1024 * 1024
NOT_READ = mark("The file cannot be read. Is the drive still connected?")
NO_SUCH = mark("This is not a file with work from Haven, or a part of it is missing. Nothing was taken in.")


class FileButtons:
    """The two buttons; they are not shown where there is no service to belong to."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.write = SecondaryButton(lambda: tr("Hand over by file…"), "usb")
        self.write.setObjectName("outbox.write_file")
        self.write.clicked.connect(self._ask_where)
        self.read = SecondaryButton(lambda: tr("Take in a file…"), "usb")
        self.read.setObjectName("outbox.read_file")
        self.read.clicked.connect(self._ask_which)
        self.buttons = (self.read, self.write)
        for button in self.buttons:
            button.setVisible(context.sync.files is not None)

    def _ask_where(self) -> None:
        dialog = QFileDialog(self.write.window(), tr("Hand over by file"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(_ENDING)
        day = self._context.clock().date().isoformat()
        dialog.selectFile(tr("work-{day}.haven", day=day))
        self._open(dialog, self.write_to)

    def _ask_which(self) -> None:
        dialog = QFileDialog(self.read.window(), tr("Take in a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"Haven (*.{_ENDING})")
        self._open(dialog, self.read_from)

    def _open(self, dialog: QFileDialog, chosen: object) -> None:
        dialog.fileSelected.connect(lambda found: chosen(Path(found)))  # type: ignore[operator]
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_to(self, path: Path) -> None:
        """Write all own work to a file."""
        files = self._context.sync.files
        if files is None:
            return

        def work() -> WorkWritten:
            written = files.write()
            write_whole(path, written.whole)
            return replace(written, whole=b"")

        self._busy(True)
        self._context.tasks.job(self.write, work, self._written, self._failed)

    def read_from(self, path: Path) -> None:
        """Take a colleague's file in."""
        files = self._context.sync.files
        if files is None:
            return
        self._busy(True)
        self._context.tasks.job(self.read, lambda: files.read(_read_whole(path)), self._taken, self._failed)

    def _written(self, written: WorkWritten) -> None:
        self._busy(False)
        left_out = written.no_room or written.damaged
        self._context.messages.say(" ".join(_said_of_written(written)), Tone.WARNING if left_out else Tone.INFO)

    def _taken(self, taken: WorkTaken) -> None:
        self._busy(False)
        bad = taken.set_aside or taken.trouble
        self._context.messages.say(" ".join(_said_of_taken(taken)), Tone.WARNING if bad else Tone.INFO)

    def _failed(self, problem: Exception) -> None:
        self._busy(False)
        self._context.messages.failed(problem)

    def _busy(self, busy: bool) -> None:
        for button in self.buttons:
            button.setEnabled(not busy)


def _said_of_written(written: WorkWritten) -> Iterator[str]:
    yield tr("The file is written. Your work counts as received only when the server has confirmed it.")
    if written.files:
        yield trn("{count} attached file is in it.", "{count} attached files are in it.", written.files)
    if written.no_room:
        yield trn(
            "{count} attached file was left out because a file of work holds at most {limit} MB; "
            "it follows when this computer reaches the server.",
            "{count} attached files were left out because a file of work holds at most {limit} MB; "
            "they follow when this computer reaches the server.",
            written.no_room,
            limit=_LARGEST // (1024 * 1024),
        )
    if written.damaged:
        yield trn(
            "{count} attached file was left out because it is damaged on this computer.",
            "{count} attached files were left out because they are damaged on this computer.",
            written.damaged,
        )


def _said_of_taken(taken: WorkTaken) -> Iterator[str]:
    if taken.set_aside:
        yield trn(
            "{count} part of the file cannot be right and was set aside. Tell your administrator.",
            "{count} parts of the file cannot be right and were set aside. Tell your administrator.",
            taken.set_aside,
        )
    if taken.trouble:
        yield taken.trouble
    if not (taken.set_aside or taken.trouble):
        yield _what_is_new(taken)
    if taken.files:
        yield trn("{count} attached file came with it.", "{count} attached files came with it.", taken.files)
    if taken.absent and not taken.trouble:
        yield trn(
            "{count} attached file is not in it and follows over the network.",
            "{count} attached files are not in it and follow over the network.",
            taken.absent,
        )


def _what_is_new(taken: WorkTaken) -> str:
    if taken.parts:
        return tr("Your colleague's work was taken in, and is sent on to the server.")
    if taken.files:
        return tr("The records in this file were already here, but not their attached files.")
    return tr("There is nothing new in this file: all of it is here already.")


def _read_whole(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise RuleBroken(NO_SUCH)
        return path.read_bytes()
    except OSError:
        raise EnvironmentProblem(NOT_READ) from None
