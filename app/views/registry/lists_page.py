"""Lists of registrations: taken in from a file with a report, and printed for a facility (F-608)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from app.errors import EnvironmentProblem
from app.models.rules import registry_rows
from app.models.rules.registry_rows import RawRow, Read
from app.models.vocab import Role
from app.queries import registry_office
from app.queries.masking import initials
from app.queries.registry_office import BatchRow, DuplicateRow
from app.services import registry_import as verbs
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.choices import TickBox
from app.views.common.empty import EmptyState
from app.views.common.form_dialog import FormDialog
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.text import LineEdit, PlainLabel
from app.views.programme import Context
from app.words import mark, tr

UNREADABLE = mark("The file cannot be read. Is it open in another program, or on a drive that was removed?")


@dataclass(frozen=True)
class Looked:
    """One row of a file as it was looked through."""

    raw: RawRow
    read: Read
    alike: tuple[DuplicateRow, ...]


def read_bytes(file: Path) -> bytes:
    """The bytes of a file; never more than can be taken. Raises EnvironmentProblem."""
    try:
        with file.open("rb") as stream:
            return stream.read(verbs.LARGEST + 1)
    except OSError:
        raise EnvironmentProblem(UNREADABLE) from None


class ImportDialog(FormDialog):
    """Says row by row what will happen, asks about possible duplicates, then takes the list in as a whole."""

    def __init__(
        self, context: Context, parent: QWidget, name: str, looked: tuple[Looked, ...], done: Callable[[], None]
    ) -> None:
        good = [one for one in looked if not one.read.problems]
        doubtful = [one for one in good if one.alike]
        super().__init__(
            context,
            parent,
            "registry.import",
            lambda: tr("Take in {file}", file=name),
            lambda: tr("Take in"),
            subject=name,
            said=lambda: tr("The list is taken in; its registrations wait as drafts."),
            width=980,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._file_name, self._looked = name, looked
        self.add(
            PlainLabel(
                lambda: tr(
                    "{good} can be taken, {doubtful} of them may be registered already, {refused} cannot be taken.",
                    good=len(good),
                    doubtful=len(doubtful),
                    refused=len(looked) - len(good),
                )
            )
        )
        table = RowTable(
            [
                Column(lambda: tr("Row"), 70),
                Column(lambda: tr("Person"), 110),
                Column(lambda: tr("What happens"), 210),
                Column(lambda: tr("Why")),
            ],
            name=lambda: tr("Rows of the list"),
            empty=EmptyState("document", lambda: tr("No rows"), lambda: ""),
        )
        table.setObjectName("registry.import.table")
        table.setMinimumHeight(style.grown(220))
        table.set_rows([_looked_row(one) for one in looked])
        self.add(table)
        self.ask("facility", lambda: tr("Facility, when it is one"), LineEdit())
        self.ask("contact", lambda: tr("Contact person there"), LineEdit())
        self.ask("phone", lambda: tr("Telephone"), LineEdit())
        if doubtful:
            self.ask(
                "duplicates",
                lambda: tr("Possible duplicates"),
                TickBox(lambda: tr("Take these rows too; I will compare them afterwards")),
                wide=True,
            )
        self.begin()
        self.accept_button.setEnabled(bool(good))
        self.done_with.connect(lambda _: done())

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Take them in."""
        typed = self.typed()
        left = frozenset[int]() if typed.get("duplicates") else frozenset(o.raw.line for o in self._looked if o.alike)
        command = verbs.ImportRegistrations(
            rows=tuple(one.raw for one in self._looked),
            file_name=self._file_name,
            without=left,
            facility=typed["facility"],
            contact=typed["contact"],
            phone=typed["phone"],
        )
        return verbs.import_registrations, command


