"""The list of forms: those that came with Haven and those that the service published; the chosen one at the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from app import form_pages
from app.errors import HavenError
from app.forms import shipped, stored
from app.forms.definition import FormDefinition
from app.models.vocab import FormAbout
from app.queries import forms as questions
from app.queries.form_rows import StoredForm
from app.queries.forms import FormRow, VersionRow, title_in
from app.services import forms as verbs
from app.views import style
from app.views.authoring.card import FormCard
from app.views.authoring.check import CheckDialog
from app.views.authoring.files import WORKBOOKS, Chosen
from app.views.authoring.outline import show_preview
from app.views.authoring.retire import RetireDialog
from app.views.authoring.trying import try_form
from app.views.broadcast import Live
from app.views.common.beside import put_beside
from app.views.common.buttons import PrimaryButton
from app.views.common.empty import EmptyState
from app.views.common.files import ask_for_file, ask_where_to_save
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.whole_file import write_whole
from app.views.messages import Tone
from app.views.programme import Context
from app.words import current, tr


@dataclass(frozen=True)
class _Found:
    rows: tuple[FormRow, ...]
    versions: dict[str, tuple[VersionRow, ...]]


class FormsPage(Page):
    """One table; the card of the chosen form says everything and does everything."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Form library"),
            lambda: tr("What is asked on every device. Change a form in a spreadsheet, check it, publish it."),
            scrolls=False,
        )
        self._context = context
        self._found = _Found((), {})
        self._chosen = ""
        bring = PrimaryButton(lambda: tr("Check a workbook…"), "plus")
        bring.setObjectName("authoring.bring")
        bring.clicked.connect(self._ask_workbook)
        self.add_action(bring)
        self.table = RowTable(
            [Column(lambda: tr("Form")), Column(lambda: tr("Version"), 120), Column(lambda: tr("State"), 170)],
            name=lambda: tr("Forms"),
            empty=EmptyState(
                "document",
                lambda: tr("No form yet"),
                lambda: tr("Check a workbook and publish it: then it is offered on every device."),
            ),
        )
        self.table.setObjectName("authoring.table")
        self.table.selected.connect(self._choose)
        self.table.opened.connect(self._choose)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout()
        row.setSpacing(style.space(4))
        row.addWidget(self.table, 7)
        row.addWidget(self._area, 5)
        self.body.addLayout(row, 1)
        self._show_nothing_chosen()
        Live(self, context.broadcast, ("form_version", "form_standing", "form_answer"), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""

        def question(session: Any) -> _Found:
            rows = questions.forms_in_use(session, form_pages.known_forms())
            return _Found(rows, {row.form_id: questions.versions_of(session, row.form_id) for row in rows})

        self._context.tasks.read(self, question, self._show)

    def _show(self, found: _Found) -> None:
        self._found = found
        self.table.set_rows([_row(row) for row in found.rows])
        if self._chosen:
            self._choose(self._chosen)

    def _row_of(self, form_id: str) -> FormRow | None:
        return next((row for row in self._found.rows if row.form_id == form_id), None)

    def _choose(self, form_id: str) -> None:
        row = self._row_of(form_id)
        if row is None:
            return
        self._chosen = form_id
        card = FormCard(row, self._found.versions.get(form_id, ()), self._context.zone)
        card.read_through.connect(lambda: self._with_form(row, show_preview))
        card.tried.connect(lambda: self._with_form(row, try_form))
        card.blank.connect(lambda: self._print(row))
        card.workbook.connect(lambda version_id: self._save_workbook(row, version_id))
        card.xform.connect(self._save_xform)
        card.retire.connect(lambda: RetireDialog(self._context, self, row).open())
        card.reinstate.connect(lambda: self._reinstate(row))
        put_beside(self._area, card)

    def _show_nothing_chosen(self) -> None:
        put_beside(
            self._area,
            EmptyState(
                "document",
                lambda: tr("Choose a form"),
                lambda: tr("Its versions, who published them, and what you can do with it are shown here."),
            ),
        )

    # What the buttons do

    def _ask_workbook(self) -> None:
        ask_for_file(self, lambda: tr("Workbooks"), WORKBOOKS, self.check)

    def check(self, workbook: Path) -> CheckDialog:
        """Check a workbook that the person chose; nothing is published by it."""
        known = {row.form_id: row for row in self._found.rows}
        versions = {f"{one.form_id}\n{one.version}" for rows in self._found.versions.values() for one in rows}
        versions |= {f"{one.id}\n{one.version}" for one in shipped.shipped()}
        dialog = CheckDialog(self._context, self, Chosen(workbook), known, versions)
        dialog.published.connect(self._published)
        dialog.open()
        return dialog

    def _published(self, version_id: str) -> None:
        def question(session: Any) -> str:
            return questions.workbook_of(session, version_id)[2].form_id

        def choose(form_id: str) -> None:
            self._chosen = form_id
            self.refresh()

        self._context.tasks.read(self, question, choose)

    def _with_form(self, row: FormRow, show: Callable[[Context, QWidget, FormDefinition], None]) -> None:
        """A shipped form is converted first, which takes a second or two: a job, never the interface."""

        def ready(form: StoredForm) -> None:
            self._context.tasks.job(
                self, lambda: form_pages.definition_of(form), lambda found: show(self._context, self, found)
            )

        self._context.tasks.read(self, lambda session: questions.stored_form(session, row), ready)

    def _print(self, row: FormRow) -> None:
        self._context.preview(self, f"FORM:{row.form_id}", title=title_in(row.titles, current().code))

    def _save_workbook(self, row: FormRow, version_id: str) -> None:
        if not version_id:
            own = shipped.find(row.form_id, row.version)
            if own is not None:
                self._save(own.file.name, own.file.read_bytes())
            return

        def save(found: tuple[str, str, StoredForm]) -> None:
            packed, name, _ = found
            self._save(name or f"{row.form_id}.xlsx", stored.unpacked(packed))

        self._context.tasks.read(self, lambda session: questions.workbook_of(session, version_id), save)

    def _save_xform(self, version_id: str) -> None:
        def save(found: tuple[str, str, StoredForm]) -> None:
            form = found[2]
            self._save(f"{form.form_id}.xml", stored.unpacked(form.xform))

        self._context.tasks.read(self, lambda session: questions.workbook_of(session, version_id), save)

    def _save(self, name: str, data: bytes) -> None:
        ask_where_to_save(self, name, lambda file: self.write(file, data), lambda: tr("Save the form"))

    def write(self, file: Path, data: bytes) -> None:
        """Write a form where the person said. A form holds no answers and nobody's data."""
        try:
            write_whole(file, data)
        except HavenError as problem:
            self._context.messages.failed(problem)
            return
        self._context.messages.say(tr("The form is saved."), Tone.SUCCESS)

    def _reinstate(self, row: FormRow) -> None:
        self._context.tasks.write(
            self,
            verbs.reinstate_form,
            verbs.ReinstateForm(form_id=row.form_id),
            lambda _none: self._context.messages.say(tr("The form is offered again."), Tone.SUCCESS),
        )


def _row(row: FormRow) -> Row:
    return Row(row.form_id, (Cell(title_in(row.titles, current().code), "strong"), row.version, _state(row)))


def _state(row: FormRow) -> Cell:
    if row.retired_at is not None:
        return Cell(tr("Retired"), "quiet", "cross")
    if row.about is FormAbout.PAPER:
        return Cell(tr("For paper"), "quiet", "print")
    if row.shipped or row.published_at is None:
        return Cell(tr("Came with Haven"), "quiet", "check")
    return Cell(tr("Published"), "success", "check-circle")
