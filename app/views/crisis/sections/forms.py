"""The forms that were filled in for a case, and the way to the next one."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton

from app import form_pages
from app.models.vocab import FormAbout
from app.queries import forms as questions
from app.queries.forms import AnswerRow, FormRow, title_in
from app.views.common.badge import Badge
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.text import QuietText
from app.views.common.wording import button_text
from app.views.crisis.asking import moment_words
from app.views.crisis.needs_filling import FORM
from app.views.crisis.parts import Line, Ruled, act
from app.views.crisis.sections.base import CaseSection
from app.views.forms import answering
from app.words import current, tr


class FormsSection(CaseSection):
    """Drafts and finished answers, the newest first."""

    KINDS = ("form_answer",)

    def question(self, session: Any) -> Any:
        """What was answered in this case."""
        return questions.answers_of_case(session, self.desk.case_id)

    def draw(self, answer: Any) -> None:
        """One card."""
        rows: tuple[AnswerRow, ...] = answer
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
            return
        if self._may():
            card.add_action(fill)
        if self.desk.hides:
            card.add(QuietText(lambda: tr("Hidden while someone may be listening.")))
        else:
            corrected = {row.corrects_id for row in rows}
            card.add(Ruled([self._line(row, row.id in corrected) for row in rows]))
        self.body.addWidget(card)

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
        moment = moment_words(desk.context, row.finished_at or row.started_at)
        correction = tr("Correction") if row.corrects_id else ""
        parts = (tr("Version {version}", version=row.version), correction, moment, row.answered_by)
        return Line(title, " · ".join(part for part in parts if part), [_state(row)], actions)

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


def _state(row: AnswerRow) -> Badge:
    if row.draft:
        return Badge(lambda: tr("Draft"), "edit", "warning")
    if row.replaced:
        return Badge(lambda: tr("Corrected since"), "", "neutral")
    return Badge(lambda: tr("Finished"), "check", "success")
