"""Checking a workbook: what is wrong with it and where, what is in it, and the way on to publishing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.forms.check import Report, check
from app.forms.problems import Finding
from app.queries.forms import FormRow
from app.views import style
from app.views.authoring.files import LISTS, Chosen
from app.views.authoring.outline import show_preview
from app.views.authoring.publish import PublishDialog
from app.views.authoring.trying import try_form
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.dialog import Dialog
from app.views.common.facts import Facts
from app.views.common.files import ask_for_files
from app.views.common.progress import JobBar
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.messages import sentence_of
from app.views.programme import Context
from app.words import tr, trn

_HEIGHT = 260


class CheckDialog(Dialog):
    """One workbook. It is read in a process of its own as often as the author asks. `published` carries the id."""

    published = Signal(str)

    def __init__(
        self, context: Context, parent: QWidget, chosen: Chosen, known: dict[str, FormRow], versions: set[str]
    ) -> None:
        super().__init__(chosen.workbook.name, lambda: tr("Publish…"), parent, cancel=lambda: tr("Close"), width=980)
        self.setObjectName("authoring.check")
        self._context, self._chosen, self._known, self._versions = context, chosen, known, versions
        self.report: Report | None = None
        self._data = b""
        self.accept_button.setObjectName("authoring.check.publish")
        self.bar = JobBar(lambda: tr("Reading the form…"), can_cancel=False)
        self.banner = Banner("info", "")
        self.banner.setObjectName("authoring.check.verdict")
        self._facts: Facts | None = None
        self.table = RowTable(
            [
                Column(lambda: tr("What"), 120),
                Column(lambda: tr("Sheet"), 110),
                Column(lambda: tr("Row"), 70, numeric=True),
                Column(lambda: tr("Column"), 130),
                Column(lambda: tr("What is wrong")),
            ],
            name=lambda: tr("Errors and warnings"),
        )
        self.table.setObjectName("authoring.check.findings")
        self.table.setMinimumHeight(_HEIGHT)
        self.full = Banner("info", "")
        self.full.hide()
        self.table.selected.connect(self._show_finding)
        for widget in (self.bar, self.banner, self.table, self.full):
            self.add(widget)
        self._add_buttons()
        self.finished.connect(self.deleteLater)
        self.run()

    def run(self) -> None:
        """Read the files anew and check them."""
        chosen = self._chosen
        self._set_busy(True)

        def checked() -> tuple[bytes, Report]:
            data, lists = chosen.read()
            return data, check(data, chosen.workbook.name, attachments=lists)

        self._context.tasks.job(self, checked, lambda found: self._show(*found), self._failed)

    def check(self) -> bool:
        """Publishing is confirmed in a dialog of its own; this one stays until it is done."""
        report = self.report
        if report is None or not report.ok or report.form is None:
            return False
        dialog = PublishDialog(
            self._context,
            self,
            report,
            self._data,
            self._chosen.workbook.name,
            self._known.get(report.id),
            self._chosen.workbook.parent,
        )
        dialog.published.connect(self._published)
        dialog.open()
        return False

    def _published(self, version_id: str) -> None:
        self.published.emit(version_id)
        self.accept()

    def _add_buttons(self) -> None:
        self.again = SecondaryButton(lambda: tr("Check again"), "undo")
        self.again.setObjectName("authoring.check.again")
        self.again.clicked.connect(self.run)
        self.lists = SecondaryButton(lambda: tr("Add lists…"), "plus")
        self.lists.setObjectName("authoring.check.lists")
        self.lists.clicked.connect(self._ask_lists)
        self.read = SecondaryButton(lambda: tr("Read it through"), "eye")
        self.read.setObjectName("authoring.check.read")
        self.read.clicked.connect(self._read_through)
        self.trial = SecondaryButton(lambda: tr("Try it"), "edit")
        self.trial.setObjectName("authoring.check.try")
        self.trial.clicked.connect(self._try)
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        for button in (self.again, self.lists, self.read, self.trial):
            row.addWidget(button)
        row.addStretch(1)
        self.add_layout(row)

    def _ask_lists(self) -> None:
        ask_for_files(self, tr("Lists that the form asks for"), LISTS, self.add_lists)

    def add_lists(self, files: list[Path]) -> None:
        """Lists that the form asks for by their file name; a later one of the same name replaces the earlier."""
        by_name = {file.name: file for file in (*self._chosen.lists, *files)}
        self._chosen = replace(self._chosen, lists=tuple(by_name.values()))
        self.run()

    def _read_through(self) -> None:
        if self.report is not None and self.report.form is not None:
            show_preview(self._context, self, self.report.form)

    def _try(self) -> None:
        if self.report is not None and self.report.form is not None:
            try_form(self._context, self, self.report.form)

    def _set_busy(self, busy: bool) -> None:
        self.bar.setVisible(busy)
        usable = not busy and self.report is not None and self.report.ok
        self.accept_button.setEnabled(usable)
        self.read.setEnabled(usable)
        self.trial.setEnabled(usable)
        self.again.setEnabled(not busy)
        self.lists.setEnabled(not busy)
        if busy:
            self.complain(None)
            self.banner.hide()
        # What was shown and hidden just now is measured only once it has been laid out.
        QTimer.singleShot(0, self, self.fit)

    def _failed(self, problem: Exception) -> None:
        self.report = None
        self.table.set_rows([])
        self._set_busy(False)
        self.complain(sentence_of(problem))

    def _show(self, data: bytes, report: Report) -> None:
        self._data, self.report = data, report
        rows = [_row(f"e{at}", one, error=True) for at, one in enumerate(report.errors)]
        rows += [_row(f"w{at}", one, error=False) for at, one in enumerate(report.warnings)]
        self.table.set_rows(rows)
        self.table.setVisible(bool(rows))
        self.full.hide()
        if self._facts is not None:
            self._facts.deleteLater()
        self._facts = _facts(report)
        self.body.insertWidget(2, self._facts)
        errors = len(report.errors)
        if not report.ok:
            self.banner.set_message(
                "danger",
                lambda: trn("{count} error keeps it from use.", "{count} errors keep it from use.", errors),
            )
        elif f"{report.id}\n{report.version}" in self._versions:
            self.banner.set_message(
                "warning",
                lambda: tr(
                    "Version {version} is in use already. Write a new version into the sheet “settings” to publish it.",
                    version=report.version,
                ),
            )
        else:
            self.banner.set_message("success", lambda: tr("The form can be used. Try it, then publish it."))
        self.banner.show()
        self._set_busy(False)

    def _show_finding(self, row_id: str) -> None:
        report = self.report
        if report is None or not row_id:
            return
        finding = (report.errors if row_id[0] == "e" else report.warnings)[int(row_id[1:])]
        self.full.set_message("danger" if row_id[0] == "e" else "warning", finding.sentence)
        self.full.show()
        self.fit()


def _row(row_id: str, finding: Finding, *, error: bool) -> Row:
    place = finding.place
    what = Cell(tr("Error"), "danger", "danger") if error else Cell(tr("Warning"), "warning", "warning")
    row = str(place.row) if place.row else ""
    where = place.column or place.path.rpartition("/")[2]
    return Row(row_id, (what, place.sheet, row, where, finding.sentence))


def _facts(report: Report) -> Facts:
    return Facts(
        [
            (lambda: tr("Title"), report.title),
            (lambda: tr("Id"), report.id),
            (lambda: tr("Version"), report.version),
            (lambda: tr("Languages"), ", ".join(report.languages)),
            (lambda: tr("Questions"), str(len(report.questions)) if report.questions else ""),
            (lambda: tr("Lists"), ", ".join(sorted(report.attachments))),
        ],
        columns=3,
    )
