"""The needs assessment with the person: 14 domains, saved at any time, completed once (domain.md 3.3)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import AssessmentKind, Channel, Tri, VulnerabilityFactor
from app.queries.crisis.rows import AssessmentRow
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.choices import ChipChoice, SegmentedChoice, TriChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, NoteEdit
from app.views.crisis.asking import only, options
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.screen_result import ScreenResultDialog
from app.views.crisis.needs_form import NeedsForm
from app.views.crisis.needs_saving import SavedNeeds, SaveNeeds, needs_of, save_needs
from app.words import tr

_HEAD = ("kind", "method", "participants", "listener_present", "client_goal", "strengths")


class AssessmentDialog(FormDialog):
    """Continue the open assessment, or begin one. Nothing is asked twice and everything may stay open."""

    def __init__(self, desk: Desk, assessment: AssessmentRow | None, *, first: bool = True) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "assessment",
            lambda: tr("Needs assessment"),
            lambda: tr("Complete the assessment"),
            subject=assessment.id if assessment else desk.case_id,
            text=lambda: tr("Ask in the person’s own words. Skip what does not fit now: “Not asked” is an answer."),
            width=980,
        )
        self._desk, self._assessment = desk, assessment
        self._completing = True
        self._later = SecondaryButton(lambda: tr("Save for now"), "save")
        self._later.setObjectName("assessment.later")
        self._later.clicked.connect(self._save_for_now)
        self.add_button(self._later)
        self._listening = Banner(
            "danger",
            lambda: tr(
                "Someone who should not hear is there: ask only what is harmless, and come back to the rest alone."
            ),
        )
        self._ask_head()
        self.needs = self.ask("needs", lambda: tr("Needs"), NeedsForm(), wide=True)
        self._ask_end()
        self._before = needs_of(assessment)
        known: dict[str, Any] = {"needs": self._before}
        if assessment:
            known |= {name: getattr(assessment, name) for name in _HEAD}
        else:
            known["kind"] = AssessmentKind.FIRST if first else AssessmentKind.REPEAT
        self.begin(known)

    def request(self) -> tuple[Verb, Any]:
        """Save; complete when that was pressed."""
        typed = self.typed()
        factors = frozenset(VulnerabilityFactor.of(str(code)) for code in typed["factors"] or ())
        head = only(self.changes() if self._assessment else self.answers(), *_HEAD)
        return save_needs, SaveNeeds(
            case_id=self._desk.case_id,
            assessment_id=self._assessment.id if self._assessment else None,
            head=head,
            needs=typed["needs"],
            before=self._before,
            factors=factors,
            complete=self._completing,
        )

    def saved(self, result: Any) -> None:
        """Show what the screen found."""
        if isinstance(result, SavedNeeds) and result.level is not None:
            self._desk.show(ScreenResultDialog(self._desk, result.assessment_id, result.level))
        else:
            self.context.messages.say(tr("The assessment is saved. You can go on with it later."))

    def send(self) -> None:
        """Neither button twice."""
        self._later.setEnabled(False)
        super().send()

    def _on_refused(self, problem: Exception) -> None:
        self._later.setEnabled(True)
        self._completing = True
        super()._on_refused(problem)

    def _save_for_now(self) -> None:
        self._completing = False
        self._on_accept()

    def _ask_head(self) -> None:
        self.part()
        self.ask("kind", lambda: tr("Which assessment"), SegmentedChoice(options(AssessmentKind)), wide=True)
        self.ask("method", lambda: tr("How"), ComboPicker(options(Channel)))
        self.ask("participants", lambda: tr("Who is present"), LineEdit())
        self.ask("listener_present", lambda: tr("Is the accused or another listener present?"), TriChoice(), wide=True)
        self.add(self._listening)
        self.part()

    def _ask_end(self) -> None:
        self.part(lambda: tr("In the client’s own words"))
        self.ask("client_goal", lambda: tr("The client’s own goal"), NoteEdit(least_lines=2), wide=True)
        self.ask("strengths", lambda: tr("Strengths and supports"), NoteEdit(least_lines=2), wide=True)
        self.ask(
            "factors",
            lambda: tr("Does any of these apply?"),
            ChipChoice(options(VulnerabilityFactor)),
            hint=lambda: tr("Any of them leads to enhanced support. What follows from the record is added by itself."),
            wide=True,
        )

    def _show_conditions(self) -> None:
        super()._show_conditions()
        self._listening.setVisible(self.typed().get("listener_present") == Tri.YES)
