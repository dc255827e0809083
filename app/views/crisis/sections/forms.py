"""The forms that were filled in for a case, and the way to the next one."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton

from app import form_pages
from app.models.vocab import FormAbout
from app.queries import forms as questions
from app.queries.forms import AnswerRow, FormRow, title_in
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.text import QuietText
from app.views.common.wording import button_text
from app.views.crisis.asking import moment_words
from app.views.crisis.needs_filling import FORM
from app.views.crisis.parts import Line, Ruled, act
from app.views.crisis.sections.base import CaseSection
from app.views.forms import answering
from app.views.forms.putting_away import PutAwayDialog, restore
from app.words import current, tr


class FormsSection(CaseSection):
    """Drafts and finished answers, the newest first."""

    KINDS = ("form_answer",)

    def question(self, session: Any) -> Any:
        """What was answered in this case, and the drafts that were put away."""
        case_id = self.desk.case_id
        return (
            questions.answers_of_case(session, case_id),
            questions.put_away(session, self.desk.context.person.member_id, case_id),
        )

    def draw(self, answer: Any) -> None:
        """One card."""
        rows: tuple[AnswerRow, ...] = answer[0]
        put_away: tuple[AnswerRow, ...] = answer[1]
        card = Card(lambda: tr("Forms"))
        fill = act(lambda: tr("Fill in a form"), "plus", "forms.fill", lambda: self._ask_which(fill))
        if not rows:
            card.add(
                EmptyState(
                    "document",
                    lambda: tr("No form filled in yet"),
                    lambda: tr(
                        "Screenings and the service’s own forms are kept here, with who answered them and when."
                    ),
                    fill if self._may() else None,
                )
            )
            self.body.addWidget(card)
            self._draw_put_away(put_away)
            return
        if self._may():
            card.add_action(fill)
        if self.desk.hides:
            card.add(QuietText(lambda: tr("Hidden while someone may be listening.")))
        else:
            corrected = {row.corrects_id for row in rows}
            card.add(Ruled([self._line(row, row.id in corrected) for row in rows]))
        self.body.addWidget(card)
        self._draw_put_away(put_away)

    def _draw_put_away(self, rows: tuple[AnswerRow, ...]) -> None:
        """Drafts that were begun by mistake, below everything else."""
        if not rows or self.desk.hides:
            return
        card = Card(lambda: tr("Put away"))
        card.add(Ruled([self._line_put_away(row) for row in rows]))
        self.body.addWidget(card)

    def _line_put_away(self, row: AnswerRow) -> Line:
        desk = self.desk
        back = lambda: restore(desk.context, desk.window, row.id)  # noqa: E731  (what the button does)
        actions = [act(lambda: tr("Take it up again"), "undo", f"forms.restore.{row.id}", back, quiet=True)]
        said = (moment_words(desk.context, row.put_away_at), row.answered_by, row.reason)
        quiet = " · ".join(part for part in said if part)
        return Line(title_in(row.titles, current().code), quiet, (), actions if self._may() else ())

    def _may(self) -> bool:
        return self.desk.may("form_answer") and not self.desk.is_closed

    def _line(self, row: AnswerRow, corrected: bool) -> Line:
        desk, title = self.desk, title_in(row.titles, current().code)
        actions: list[QPushButton] = []
        if self._may() and row.draft:
            go_on = lambda: answering.go_on(desk.context, desk.window, row.id)  # noqa: E731  (what the button does)
            actions.append(act(lambda: tr("Go on"), "edit", f"forms.go_on.{row.id}", go_on, quiet=True))
        elif self._may() and not corrected:
            correct = lambda: answering.correct(desk.context, desk.window, row.id)  # noqa: E731  (what the button does)
            actions.append(act(lambda: tr("Correct"), "edit", f"forms.correct.{row.id}", correct, quiet=True))
        show = lambda: desk.context.preview(desk.window, f"FORM:{row.form_id}", record_id=row.id, title=title)  # noqa: E731  (what the button does)
        actions.append(act(lambda: tr("Print"), "print", f"forms.print.{row.id}", show, quiet=True))
        if self._may() and row.draft:
            away = lambda: PutAwayDialog(desk.context, desk.window, row).open()  # noqa: E731  (what the button does)
            actions.append(act(lambda: tr("Put it away…"), "cross", f"forms.put_away.{row.id}", away, quiet=True))
        moment = moment_words(desk.context, row.finished_at or row.started_at)
        correction = tr("Correction") if row.corrects_id else ""
        parts = (tr("Version {version}", version=row.version), correction, moment, row.answered_by)
        return Line(title, " · ".join(part for part in parts if part), [answering.state_badge(row)], actions)

    def _ask_which(self, button: QPushButton) -> None:
        def question(session: Any) -> tuple[FormRow, ...]:
            return questions.forms_in_use(session, form_pages.known_forms())

        self.desk.read(button, question, lambda found: self._show_menu(button, found))

    def _show_menu(self, button: QPushButton, found: tuple[FormRow, ...]) -> None:
        desk, language = self.desk, current().code
        menu = QMenu(button)
        menu.setObjectName("forms.menu")
        menu.aboutToHide.connect(menu.deleteLater)
        # The needs assessment has a part of its own, where its answers become needs and steps of the plan.
        offered = [row for row in found if row.offered and row.about is FormAbout.CASE and row.form_id != FORM]
        for row in sorted(offered, key=lambda row: title_in(row.titles, language).casefold()):
            action = QAction(button_text(title_in(row.titles, language)), menu)
            action.setObjectName(f"forms.start.{row.form_id}")
            action.triggered.connect(
                lambda _checked=False, row=row: answering.start(desk.context, desk.window, row, desk.case_id)
            )
            menu.addAction(action)
        if not offered:
            nothing = QAction(tr("No form about a client is in use."), menu)
            nothing.setEnabled(False)
            menu.addAction(nothing)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