class ListsPage(Page):
    """The lists that came in; one more can be taken in, and the list of a facility printed."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Lists"),
            lambda: tr("Registrations that came together: from a facility, a file, or forms that were filled in."),
            scrolls=False,
        )
        self._context = context
        self.file_dialog: QFileDialog | None = None
        self._table = RowTable(
            [
                Column(lambda: tr("Received"), 150),
                Column(lambda: tr("Facility"), 260),
                Column(lambda: tr("File")),
                Column(lambda: tr("Taken"), 110, numeric=True),
                Column(lambda: tr("Refused"), 110, numeric=True),
            ],
            name=lambda: tr("Lists"),
            empty=EmptyState(
                "document",
                lambda: tr("No list yet"),
                lambda: tr("Take in a CSV file or a submitted form. The first line of a CSV file names the columns."),
            ),
        )
        self._table.setObjectName("registry.lists.table")
        self._table.selected.connect(lambda _: self._allow())
        back = QuietButton(lambda: tr("Registry"), "chevron-left")
        back.clicked.connect(lambda: context.go("registry.list"))
        self.add_action(back)
        self._print = SecondaryButton(lambda: tr("Print the list"), "print")
        self._print.setObjectName("registry.lists.print")
        self._print.clicked.connect(self._on_print)
        self._take = PrimaryButton(lambda: tr("Take in a list…"), "plus")
        self._take.setObjectName("registry.lists.take")
        self._take.clicked.connect(self._ask_for_file)
        self._take.setVisible(context.person.role is Role.REG)
        row = QHBoxLayout()
        row.addWidget(self._take)
        row.addWidget(self._print)
        row.addStretch(1)
        self.add_layout(row)
        self.add(self._table, 1)
        Live(self, context.broadcast, ("registry_batch",), self.refresh)
        self._allow()
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        self._context.tasks.read(self, registry_office.batches, self._show)

    def take(self, file: Path) -> None:
        """Read a file beside the interface and show what would happen."""
        self._context.tasks.job(
            self,
            lambda: verbs.read_file(file.name, read_bytes(file)),
            lambda rows: self._look_through(file.name, rows),
        )

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, tr("Take in a list…"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{tr('Lists')} (*.csv *.xml)")
        dialog.fileSelected.connect(lambda found: self.take(Path(found)))
        dialog.finished.connect(dialog.deleteLater)
        self.file_dialog = dialog
        dialog.open()

    def _look_through(self, name: str, rows: tuple[RawRow, ...]) -> None:
        today = self._context.clock().astimezone(ZoneInfo(self._context.zone)).date()

        def question(session: Any) -> tuple[Looked, ...]:
            return tuple(_looked(session, row, today) for row in rows)

        self._context.tasks.read(
            self, question, lambda looked: ImportDialog(self._context, self, name, looked, self.refresh).open()
        )

    def _show(self, rows: tuple[BatchRow, ...]) -> None:
        self._table.set_rows([_batch_row(row) for row in rows])
        self._allow()

    def _allow(self) -> None:
        self._print.setEnabled(bool(self._table.selected_id()))

    def _on_print(self) -> None:
        if self._table.selected_id():
            self._context.preview(self, "F-608", record_id=self._table.selected_id())


def _looked(session: Any, row: RawRow, today: date) -> Looked:
    read = registry_rows.read(row, today)
    alike = registry_office.possible_duplicates(session, read.answers, today=today) if not read.problems else ()
    return Looked(row, read, alike)


def _looked_row(one: Looked) -> Row:
    who = initials(one.read.answers.get("legal_first"), one.read.answers.get("legal_last"))
    if one.read.problems:
        why = " ".join(tr(text, **said) for text, said in one.read.problems)
        what = Cell(tr("Cannot be taken"), "danger", "warning")
    elif one.alike:
        numbers = ", ".join(f"{row.number or row.initials}" for row in one.alike)
        why = tr("Like {numbers}", numbers=numbers)
        what = Cell(tr("Perhaps registered already"), "warning", "warning")
    else:
        why, what = "", Cell(tr("Becomes a draft"), "plain", "check")
    return Row(str(one.raw.line), (str(one.raw.line), Cell(who, "strong"), what, why))


def _batch_row(row: BatchRow) -> Row:
    refused = Cell(str(row.refused), "warning" if row.refused else "plain")
    return Row(
        row.id, (when.day(row.received_on), Cell(row.facility or "–", "strong"), row.file_name, str(row.taken), refused)
    )
