"""The list of forms outside cases: what was begun and finished at the left, the chosen one at the right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QWidget

from app import form_pages
from app.models.rules.forms import beginners
from app.models.vocab import FormAbout
from app.queries import forms as questions
from app.queries.forms import AnswerRow, FormRow, title_in
from app.views import style
from app.views.answers.card import AnswerCard
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.beside import put_beside
from app.views.common.buttons import PrimaryButton
from app.views.common.choices import SegmentedChoice
from app.views.common.empty import EmptyState
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.wording import button_text
from app.views.forms import answering
from app.views.forms.putting_away import PutAwayDialog, restore
from app.views.programme import Context
from app.words import current, tr


class Shown(StrEnum):
    """Which part of the list is shown."""

    ALL = "all"
    DRAFTS = "drafts"
    FINISHED = "finished"
    PUT_AWAY = "put_away"


@dataclass(frozen=True)
class _Found:
    kept: tuple[AnswerRow, ...] = ()
    put_away: tuple[AnswerRow, ...] = ()

    def part(self, shown: Shown) -> tuple[AnswerRow, ...]:
        """The rows of a part of the list."""
        if shown is Shown.PUT_AWAY:
            return self.put_away
        return tuple(row for row in self.kept if shown is Shown.ALL or row.draft is (shown is Shown.DRAFTS))


class AnswersPage(Page):
    """Begins forms that are about no client, and finds again what was answered on them."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Forms"),
            lambda: tr("Bookings, nominations, requests and other forms that belong to no case."),
            scrolls=False,
        )
        self._context = context
        self._found = _Found()
        self._chosen = ""
        self._fill = PrimaryButton(lambda: tr("Fill in a form"), "plus")
        self._fill.setObjectName("answers.fill")
        self._fill.clicked.connect(self._ask_which)
        self.add_action(self._fill)
        self._view = SegmentedChoice(
            [
                (Shown.ALL, lambda: tr("All")),
                (Shown.DRAFTS, lambda: tr("Drafts")),
                (Shown.FINISHED, lambda: tr("Finished")),
                (Shown.PUT_AWAY, lambda: tr("Put away")),
            ],
            optional=False,
        )
        self._view.setObjectName("answers.view")
        self._view.set_value(Shown.ALL)
        self._view.changed.connect(self._show_rows)
        self._empty = EmptyState("document", self._nothing, self._what_then)
        self.table = RowTable(
            [
                Column(lambda: tr("Form")),
                Column(lambda: tr("State"), 150),
                Column(lambda: tr("When"), 170),
                Column(lambda: tr("By"), 150),
            ],
            name=lambda: tr("Forms"),
            empty=self._empty,
        )
        self.table.setObjectName("answers.table")
        self.table.selected.connect(self._choose)
        self.table.opened.connect(self._open)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout()
        row.setSpacing(style.space(4))
        row.addWidget(self.table, 7)
        row.addWidget(self._area, 4)
        self.add(self._view)
        self.body.addLayout(row, 1)
        self._show_nothing_chosen()
        Live(self, context.broadcast, ("form_answer",), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        who = self._context.person

        def question(session: Any) -> _Found:
            return _Found(
                questions.answers_for(session, who.member_id, who.role), questions.put_away(session, who.member_id)
            )

        self._context.tasks.read(self, question, self._show)

    def _show(self, found: _Found) -> None:
        self._found = found
        self._show_rows()

    def _shown(self) -> Shown:
        value = self._view.value()
        return value if isinstance(value, Shown) else Shown.ALL

    def _show_rows(self) -> None:
        rows = self._found.part(self._shown())
        self._empty.say_again()
        self.table.set_rows([_row(row, self._context.zone) for row in rows])
        if any(row.id == self._chosen for row in rows):
            self._choose(self._chosen)
        else:
            self._chosen = ""
            self._show_nothing_chosen()

    def _nothing(self) -> str:
        return tr("Nothing was put away") if self._shown() is Shown.PUT_AWAY else tr("No form filled in yet")

    def _what_then(self) -> str:
        if self._shown() is Shown.PUT_AWAY:
            return tr("A draft that was begun by mistake can be put away; it is found here again.")
        return tr("Fill one in: it is kept here, with who answered it and when.")

    def _row_of(self, answer_id: str) -> AnswerRow | None:
        return next((row for row in (*self._found.kept, *self._found.put_away) if row.id == answer_id), None)

    def _choose(self, answer_id: str) -> None:
        row = self._row_of(answer_id)
        if row is None:
            return
        self._chosen = answer_id
        context = self._context
        own = row.answered_by_id == context.person.member_id
        corrected = any(other.corrects_id == row.id for other in self._found.kept)
        card = AnswerCard(row, own=own, corrected=corrected, zone=context.zone)
        card.go_on.connect(lambda: answering.go_on(context, self, row.id))
        card.correct.connect(lambda: answering.correct(context, self, row.id))
        card.print_it.connect(lambda: self._print(row))
        card.put_away.connect(lambda: PutAwayDialog(context, self, row).open())
        card.restore.connect(lambda: restore(context, self, row.id))
        put_beside(self._area, card)

    def _open(self, answer_id: str) -> None:
        """Enter and a double click go on with a draft of one's own, and choose everything else."""
        self._choose(answer_id)
        row = self._row_of(answer_id)
        mine = row is not None and row.answered_by_id == self._context.person.member_id
        if row is not None and mine and row.draft and row.put_away_at is None:
            answering.go_on(self._context, self, row.id)

    def _show_nothing_chosen(self) -> None:
        put_beside(
            self._area,
            EmptyState(
                "document",
                lambda: tr("Choose a form"),
                lambda: tr("Who answered it and when, and what you can do with it, are shown here."),
            ),
        )

    def _print(self, row: AnswerRow) -> None:
        title = title_in(row.titles, current().code)
        self._context.preview(self, f"FORM:{row.form_id}", record_id=row.id, title=title)

    def _ask_which(self) -> None:
        def question(session: Any) -> tuple[FormRow, ...]:
            return questions.forms_in_use(session, form_pages.known_forms())

        self._context.tasks.read(self, question, self._show_menu)

    def _show_menu(self, found: tuple[FormRow, ...]) -> None:
        context, language = self._context, current().code
        menu = QMenu(self._fill)
        menu.setObjectName("answers.menu")
        menu.aboutToHide.connect(menu.deleteLater)
        offered = [row for row in found if _is_offered(row, context)]
        for row in sorted(offered, key=lambda row: title_in(row.titles, language).casefold()):
            action = QAction(button_text(title_in(row.titles, language)), menu)
            action.setObjectName(f"answers.start.{row.form_id}")
            action.triggered.connect(partial(_start, context, self, row))
            menu.addAction(action)
        if not offered:
            nothing = QAction(tr("No form of this kind is in use for your role."), menu)
            nothing.setEnabled(False)
            menu.addAction(nothing)
        menu.popup(self._fill.mapToGlobal(self._fill.rect().bottomLeft()))


def _start(context: Context, parent: QWidget, row: FormRow, _checked: bool = False) -> None:
    answering.start(context, parent, row)


def _is_offered(row: FormRow, context: Context) -> bool:
    """A form about a client is begun in their case."""
    return row.offered and row.about is not FormAbout.CASE and context.person.role in beginners(row.form_id)


def _row(row: AnswerRow, zone: str) -> Row:
    moment = when.moment(row.put_away_at or row.finished_at or row.started_at, zone)
    title = title_in(row.titles, current().code)
    return Row(row.id, (Cell(title, "strong"), _state(row), moment, row.answered_by))


def _state(row: AnswerRow) -> Cell:
    if row.put_away_at is not None:
        return Cell(tr("Put away"), "quiet")
    if row.draft:
        return Cell(tr("Draft"), "warning", "edit")
    if row.replaced:
        return Cell(tr("Corrected since"), "quiet")
    return Cell(tr("Finished"), "success", "check")
