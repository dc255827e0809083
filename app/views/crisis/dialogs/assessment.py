"""The needs assessment with the person: the form of 14 domains, saved at any time, completed once (domain.md 3.3)."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.forms.session import FormSession
from app.models.vocab import AssessmentKind
from app.queries.crisis import needs
from app.queries.crisis.rows import AssessmentRow, ScreenFacts
from app.views.common.form_dialog import Verb
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.screen_result import ScreenResultDialog
from app.views.crisis.needs_filling import (
    FORM,
    decided_in,
    factors_of,
    head_of,
    input_name,
    needs_of_form,
    put_decided,
    put_facts,
    put_known,
    steps_of,
)
from app.views.crisis.needs_saving import SavedNeeds, SaveNeeds, needs_of, save_needs
from app.views.forms.filling import FormWindow
from app.views.forms.prepared import shipped
from app.words import tr

_HEAD = ("kind", "method", "participants", "listener_present", "client_goal", "strengths", "factors")


class AssessmentDialog(FormWindow):
    """Continue the open assessment, or begin one. Nothing is asked twice and everything may stay open."""

    def __init__(self, desk: Desk, assessment: AssessmentRow | None, *, first: bool = True) -> None:
        self._desk, self._assessment, self._first = desk, assessment, first
        self._before = needs_of(assessment)
        super().__init__(
            desk.context,
            desk.window,
            "assessment",
            lambda: tr("Needs assessment"),
            lambda: tr("Complete the assessment"),
            partial(shipped, FORM),
            subject=assessment.id if assessment else desk.case_id,
            facts=lambda session: needs.screen_facts(session, desk.case_id, today=desk.today),
        )

    def name_of(self, path: str) -> str:
        """The names that the inputs of an assessment have everywhere."""
        return input_name(path)

    def prefill(self, session: FormSession, facts: Any) -> None:
        """What was saved of the assessment, and what follows from the record."""
        row = self._assessment
        if isinstance(facts, ScreenFacts):
            put_facts(session, facts)
        if row is None:
            put_known(session, {"kind": AssessmentKind.FIRST if self._first else AssessmentKind.REPEAT}, {})
            return
        put_known(session, {name: getattr(row, name) for name in _HEAD}, self._before)
        put_decided(session, row)

    def request(self) -> tuple[Verb, Any]:
        """Save; complete when that was pressed."""
        session, row = self.session, self._assessment
        head = head_of(session)
        if row is None:
            head = {name: value for name, value in head.items() if value is not None}
        else:
            known = {name: getattr(row, name) for name in _HEAD}
            known["factors"] = sorted(str(factor) for factor in row.factors) or None
            head = {name: value for name, value in head.items() if value != known[name]}
        form = session.definition
        return save_needs, SaveNeeds(
            case_id=self._desk.case_id,
            assessment_id=row.id if row else None,
            head={**head, "form_id": form.id, "form_version": form.version},
            needs=needs_of_form(session, self._before),
            before=self._before,
            factors=factors_of(session),
            steps=steps_of(session),
            decided=decided_in(session, row),
            complete=self.completing,
        )

    def saved(self, result: Any) -> None:
        """Show what the screen found."""
        if isinstance(result, SavedNeeds) and result.level is not None:
            self._desk.show(ScreenResultDialog(self._desk, result.assessment_id, result.level))
        else:
            self.context.messages.say(tr("The assessment is saved. You can go on with it later."))

    def _resumed(self) -> FormSession | None:
        """What was typed before assessments were forms goes into the form."""
        kept = self._kept
        if "state" in kept or not isinstance(kept.get("needs"), dict):
            return super()._resumed()
        session = self._new()
        put_known(session, kept, kept["needs"])
        return session
