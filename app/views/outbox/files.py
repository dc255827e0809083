"""Work by USB stick: writing a file for another laptop, and taking one in. Both directions without any network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from app.errors import EnvironmentProblem, RuleBroken
from app.views.common.buttons import SecondaryButton
from app.views.common.whole_file import write_whole
from app.views.messages import Tone
from app.views.programme import Context
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

        def work() -> int:
            whole, parts = files.write()
            write_whole(path, whole)
            return parts

        self._busy(True)
        self._context.tasks.job(self.write, work, self._written, self._failed)

    def read_from(self, path: Path) -> None:
        """Take a colleague's file in."""
        files = self._context.sync.files
        if files is None:
            return
        self._busy(True)
        self._context.tasks.job(self.read, lambda: files.read(_read_whole(path)), self._taken, self._failed)

    def _written(self, _parts: int) -> None:
        self._busy(False)
        self._context.messages.say(
            tr("The file is written. Your work counts as received only when the server has confirmed it.")
        )

    def _taken(self, counted: tuple[int, int]) -> None:
        self._busy(False)
        new, aside = counted
        if aside:
            said = trn(
                "{count} part of the file cannot be right and was set aside. Tell your administrator.",
                "{count} parts of the file cannot be right and were set aside. Tell your administrator.",
                aside,
            )
            self._context.messages.say(said, Tone.WARNING)
        elif new:
            self._context.messages.say(tr("Your colleague's work was taken in, and is sent on to the server."))
        else:
            self._context.messages.say(tr("There is nothing new in this file: all of it is here already."))

    def _failed(self, problem: Exception) -> None:
        self._busy(False)
        self._context.messages.failed(problem)

    def _busy(self, busy: bool) -> None:
        for button in self.buttons:
            button.setEnabled(not busy)


def _read_whole(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise RuleBroken(NO_SUCH)
        return path.read_bytes()
    except OSError:
        raise EnvironmentProblem(NOT_READ) from None
