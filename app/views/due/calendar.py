"""Taking the due list along: a calendar file with neutral titles, saved where the person says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import EnvironmentProblem
from app.queries.calendar import task_calendar
from app.services.calendar_export import ExportCalendar, export_calendar
from app.views.common.whole_file import write_whole
from app.views.messages import Tone
from app.views.programme import Context
from app.words import tr, trn


class CalendarExport:
    """Asks for the passphrase, audits, asks where to, writes. `write_to` is the last step."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        self._context, self._parent = context, parent

    def start(self) -> None:
        """Begin."""
        why = lambda: tr("A saved calendar is no longer encrypted. It holds dates and neutral titles.")  # noqa: E731
        self._context.confirm(self._parent, why, self._allowed)

    def _allowed(self) -> None:
        self._context.tasks.write(self._parent, export_calendar, ExportCalendar(), lambda _: self._choose())

    def _choose(self) -> None:
        dialog = QFileDialog(self._parent, tr("Save the calendar"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(tr("Calendar (*.ics)"))
        dialog.setDefaultSuffix("ics")
        dialog.selectFile(f"{tr('dates')}.ics")
        dialog.fileSelected.connect(lambda chosen: self.write_to(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_to(self, path: Path) -> None:
        """Write the file."""
        member, now = self._context.person.member_id, self._context.clock()

        def question(session: Any) -> tuple[str, int]:
            return task_calendar(session, member, now=now)

        self._context.tasks.read(self._parent, question, lambda found: self._write(path, *found))

    def _write(self, path: Path, text: str, count: int) -> None:
        try:
            write_whole(path, text.encode())
        except EnvironmentProblem as problem:
            self._context.messages.failed(problem)
            return
        words = trn("{count} date is in the calendar.", "{count} dates are in the calendar.", count)
        self._context.messages.say(words, Tone.SUCCESS)
